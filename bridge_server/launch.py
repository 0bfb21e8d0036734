"""Find the bridge of this user, start one, stop one. Whether one lives is told by its lock, never by a file it left."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bridge_server.client import Client
from bridge_server.connection import Connection, read_connection
from bridge_server.ending import is_at_work
from bridge_server.home import Home
from bridge_server.lock import take_lock
from bridge_server.protocol.errors import AlreadyRunning, BadMessage, BridgeError, DiskFull, NoBridge, ReadOnly
from bridge_server.protocol.events import Welcome
from bridge_server.protocol.requests import Stop

START_SECONDS = 10.0
ANSWER_SECONDS = 2.0
STOP_SECONDS = 5.0
PATIENCE_SECONDS = 900.0
"""How long a bridge that stops may go on writing at the most."""

POLL_SECONDS = 0.02
IDLE_EXIT_SECONDS = 900.0
OUTPUT_BYTES = 1_000_000

_TAKEN = 3
"""What `python -m bridge_server` exits with when the lock is held."""

_NO_ROOM = 4
"""What it exits with when the disk of its home is full; its own words may not have found room there either."""

_DETACHED: dict[str, Any]
"""Lets the bridge live on when the terminal closes, and keeps the terminal's Ctrl-C away from it."""

if sys.platform == "win32":
    _DETACHED = {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
else:
    _DETACHED = {"start_new_session": True}

Ending = Literal["none", "stopped", "killed"]


@dataclass(frozen=True, kw_only=True)
class Found:
    """A bridge that answers. `process` is there only for the one who started it."""

    connection: Connection
    welcome: Welcome
    process: subprocess.Popen[bytes] | None = None


def is_alive(home: Home) -> bool:
    """Whether a bridge process holds this home, whatever connection.json says. Raises ReadOnly."""
    if not home.lock.exists():
        return False
    try:
        take_lock(home.lock).close()
    except AlreadyRunning:
        return True
    except OSError as error:
        raise unusable(home, error) from error
    return False


def find_bridge(home: Home) -> Found | None:
    """The bridge that serves `home`, or None; an address that a dead one left behind counts for nothing.

    Raises NoBridge when one is there but does not answer.
    """
    if not is_alive(home):
        return None
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline:
        if (found := _greet(home)) is not None:
            return found
        if not is_alive(home):
            return None
        time.sleep(POLL_SECONDS)
    raise NoBridge(
        "A bridge is running, but it does not answer.",
        "Stop it with `dawbridge down`; the next command starts it anew.",
    )


def start_bridge(home: Home, *words: str, detached: bool = True) -> Found:
    """Start a bridge and wait until it answers. `words` are further options of `python -m bridge_server`.

    Returns the bridge of somebody else where that was quicker. Raises NoBridge with the end of its output, ReadOnly,
    DiskFull.
    """
    deadline = time.monotonic() + START_SECONDS
    stale = _address(home)
    process = _spawn(home, words, detached)
    while time.monotonic() < deadline:
        if (address := _address(home)) and address != stale and (found := _greet(home)) is not None:
            is_ours = found.connection.pid == process.pid
            return Found(connection=found.connection, welcome=found.welcome, process=process if is_ours else None)
        code = process.poll()
        if code == _TAKEN and not is_alive(home):
            process = _spawn(home, words, detached)
        elif code == _TAKEN:
            stale = None
        elif code == _NO_ROOM:
            raise _no_room(home)
        elif code is not None:
            raise NoBridge(f"The bridge could not be started: {_last_words(home)}", _where(home))
        time.sleep(POLL_SECONDS)
    raise NoBridge(f"The bridge did not answer within {START_SECONDS:.0f} seconds.", _where(home))


def stop_bridge(home: Home, within_seconds: float = STOP_SECONDS, on_wait: Callable[[], None] = lambda: None) -> Ending:
    """Ask the bridge to stop and wait until its process has let go; end it by force after `within_seconds`.

    One that is still writing a take, and gets on with it, is waited for; `on_wait` is then called once.
    Raises NoBridge when a bridge holds the home but nobody knows which process it is.
    """
    if not is_alive(home):
        return "none"
    deadline = time.monotonic() + within_seconds
    address = _address(home)
    with contextlib.suppress(NoBridge, BadMessage), Client.connect(_name(), home, ANSWER_SECONDS) as client:
        client.ask(Stop(id=secrets.token_hex(4)))
    if _is_gone(home, deadline):
        return "stopped"
    if is_at_work(home.at_work):
        on_wait()
        _is_gone(home, deadline + PATIENCE_SECONDS, lambda: is_at_work(home.at_work))
        if _is_gone(home, time.monotonic() + within_seconds):
            return "stopped"
    if address is None:
        raise NoBridge("A bridge is just starting or ending.", "Wait a moment, then do it again.")
    os.kill(address.pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    _is_gone(home, time.monotonic() + within_seconds)
    return "killed"


def _is_gone(home: Home, deadline: float, is_worth_it: Callable[[], bool] = lambda: True) -> bool:
    while is_alive(home):
        if time.monotonic() > deadline or not is_worth_it():
            return False
        time.sleep(POLL_SECONDS)
    return True


def _address(home: Home) -> Connection | None:
    """What connection.json says, be its writer alive or dead. Raises ReadOnly where it cannot be read."""
    try:
        return read_connection(home)
    except (NoBridge, BadMessage):
        return None
    except OSError as error:
        raise unusable(home, error) from error


def _greet(home: Home) -> Found | None:
    """None when there is no address, or nobody answers at it."""
    address = _address(home)
    if address is None:
        return None
    try:
        with Client(address, _name()) as client:
            return Found(connection=address, welcome=client.hello(within_seconds=ANSWER_SECONDS))
    except NoBridge:
        return None


def _name() -> str:
    return f"launch-{secrets.token_hex(4)}"


def _spawn(home: Home, words: tuple[str, ...], detached: bool) -> subprocess.Popen[bytes]:
    """Its working folder is the home: the user's own may hold a folder `engine`, and may have to be unmounted."""
    try:
        home.make()
        log = _output(home)
        with log.open("ab" if log.exists() and log.stat().st_size < OUTPUT_BYTES else "wb") as output:
            return subprocess.Popen(
                (sys.executable, "-m", "bridge_server", *words),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=home.root,
                env={**os.environ, "DAWBRIDGE_HOME": str(home.root)},
                **(_DETACHED if detached else {}),
            )
    except OSError as error:
        raise unusable(home, error) from error


def _output(home: Home) -> Path:
    return home.logs / "bridge.out"


def _last_words(home: Home) -> str:
    lines = _output(home).read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "it ended without a word."


def _where(home: Home) -> str:
    return f"The whole story is in {_output(home)} and {home.logs / 'bridge.log'}."


def unusable(home: Home, error: OSError) -> BridgeError:
    """What an error of the file system means for the home: ReadOnly, or DiskFull."""
    if error.errno == errno.ENOSPC:
        return _no_room(home)
    return ReadOnly(
        f"Dawbridge's folder {home.root} cannot be used: {error.strerror or error}.",
        "Make it writable, or name another folder in the environment variable DAWBRIDGE_HOME.",
    )


def _no_room(home: Home) -> DiskFull:
    return DiskFull(
        f"The bridge could not be started: the disk that holds {home.root} is full.",
        "Free some space, or name a folder on another disk in the environment variable DAWBRIDGE_HOME.",
    )
