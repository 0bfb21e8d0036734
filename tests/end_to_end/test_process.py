"""The bridge as a process: one a user, a clean end, no end without need, and nothing that listens beyond loopback."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from msgspec.structs import replace

from bridge_server.client import new_job_id
from bridge_server.panel.door import missing_libraries
from bridge_server.protocol.events import Done, Ok, Progress, Started
from bridge_server.protocol.requests import Generate, Hello, Stop
from bridge_server.protocol.span import Span
from tests.bridge.problems import check_problem
from tests.end_to_end.process import FAKE, BridgeProcess, has_ended
from tests.fakes.knocks import KNOCKS, answer
from tests.fakes.waiting import until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uses POSIX signals and mode bits")


def job(tmp_path: Path, seconds: float = 1.0) -> Generate:
    span = Span(0, round(48_000 * seconds), 48_000)
    return Generate(job=new_job_id(), span=span, project=str(tmp_path), tags="lofi", seed=1)


def test_the_second_bridge_names_the_first_and_leaves(bridge: BridgeProcess) -> None:
    second = BridgeProcess(bridge.home.root)
    second.popen.wait(10)
    said = second.said()
    assert second.wait(0) == 3
    assert str(bridge.popen.pid) in said
    with bridge.client() as client:
        assert client.hello().version == 1
    assert bridge.connection.pid == bridge.popen.pid


def test_it_listens_on_loopback_only(bridge: BridgeProcess) -> None:
    connections = psutil.Process(bridge.popen.pid).net_connections("all")
    internet = [line for line in connections if line.laddr and hasattr(line.laddr, "ip")]
    assert {line.laddr.ip for line in internet} == {"127.0.0.1"}
    listening = {line.laddr.port for line in internet if line.status == psutil.CONN_LISTEN}
    udp = {line.laddr.port for line in internet if line.status == psutil.CONN_NONE}
    assert udp == {bridge.connection.osc.port}
    assert int(bridge.connection.zmq.rsplit(":", 1)[1]) in listening
    lines = 3 if not missing_libraries() else 2
    assert len(listening) == lines, "the ZeroMQ door, the engine's own line and, where it is installed, the panel"
    engine = bridge.engine().net_connections("inet")
    assert {line.laddr.ip for line in engine if line.laddr} <= {"127.0.0.1"}
    assert not [line for line in engine if line.status == psutil.CONN_LISTEN]


def test_only_the_owner_can_read_the_key(bridge: BridgeProcess) -> None:
    assert stat.S_IMODE(bridge.home.connection.stat().st_mode) == 0o600
    assert bridge.home.connection.stat().st_uid == os.getuid()
    assert stat.S_IMODE(bridge.home.root.stat().st_mode) == 0o700
    key = bridge.connection.key
    assert len(key) >= 32
    for path in (*bridge.home.logs.iterdir(), bridge.home.journal):
        assert key.encode() not in path.read_bytes()
    for process in (psutil.Process(bridge.popen.pid), bridge.engine()):
        assert key not in " ".join(process.cmdline()) + json.dumps(process.environ())


@pytest.mark.parametrize("door", list(KNOCKS))
def test_a_message_without_the_key_is_refused(bridge: BridgeProcess, door: str) -> None:
    knock = KNOCKS[door](bridge.connection)
    try:
        for message in ({"request": "stop", "id": "s1"}, {"request": "list", "id": "s1"}):
            knock.letter(message, key="")
            refused = answer(knock, lambda event: event["event"] == "refused")
            check_problem(refused["error"], "wrong_key")
        knock.letter({"request": "hello", "id": "h1"})
        assert answer(knock, lambda event: event.get("id") == "h1")["event"] == "welcome"
    finally:
        knock.close()


def test_after_sigterm_nothing_is_left_and_the_job_goes_on_later(tmp_path: Path) -> None:
    long = job(tmp_path, seconds=6.0)
    with BridgeProcess(tmp_path / "home") as bridge, bridge.client("reaper") as client:
        client.submit(long)
        next(event for event in client.follow(long.job) if isinstance(event, Progress) and event.fraction > 0)
        engine = bridge.engine()
        assert bridge.terminate(8) == 0
        assert not bridge.home.connection.exists()
        until(lambda: has_ended(engine), 3, "the engine ends with its bridge")
    with BridgeProcess(tmp_path / "home") as bridge, bridge.client("reaper") as client:
        client.ask(Hello(id="back", after=0))
        told = list(client.follow(long.job))
        assert isinstance(told[-1], Done)
        assert [event.attempt for event in told if isinstance(event, Started)] == [1, 2]
        assert not list((tmp_path / "home" / "scratch").glob("*"))


def test_stop_is_answered_before_the_bridge_goes(tmp_path: Path) -> None:
    with BridgeProcess(tmp_path / "home", program=FAKE) as bridge, bridge.client() as client:
        engine = bridge.engine()
        assert isinstance(client.ask(Stop(id="bye")), Ok)
        assert bridge.wait(5) == 0
        assert not bridge.home.connection.exists()
        until(lambda: has_ended(engine), 3, "the engine ends with its bridge")


def test_an_idle_bridge_goes_home_but_not_while_it_works(tmp_path: Path) -> None:
    work = replace(job(tmp_path), tags="steps=160 pause=0.01")
    with BridgeProcess(tmp_path / "home", "--idle-exit", "1.5", program=FAKE) as bridge:
        with bridge.client() as client:
            assert isinstance(list(client.run(work))[-1], Done)
        with pytest.raises(subprocess.TimeoutExpired):  # it goes after a while, not with the last word of the job
            bridge.popen.wait(1.2)
        assert bridge.wait(6) == 0
        assert not bridge.home.connection.exists()


@pytest.mark.parametrize("trouble", ["a file in the way", "a damaged journal"])
def test_a_home_that_cannot_be_used_is_said_to_be_in_one_sentence(tmp_path: Path, trouble: str) -> None:
    home = tmp_path / "home"
    if trouble == "a file in the way":
        home.write_text(trouble)
    else:
        home.mkdir()
        (home / "journal.sqlite3").write_bytes(b"this is no journal, it is a song" * 100)
    bridge = BridgeProcess(home)
    bridge.popen.wait(10)
    said = bridge.said()
    assert bridge.wait(0) == 1
    assert str(home) in said
    assert "Traceback" not in said
