"""connection.json: how scripts and clients on this machine find the bridge, and the key that lets them in."""

from __future__ import annotations

import os
from pathlib import Path

from msgspec import Struct

from bridge_server.home import Home
from bridge_server.protocol import VERSION
from bridge_server.protocol.codec import from_json, to_json
from bridge_server.protocol.errors import NoBridge


class OscAddress(Struct, frozen=True):
    host: str
    port: int


class Connection(Struct, frozen=True, kw_only=True):
    """What the file says. The key is new at each start of the bridge; `shared` is its address for other machines."""

    version: int = VERSION
    release: str
    pid: int
    started: str
    key: str
    zmq: str
    osc: OscAddress
    mailbox: str
    home: str
    shared: str = ""

    def write(self, path: Path) -> None:
        """Write the file so that only its owner can ever read it, and nobody can read half of it. Raises OSError."""
        part = path.with_name(f".{path.name}.part")
        part.unlink(missing_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(to_json(self))
        part.replace(path)


def read_connection(home: Home) -> Connection:
    """Raises NoBridge when no bridge has left its address, BadMessage when the file is damaged."""
    try:
        data = home.connection.read_bytes()
    except FileNotFoundError:
        raise NoBridge("No bridge is running.") from None
    return from_json(data, Connection)
