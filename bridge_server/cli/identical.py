"""Whether two sound files hold the same samples, whatever else is in them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

_BLOCK = 1 << 18


def has_same_samples(one: str | Path, other: str | Path) -> bool:
    """Bit for bit, at the same rate and in as many channels. 64-bit floats hold every sample format exactly."""
    with soundfile.SoundFile(one) as a, soundfile.SoundFile(other) as b:
        if (a.samplerate, a.channels, a.frames) != (b.samplerate, b.channels, b.frames):
            return False
        blocks = zip(a.blocks(_BLOCK, dtype="float64"), b.blocks(_BLOCK, dtype="float64"), strict=True)
        return all(np.array_equal(x, y) for x, y in blocks)
