"""Disguises: what happens to music between a studio and the ears: other tunings and speeds, noise, bad speakers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

RATE = 48_000
Audio = NDArray[np.float32]
CENTS, STRETCH = 35.0, 1.07


def detuned(audio: Audio, dice: np.random.Generator) -> Audio:
    """Played 15 to 45 cents sharp or flat, like a tape at the wrong speed."""
    cents = float(dice.uniform(15, 45) * dice.choice([-1, 1]))
    return resampled(audio, 2 ** (cents / 1200))


def resampled(audio: Audio, faster: float) -> Audio:
    """(C, T) played `faster` times as fast, pitch and all."""
    return np.ascontiguousarray(soxr.resample(audio.T, RATE * faster, RATE, quality="HQ").T, dtype=np.float32)


def noisy(audio: Audio, dice: np.random.Generator) -> Audio:
    """White noise 20 dB below the music."""
    level = np.sqrt(np.mean(audio**2)) / 10
    return np.asarray(audio + level * dice.standard_normal(audio.shape), dtype=np.float32)


def muffled(audio: Audio, dice: np.random.Generator) -> Audio:
    """Nothing above 2 kHz, as through a wall."""
    return np.asarray(sosfilt(butter(4, 2000, fs=RATE, output="sos"), audio), dtype=np.float32)


def stretched(audio: Audio, dice: np.random.Generator) -> Audio:
    """7 % slower at the same pitch, by a plain phase vocoder with its smeared attacks."""
    size, hop_out = 4096, 1024
    hop_in = hop_out / STRETCH
    window = np.hanning(size)
    frames = int((audio.shape[1] - size) / hop_in)
    out = np.zeros((2, frames * hop_out + size))
    advance = 2 * np.pi * np.arange(size // 2 + 1) * hop_out / size
    for channel in range(2):
        phase = None
        for number in range(frames):
            at = int(number * hop_in)
            here = np.fft.rfft(audio[channel, at : at + size] * window)
            if phase is None:
                phase = np.angle(here)
            else:
                back = max(0, at - hop_out)
                before = np.fft.rfft(audio[channel, back : back + size] * window)
                turn = np.angle(here) - np.angle(before) - advance
                phase = phase + advance + turn - 2 * np.pi * np.round(turn / (2 * np.pi))
            wave = np.fft.irfft(np.abs(here) * np.exp(1j * phase))
            out[channel, number * hop_out : number * hop_out + size] += wave * window
    return (out / 1.5).astype(np.float32)


DISGUISES: dict[str, Callable[[Audio, np.random.Generator], Audio]] = {
    "out of tune, 15 to 45 cents": detuned,
    "noise 20 dB below": noisy,
    "low-passed at 2 kHz": muffled,
    "7 % slower by phase vocoder": stretched,
}
