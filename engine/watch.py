"""Watch: how a backend reports progress and learns that it should stop."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray


class Cancelled(Exception):
    """Raised by `Watch.step` once the job was cancelled; the worker turns it into the answer."""


class Watch:
    """Handed to every render. Backends call `step` at least once per model step; that is all they owe."""

    def __init__(
        self,
        report: Callable[[float, str], None] | None = None,
        show: Callable[[int, NDArray[np.float32]], None] | None = None,
    ) -> None:
        self._report = report or (lambda fraction, stage: None)
        self._show = show or (lambda number, audio: None)
        self._stop = threading.Event()
        self._low, self._high = 0.0, 1.0

    def cancel(self) -> None:
        """Thread-safe: the next `step` raises."""
        self._stop.set()

    def step(self, done: float, total: float, stage: str = "") -> None:
        """Report `done` of `total`. Raises Cancelled if somebody asked for it."""
        self.check()
        within = min(max(done / total, 0.0), 1.0) if total > 0 else 1.0
        self._report(self._low + within * (self._high - self._low), stage)

    def check(self) -> None:
        """Raises Cancelled if somebody asked for it; the bar stands still."""
        if self._stop.is_set():
            raise Cancelled

    def preview(self, number: int, audio: NDArray[np.float32]) -> None:
        """Play how a take is going: `number` from 1, audio (C, T) from the start of the hull at the backend's rate."""
        self._show(number, audio)

    def part(self, low: float, high: float) -> Watch:
        """A watch whose 0…1 is `low`…`high` of this one; cancelling either cancels both."""
        child = Watch(self._report, self._show)
        child._stop = self._stop
        width = self._high - self._low
        child._low, child._high = self._low + low * width, self._low + high * width
        return child

    def quiet(self) -> Watch:
        """One for other threads: cancelled with this one, and silent, since progress is told from one thread only."""
        child = Watch()
        child._stop = self._stop
        return child
