"""Finding, starting and stopping a real bridge, and what a dead one leaves behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from bridge_server import launch
from bridge_server.connection import read_connection
from bridge_server.home import Home
from bridge_server.launch import Found, find_bridge, is_alive, start_bridge, stop_bridge
from bridge_server.protocol.errors import NoBridge, ReadOnly
from tests.cli.conftest import Said

WORDS = ("--osc-port", "0")


@pytest.fixture
def at(home: Path) -> Iterator[Home]:
    """The test's home; whatever serves it is stopped at the end."""
    yield Home(home)
    stop_bridge(Home(home))


@pytest.fixture
def bridge(at: Home) -> Found:
    return start_bridge(at, *WORDS)


def end(found: Found) -> int:
    assert found.process is not None
    return found.process.wait(10)


def test_no_bridge_in_an_empty_home(at: Home) -> None:
    assert find_bridge(at) is None
    assert stop_bridge(at) == "none"


def test_a_bridge_is_started_found_and_stopped(at: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder of the user's whose modules are not ours."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "bridge_server.py").write_text("raise SystemExit('the wrong one')", encoding="utf-8")
    monkeypatch.chdir(folder)
    first = start_bridge(at, *WORDS)
    found = find_bridge(at)
    assert found is not None
    assert found.process is None
    assert found.connection == first.connection == read_connection(at)
    assert first.process is not None and first.process.pid == first.connection.pid
    second = start_bridge(at, *WORDS)
    assert second.process is None
    assert second.connection.pid == first.connection.pid
    assert stop_bridge(at) == "stopped"
    assert end(first) == 0
    assert find_bridge(at) is None


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_the_address_of_a_dead_bridge_counts_for_nothing(at: Home, bridge: Found) -> None:
    os.kill(bridge.connection.pid, signal.SIGKILL)
    end(bridge)
    assert read_connection(at) == bridge.connection
    assert find_bridge(at) is None
    heir = start_bridge(at, *WORDS)
    assert heir.connection.pid != bridge.connection.pid
    assert stop_bridge(at) == "stopped"
    end(heir)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGSTOP")
def test_a_bridge_that_hangs_is_named_and_ended_by_force(
    at: Home, bridge: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "ANSWER_SECONDS", 0.2)
    os.kill(bridge.connection.pid, signal.SIGSTOP)
    with pytest.raises(NoBridge) as caught:
        find_bridge(at)
    assert "dawbridge down" in caught.value.hint
    engines = psutil.Process(bridge.connection.pid).children()
    assert stop_bridge(at, within_seconds=0.5) == "killed"
    assert end(bridge) == -signal.SIGKILL
    assert not is_alive(at)
    psutil.wait_procs(engines, timeout=5)


def test_a_bridge_that_cannot_start_says_where_the_story_is(at: Home) -> None:
    at.make()
    at.journal.mkdir()
    with pytest.raises(NoBridge) as caught:
        start_bridge(at, *WORDS)
    assert str(at.logs) in caught.value.hint
    assert "could not be started" in caught.value.message


def test_a_home_that_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    home = Home(tmp_path / "file" / "home")
    assert find_bridge(home) is None
    with pytest.raises(ReadOnly) as caught:
        start_bridge(home, *WORDS)
    assert "DAWBRIDGE_HOME" in caught.value.hint


def test_up_down_and_up_twice(dawbridge: Callable[..., Said], at: Home) -> None:
    # In a process of its own: this one would be the parent of the bridge, and mourn it.
    command = [sys.executable, "-c", "import sys; from bridge_server.cli import main; sys.exit(main())"]
    first = subprocess.run([*command, "up", "--osc-port", "1024"], capture_output=True, text=True, timeout=60)
    assert (first.returncode, first.stderr) == (0, "")
    there = read_connection(at)
    assert there.key not in first.stdout
    for word in (there.zmq, str(there.osc.port), there.mailbox, "is up"):
        assert word in first.stdout
    second = dawbridge("up")
    assert second.code == 0
    assert "already up" in second.out and str(there.pid) in second.out and there.started in second.out
    facts = dawbridge("up", "--json").last
    assert (facts["event"], facts["started"], facts["pid"], facts["zmq"]) == ("up", False, there.pid, there.zmq)
    assert there.key not in str(facts)
    foreground = dawbridge("up", "--foreground", "--json")
    assert (foreground.code, foreground.last["error"]["code"]) == (1, "already_running")
    down = dawbridge("down", "--json")
    assert (down.code, down.last) == (0, {"event": "down", "ended": "stopped", "unfinished": 0})
    assert dawbridge("down").err == "No bridge is running.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process")
def test_up_in_the_foreground_ends_with_ctrl_c(at: Home) -> None:
    command = [sys.executable, "-c", "import sys; from bridge_server.cli import main; sys.exit(main())"]
    process = subprocess.Popen(
        [*command, "up", "--foreground", "--osc-port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert "is up" in process.stdout.readline()
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "has stopped" in err
    assert not is_alive(at)


def test_a_bridge_of_another_version_is_reported(
    dawbridge: Callable[..., Said], at: Home, bridge: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("cli.session", "doctor.bridge"):
        monkeypatch.setattr(f"bridge_server.{module}.release", lambda: "99.0")
    said = dawbridge("jobs")
    assert "99.0" in said.err and "dawbridge down" in said.err
    checks = {line.get("what"): line for line in dawbridge("doctor", "--json").lines}
    assert checks["bridge"]["state"] == "problem"
    stop_bridge(at)
    end(bridge)
