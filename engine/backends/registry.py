"""Registry: the backends that are installed, by name."""

from __future__ import annotations

from engine.backends.base import Backend
from engine.backends.sketch import SketchBackend

DEFAULT = "sketch"


def backends() -> dict[str, Backend]:
    """A fresh instance of every backend that can run here, the default among them."""
    return {DEFAULT: SketchBackend()}
