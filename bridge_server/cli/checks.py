"""What `doctor` looks at. Every check returns findings; none changes anything but for one empty file in the home."""

from __future__ import annotations

import os
import platform
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from bridge_server.home import Home
from bridge_server.launch import Found, find_bridge
from bridge_server.protocol.errors import BridgeError
from bridge_server.protocol.release import release

LEAST_FREE_BYTES = 500 * 2**20
SLOW_LETTER_SECONDS = 10.0


@dataclass(frozen=True)
class Finding:
    """One line of `doctor`. `advice` says what to do about a problem."""

    what: str
    state: Literal["ok", "note", "problem"]
    found: str
    advice: str = ""

    def plain(self) -> dict[str, Any]:
        return {"event": "check", **asdict(self)}


def findings(home: Home) -> Iterator[Finding]:
    """All of them, in an order in which the first problem explains those that follow."""
    yield _python()
    yield _installed()
    yield from _home(home)
    yield from _sound()
    try:
        found = find_bridge(home)
    except BridgeError as error:
        yield Finding("bridge", "problem", error.message, error.hint)
        found = None
    else:
        yield _bridge(found)
    if found is not None:
        yield _connection_file(home)
        yield _ports(found)
        yield _mailbox(Path(found.connection.mailbox))
        yield _engine(found)
        yield from _backends(found)
    yield from _logs(home)


def _python() -> Finding:
    return Finding("Python", "ok", f"{platform.python_version()} at {sys.executable}")


def _installed() -> Finding:
    version = release()
    if version == "uninstalled":
        return Finding(
            "Dawbridge", "note", "runs from a folder that pip does not know", "Install it: `pip install -e .`"
        )
    return Finding("Dawbridge", "ok", f"version {version}")


def _home(home: Home) -> Iterator[Finding]:
    folder = home.root
    advice = "Make it writable, or name another folder in the environment variable DAWBRIDGE_HOME."
    place = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    try:
        with tempfile.TemporaryFile(dir=place):
            yield Finding("home", "ok", f"{folder}{'' if place == folder else ' (made at the first start)'}")
    except OSError as error:
        yield Finding("home", "problem", f"{folder} cannot be written to: {error.strerror or error}", advice)
        return
    free = shutil.disk_usage(place).free
    enough = free >= LEAST_FREE_BYTES
    yield Finding(
        "disk",
        "ok" if enough else "problem",
        f"{free / 2**30:.1f} GB free",
        "" if enough else "Free some space: takes and their stems need about 60 MB a minute.",
    )


def _sound() -> Iterator[Finding]:
    try:
        import soundfile
    except (ImportError, OSError) as error:
        yield Finding("sound files", "problem", f"they cannot be read: {error}", "Install Dawbridge again.")
        return
    wanted = ("WAV", "AIFF", "FLAC", "OGG", "MP3")
    known = soundfile.available_formats()
    missing = [name for name in wanted if name not in known]
    version = soundfile.__libsndfile_version__
    if missing:
        names = ", ".join(missing)
        yield Finding("sound files", "problem", f"{names} cannot be read (libsndfile {version})", "Update `soundfile`.")
    else:
        yield Finding("sound files", "ok", f"{', '.join(wanted)} can be read (libsndfile {version})")


def _bridge(found: Found | None) -> Finding:
    if found is None:
        return Finding("bridge", "note", "not running", "The first command starts it; `dawbridge up` keeps it running.")
    there = found.connection
    said = f"process {there.pid}, version {found.welcome.release}, since {there.started}"
    if found.welcome.release != release():
        return Finding("bridge", "problem", said, f"Installed is {release()}: `dawbridge down`, then `dawbridge up`.")
    return Finding("bridge", "ok", said)


def _connection_file(home: Home) -> Finding:
    path = home.connection
    mode = stat.S_IMODE(path.stat().st_mode)
    if sys.platform != "win32" and mode & 0o077:
        advice = "Others can read the key: `dawbridge down`, then `dawbridge up` writes the file anew."
        return Finding("connection file", "problem", f"{path} has mode {mode:o}", advice)
    return Finding("connection file", "ok", f"{path}, for its owner only")


def _ports(found: Found) -> Finding:
    there = found.connection
    shared = f", for other machines {there.shared}" if there.shared else ""
    return Finding("listens", "ok", f"ZeroMQ {there.zmq}, OSC {there.osc.host}:{there.osc.port}{shared}")


def _mailbox(folder: Path) -> Finding:
    inbox = folder / "in"
    if not os.access(inbox, os.W_OK):
        return Finding(
            "mailbox", "problem", f"{inbox} cannot be written to", "Restart the bridge; it makes the folder."
        )
    oldest = time.time() - SLOW_LETTER_SECONDS
    unread = sum(path.stat().st_mtime < oldest for path in inbox.glob("*.json"))
    if unread:
        return Finding("mailbox", "problem", f"{unread} letters in {inbox} lie unread", "Restart the bridge.")
    return Finding("mailbox", "ok", str(folder))


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


def _logs(home: Home) -> Iterator[Finding]:
    for name in ("bridge.log", "engine.log"):
        path = home.logs / name
        if path.exists():
            yield Finding("log", "ok", f"{path}, {path.stat().st_size / 1024:.0f} kB")
