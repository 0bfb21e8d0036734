"""Presence: is there anything that a new stem could fit to, and does it sound throughout its range itself?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bridge_server.protocol.errors import BadRequest
from bridge_server.protocol.requests import Accompany, Layer, Separate
from engine.work import Samples, Work

RATE = 48_000
BLOCK = RATE // 10

NOTHING = 1e-4
"""-80 dBFS: a file of nothing but dither is silent too."""

SILENT_DBFS = -60.0
QUIET_DB = 50.0
"""What lies so far below the loudest tenth of a second is its echo at the most."""

FEWEST_SECONDS, SMALLEST_SHARE = 2.0, 0.25
"""A rest that is shorter, or a smaller part of the range, may be what the music wants."""


def check_others(work: Work) -> None:
    """Raises BadRequest where a stem is wanted, and nothing is heard that it could fit to or be taken from."""
    is_stem = isinstance(work.request, Layer | Accompany | Separate)
    if is_stem and max(work.context.max(initial=0), -work.context.min(initial=0)) < NOTHING:
        raise BadRequest(
            "There is nothing to be heard where the new stem shall go, so it has nothing to fit to.",
            "Unmute the other tracks or select a range in which they play; `generate` makes music from nothing.",
        )


def missing(stem: Samples, others: Samples, remedy: str) -> tuple[str, ...]:
    """What to tell the user about silence at the start or the end of a stem, where the other tracks go on playing.

    stem, others  (C, T) float32 at 48 kHz over the same range
    remedy        what to do about it: 'try a retake'
    """
    levels = _levels(stem)
    heard = np.flatnonzero(levels > max(SILENT_DBFS, levels.max(initial=SILENT_DBFS) - QUIET_DB))
    if not heard.size:  # a take of which nothing is heard is told of as such
        return ()
    plays = _levels(others) > SILENT_DBFS
    least = max(FEWEST_SECONDS, SMALLEST_SHARE * stem.shape[1] / RATE)
    first, last = int(heard[0]), int(heard[-1]) + 1
    notes = []
    if _is_missed(plays[:first], least):
        notes.append(f"the stem begins only {_seconds(first):.1f} s into the range; {remedy}")
    if _is_missed(plays[last:], least):
        silence = _seconds(len(levels) - last)
        notes.append(f"the stem falls silent {silence:.1f} s before the end of the range; {remedy}")
    return tuple(notes)


def _levels(audio: Samples) -> NDArray[np.float64]:
    """Of each tenth of a second that is whole, in dBFS."""
    blocks = audio[:, : audio.shape[1] // BLOCK * BLOCK].reshape(len(audio), -1, BLOCK)
    power = np.einsum("cnt,cnt->n", blocks, blocks, dtype=np.float64) / (len(audio) * BLOCK)
    return np.asarray(10 * np.log10(np.maximum(power, 1e-20)))


def _is_missed(plays: NDArray[np.bool_], least: float) -> bool:
    """Whether a silence is long, and the other tracks play through most of it."""
    return _seconds(len(plays)) >= least and float(plays.mean()) > 0.5


def _seconds(blocks: int) -> float:
    return blocks * BLOCK / RATE
