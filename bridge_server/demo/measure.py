"""What the demo measures on finished audio: pure functions of arrays, so that a test can tamper with them.

Samples are (T, C) float64, full scale ±1, as soundfile reads them; every integer format is exact in them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

Samples = NDArray[np.float64]

NEAR_SECONDS = 0.03
CLICK_RATIO = 1.5
CLICK_FLOOR = 10 ** (-50 / 20)
ONSET_BELOW_PEAK = 10 ** (-30 / 20)


def read_samples(path: str | Path) -> tuple[Samples, int]:
    """All samples of a file, and their rate."""
    samples, rate = soundfile.read(path, dtype="float64", always_2d=True)
    return samples, rate


def difference(one: Samples, other: Samples) -> float:
    """The null test: the largest difference of any two samples; infinite where the lengths differ."""
    if one.shape != other.shape:
        return float("inf")
    return float(np.abs(one - other).max(initial=0.0))


def difference_outside(before: Samples, after: Samples, start: int, end: int) -> float:
    """The null test, left and right of samples [start, end)."""
    if before.shape != after.shape:
        return float("inf")
    return max(difference(before[:start], after[:start]), difference(before[end:], after[end:]))


def pasted(into: Samples, audio: Samples, at: int) -> Samples:
    """What a track holds once a region lies on it."""
    track = into.copy()
    track[at : at + len(audio)] = audio
    return track


def loudness(audio: Samples, rate: int) -> float:
    """LUFS, integrated, after ITU-R BS.1770-4; minus infinity for silence, and for less than 0.4 s."""
    # It brings scipy, a second of imports: by now the jobs have run.
    import pyloudnorm

    if len(audio) < 0.4 * rate:
        return float("-inf")
    return float(pyloudnorm.Meter(rate).integrated_loudness(audio))


def surroundings(track: Samples, start: int, end: int, reach: int) -> Samples:
    """What lies around [start, end): up to `reach` samples on either side."""
    return np.concatenate([track[max(start - reach, 0) : start], track[end : end + reach]])


def clicks(track: Samples, seam: int, rate: int) -> float:
    """How far the step onto sample `seam` stands out: 1 is as large as the largest other step close by.

    A click is a step from one sample to the next that the music around it does not have. Steps below -50 dBFS are none.
    """
    near = round(NEAR_SECONDS * rate)
    steps = np.abs(np.diff(track[max(seam - near, 0) : seam + near], axis=0)).max(axis=1, initial=0.0)
    here = seam - max(seam - near, 0) - 1
    if not 0 <= here < len(steps):
        return 0.0
    others = np.delete(steps, here).max(initial=0.0)
    return float(steps[here] / max(others, CLICK_FLOOR))


def first_onset(audio: Samples) -> int | None:
    """The first sample that is more than a thirtieth of the loudest; None in silence."""
    level = np.abs(audio).max(axis=1, initial=0.0)
    loudest = level.max(initial=0.0)
    return int(np.argmax(level > loudest * ONSET_BELOW_PEAK)) if loudest > 0 else None


def off_grid_seconds(sample: int, step_samples: float, rate: int) -> float:
    """How far a sample is from the nearest line of a grid that begins at sample 0."""
    return abs(sample - round(sample / step_samples) * step_samples) / rate
