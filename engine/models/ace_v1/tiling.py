"""Running long songs through a network in pieces, with the very result of one piece.

A convolution looks a fixed number of frames to each side. If every piece brings that much of its real neighbours along
and drops what it computes for them, the pieces fit together exactly: no cross-fade, no seam, memory for one piece only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from torch import Tensor

Tick = Callable[[], None]
"""Called after every piece: the place to report progress, or to raise what ends the work."""


def silent_tick() -> None:
    """For callers who want neither progress nor an early end."""


@dataclass(frozen=True)
class Piece:
    """Frames [start, end) are wanted; [low, high) are read, which is up to the halo more on each side."""

    start: int
    end: int
    low: int
    high: int


def pieces(frames: int, count: int, halo: int, align: int = 1) -> Iterator[Piece]:
    """Cut `frames` into at most `count` pieces whose borders are multiples of `align`."""
    length = _round_up(ceil(frames / count), align)
    halo = _round_up(halo, align)
    for start in range(0, frames, length):
        end = min(start + length, frames)
        yield Piece(start, end, max(0, start - halo), min(frames, end + halo))


@dataclass(frozen=True)
class Local:
    """Layers that see only `radius` of their input frames to each side, and make `scale` frames out of each.

    run  (B, ..., F) → (B, ..., F·scale); F is a multiple of the denominator of `scale`
    """

    run: Callable[[Tensor], Tensor]
    radius: int
    scale: Fraction = Fraction(1)

    passes = 1

    def over(self, frames: Tensor, count: int, tick: Tick = silent_tick) -> Tensor:
        """The same as `run(frames)`, computed in `count` pieces."""
        if count <= 1:
            whole = self.run(frames)
            tick()
            return whole
        out: Tensor | None = None
        total = frames.shape[-1]
        for piece in pieces(total, count, self.radius, self.scale.denominator):
            result = self.run(frames[..., piece.low : piece.high])
            if out is None:
                out = result.new_empty(*result.shape[:-1], int(total * self.scale))
            first, last = int(piece.start * self.scale), int(piece.end * self.scale)
            skip = int((piece.start - piece.low) * self.scale)
            out[..., first:last] = result[..., skip : skip + last - first]
            tick()
        assert out is not None, "no frames"
        return out


def chain(parts: Sequence[Local]) -> Local:
    """Local layers one after another, as one."""
    radius, scale = 0, Fraction(1)
    for part in reversed(parts):
        radius = ceil(radius / part.scale) + part.radius
        scale *= part.scale

    def run(frames: Tensor) -> Tensor:
        for part in parts:
            frames = part.run(frames)
        return frames

    return Local(run, radius, scale)


def _round_up(number: int, multiple: int) -> int:
    return -(-number // multiple) * multiple
