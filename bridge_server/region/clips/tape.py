"""Sound at another speed, pitch and all, like tape."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

import numpy as np
import soxr

from bridge_server.region.excerpt import Samples
from bridge_server.region.resample import MARGIN, TO_FILE, by_channel

_TRIES = 2_048
"""Among so many samples one is looked for that falls, to a thousandth, on a sample of the input."""

Reader = Callable[[int, int], Samples]
"""Samples [start, end) of something: (C, end - start)."""


def at_speed(read: Reader, speed: float, origin: float, start: int, end: int) -> Samples:
    """Sample n of the result is what lies at `origin + n * speed` of the input, for n in [start, end).

    speed  samples of the input per sample of the result; above 1, what would be too high for the result is filtered out
    Returns (C, end - start) float32. Source: libsoxr's resampler at its highest quality.
    """
    margin = MARGIN * max(1.0, speed)
    latest = start - ceil(margin / speed)
    starts = np.arange(latest - _TRIES, latest + 1)
    exact = origin + starts * speed
    best = int(np.argmin(np.abs(exact - np.round(exact))))
    first, lead = round(exact[best]), start - int(starts[best])
    heard = read(first, ceil(origin + end * speed + margin))
    return by_channel(
        heard, end - start, lambda samples: soxr.resample(samples, speed, 1.0, TO_FILE)[lead : lead + end - start]
    )
