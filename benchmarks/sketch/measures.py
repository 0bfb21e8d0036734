"""Measures of sound, each a figure that an engineer would ask for. Audio is (2, T) float32 at 48 kHz."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt, welch

from engine.sketch.grid import Grid
from engine.sketch.meter import Meter
from engine.sketch.score import Note, Part, Plan, Score
from engine.sketch.synth import bus
from engine.sketch.synth.instruments import PITCHED
from engine.sketch.synth.renderer import Renderer
from engine.sketch.theory import Key
from engine.watch import Watch

RATE = 48_000
Audio = NDArray[np.float32]
_SIZE = 65_536


def mixed(stems: dict[str, Audio]) -> Audio:
    return np.asarray(np.sum(list(stems.values()), axis=0), dtype=np.float32)


@lru_cache(maxsize=4)
def one_note(name: str, key: int, seconds: float = 2.0, velocity: int = 110) -> Audio:
    """A single note of an instrument, through everything that a stem goes through."""
    grid = Grid(60.0, Meter(4, 4), 0.0, RATE)
    samples = round((seconds + 1.5) * RATE)
    plan = Plan(style="pop", grid=grid, samples=samples, windows=((0, samples),), cast={"lead": (name,)}, room=0.0)
    part = Part("lead", name, (Note(0.0, seconds, key, velocity),))
    score = Score(plan, ((1, 1.0),), Key(0, "major"), (), (), (part,))
    return Renderer(1).render(score, Watch())["lead"]


def aliasing_db(name: str, key: int) -> float:
    """The strongest line where a partial would come back from beyond half the rate, relative to the strongest of all.

    Lines that do not stand out from the noise around them (breath, picks) are none.
    """
    pitch = 440 * 2 ** ((key - 69) / 12)
    wave = one_note(name, key)[:, 6_000 : 6_000 + _SIZE].sum(axis=0)
    spectrum = np.abs(np.fft.rfft(wave * np.blackman(_SIZE))) ** 2 + 1e-20
    frequency = np.fft.rfftfreq(_SIZE, 1 / RATE)
    own = frequency / (pitch / 2)
    # Vibrato and detuned voices widen each partial by up to 3 %.
    clear = np.abs(own - np.round(own)) * (pitch / 2) > np.minimum(12 + 0.03 * frequency, 0.2 * pitch)
    worst = 0.0
    for number in range(int(RATE / 2 / pitch), int(8 * RATE / pitch)):
        folded = abs((number * pitch + RATE / 2) % RATE - RATE / 2)
        at = int(folded * _SIZE / RATE)
        near = slice(max(0, at - 8), at + 9)
        if folded < 60 or not clear[near].any():
            continue
        around = np.median(spectrum[max(0, at - 60) : at + 61])
        peak = float(spectrum[near][clear[near]].max())
        if peak > 30 * around:
            worst = max(worst, peak)
    return float(10 * np.log10(max(worst, 1e-20) / spectrum.max()))


def click_db(name: str, key: int) -> float:
    """The largest step around the end of a note's sound, relative to the largest while it lasts, above 8 kHz."""
    sound = PITCHED[name]
    wave = one_note(name, key, 0.75)
    sharp = np.abs(sosfilt(butter(4, 8000, "highpass", fs=RATE, output="sos"), wave, axis=1)).max(axis=0)
    end = round((0.75 + sound.release) * RATE)
    peak = np.abs(wave).max()
    return float(20 * np.log10(max(1e-9, sharp[end - 48 : end + 480].max()) / peak))


def start_db(name: str, key: int) -> float:
    """The very first sample of a note, relative to its peak."""
    wave = one_note(name, key, 0.75)
    return float(20 * np.log10(max(1e-9, np.abs(wave[:, 0]).max()) / np.abs(wave).max()))


def slope_db_per_octave(mix: Audio) -> float:
    """The fall of power density between 100 Hz and 8 kHz, fitted over third octaves; pink noise has −3."""
    frequency, density = welch(mix, RATE, nperseg=16_384, axis=1)
    density = density.sum(axis=0)
    centres = 100 * 2 ** (np.arange(0, 19.1) / 3)
    levels = [
        10 * np.log10(density[(frequency >= c * 2 ** (-1 / 6)) & (frequency < c * 2 ** (1 / 6))].mean() + 1e-20)
        for c in centres
    ]
    return float(np.polyfit(np.log2(centres), levels, 1)[0])


def crest_db(mix: Audio) -> float:
    """Peak over the mean power of both sides."""
    return float(20 * np.log10(np.abs(mix).max() / np.sqrt(np.mean(mix.astype(np.float64) ** 2))))


def peak_db(mix: Audio) -> float:
    return float(20 * np.log10(np.abs(mix).max() + 1e-12))


def sides_alike(mix: Audio, below_hz: float | None = None) -> float:
    """Correlation of left and right, 1 for mono."""
    if below_hz:
        mix = np.asarray(sosfilt(butter(4, below_hz, fs=RATE, output="sos"), mix, axis=1), dtype=np.float32)
    left, right = mix.astype(np.float64)
    return float((left @ right) / np.sqrt((left @ left) * (right @ right) + 1e-30))


def pumping(before: dict[str, Audio], gain: float) -> tuple[float, float]:
    """How the bus would hold these stems: dB at most, and the share of the time that it moves 1 dB in 100 ms."""
    _, curve = bus.held(bus.measured(before, Watch()).peaks, gain)
    if curve is None:
        return 0.0, 0.0
    level = 20 * np.log10(curve)
    moved = np.abs(level[75:] - level[:-75])
    return float(-level.min()), float(np.mean(moved > 1.0)) if len(moved) else 0.0
