"""What `doctor` says about the guide vocal of sketch: the program espeak-ng and the package pyworld."""

from __future__ import annotations

import os
import platform
import shutil
from importlib import util
from pathlib import Path

from bridge_server.doctor.finding import Finding

PATH_VARIABLE = "DAWBRIDGE_ESPEAK_NG"
_PLACES = {
    "Windows": ("%ProgramFiles%/eSpeak NG/espeak-ng.exe", "%ProgramFiles(x86)%/eSpeak NG/espeak-ng.exe"),
    "Darwin": ("/opt/homebrew/bin/espeak-ng", "/usr/local/bin/espeak-ng", "/opt/local/bin/espeak-ng"),
}
_HOW = {
    "Windows": "`winget install eSpeak-NG.eSpeak-NG`",
    "Darwin": "`brew install espeak-ng`",
    "Linux": "`sudo apt install espeak-ng`, or `sudo dnf install espeak-ng`",
}


def guide_vocal() -> Finding:
    """A note where something is missing, never a problem: nothing but singing needs it."""
    program, has_world = _program(), util.find_spec("pyworld") is not None
    if program and has_world:
        return Finding("guide vocal", "ok", f"sketch sings lyrics with {program}; no other program is needed")
    steps = []
    if not program:
        steps.append(f"Install espeak-ng: {_HOW.get(platform.system(), _HOW['Linux'])}.")
    if not has_world:
        steps.append('Install pyworld: `pip install "dawbridge[voice]"` in the environment of Dawbridge.')
    missing = " and ".join(name for name, there in (("espeak-ng", program), ("pyworld", has_world)) if not there)
    said = f"sketch cannot sing lyrics without {missing}; all else works, no other program is needed"
    return Finding("guide vocal", "note", said, " ".join(steps))


def _program() -> Path | None:
    """As the engine looks for it."""
    if named := os.environ.get(PATH_VARIABLE):
        return Path(named) if Path(named).is_file() else None
    found = shutil.which("espeak-ng")
    if found:
        return Path(found)
    places = (Path(os.path.expandvars(place)) for place in _PLACES.get(platform.system(), ()))
    return next((place for place in places if place.is_file()), None)
