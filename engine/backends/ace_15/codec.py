"""Codec: sound as latents and back, with the pipeline's own autoencoder, in pieces that fit into memory.

The pipeline itself draws the source's latents at random and brings everything it decodes to -1 dBFS; neither is what
a region of a song wants. Here the likeliest latents are taken, and the sound is as loud as the model made it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from engine.backends.ace_15.capabilities import CHANNELS, HOP
from engine.work import Samples

Report = Callable[[int, int], None]
"""Called with pieces done and pieces in all; may raise, to stop."""

MARGIN = 12
"""Frames around a piece. The autoencoder's convolutions reach fewer than nine, so pieces meet without a trace."""

PIECE = 128
"""Frames that are encoded or decoded at once: 5 s. On a computer without a graphics card even that takes a while, in
which no cancel is heard."""


@torch.no_grad()
def encode(vae: Any, audio: Samples, report: Report) -> Tensor:
    """The likeliest latents (F, D) float32 of audio (2, F x 1920), on the CPU."""
    frames = audio.shape[1] // HOP
    sound, found = torch.from_numpy(np.ascontiguousarray(audio[:, : frames * HOP])), []
    for (first, last), (low, high) in _pieces(frames, report):
        piece = sound[None, :, low * HOP : high * HOP].to(device_of(vae), vae.dtype)
        latents = vae.encode(piece).latent_dist.mode()[0].T
        found.append(latents[first - low : last - low].to("cpu", torch.float32))
    return torch.cat(found)


@torch.no_grad()
def decode(vae: Any, latents: Tensor, report: Report) -> Samples:
    """The sound (2, F x 1920) float32 of latents (F, D), with no gain applied."""
    frames = latents.shape[0]
    made = np.empty((CHANNELS, frames * HOP), np.float32)
    for (first, last), (low, high) in _pieces(frames, report):
        piece = latents[None, low:high].transpose(1, 2).to(device_of(vae), vae.dtype)
        sound = vae.decode(piece).sample[0].to("cpu", torch.float32).numpy()
        made[:, first * HOP : last * HOP] = sound[:, (first - low) * HOP : (last - low) * HOP]
    return made


def device_of(part: Any) -> torch.device:
    """Where a part of the pipeline works: while it is offloaded, that is not where it lies."""
    place = getattr(getattr(part, "_hf_hook", None), "execution_device", None)
    return torch.device(place if place is not None else part.device)


def _pieces(frames: int, report: Report) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Frames that a piece is for, and those that are worked on for its sake."""
    count = -(-frames // PIECE)
    for number in range(count):
        report(number, count)
        first, last = number * PIECE, min((number + 1) * PIECE, frames)
        yield (first, last), (max(0, first - MARGIN), min(frames, last + MARGIN))
    report(count, count)
