"""Between sample rates on the model's side of the fence: a windowed sinc, as the model was trained with."""

from __future__ import annotations

from functools import lru_cache
from math import ceil, gcd, pi

import torch
from torch import Tensor
from torch.nn import functional

ZERO_CROSSINGS = 6
ROLLOFF = 0.99
LARGEST_KERNEL = 1 << 26
"""Coefficients. Rates that share no measure, as 44,100 and 44,101, would need more; the bridge never sends such."""


def resample(audio: Tensor, rate: int, target_rate: int) -> Tensor:
    """The same sound at another sample rate.

    audio  (..., T) float32 at `rate` Hz
    Returns (..., ceil(T·target_rate/rate)); at equal rates `audio` itself.
    Raises ValueError for rates below 1 Hz or without a usable common measure.
    Source: torchaudio's default resampler (sinc with a Hann window, 6 zero crossings, rolloff 0.99).
    """
    if rate == target_rate:
        return audio
    if min(rate, target_rate) < 1:
        raise ValueError(f"a sample rate of {min(rate, target_rate)} Hz makes no sense")
    divisor = gcd(rate, target_rate)
    step, phases = rate // divisor, target_rate // divisor
    kernel, width = sinc_kernel(step, phases)
    length = audio.shape[-1]
    rows = functional.pad(audio.reshape(audio.shape[:-1].numel(), 1, length), (width, width + step))  # (N, 1, T')
    out = functional.conv1d(rows, kernel.to(audio), stride=step)  # (N, phases, T'/step)
    out = out.transpose(1, 2).flatten(1)[:, : -(-phases * length // step)]
    return out.reshape(*audio.shape[:-1], out.shape[-1])


@lru_cache(maxsize=8)
def sinc_kernel(step: int, phases: int) -> tuple[Tensor, int]:
    """((phases, 1, taps) float32, width): a filter for each of the output samples that fall into `step` samples."""
    cutoff = ROLLOFF * min(step, phases)
    width = ceil(ZERO_CROSSINGS * step / cutoff)
    if phases * (2 * width + step) > LARGEST_KERNEL:
        raise ValueError(f"rates of ratio {step}:{phases} share no usable measure; resample before the model")
    taps = torch.arange(-width, width + step, dtype=torch.float64, device="cpu")
    phase = torch.arange(phases, dtype=torch.float64, device="cpu")[:, None, None]
    time = ((taps / step - phase / phases) * cutoff).clamp(-ZERO_CROSSINGS, ZERO_CROSSINGS)
    window = torch.cos(time * (pi / ZERO_CROSSINGS / 2)) ** 2
    return (torch.sinc(time) * window * (cutoff / step)).float(), width
