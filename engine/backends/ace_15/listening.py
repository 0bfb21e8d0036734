"""Listening: what the model is given of the old music, as latents on a grid of frames.

A take keeps its latents, so that a repaint of a repaint starts from them and not from sound that was decoded and
encoded again (promise P10). What they do not cover is encoded from the audio, on the same grid.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bridge_server.protocol.requests import Accompany, Extend, Generate, Layer, Repaint, Separate
from engine.backends.ace_15 import codec
from engine.backends.ace_15.capabilities import HOP, RATE, WINDOW_SECONDS
from engine.backends.ace_15.codec import Report
from engine.backends.kept import kept_latents, kept_start
from engine.frames import Frames, Grid
from engine.work import Samples, Work

STEP = Fraction(HOP)
PATCH = 2
"""Frames that the transformer sees as one: it is given an even number of them."""

WINDOW_FRAMES = int(WINDOW_SECONDS * RATE) // HOP
LEAST_SECONDS = 10.0
"""Shortest music that the model was trained with. Stems hear a shorter context in a loop."""


@dataclass(frozen=True)
class Kept:
    """Latents (F, D) that lie in the context from where frame 0 of the grid begins."""

    latents: NDArray[np.float32]
    grid: Grid

    @classmethod
    def of(cls, work: Work, width: int) -> Kept | None:
        """What the source take kept, if it has `width` numbers a frame; of a retake, what was there before the take."""
        latents = None if not isinstance(work.request, Repaint | Extend) else kept_latents(work)
        if latents is None or latents.ndim != 2 or latents.shape[1] != width or not np.isfinite(latents).all():
            return None
        return cls(latents, Grid(kept_start(work), STEP))

    def covers(self, frames: Frames) -> bool:
        return Frames(0, len(self.latents)).covers(frames)


@dataclass(frozen=True)
class Heard:
    """What the model starts from.

    latents  (F, D) float32 on the CPU, an even number of frames
    grid     frame 0 of the latents is frame 0 of the grid
    notes    whether they were kept or made from the audio
    """

    latents: Tensor
    grid: Grid
    notes: tuple[str, ...] = ()

    @property
    def frames(self) -> int:
        return int(self.latents.shape[0])


@dataclass(frozen=True)
class Passage:
    """The part of the context that is heard: frames [start, end) of a grid, and what was kept of it.

    source  the audio on whose samples the grid lies: the context, or the context in a loop
    """

    source: Samples
    grid: Grid
    frames: Frames
    kept: Kept | None
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, work: Work, width: int) -> Passage:
        """All of the context, room for an extension included.

        Without kept latents a frame begins exactly at a seam, so that rounding outwards takes nothing of the
        surroundings there.
        """
        kept = Kept.of(work, width)
        looped = _loop(work)
        grid = kept.grid if kept else Grid.starting(_seam(work), STEP)
        length = looped.shape[1]
        touched, inner, hull = grid.outward(0, length), grid.inward(0, length), grid.over(work.hull)
        start = touched.start if kept and touched.start >= 0 else min(inner.start, hull.start)
        passage = cls(looped, grid, Frames(start, touched.end), kept)._within_window(hull)
        if length != work.context.shape[1]:
            seconds = work.context.shape[1] / RATE
            note = f"the {seconds:.1f} s of context were heard in a loop, as the model wants {LEAST_SECONDS:g} s"
            return replace(passage, notes=(note,))
        return passage

    def _within_window(self, hull: Frames) -> Passage:
        """As much context on both sides as the longest song leaves room for, and an even number of frames."""
        start, end = self.frames.start, self.frames.end
        spare = max(WINDOW_FRAMES - hull.count, 0)
        before, after = hull.start - start, end - hull.end
        if before + after > spare:
            before = min(before, max(spare // 2, spare - after))
            after = spare - before
        start, end = hull.start - before, hull.end + after
        return replace(self, frames=Frames(start, end + (end - start) % PATCH))


def _seam(work: Work) -> int:
    """The sample at which a frame begins: the start of what is new, or its end where that is the only seam."""
    is_left = isinstance(work.request, Extend) and work.request.left > 0 and len(work.targets) == 1
    return work.hull.end if is_left else work.hull.start


def _loop(work: Work) -> Samples:
    """The context; of a stem, as often as makes a length that the model knows."""
    if not isinstance(work.request, Layer | Accompany | Separate):
        return work.context
    times = -(-int(LEAST_SECONDS * RATE) // work.context.shape[1])
    return np.tile(work.context, (1, times)) if times > 1 else work.context


def has_source(work: Work) -> bool:
    """Whether there is old music for the model to start from, or for its structure."""
    request = work.request
    if isinstance(request, Generate):
        return request.reference is not None and request.reference_use == "follow"
    return True


def hear(work: Work, passage: Passage, vae: Any, report: Report) -> Heard:
    """The passage as latents. Lets through what `report` raises."""
    frames, kept = passage.frames, passage.kept
    grid = passage.grid.moved(frames.start)
    if kept is not None and kept.covers(frames):
        found = torch.from_numpy(kept.latents[frames.start : frames.end].copy())
        return Heard(found, grid, ("started from the latents that the take kept",))
    latents = codec.encode(vae, _audio_of(passage), report)
    notes = passage.notes
    if kept is not None:
        first, last = max(frames.start, 0), min(frames.end, len(kept.latents))
        if first < last:
            latents[first - frames.start : last - frames.start] = torch.from_numpy(kept.latents[first:last].copy())
            notes = ("started from the latents that the take kept, and from the audio around them",)
    return Heard(latents, grid, notes)


def _audio_of(passage: Passage) -> Samples:
    """The audio below the passage's frames, (2, F x 1920), with silence where it ends."""
    start = passage.grid.sample(passage.frames.start)
    length = passage.frames.count * HOP
    audio = np.zeros((passage.source.shape[0], length), np.float32)
    first, last = max(start, 0), min(start + length, passage.source.shape[1])
    if first < last:
        audio[:, first - start : last - start] = passage.source[:, first:last]
    return audio
