"""Rehearsing: what a backend may do between the engine's start and its first job, while nobody waits."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from engine.watch import Watch


@runtime_checkable
class Rehearsing(Protocol):
    """A backend whose first job would take longer than its second."""

    def rehearse(self, watch: Watch) -> None:
        """Work out what every first job needs. Takes well under a second of processor time, and lets Cancelled pass
        through as `render` does. No job comes out otherwise for it. Raises BridgeError where no job could be rendered.
        """
