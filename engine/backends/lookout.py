"""Lookout: notices models and servers that come or go while the engine runs: nothing has to be started again."""

from __future__ import annotations

import os
from pathlib import Path

from bridge_server.protocol.servers import FILE_NAME
from engine.backends.ace_v1.checkpoint import HOME_VARIABLE
from engine.backends.known import Registry
from engine.backends.registry import survey

Mark = tuple[tuple[int, int] | None, ...]
WATCHED = ("models.json", FILE_NAME)


class Lookout:
    """Watches the list of models, which `dawbridge models` writes when a model is complete, moved or removed, and the
    server that `dawbridge server` writes down.
    """

    def __init__(self, found: Registry) -> None:
        self._found = found
        self._mark = _mark()

    def look(self) -> Registry | None:
        """What can run here now, if that may have changed since the last look; costs a look at two files."""
        mark = _mark()
        if mark == self._mark:
            return None
        self._mark = mark
        self._found = survey(self._found)
        return self._found


def _mark() -> Mark:
    """Changes with either file."""
    home = os.environ.get(HOME_VARIABLE)
    return tuple(_mark_of(Path(home) / name) for name in WATCHED) if home else ()


def _mark_of(path: Path) -> tuple[int, int] | None:
    """None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
