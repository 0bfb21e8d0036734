"""Frames: seconds of music counted in latent frames, which are coarse (4,096 samples at 44.1 kHz, 93 ms)."""

from __future__ import annotations

import math

SAMPLES_A_FRAME = 4096
RATE_HZ = 44_100

SLACK = 1e-6
"""Frames by which seconds, having come from samples, may miss a frame's edge."""


def frames_of(seconds: float) -> int:
    """Whole frames in so many seconds, cut off towards zero, as the reference counts."""
    return int(seconds * RATE_HZ / 512 / 8)


def covering(start_seconds: float, end_seconds: float) -> tuple[int, int]:
    """First and one past the last frame of the smallest stretch of frames around a span.

    A frame that the span only touches is inside, so that none of the span keeps its old music.
    """
    rate = RATE_HZ / SAMPLES_A_FRAME
    return math.floor(start_seconds * rate + SLACK), math.ceil(end_seconds * rate - SLACK)


def frames_to_fill(seconds: float) -> int:
    """The least number of frames that last so long."""
    return covering(0, seconds)[1]
