"""Holding: what lies in memory, told whenever that has changed."""

from __future__ import annotations

import time
from collections.abc import Callable

from bridge_server.protocol.engine import Holds
from bridge_server.protocol.errors import Problem
from bridge_server.protocol.values import HeldModel
from engine.backends.resting import Resting

LOOK_EVERY_SECONDS = 0.25


class Holding:
    """Used from the worker's thread only; `say` brings the word to the bridge."""

    def __init__(self, resting: Resting, say: Callable[[Holds], None]) -> None:
        self._resting = resting
        self._say = say
        self._failed: dict[str, HeldModel] = {}
        self._weightless: set[str] = set()
        self._loading: HeldModel | None = None
        self._told: tuple[HeldModel, ...] = ()
        self._looked = 0.0

    def begin(self, name: str) -> None:
        """A model is about to be read."""
        self._failed.pop(name, None)
        self._loading = HeldModel(backend=name, state="loading")
        self.tell()

    def progress(self, fraction: float, stage: str) -> None:
        """How far the reading is."""
        if self._loading is not None:
            self._loading = HeldModel(
                backend=self._loading.backend, state="loading", fraction=round(fraction, 2), stage=stage
            )
        self.look()

    def end(self, is_weightless: bool = False) -> None:
        """It was read, or somebody stopped that. Rules have no weights, and are there once they were asked for."""
        if self._loading is not None and is_weightless:
            self._weightless.add(self._loading.backend)
        self._loading = None
        self.tell()

    def fail(self, name: str, problem: Problem, is_fatal: bool = False) -> None:
        """It could not be read; told until the next try."""
        self._loading = None
        self._failed[name] = HeldModel(backend=name, state="failed", problem=problem)
        self.tell(is_fatal)

    def forget(self, name: str) -> None:
        """It was unloaded, or all were for an empty name."""
        for names in (self._failed, self._weightless):
            for known in [known for known in names if name in ("", known)]:
                names.pop(known) if isinstance(names, dict) else names.remove(known)
        self.tell()

    def look(self) -> None:
        """Tell what has changed, not more often than a person can see."""
        now = time.monotonic()
        if now - self._looked >= LOOK_EVERY_SECONDS:
            self._looked = now
            self.tell()

    def tell(self, is_fatal: bool = False) -> None:
        """Say what lies in memory, unless that was said."""
        models = self._models()
        if models != self._told or is_fatal:
            self._told = models
            self._say(Holds(models=tuple(self._with_room(model) for model in models), fatal=is_fatal))

    def _models(self) -> tuple[HeldModel, ...]:
        found = {name: HeldModel(backend=name, state="loaded", device="cpu") for name in sorted(self._weightless)}
        awake = self._resting.awake
        if awake is not None and (held := awake[1].held()) is not None:
            found[awake[0]] = HeldModel(backend=awake[0], state="loaded", device=held.device, bytes=held.bytes)
        if self._loading is not None:
            found[self._loading.backend] = self._loading
        return (*found.values(), *(model for name, model in self._failed.items() if name not in found))

    def _with_room(self, model: HeldModel) -> HeldModel:
        """Room on a device changes all the time, and is no news by itself."""
        awake = self._resting.awake
        if awake is None or awake[0] != model.backend or model.state != "loaded":
            return model
        return HeldModel(
            backend=model.backend, state="loaded", device=model.device, bytes=model.bytes, free=awake[1].free()
        )
