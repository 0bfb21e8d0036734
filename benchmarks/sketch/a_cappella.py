"""A line sung with nobody playing: espeak-ng says a syllable, WORLD holds it on the pitch of each note of the lead."""

from __future__ import annotations

import io
import shutil
import subprocess
from functools import lru_cache
from types import ModuleType

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from engine.sketch.score import Score

RATE = 48_000
SYLLABLES = ("laa", "naa", "doo", "mee", "noh", "yeah")
_FRAME = 0.005
Voice = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], int]


def _world() -> ModuleType | None:
    try:
        import pyworld
    except ImportError:
        return None
    return pyworld


@lru_cache
def _said(word: str) -> Voice | None:
    """Pitch, envelope and breath of a syllable, and its rate; None where espeak-ng or pyworld is not installed."""
    program, world = shutil.which("espeak-ng"), _world()
    if not program or world is None:
        return None
    wav = subprocess.run([program, "--stdout", "-s", "80", word], capture_output=True, check=True).stdout
    audio, rate = soundfile.read(io.BytesIO(wav), dtype="float64")
    strong = np.flatnonzero(np.abs(audio) > 0.02 * np.abs(audio).max())
    pitch, envelope, breath = world.wav2world(audio[strong[0] : strong[-1]], rate)
    return pitch, envelope, breath, rate


def sung(score: Score, lead: int, samples: int) -> NDArray[np.float32] | None:
    """(2, samples) of the lead alone; None without the programs, or without a lead to sing."""
    part = next((each for each in score.parts if each.role.startswith("lead")), None)
    if part is None or len(part.notes) < 8 or _said(SYLLABLES[0]) is None:
        return None
    grid = score.plan.grid
    out = np.zeros(score.plan.samples + 8 * RATE)
    for number, note in enumerate(part.notes):
        at = max(0, grid.sample(note.start))
        seconds = max(0.08, (grid.sample(note.start + note.length) - at) / RATE)
        wave = _held(SYLLABLES[number % len(SYLLABLES)], 440 * 2 ** ((note.pitch - 12 - 69) / 12), seconds)
        out[at : at + len(wave)] += note.velocity / 127 * wave
    line = out[lead : lead + samples]
    return np.tile(line / (np.abs(line).max() + 1e-9) * 0.5, (2, 1)).astype(np.float32)


def _held(word: str, pitch_hz: float, seconds: float) -> NDArray[np.float64]:
    said, world = _said(word), _world()
    assert said is not None
    assert world is not None
    pitch, envelope, breath, rate = said
    frames = min(len(pitch), max(8, round(seconds / _FRAME)))
    steady = np.where(pitch[:frames] > 0, pitch_hz, 0.0)
    wave = world.synthesize(
        steady, np.ascontiguousarray(envelope[:frames]), np.ascontiguousarray(breath[:frames]), rate, 1000 * _FRAME
    )
    wave = soxr.resample(wave, rate, RATE)
    return np.asarray(wave * np.minimum(1, (len(wave) - np.arange(len(wave))) / 960))
