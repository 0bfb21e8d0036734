"""Registry: the backends of this machine, by name, and why others are not among them."""

from __future__ import annotations

from bridge_server.protocol.errors import UnknownBackend
from bridge_server.protocol.values import AbsentBackend
from engine.backends.ace_v1 import checkpoint
from engine.backends.ace_v1.capabilities import TASKS, capabilities
from engine.backends.base import Backend
from engine.backends.deferred import Deferred
from engine.backends.known import Registry
from engine.backends.sketch import SketchBackend
from engine.sketch.casting import role_words

DEFAULT = "sketch"


def survey(before: Registry | None = None) -> Registry:
    """Every backend that can run here, the default among them. Imports no model library.

    A backend that `before` has, with the same model in the same place, is the same instance, with all that it has
    loaded; others are fresh.
    """
    known = before.backends if before else {}
    found = Registry({DEFAULT: known.get(DEFAULT) or SketchBackend()}, role_words={DEFAULT: role_words()})
    try:
        place = checkpoint.find()
    except UnknownBackend as error:
        found.absent.append(AbsentBackend(backend=checkpoint.NAME, tasks=TASKS, problem=error.problem))
    else:
        there = known.get(checkpoint.NAME)
        is_same = isinstance(there, Deferred) and there.place == place
        found.backends[checkpoint.NAME] = (
            there if there and is_same else Deferred(capabilities(place), lambda: _ace_v1(place), place)
        )
    return found


def _ace_v1(place: checkpoint.Place) -> Backend:
    from engine.backends.ace_v1.backend import AceStepV1

    return AceStepV1(place)


def backends() -> dict[str, Backend]:
    """A fresh instance of every backend that can run here, by name."""
    return survey().backends
