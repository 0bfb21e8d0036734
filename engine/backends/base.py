"""Backend: the one interface between the engine and a model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from bridge_server.protocol.values import Capabilities
from engine.watch import Watch
from engine.work import Rendering, Work


class Backend(Protocol):
    """A model or rule set that renders work. Used from one thread only; may keep state between calls."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do, known without loading anything."""

    def memory_need(self, work: Work, variants: int) -> int:
        """Bytes that `render` will hold on its device beyond the loaded weights."""

    def load(self, watch: Watch) -> None:
        """Bring weights to the device; does nothing when they are there. Raises BridgeError with a hint."""

    def unload(self) -> None:
        """Free the device; the next `load` brings everything back."""

    def render(self, work: Work, seeds: Sequence[int], watch: Watch) -> Iterator[Rendering]:
        """Yield one Rendering per seed, in order, as soon as each is done; batching them is the backend's choice.

        Calls `watch.step` at least once per model step, and lets Cancelled pass through. The same work, seed and
        device give the same samples (P4). Raises BridgeError for what it cannot render.
        """
