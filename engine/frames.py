"""Frames: samples ⇄ latent frames. Every rounding rule of the model side is here.

A latent frame is coarse and no whole number of samples long (4,096 samples at 44.1 kHz are 4,458 and a bit at 48 kHz),
so no span falls on frames. What is to be new is rounded outwards, what is to be kept inwards; the bridge then cuts the
seam in samples. Positions are exact fractions and never add up their roundings.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from bridge_server.protocol.span import Span

SLACK = Fraction(1, 1_000_000)
"""Frames by which a position that went through a float may miss a frame's edge: a hundredth of a sample."""


@dataclass(frozen=True)
class Frames:
    """Frames [start, end) of a grid."""

    start: int
    end: int

    @property
    def count(self) -> int:
        return self.end - self.start

    def covers(self, other: Frames) -> bool:
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True)
class Grid:
    """Latent frames laid over a context.

    origin  position, in samples of the context, at which frame 0 begins; may lie outside it, or between two samples
    hop     samples that a frame lasts
    """

    origin: Fraction
    hop: Fraction

    def position(self, frame: int) -> Fraction:
        """Where a frame begins, exactly."""
        return self.origin + frame * self.hop

    def sample(self, frame: int) -> int:
        """The sample nearest to where a frame begins: at most half a sample (10 µs) beside it."""
        return floor(self.position(frame) + Fraction(1, 2))

    def outward(self, start: int, end: int) -> Frames:
        """All frames that samples [start, end) touch."""
        return Frames(floor(self._frame(start) + SLACK), ceil(self._frame(end) - SLACK))

    def inward(self, start: int, end: int) -> Frames:
        """All frames that lie within samples [start, end) entirely; may be none, never less."""
        first = ceil(self._frame(start) - SLACK)
        return Frames(first, max(floor(self._frame(end) + SLACK), first))

    def over(self, span: Span) -> Frames:
        """All frames that a span of the context touches."""
        return self.outward(span.start, span.end)

    def moved(self, frames: int) -> Grid:
        """The same frames, counted from frame `frames`."""
        return Grid(self.position(frames), self.hop)

    def _frame(self, sample: int) -> Fraction:
        return (sample - self.origin) / self.hop

    @classmethod
    def starting(cls, sample: int, hop: Fraction) -> Grid:
        """A grid with a frame that begins exactly at `sample`, whose frame 0 is the first within the context."""
        return cls(sample - floor(sample / hop) * hop, hop)


def hop_at(rate: int, frame_samples: int, frame_rate: int) -> Fraction:
    """Samples at `rate` that a frame of `frame_samples` samples at `frame_rate` lasts.

    >>> float(hop_at(48_000, 4_096, 44_100))
    4458.231292517007
    """
    return Fraction(frame_samples * rate, frame_rate)
