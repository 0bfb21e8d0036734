"""What `doctor` looks at: the machine first, then the bridge, then the DAWs. No check changes anything that stays."""

from __future__ import annotations

import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator

from bridge_server.doctor.bridge import bridge_findings
from bridge_server.doctor.daws import daw_findings
from bridge_server.doctor.finding import Finding
from bridge_server.doctor.models import model_findings
from bridge_server.doctor.voice import guide_vocal
from bridge_server.home import Home
from bridge_server.install.surroundings import Surroundings
from bridge_server.protocol.release import release

LEAST_FREE_BYTES = 500 * 2**20


def findings(home: Home) -> Iterator[Finding]:
    """All of them, in an order in which the first problem explains those that follow."""
    yield _python()
    yield _installed()
    yield from _home(home)
    yield from _sound()
    yield guide_vocal()
    yield from model_findings(home)
    yield from bridge_findings(home)
    yield from daw_findings(home, Surroundings.here())
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


def _logs(home: Home) -> Iterator[Finding]:
    for name in ("bridge.log", "engine.log"):
        path = home.logs / name
        if path.exists():
            yield Finding("log", "ok", f"{path}, {path.stat().st_size / 1024:.0f} kB")
