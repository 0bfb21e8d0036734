"""Which server the user has named with `dawbridge server add`. Asks nobody."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from bridge_server.protocol.errors import UnknownBackend
from bridge_server.protocol.servers import FILE_NAME, NAME, Server

HOME_VARIABLE = "DAWBRIDGE_HOME"
"""Set by the bridge for its engine."""


def find() -> Server | None:
    """The server, None where none was added. Raises UnknownBackend for a file that `dawbridge server` did not write."""
    path = file()
    if path is None:
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=Server)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise UnknownBackend(
            f"The server of {NAME} cannot be read from {path} ({error}).", "`dawbridge server add ADDRESS` writes it."
        ) from error


def file() -> Path | None:
    """Where it is written down; None where nobody has said where the home is."""
    home = os.environ.get(HOME_VARIABLE)
    return Path(home) / FILE_NAME if home else None
