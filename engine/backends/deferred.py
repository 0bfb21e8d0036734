"""Deferred: a backend whose libraries are imported when it is first used, so that nobody else waits for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from bridge_server.protocol.values import Capabilities
from engine.backends.base import Backend, Held, Resident
from engine.watch import Watch
from engine.work import Rendering, Work


class Deferred:
    """Stands for the backend that `make` makes, which takes seconds to import. `place` is where its model lies."""

    def __init__(self, capabilities: Capabilities, make: Callable[[], Backend], place: object = None) -> None:
        self.capabilities = capabilities
        self.place = place
        self._make = make
        self._is_awake = False

    @cached_property
    def _backend(self) -> Backend:
        return self._make()

    def memory_need(self, work: Work, variants: int) -> int:
        return self._backend.memory_need(work, variants)

    def load(self, watch: Watch) -> None:
        watch.step(0, 1, "waking the model")
        self._backend.load(watch)
        self._is_awake = True

    def bring(self, watch: Watch) -> None:
        """Make ready, weights included. Raises what the backend's own `load` and `bring` raise."""
        self.load(watch)
        if isinstance(self._backend, Resident):
            self._backend.bring(watch)

    def held(self) -> Held | None:
        """What lies in memory; one that has no weights here is there from its first load on."""
        if "_backend" not in self.__dict__:
            return None
        if isinstance(self._backend, Resident):
            return self._backend.held()
        return Held() if self._is_awake else None

    def free(self) -> int:
        """Bytes that are free on its device; 0 where nobody knows."""
        if "_backend" in self.__dict__ and isinstance(self._backend, Resident):
            return self._backend.free()
        return 0

    def unload(self) -> None:
        self._is_awake = False
        if "_backend" in self.__dict__:
            self._backend.unload()

    def render(self, work: Work, seeds: Sequence[int], watch: Watch) -> Iterator[Rendering]:
        return self._backend.render(work, seeds, watch)
