"""Deferred: a backend whose libraries are imported when it is first used, so that nobody else waits for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from bridge_server.protocol.values import Capabilities
from engine.backends.base import Backend
from engine.watch import Watch
from engine.work import Rendering, Work


class Deferred:
    """Stands for the backend that `make` makes, which takes seconds to import. `place` is where its model lies."""

    def __init__(self, capabilities: Capabilities, make: Callable[[], Backend], place: object = None) -> None:
        self.capabilities = capabilities
        self.place = place
        self._make = make

    @cached_property
    def _backend(self) -> Backend:
        return self._make()

    def memory_need(self, work: Work, variants: int) -> int:
        return self._backend.memory_need(work, variants)

    def load(self, watch: Watch) -> None:
        watch.step(0, 1, "waking the model")
        self._backend.load(watch)

    def unload(self) -> None:
        if "_backend" in self.__dict__:
            self._backend.unload()

    def render(self, work: Work, seeds: Sequence[int], watch: Watch) -> Iterator[Rendering]:
        return self._backend.render(work, seeds, watch)
