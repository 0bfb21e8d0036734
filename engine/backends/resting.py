"""Resting: models that nobody uses leave the memory. One model lies in it at a time, and none after a long silence."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable

from engine.backends.base import Backend
from engine.backends.deferred import Deferred

log = logging.getLogger(__name__)

IDLE_VARIABLE, IDLE_MINUTES = "DAWBRIDGE_UNLOAD_MINUTES", 15.0
"""After so many minutes without a job a model is unloaded; 0: never."""


class Resting:
    """Used from the worker's thread only. Rules, which weigh nothing, may stay beside a model."""

    def __init__(self, idle_seconds: float | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        """`idle_seconds` is read from the environment where it is None; 0 stands for never."""
        self._idle = idle_minutes() * 60 if idle_seconds is None else idle_seconds
        self._clock = clock
        self._awake: tuple[str, Deferred] | None = None
        self._since = 0.0

    def use(self, name: str, backend: Backend) -> None:
        """A job for that backend is about to begin: a model that another one holds makes room."""
        if not isinstance(backend, Deferred):
            return
        if self._awake is not None and self._awake[1] is not backend:
            self._unload("for another")
        self._awake = name, backend

    @property
    def awake(self) -> tuple[str, Deferred] | None:
        """The model that has the memory, and its backend's name."""
        return self._awake

    def rest(self, name: str = "") -> None:
        """Unload that model now, or whichever there is."""
        if self._awake is not None and name in ("", self._awake[0]):
            self._unload("asked to")

    def done(self) -> None:
        """A job has ended; the silence is counted from here."""
        self._since = self._clock()

    @property
    def seconds_left(self) -> float | None:
        """Until `look` has something to do; None if that is never."""
        if self._awake is None or self._idle <= 0:
            return None
        return max(0.0, self._since + self._idle - self._clock())

    def look(self) -> None:
        """Unload what has not been used for long enough."""
        if self.seconds_left == 0:
            self._unload("idle")

    def _unload(self, why: str) -> None:
        assert self._awake is not None
        name, backend = self._awake
        self._awake = None
        backend.unload()
        log.info("model.unloaded backend=%s why=%s", name, why)


def idle_minutes() -> float:
    """As the user has set it; the usual where that is no number."""
    try:
        return max(0.0, float(os.environ.get(IDLE_VARIABLE, "") or IDLE_MINUTES))
    except ValueError:
        log.warning("setting.unreadable name=%s", IDLE_VARIABLE)
        return IDLE_MINUTES
