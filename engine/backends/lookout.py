"""Lookout: notices models that come or go while the engine runs, so that nothing has to be started again."""

from __future__ import annotations

import os
from pathlib import Path

from engine.backends.ace_v1.checkpoint import HOME_VARIABLE
from engine.backends.known import Registry
from engine.backends.registry import survey

Mark = tuple[int, int] | None


class Lookout:
    """Watches the list of models, which `dawbridge models` writes when a model is complete, moved or removed."""

    def __init__(self, found: Registry) -> None:
        self._found = found
        self._mark = _mark()

    def look(self) -> Registry | None:
        """What can run here now, if that may have changed since the last look; costs one look at a file."""
        mark = _mark()
        if mark == self._mark:
            return None
        self._mark = mark
        self._found = survey(self._found)
        return self._found


def _mark() -> Mark:
    """Changes with the list; None where there is none."""
    home = os.environ.get(HOME_VARIABLE)
    if not home:
        return None
    try:
        found = (Path(home) / "models.json").stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
