"""Every fault between this machine and its bridge, made real, and what `doctor` says about it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from bridge_server.connection import read_connection
from bridge_server.doctor import bridge as bridge_findings
from bridge_server.home import Home
from bridge_server.launch import Found, find_bridge, start_bridge, stop_bridge
from bridge_server.protocol.errors import Problem
from bridge_server.protocol.values import AbsentBackend
from tests.cli.conftest import Said
from tests.fakes.small_disk import MEBIBYTE, fill, small_disk
from tests.fakes.waiting import until
from tests.install.conftest import read_only

Lines = dict[str, dict[str, str]]
Doctor = Callable[[], tuple[int, Lines]]

POSIX_ONLY = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    """One bridge for all tests that put back what they break."""
    with serving(Home(tmp_path_factory.mktemp("home"))) as found:
        yield found


@pytest.fixture
def bridge(shared: Found, monkeypatch: pytest.MonkeyPatch) -> Found:
    monkeypatch.setenv("DAWBRIDGE_HOME", shared.connection.home)
    return shared


@pytest.fixture
def at(bridge: Found) -> Home:
    """The home of the bridge."""
    return Home(Path(bridge.connection.home))


@contextmanager
def serving(home: Home, port: int = 0) -> Iterator[Found]:
    found = start_bridge(home, "--osc-port", str(port))
    yield found
    stop_bridge(home)
    assert found.process is not None
    found.process.wait(10)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bridge that does not answer is given up sooner."""
    monkeypatch.setattr("bridge_server.launch.ANSWER_SECONDS", 0.4)


@pytest.fixture
def doctor(dawbridge: Callable[..., Said]) -> Doctor:
    """Exit code, and the lines by what they are about; of several about the same, the last."""

    def run() -> tuple[int, Lines]:
        said = dawbridge("doctor", "--json")
        return said.code, {line["what"]: line for line in said.lines if line["event"] == "check"}

    return run


def rewrite(home: Home, **changes: object) -> None:
    """connection.json with other values in it."""
    msgspec.structs.replace(read_connection(home), **changes).write(home.connection)


def test_all_three_doors_answer_and_nothing_is_left_in_them(at: Home, bridge: Found, doctor: Doctor) -> None:
    code, lines = doctor()
    assert code == 0, lines
    for door in ("ZeroMQ", "OSC", "mailbox"):
        assert lines[door]["state"] == "ok" and " ms" in lines[door]["found"]
    assert lines["letters"]["state"] == lines["connection file"]["state"] == "ok"
    assert not list(at.mailbox.rglob("*.json"))


def test_a_home_that_cannot_be_written(home: Path, doctor: Doctor) -> None:
    with read_only(home):
        code, lines = doctor()
    assert code == 1
    assert lines["home"]["state"] == "problem" and "DAWBRIDGE_HOME" in lines["home"]["advice"]


def test_a_disk_that_is_nearly_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, doctor: Doctor) -> None:
    with small_disk(tmp_path / "disk", 8 * MEBIBYTE) as disk:
        monkeypatch.setenv("DAWBRIDGE_HOME", str(disk / "home"))
        fill(disk, leave=MEBIBYTE)
        code, lines = doctor()
    assert code == 1
    assert lines["disk"]["state"] == "problem" and "Free some space" in lines["disk"]["advice"]


@POSIX_ONLY
def test_a_connection_file_that_a_dead_bridge_left_behind(home: Path, doctor: Doctor) -> None:
    at = Home(home)
    with serving(at) as found:
        os.kill(found.connection.pid, signal.SIGKILL)
    code, lines = doctor()
    assert code == 1 and lines["bridge"]["state"] == "note"
    assert str(found.connection.pid) in lines["connection file"]["found"]
    assert "dawbridge up" in lines["connection file"]["advice"]
    at.connection.write_text("{")
    assert "left behind by a bridge:" in doctor()[1]["connection file"]["found"]


@POSIX_ONLY
@pytest.mark.usefixtures("impatient")
def test_a_bridge_that_hangs(bridge: Found, doctor: Doctor) -> None:
    os.kill(bridge.connection.pid, signal.SIGSTOP)
    try:
        code, lines = doctor()
    finally:
        os.kill(bridge.connection.pid, signal.SIGCONT)
    assert code == 1
    assert f"process {bridge.connection.pid} is running, but does not answer" in lines["bridge"]["found"]
    assert "dawbridge down" in lines["bridge"]["advice"]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_text("{")])
def test_a_bridge_whose_address_is_lost(
    at: Home, bridge: Found, doctor: Doctor, damage: Callable[[Path], object]
) -> None:
    kept = at.connection.read_bytes()
    damage(at.connection)
    code, lines = doctor()
    at.connection.write_bytes(kept)
    assert code == 1
    assert "does not say where" in lines["bridge"]["found"] and "bridge_server" in lines["bridge"]["advice"]


def test_the_address_of_another_bridge(at: Home, bridge: Found, tmp_path: Path, doctor: Doctor) -> None:
    """Two bridges, and the file of one in the folder of the other, as after copying a home."""
    kept = at.connection.read_bytes()
    with serving(Home(tmp_path / "other")) as other:
        shutil.copy(Home(tmp_path / "other").connection, at.connection)
        code, lines = doctor()
        at.connection.write_bytes(kept)
    assert other.connection.pid != bridge.connection.pid
    assert code == 1 and other.connection.home in lines["connection file"]["found"]


