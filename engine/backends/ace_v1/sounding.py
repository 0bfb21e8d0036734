"""Sounding: latents as audio, exactly as long as what was asked for."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from bridge_server.protocol.errors import EngineFault
from engine.backends.ace_v1.capabilities import RATE
from engine.frames import Frames, Grid
from engine.models.ace_v1.codec import Codec, Report
from engine.work import Samples

AROUND_FRAMES = 64
"""Latents decoded on each side, 6 s, so that the edges sound as they do within the song."""


def decoded_frames(wanted: Frames, frames: int) -> Frames:
    """The frames that are decoded for the sake of the wanted ones, of `frames` that there are."""
    return Frames(max(0, wanted.start - AROUND_FRAMES), min(frames, wanted.end + AROUND_FRAMES))


def sound(latents: Tensor, grid: Grid, part: tuple[int, int], codec: Codec, report: Report) -> Samples:
    """Samples `part` of the context, (2, T) float32 and T exactly its length.

    latents  (8, 16, F), frame 0 being frame 0 of the grid
    Raises EngineFault for sound that is not finite.
    """
    start, end = part
    frames = decoded_frames(grid.outward(start, end), int(latents.shape[-1]))
    audio = codec.decode(latents[None, ..., frames.start : frames.end], RATE, report=report)[0].cpu().numpy()
    first = max(start - grid.sample(frames.start), 0)
    piece = audio[:, first : first + end - start]
    missing = end - start - piece.shape[1]
    if missing:  # half a sample, where a frame begins between two of them
        piece = np.pad(piece, ((0, 0), (0, missing)), mode="edge")
    if not np.isfinite(piece).all():
        raise EngineFault("ACE-Step v1 decoded something that is not sound.", "Retry with another seed.")
    return np.ascontiguousarray(piece, np.float32)
