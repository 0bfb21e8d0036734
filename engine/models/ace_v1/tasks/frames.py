"""Frames: seconds of music counted in latent frames, which are coarse (4,096 samples at 44.1 kHz, 93 ms)."""

from __future__ import annotations

RATE_HZ = 44_100


def frames_of(seconds: float) -> int:
    """Whole frames in so many seconds, cut off towards zero, as the reference counts."""
    return int(seconds * RATE_HZ / 512 / 8)
