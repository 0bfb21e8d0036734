"""What `doctor` looks at in the bridge: is one there, is it this one, do its doors answer, what can its engine do."""

from __future__ import annotations

import socket
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bridge_server.config import Settings
from bridge_server.connection import Connection, read_connection
from bridge_server.doctor.finding import Finding
from bridge_server.doctor.panel import panel_findings
from bridge_server.doorbell import DOORS
from bridge_server.home import Home
from bridge_server.launch import Found, find_bridge, is_alive
from bridge_server.protocol.errors import BadMessage, BridgeError, NoBridge
from bridge_server.protocol.release import release

SLOW_LETTER_SECONDS = 10.0
SLOW_ANSWER_SECONDS = 1.0
USUAL_PORT = Settings.osc_port
RESTART = "`dawbridge down`, then `dawbridge up`."


def bridge_findings(home: Home) -> Iterator[Finding]:
    try:
        found = find_bridge(home)
    except BridgeError as error:
        yield _silent(home, error)
        return
    if found is None:
        yield Finding("bridge", "note", "not running", "The first command starts it; `dawbridge up` keeps it running.")
        yield from _left_behind(home)
        yield from _usual_port()
        return
    yield _bridge(found)
    yield _connection_file(home, found)
    yield _unread(Path(found.connection.mailbox))
    yield from _doors(found.connection)
    yield from _port_in_use(found)
    yield from panel_findings(found.connection)
    yield _engine(found)
    yield from _backends(found)


def _silent(home: Home, error: BridgeError) -> Finding:
    """A bridge holds the lock, and yet nobody answers."""
    if not is_alive(home):
        return Finding("bridge", "problem", error.message, error.hint)
    try:
        there = read_connection(home)
    except (NoBridge, BadMessage, OSError) as trouble:
        reason = trouble.message if isinstance(trouble, BridgeError) else str(trouble)
        return Finding(
            "bridge",
            "problem",
            f"one is running, but {home.connection} does not say where: {reason.rstrip('.')}",
            "End the program `bridge_server` (in the task manager, or log out and in again), then `dawbridge up`.",
        )
    return Finding(
        "bridge", "problem", f"process {there.pid} is running, but does not answer", f"Restart it: {RESTART}"
    )


def _left_behind(home: Home) -> Iterator[Finding]:
    """An address without a bridge: scripts believe it and wait."""
    try:
        there = read_connection(home)
    except NoBridge:
        return
    except (BadMessage, OSError):
        who = "a bridge"
    else:
        who = f"a bridge that has died (process {there.pid}, since {there.started})"
    yield Finding(
        "connection file",
        "problem",
        f"{home.connection} was left behind by {who}: scripts in your DAW wait for it",
        "`dawbridge up` starts a new one in its place; unfinished jobs go on.",
    )


def _usual_port() -> Iterator[Finding]:
    """Whether OSC will find its usual port."""
    if _is_taken(USUAL_PORT):
        yield Finding(
            "OSC port",
            "note",
            f"UDP port {USUAL_PORT} is taken by another program; the bridge will use another one and say so",
            "Only a program that was set to this port by hand has to be told: `dawbridge up` shows the port.",
        )


def _port_in_use(found: Found) -> Iterator[Finding]:
    port = found.connection.osc.port
    if port != USUAL_PORT and _is_taken(USUAL_PORT):
        yield Finding(
            "OSC port",
            "note",
            f"OSC listens on {port}, because UDP port {USUAL_PORT} is taken by another program",
            "Scripts of ours find it by themselves; a program that was set by hand has to be told.",
        )


def _is_taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        try:
            udp.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _bridge(found: Found) -> Finding:
    there = found.connection
    said = f"process {there.pid}, version {found.welcome.release}, since {there.started}"
    if found.welcome.release != release():
        return Finding("bridge", "problem", said, f"Installed is {release()}, two versions run side by side: {RESTART}")
    return Finding("bridge", "ok", said)


def _connection_file(home: Home, found: Found) -> Finding:
    path = home.connection
    if Path(found.connection.home) != home.root.absolute():
        return Finding(
            "connection file",
            "problem",
            f"{path} names the bridge of another folder, {found.connection.home}",
            f"Somebody copied it there: {RESTART}",
        )
    mode = stat.S_IMODE(path.stat().st_mode)
    if sys.platform != "win32" and mode & 0o077:
        return Finding("connection file", "problem", f"{path} has mode {mode:o}", f"Others can read the key: {RESTART}")
    return Finding("connection file", "ok", f"{path}, for its owner only")


def _doors(there: Connection) -> Iterator[Finding]:
    """A question through each, and the time until its answer."""
    places = {"ZeroMQ": there.zmq, "OSC": f"{there.osc.host}:{there.osc.port}", "mailbox": there.mailbox}
    if there.shared:
        yield Finding("shared", "ok", f"for other machines {there.shared}")
    for name, ring in DOORS.items():
        try:
            seconds = ring(there)
        except BridgeError as error:
            yield Finding(name, "problem", f"{places[name]}: {error.message}", error.hint)
            continue
        said = f"{places[name]} answers in {seconds * 1000:.0f} ms"
        if seconds > SLOW_ANSWER_SECONDS:
            yield Finding(name, "note", said, "That is slow: is the computer busy, or the folder on a network?")
        else:
            yield Finding(name, "ok", said)


def _unread(folder: Path) -> Finding:
    inbox = folder / "in"
    oldest = time.time() - SLOW_LETTER_SECONDS
    try:
        unread = sum(path.stat().st_mtime < oldest for path in inbox.glob("*.json"))
    except OSError as error:
        return Finding("letters", "problem", f"{inbox} cannot be read: {error.strerror or error}", RESTART)
    if unread:
        return Finding(
            "letters", "problem", f"{unread} letters in {inbox} lie unread", f"Restart the bridge: {RESTART}"
        )
    return Finding("letters", "ok", "none lies unread")


def _engine(found: Found) -> Finding:
    welcome = found.welcome
    if welcome.engine_problem is not None:
        return Finding("engine", "problem", welcome.engine_problem.message, welcome.engine_problem.hint)
    if welcome.engine == "down":
        return Finding("engine", "problem", "down", "Its log says why.")
    if welcome.engine == "starting":
        return Finding("engine", "note", "starting", "Ask again in a moment; jobs are taken meanwhile.")
    return Finding("engine", "ok", welcome.engine)


def _backends(found: Found) -> Iterator[Finding]:
    for backend in found.welcome.backends:
        default = " (default)" if backend.backend == found.welcome.default_backend else ""
        can = f"{', '.join(backend.tasks)}{'' if backend.lyrics else '; no lyrics'}"
        yield Finding("backend", "ok", f"{backend.backend}{default}: {can}. {backend.about}")
    for absent in found.welcome.absent:
        said = f"{absent.backend} is not there: {absent.problem.message} Without it, no {', '.join(absent.tasks)}."
        yield Finding("backend", "note", said, absent.problem.hint)
