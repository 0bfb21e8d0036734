"""Backend: the one interface between the engine and a model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from bridge_server.protocol.errors import BridgeError
from bridge_server.protocol.values import Capabilities
from engine.watch import Watch
from engine.work import Rendering, Work


class DeviceFault(Exception):
    """The device is in an unknown state, so the engine ends after it has said so. `error` is what the user is told."""

    def __init__(self, error: BridgeError) -> None:
        super().__init__(error.message)
        self.error = error


@dataclass(frozen=True, kw_only=True)
class Held:
    """What a model's weights take: `device` as torch names it, '' for none of this machine; bytes taken there."""

    device: str = ""
    bytes: int = 0


@runtime_checkable
class Resident(Protocol):
    """A backend whose weights can be brought into memory before any work is there, and that says where they lie."""

    def bring(self, watch: Watch) -> None:
        """Read all weights, as work of a minute would have them lie. Raises BridgeError with a hint, DeviceFault."""

    def held(self) -> Held | None:
        """None while there are none in memory. Cheap: asked at every step."""

    def free(self) -> int:
        """Bytes that are free on its device; 0 where the system does not tell."""


class Backend(Protocol):
    """A model or rule set that renders work. Used from one thread only; may keep state between calls."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do, known without loading anything."""

    def memory_need(self, work: Work, variants: int) -> int:
        """Bytes that `render` will hold on its device beyond the loaded weights."""

    def load(self, watch: Watch) -> None:
        """Make ready; does nothing when it is. A backend that wants to know the work before it knows where its weights
        fit may leave reading them to `render`. Raises BridgeError with a hint.
        """

    def unload(self) -> None:
        """Free the device; the next `load` brings everything back."""

    def render(self, work: Work, seeds: Sequence[int], watch: Watch) -> Iterator[Rendering]:
        """Yield one Rendering per seed, in order, as soon as each is done; batching them is the backend's choice.

        Calls `watch.step` at least once per model step, and lets Cancelled pass through. The same work, seed and
        device give the same samples (P4). Raises BridgeError for what it cannot render, DeviceFault where the device is
        not to be used again.
        """
