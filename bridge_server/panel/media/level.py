"""Level: how loud takes and what was there before are, so that the page can play them equally loud."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bridge_server.panel.media.sounds import STEREO
from bridge_server.protocol.values import Take
from bridge_server.region.loudness import integrated
from bridge_server.region.read import open_audio, read

_MONO_ON_TWO = float(10 * np.log10(2))
"""By so many LU the same audio is louder on two loudspeakers than on one. Source: BS.1770-4: powers are added."""


def told_of_take(take: Take) -> float | None:
    """LUFS of a take as it is heard in stereo, as measured when it was delivered; None where that does not say it."""
    return _as_heard(take, [part.loudness.after for part in take.parts])


def told_of_original(takes: Sequence[Take]) -> float | None:
    """LUFS of what takes replace, as it is heard in stereo; None where none of them says it."""
    told = (_as_heard(take, [part.loudness.before for part in take.parts]) for take in takes)
    return next((lufs for lufs in told if lufs is not None), None)


def measured(wave: Path, start: int, end: int) -> float | None:
    """LUFS of the frames [start, end) of a stereo WAV; None for silence. Takes a second the first time."""
    file = open_audio(wave)
    lufs = integrated(read(file, start, end).audio, file.rate, STEREO)
    return None if lufs is None else round(lufs, 2)


def _as_heard(take: Take, told: list[float | None]) -> float | None:
    if take.channels > 2 or len(told) != 1 or told[0] is None:
        return None
    return round(told[0] + (_MONO_ON_TWO if take.channels == 1 else 0.0), 2)
