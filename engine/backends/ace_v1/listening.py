"""Listening: what the model is given of the old music, as latents on a grid of frames.

A take keeps its latents, so that a repaint of a repaint starts from them and not from sound that was decoded and
encoded again (promise P10). What they do not cover is encoded from the audio, on the same grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bridge_server.protocol.requests import Extend, Generate
from engine.backends.ace_v1.capabilities import RATE
from engine.backends.kept import kept_latents, kept_start
from engine.frames import Frames, Grid, hop_at
from engine.models.ace_v1.codec import Codec, Report
from engine.work import Work

HOP = hop_at(RATE, 4_096, 44_100)
LEAST_SAMPLES = 4_459
"""A frame: more than the mel front end needs to see at all."""


@dataclass(frozen=True)
class Kept:
    """Latents (8, 16, F) that lie in the context from where frame 0 of the grid begins."""

    latents: NDArray[np.float32]
    grid: Grid

    @classmethod
    def of(cls, work: Work) -> Kept | None:
        """What the source take kept; of a retake, what was there before the take that is varied."""
        latents = None if isinstance(work.request, Generate) else kept_latents(work)
        if latents is None or latents.ndim != 3 or latents.shape[:2] != (8, 16) or not np.isfinite(latents).all():
            return None
        return cls(latents, Grid(kept_start(work), HOP))

    def covers(self, frames: Frames) -> bool:
        return Frames(0, self.latents.shape[-1]).covers(frames)


@dataclass(frozen=True)
class Heard:
    """What the model starts from.

    latents  (1, 8, 16, F) float32
    grid     frame 0 of the latents is frame 0 of the grid
    notes    whether they were kept or made from the audio
    """

    latents: Tensor
    grid: Grid
    notes: tuple[str, ...] = ()

    @property
    def frames(self) -> int:
        return int(self.latents.shape[-1])


@dataclass(frozen=True)
class Passage:
    """The part of the context that is heard: frames [start, end) of a grid, and what was kept of it."""

    grid: Grid
    frames: Frames
    kept: Kept | None

    @classmethod
    def of(cls, work: Work) -> Passage:
        """All of the context or, for an extension, the frames that the clip fills.

        Without kept latents a frame begins exactly at a seam, so that rounding outwards takes nothing of the
        surroundings there.
        """
        kept = Kept.of(work)
        if isinstance(work.request, Extend):
            return cls._clip(work, kept)
        grid = kept.grid if kept else Grid.starting(work.hull.start, HOP)
        touched, inner = grid.outward(0, work.context.shape[1]), grid.inward(0, work.context.shape[1])
        hull = grid.over(work.hull)
        if kept is None:
            return cls(grid, Frames(min(inner.start, hull.start), touched.end), None)
        # A frame at the edge of the context that was not kept would be half silence: better not to hear it at all.
        start = touched.start if touched.start >= 0 else min(inner.start, hull.start)
        end = touched.end if touched.end <= kept.latents.shape[-1] else max(inner.end, hull.end)
        return cls(grid, Frames(start, end), kept)

    @classmethod
    def _clip(cls, work: Work, kept: Kept | None) -> Passage:
        """A frame that the clip fills in part is made anew; a clip of less than a frame is heard with silence."""
        start, end = clip_of(work)
        grid = kept.grid if kept else Grid(Fraction(start), HOP)
        if kept is None and work.targets[0].start >= end:  # continued on the right only: the seam is the clip's end
            grid = Grid.starting(end, HOP)
        frames = grid.inward(start, end)
        return cls(grid, frames if frames.count else grid.outward(start, end), kept)


def clip_of(work: Work) -> tuple[int, int]:
    """First and one past the last sample of the clip that an extension continues."""
    first, last = work.targets[0], work.targets[-1]
    if len(work.targets) == 2:
        return first.end, last.start
    is_left = isinstance(work.request, Extend) and work.request.left > 0
    return (first.end, work.context.shape[1]) if is_left else (0, first.start)


def hear(work: Work, passage: Passage, codec: Codec, report: Report) -> Heard:
    """The passage as latents. Lets through what `report` raises."""
    frames, kept = passage.frames, passage.kept
    grid = passage.grid.moved(frames.start)
    if kept is None:
        return Heard(encode(work.context, passage, codec, report), grid)
    if kept.covers(frames):
        found = torch.from_numpy(kept.latents[None, ..., frames.start : frames.end].copy())
        return Heard(found, grid, ("started from the latents that the take kept",))
    latents = encode(work.context, passage, codec, report)
    first, last = max(frames.start, 0), min(frames.end, kept.latents.shape[-1])
    if first < last:
        latents[0, ..., first - frames.start : last - frames.start] = torch.from_numpy(kept.latents[..., first:last])
        return Heard(latents, grid, ("started from the latents that the take kept, and from the audio around them",))
    return Heard(latents, grid)


def encode(context: NDArray[np.float32], passage: Passage, codec: Codec, report: Report) -> Tensor:
    """The audio below the passage's frames as latents (1, 8, 16, F), with silence where the context ends."""
    grid, frames = passage.grid, passage.frames
    start = grid.sample(frames.start)
    end = max(start + int(frames.count * grid.hop), start + LEAST_SAMPLES)
    audio = np.zeros((context.shape[0], end - start), np.float32)
    first, last = max(start, 0), min(end, context.shape[1])
    if first < last:
        audio[:, first - start : last - start] = context[:, first:last]
    latents, _ = codec.encode(torch.from_numpy(audio)[None], RATE, report=report)
    return latents[..., : frames.count].cpu()
