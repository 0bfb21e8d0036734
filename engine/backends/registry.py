"""Registry: the backends of this machine, by name, and why others are not among them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bridge_server.protocol.errors import UnknownBackend
from bridge_server.protocol.servers import NAME as SERVER
from bridge_server.protocol.servers import Server
from bridge_server.protocol.values import AbsentBackend, Capabilities
from engine.backends.ace_15 import capabilities as ace_15
from engine.backends.ace_15 import checkpoint as checkpoint_15
from engine.backends.ace_15 import roles as roles_15
from engine.backends.ace_v1 import checkpoint
from engine.backends.ace_v1.capabilities import TASKS, capabilities
from engine.backends.acestep_api import configured
from engine.backends.acestep_api.capabilities import capabilities as server_can
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
        found.backends[checkpoint.NAME] = _kept(known, capabilities(place), lambda: _ace_v1(place), place)
    _add_ace_15(found, known)
    _add_acestep_api(found, known)
    return found


def _add_ace_15(found: Registry, known: dict[str, Backend]) -> None:
    """One backend for each checkpoint of ACE-Step 1.5, under the checkpoint's name."""
    there = checkpoint_15.find()
    for place in there.places:
        can = ace_15.capabilities(place)
        found.backends[place.name] = _kept(known, can, partial(_ace_15, place), place)
        found.role_words[place.name] = roles_15.role_words()
    for name, error in there.problems:
        found.absent.append(AbsentBackend(backend=name, tasks=ace_15.tasks(), problem=error.problem))


def _add_acestep_api(found: Registry, known: dict[str, Backend]) -> None:
    """The server that the user has named, if one was named. It is not asked here."""
    try:
        server = configured.find()
    except UnknownBackend as error:
        found.absent.append(AbsentBackend(backend=SERVER, problem=error.problem))
        return
    if server is not None:
        found.backends[SERVER] = _kept(known, server_can(server), partial(_acestep_api, server), server)
        found.role_words[SERVER] = roles_15.role_words()


def _kept(known: dict[str, Backend], can: Capabilities, make: Callable[[], Backend], place: object) -> Backend:
    """The backend of that name that is there already, if its model lies where it did; else a fresh one."""
    there = known.get(can.backend)
    is_same = isinstance(there, Deferred) and there.place == place
    return there if there and is_same else Deferred(can, make, place)


def _acestep_api(server: Server) -> Backend:
    from engine.backends.acestep_api.backend import AceStepApi

    return AceStepApi(server)


def _ace_v1(place: checkpoint.Place) -> Backend:
    from engine.backends.ace_v1.backend import AceStepV1

    return AceStepV1(place)


def _ace_15(place: checkpoint_15.Place) -> Backend:
    from engine.backends.ace_15.backend import AceStep15

    return AceStep15(place)


def backends() -> dict[str, Backend]:
    """A fresh instance of every backend that can run here, by name."""
    return survey().backends
