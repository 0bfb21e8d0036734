"""Excerpt: a piece of audio that knows where it lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Excerpt:
    """Audio whose first sample lies `start` samples after some origin; silence lies around it.

    audio  (C, T) float32, full scale ±1
    start  may be negative
    """

    audio: Samples
    start: int
    rate: int

    @property
    def end(self) -> int:
        return self.start + int(self.audio.shape[1])

    def between(self, start: int, end: int) -> Samples:
        """(C, end - start): a view where all of it is here, otherwise a copy with silence around it."""
        if self.start <= start <= end <= self.end:
            return self.audio[:, start - self.start : end - self.start]
        out = np.zeros((self.audio.shape[0], max(end - start, 0)), np.float32)
        first, last = max(start, self.start), min(end, self.end)
        if first < last:
            out[:, first - start : last - start] = self.audio[:, first - self.start : last - self.start]
        return out

    def within(self, start: int, end: int) -> Excerpt:
        """What of this excerpt lies in [start, end), without padding."""
        first = min(max(start, self.start), self.end)
        last = max(min(end, self.end), first)
        return Excerpt(self.audio[:, first - self.start : last - self.start], first, self.rate)

    def counted_from(self, origin: int) -> Excerpt:
        """The same audio, its position counted from what is now position `origin`."""
        return Excerpt(self.audio, self.start - origin, self.rate)