def test_a_key_that_is_not_the_bridge_s(at: Home, bridge: Found) -> None:
    """Half of a copied file: the doors are right, the key is not."""
    rewrite(at, key="0" * 64)
    findings = list(bridge_findings._doors(read_connection(at)))
    rewrite(at, key=bridge.connection.key)
    assert [finding.state for finding in findings] == ["problem"] * 3
    assert all("connection.json" in finding.advice for finding in findings)


def test_a_mailbox_that_cannot_be_written(at: Home, bridge: Found, doctor: Doctor) -> None:
    with read_only(at.mailbox / "in"):
        code, lines = doctor()
    assert code == 1 and lines["ZeroMQ"]["state"] == "ok"
    assert "cannot be written to" in lines["mailbox"]["found"] and lines["mailbox"]["advice"]


def test_a_mailbox_that_is_gone(at: Home, bridge: Found, doctor: Doctor) -> None:
    (at.mailbox / "in").rename(at.mailbox / "away")
    code, lines = doctor()
    (at.mailbox / "away").rename(at.mailbox / "in")
    assert code == 1 and "is not there" in lines["mailbox"]["found"]


def test_a_door_at_which_nobody_answers(bridge: Found, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A firewall, or something else on that port."""
    from bridge_server import doorbell

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        there = msgspec.structs.replace(
            bridge.connection, osc=msgspec.structs.replace(bridge.connection.osc, port=port), mailbox=str(tmp_path)
        )
        (tmp_path / "in").mkdir()
        brief = {name: lambda there, ring=ring: ring(there, 0.3) for name, ring in doorbell.DOORS.items()}
        monkeypatch.setattr(bridge_findings, "DOORS", brief)
        zeromq, osc, mailbox = bridge_findings._doors(there)
    assert zeromq.state == "ok"
    assert f"UDP port {port}" in osc.found and osc.state == "problem"
    assert "reads no letters" in mailbox.found and mailbox.state == "problem"
    assert list((tmp_path / "in").iterdir()) == []


@pytest.fixture
def taken_port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Another program has the port on which OSC usually listens."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        monkeypatch.setattr(bridge_findings, "USUAL_PORT", port)
        yield port


def test_the_usual_port_is_taken_before_the_bridge_starts(home: Path, taken_port: int, doctor: Doctor) -> None:
    code, lines = doctor()
    assert code == 0
    assert f"UDP port {taken_port} is taken" in lines["OSC port"]["found"] and lines["OSC port"]["advice"]


def test_the_bridge_had_to_take_another_port(home: Path, taken_port: int, doctor: Doctor) -> None:
    with serving(Home(home), taken_port) as found:
        code, lines = doctor()
    assert found.connection.osc.port != taken_port
    assert code == 0 and lines["OSC"]["state"] == "ok"
    assert f"OSC listens on {found.connection.osc.port}" in lines["OSC port"]["found"]


def test_a_bridge_of_another_version(at: Home, bridge: Found, doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge_findings, "release", lambda: "99.0")
    code, lines = doctor()
    assert code == 1 and "two versions" in lines["bridge"]["advice"]


def test_a_second_bridge_is_refused_and_the_first_stays_in_order(at: Home, bridge: Found, doctor: Doctor) -> None:
    environment = {**os.environ, "DAWBRIDGE_HOME": str(at.root)}
    second = subprocess.run(
        [sys.executable, "-m", "bridge_server", "--osc-port", "0"], env=environment, capture_output=True, text=True
    )
    assert second.returncode == 3 and str(bridge.connection.pid) in second.stderr
    assert doctor()[0] == 0


def test_a_backend_without_its_weights(
    at: Home, bridge: Found, monkeypatch: pytest.MonkeyPatch, doctor: Doctor
) -> None:
    """What the engine says about a backend that it knows and does not have."""
    welcome = until(lambda: ready(at), 30, "the engine is ready").welcome
    problem = Problem(code="unknown_backend", message="Its weights are not there.", hint="`dawbridge models pull x`.")
    absent = AbsentBackend(backend="ace-step-v9", tasks=("generate", "edit"), problem=problem)
    changed = msgspec.structs.replace(welcome, absent=(absent,))
    found = Found(connection=bridge.connection, welcome=changed)
    findings = [finding for finding in bridge_findings._backends(found) if finding.state == "note"]
    assert [finding.advice for finding in findings] == ["`dawbridge models pull x`."]
    assert "ace-step-v9" in findings[0].found and "no generate, edit" in findings[0].found
    known = {line.backend for line in welcome.absent}
    as_it_is = bridge_findings._backends(Found(connection=bridge.connection, welcome=welcome))
    assert {finding.found.split()[0] for finding in as_it_is if finding.state == "note"} == known


def ready(home: Home) -> Found | None:
    found = find_bridge(home)
    return found if found is not None and found.welcome.engine == "ready" else None


def test_an_engine_that_is_down(bridge: Found) -> None:
    problem = Problem(code="engine_lost", message="The engine died.", hint="Look into its log.")
    welcome = msgspec.structs.replace(bridge.welcome, engine="down", engine_problem=problem)
    finding = bridge_findings._engine(Found(connection=bridge.connection, welcome=welcome))
    assert (finding.state, finding.found, finding.advice) == ("problem", "The engine died.", "Look into its log.")
