"""One bridge a home; an address that only its owner can read, and never half of it."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bridge_server.connection import Connection, OscAddress, read_connection
from bridge_server.home import Home
from bridge_server.lock import take_lock
from bridge_server.protocol.errors import AlreadyRunning, BadMessage, NoBridge

HOLD = "import sys; from pathlib import Path; from bridge_server.lock import take_lock\n"
HOLD += "lock = take_lock(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"


def connection(home: Home, pid: int = 1) -> Connection:
    return Connection(
        release="0",
        pid=pid,
        started="2026-01-01T12:00:00Z",
        key=f"{pid:064}",
        zmq="tcp://127.0.0.1:1",
        osc=OscAddress(host="127.0.0.1", port=1),
        mailbox=str(home.mailbox),
        home=str(home.root),
    )


@pytest.fixture
def place(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.make()
    return home


def test_the_second_holder_is_refused_until_the_first_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with take_lock(path), pytest.raises(AlreadyRunning) as refusal:
        take_lock(path)
    assert refusal.value.hint
    take_lock(path).close()


def test_a_killed_holder_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(AlreadyRunning):
            take_lock(path)
        holder.kill()
        holder.wait()
        take_lock(path).close()


def test_a_child_of_the_holder_does_not_hold(tmp_path: Path) -> None:
    """The engine outlives its bridge by a moment; the next bridge must not have to wait for it."""
    path = tmp_path / "lock"
    lock = take_lock(path)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        lock.close()
        take_lock(path).close()
        child.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no mode bits")
def test_only_the_owner_can_read_the_key(place: Home) -> None:
    before = os.umask(0)
    try:
        connection(place).write(place.connection)
    finally:
        os.umask(before)
    assert stat.S_IMODE(place.connection.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.root.stat().st_mode) == 0o700
    for folder in (place.mailbox, place.scratch, place.outbox, place.takes, place.logs):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_is_written_is_read(place: Home) -> None:
    connection(place).write(place.connection)
    assert read_connection(place) == connection(place)
    assert not list(place.root.glob("*.part")) + list(place.root.glob(".*.part"))


def test_a_leftover_part_is_no_obstacle_and_lends_no_mode(place: Home) -> None:
    leftover = place.root / ".connection.json.part"
    leftover.write_text("half")
    leftover.chmod(0o666)
    connection(place).write(place.connection)
    assert read_connection(place).pid == 1
    assert stat.S_IMODE(place.connection.stat().st_mode) & 0o077 == 0 or sys.platform == "win32"


def test_a_reader_never_sees_half_of_it(place: Home) -> None:
    connection(place).write(place.connection)
    stop = threading.Event()

    def rewrite() -> None:
        pid = 2
        while not stop.is_set():
            connection(place, pid).write(place.connection)
            pid += 1

    writer = threading.Thread(target=rewrite)
    writer.start()
    try:
        for _ in range(300):
            there = read_connection(place)
            assert there.key == f"{there.pid:064}"
    finally:
        stop.set()
        writer.join()


def test_no_file_is_no_bridge_and_a_damaged_one_is_said_to_be(place: Home) -> None:
    with pytest.raises(NoBridge):
        read_connection(place)
    place.connection.write_bytes(b'{"version": 1, "pid"')
    with pytest.raises(BadMessage):
        read_connection(place)


def test_the_home_is_where_the_environment_says(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Home.find().root == home
    monkeypatch.setenv("DAWBRIDGE_HOME", "")
    assert Home.find().root.name == "dawbridge"
