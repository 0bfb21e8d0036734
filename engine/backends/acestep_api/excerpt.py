"""The part of the context that is sent, and where the region lies in it.

The server counts in latent frames of 40 ms, two of which are one token. It drops what does not fill a frame, so whole
tokens are sent, and a region is told in whole frames that cover it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np

from bridge_server.protocol.errors import TooLong
from engine.backends.ace_15.capabilities import HOP, RATE, WINDOW_SECONDS
from engine.work import Samples

TOKEN = 2 * HOP
LONGEST, SHORTEST = int(WINDOW_SECONDS * RATE), 10 * RATE
"""The model was made for 10 s to 10 minutes."""

NUDGE_SECONDS = 0.001
"""Keeps a frame's edge on the right side of the server's rounding down."""


@dataclass(frozen=True)
class Excerpt:
    """audio   (2, T) float32 at 48 kHz, T a whole number of tokens
    first, last  the samples of `audio` that are wanted back
    inner      samples of `audio` that are the context's own; what follows is silence, or the context once more
    """

    audio: Samples
    first: int
    last: int
    inner: int

    @property
    def length(self) -> int:
        return int(self.audio.shape[1])

    @property
    def region(self) -> tuple[float, float]:
        """Start and end in seconds; the end is -1 where it is that of the audio."""
        start = self.first // HOP
        end = ceil(self.last / HOP)
        return (
            start * HOP / RATE + NUDGE_SECONDS if start else 0.0,
            -1.0 if end * HOP >= self.length else end * HOP / RATE + NUDGE_SECONDS,
        )

    @property
    def is_all(self) -> bool:
        """Whether nothing is to be kept."""
        return self.region == (0.0, -1.0)


def excerpt(context: Samples, first: int, last: int, *, repeats: bool) -> Excerpt:
    """What is sent of `context` (2, T), of which samples [first, last) are wanted.

    repeats  a context shorter than the model needs is played several times; else silence follows it
    Raises TooLong.
    """
    if last - first > LONGEST - TOKEN:
        raise TooLong(f"{(last - first) / RATE:.1f} s are more than the server composes at once.")
    start = min(first, max(0, first - (LONGEST - TOKEN - (last - first)) // 2)) if context.shape[1] > LONGEST else 0
    start += (first - start) % HOP  # a frame begins at the seam, if there is room before it
    heard = context[:, start : start + LONGEST]
    wanted = max(SHORTEST, TOKEN * ceil(heard.shape[1] / TOKEN))
    audio = np.zeros((context.shape[0], wanted), np.float32)
    audio[:, : heard.shape[1]] = heard
    if repeats and heard.shape[1] < SHORTEST:
        audio[:] = np.take(heard, np.arange(wanted) % heard.shape[1], axis=1)
    return Excerpt(audio, first - start, last - start, heard.shape[1])
