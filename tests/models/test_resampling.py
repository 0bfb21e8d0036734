"""The resampler against its own definition, the reference, and what a listener expects."""

from math import ceil, cos, gcd, pi, sin

import pytest
import torch
from torch import Tensor

from engine.models.ace_v1.resampling import resample, sinc_kernel
from tests.models.audio_cases import noise, one_thread, sine

__all__ = ["one_thread"]

RATES = [(48_000, 44_100), (44_100, 48_000), (32_000, 44_100), (22_050, 44_100), (96_000, 44_100), (44_100, 8_000)]


def by_definition(audio: Tensor, rate: int, target: int) -> list[float]:
    """Sample by sample, in Python's own floats: x(n) weighted with the windowed sinc at its distance."""
    divisor = gcd(rate, target)
    step, phases = rate // divisor, target // divisor
    cutoff = 0.99 * min(step, phases)
    width = ceil(6 * step / cutoff)
    out = []
    for index in range(ceil(phases * len(audio) / step)):
        block, phase = divmod(index, phases)
        total = 0.0
        for tap in range(-width, width + step):
            place = block * step + tap
            time = (tap / step - phase / phases) * cutoff
            if 0 <= place < len(audio) and abs(time) < 6:
                sinc = 1.0 if time == 0 else sin(pi * time) / (pi * time)
                total += float(audio[place]) * sinc * cos(pi * time / 12) ** 2 * cutoff / step
        out.append(total)
    return out


@pytest.mark.parametrize(("rate", "target"), RATES)
def test_is_the_windowed_sinc(rate: int, target: int) -> None:
    audio = noise(60)
    expected = torch.tensor(by_definition(audio, rate, target))
    torch.testing.assert_close(resample(audio, rate, target), expected, atol=2e-6, rtol=1e-5)


@pytest.mark.parametrize("samples", [0, 1, 2, 159, 160, 161, 4096, 10_001])
@pytest.mark.parametrize(("rate", "target"), RATES)
def test_length_is_rounded_up(rate: int, target: int, samples: int) -> None:
    assert resample(torch.zeros(2, samples), rate, target).shape == (2, -(-samples * target // rate))


def test_a_tone_keeps_pitch_level_and_phase() -> None:
    heard = resample(sine(1000, 44_100, 8820), 44_100, 48_000)
    torch.testing.assert_close(heard[100:-100], sine(1000, 48_000, 9600)[100:-100], atol=2e-3, rtol=0)


def test_the_same_rate_changes_nothing() -> None:
    audio = noise(2, 100)
    assert resample(audio, 44_100, 44_100) is audio


def test_kernel_is_made_once() -> None:
    assert sinc_kernel(160, 147)[0] is sinc_kernel(160, 147)[0]


def test_channels_and_batches_stay_apart() -> None:
    audio = noise(3, 2, 500)
    together = resample(audio, 48_000, 44_100)
    assert together.shape == (3, 2, 460)
    torch.testing.assert_close(together[2, 1], resample(audio[2, 1], 48_000, 44_100), atol=1e-6, rtol=0)


@pytest.mark.parametrize(("rate", "target"), [(0, 44_100), (48_000, -1), (44_101, 44_100)])
def test_impossible_rates_are_refused(rate: int, target: int) -> None:
    with pytest.raises(ValueError, match=r"rate"):
        resample(torch.zeros(10), rate, target)
