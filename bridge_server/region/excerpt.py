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

    def between(self, start: int, end: int, mirror: bool = False) -> Samples:
        """(C, end - start): a view where all of it is here, otherwise a copy with silence around it.

        mirror  instead of silence, the audio's own ends played backwards surround it
        """
        if self.start <= start <= end <= self.end:
            return self.audio[:, start - self.start : end - self.start]
        out = np.zeros((self.audio.shape[0], max(end - start, 0)), np.float32)
        first, last = max(start, self.start), min(end, self.end)
        if first < last:
            out[:, first - start : last - start] = self.audio[:, first - self.start : last - self.start]
        if mirror and first < last:
            out[:, : first - start] = mirrored(self.audio[:, ::-1], first - start)[:, ::-1]
            out[:, last - start :] = mirrored(self.audio, end - last)
        return out

    def within(self, start: int, end: int) -> Excerpt:
        """What of this excerpt lies in [start, end), without padding."""
        first = min(max(start, self.start), self.end)
        last = max(min(end, self.end), first)
        return Excerpt(self.audio[:, first - self.start : last - self.start], first, self.rate)

    def counted_from(self, origin: int) -> Excerpt:
        """The same audio, its position counted from what is now position `origin`."""
        return Excerpt(self.audio, self.start - origin, self.rate)


def mirrored(audio: Samples, length: int) -> Samples:
    """`audio` played backwards for `length` samples, as a continuation that starts where it ends.

    audio  (C, n), n ≥ 1; repeated forwards and backwards if it is shorter than `length`
    """
    if audio.shape[1] == 0:
        return np.zeros((audio.shape[0], length), np.float32)
    there_and_back = np.concatenate([audio[:, ::-1], audio], axis=1)
    return there_and_back[:, np.arange(length) % there_and_back.shape[1]]
