"""Singing: when a solo is heard and when it takes a breath, so that others can answer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FRAME_SECONDS = 0.05
BREATH_SECONDS = 0.6
"""Shorter silences belong to the phrase."""
_BELOW_LOUDEST = 10 ** (-30 / 20)
_SILENCE = 1e-4


def sung_spans(audio: NDArray[np.float32], rate: int) -> tuple[tuple[int, int], ...]:
    """[start, end) in samples of each phrase in `audio` (C, T); empty for silence."""
    frame = round(FRAME_SECONDS * rate)
    count = audio.shape[1] // frame
    if not count:
        return ()
    power = np.sqrt(np.mean(audio[:, : count * frame].reshape(audio.shape[0], count, frame) ** 2, axis=(0, 2)))
    loud = power > max(_SILENCE, float(np.quantile(power, 0.95)) * _BELOW_LOUDEST)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], loud, [False]]).astype(int))).reshape(-1, 2)
    spans: list[tuple[int, int]] = []
    for start, end in edges.tolist():
        if spans and start * frame - spans[-1][1] < BREATH_SECONDS * rate:
            spans[-1] = spans[-1][0], end * frame
        else:
            spans.append((start * frame, end * frame))
    return tuple(spans)
