"""Registry: the backends of this machine, by name, and why others are not among them."""

from __future__ import annotations

from dataclasses import dataclass, field

from bridge_server.protocol.errors import UnknownBackend
from bridge_server.protocol.values import AbsentBackend
from engine.backends.ace_v1 import checkpoint
from engine.backends.ace_v1.capabilities import TASKS, capabilities
from engine.backends.base import Backend
from engine.backends.deferred import Deferred
from engine.backends.sketch import SketchBackend

DEFAULT = "sketch"


@dataclass(frozen=True)
class Registry:
    """Backends that can run here, and those that are known and cannot."""

    backends: dict[str, Backend]
    absent: list[AbsentBackend] = field(default_factory=list)


def survey() -> Registry:
    """A fresh instance of every backend that can run here, the default among them. Imports no model library."""
    found = Registry({DEFAULT: SketchBackend()})
    try:
        place = checkpoint.find()
    except UnknownBackend as error:
        found.absent.append(AbsentBackend(backend=checkpoint.NAME, tasks=TASKS, problem=error.problem))
    else:
        found.backends[checkpoint.NAME] = Deferred(capabilities(place), lambda: _ace_v1(place))
    return found


def _ace_v1(place: checkpoint.Place) -> Backend:
    from engine.backends.ace_v1.backend import AceStepV1

    return AceStepV1(place)


def backends() -> dict[str, Backend]:
    """A fresh instance of every backend that can run here, by name."""
    return survey().backends
