"""The command line. Nothing here but the way in: `dawbridge --help` has to be quick."""

from __future__ import annotations

import sys
from io import TextIOWrapper


def main() -> int:
    """`dawbridge`, as installed. Returns the exit code."""
    from bridge_server.cli import commands
    from bridge_server.cli.app import run

    _speak_utf8()
    commands.load()
    return run(sys.argv[1:])


def _speak_utf8() -> None:
    """JSON is UTF-8 whatever the system prefers, and no character that a terminal lacks shall end the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")
