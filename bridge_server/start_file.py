"""start.json: how a script in a DAW starts the bridge, when none is running."""

from __future__ import annotations

import sys
from pathlib import Path

from msgspec import Struct

from bridge_server.home import Home
from bridge_server.protocol.codec import from_json, to_json
from bridge_server.protocol.errors import NotFound
from bridge_server.protocol.release import release

VERSION = 1


class StartFile(Struct, frozen=True, kw_only=True):
    """command  program and its words; run it as they are, without a shell. It returns when the bridge is up
    home     the folder that the bridge will serve
    release  of the Dawbridge that wrote this, for people
    """

    version: int = VERSION
    command: tuple[str, ...]
    home: str
    release: str = ""


def start_file(home: Home) -> StartFile:
    """That of this installation.

    -P keeps the host's working folder out of Python's search path: a project may hold a folder `engine`.
    """
    root = home.root.absolute()
    command = (_python(), "-P", "-m", "bridge_server.cli", "up", "--home", str(root))
    return StartFile(command=command, home=str(root), release=release())


def write_start_file(home: Home) -> None:
    """Raises OSError."""
    part = home.start.with_name(f".{home.start.name}.part")
    part.write_bytes(to_json(start_file(home)))
    part.replace(home.start)


def read_start_file(home: Home) -> StartFile:
    """Raises NotFound, BadMessage, OSError."""
    try:
        return from_json(home.start.read_bytes(), StartFile)
    except FileNotFoundError:
        raise NotFound(f"{home.start} is not there.", "`dawbridge up` writes it.") from None


def _python() -> str:
    """Without a console: on Windows a script would otherwise open a black window."""
    if sys.platform == "win32":
        quiet = Path(sys.executable).with_name("pythonw.exe")
        if quiet.is_file():
            return str(quiet)
    return sys.executable
