"""The command line. Nothing here but the way in: `dawbridge --help` has to be quick."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from pathlib import Path


def main() -> int:
    """`dawbridge`, as installed. Returns the exit code."""
    from bridge_server.cli import commands
    from bridge_server.cli.app import run

    _have_streams()
    _speak_utf8()
    commands.load()
    return run(sys.argv[1:])


def _have_streams() -> None:
    """A script in a DAW starts us on Windows without a console, and then there is nobody to speak to."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for the whole process


def _speak_utf8() -> None:
    """JSON is UTF-8 whatever the system prefers, and no character that a terminal lacks shall end the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")
