"""The log-mel image: what the reference sees, and what a sound should look like."""

import numpy as np
import pytest
import torch

from engine.models.ace_v1 import mel as mel_module
from engine.models.ace_v1.mel import LogMel, mel_bank
from engine.models.ace_v1.vocoder_config import VocoderConfig
from tests.models.audio_cases import SMALL_VOCODER, GoldenCase, audio_case, noise, one_thread, sine

__all__ = ["audio_case", "one_thread"]

PUBLISHED = VocoderConfig()
SMALL = VocoderConfig.from_dict(SMALL_VOCODER)


def test_filter_bank_equals_the_references_to_its_own_rounding(audio_case: GoldenCase) -> None:
    bank = mel_bank(PUBLISHED)
    assert bank.shape == (1025, 128)
    # The reference computes its bank in float32, and rounds a little more than this.
    torch.testing.assert_close(bank.sum(0), audio_case.tensors["mel_fb_colsum"], atol=1e-6, rtol=1e-5)
    assert not bank[760:].any()


@pytest.mark.parametrize("config", [PUBLISHED, SMALL])
def test_is_the_formula_in_double_precision(config: VocoderConfig) -> None:
    audio = noise(config.hop_length * 8 + 5)
    hop, fft = config.hop_length, config.n_fft
    padded = np.pad(audio.double().numpy(), ((fft - hop) // 2, (fft - hop + 1) // 2), mode="reflect")
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(fft) / fft)
    rows = np.stack([padded[frame * hop : frame * hop + fft] * window for frame in range(8)])
    magnitude = np.sqrt(np.abs(np.fft.rfft(rows)) ** 2 + 1e-6)
    expected = np.log(np.maximum(magnitude @ mel_bank(config).double().numpy(), 1e-5)).T
    np.testing.assert_allclose(LogMel(config)(audio).numpy(), expected, atol=2e-5)


def test_each_band_has_the_area_of_one() -> None:
    bank = mel_bank(VocoderConfig(n_fft=1 << 16, win_length=1 << 16))
    width = 44_100 / (1 << 16)
    torch.testing.assert_close(bank.sum(0) * width, torch.ones(128), atol=1e-3, rtol=0)


def test_a_tone_lights_its_own_band_and_silence_none() -> None:
    image = LogMel(PUBLISHED)(torch.stack([sine(1000, 44_100, 16_384), torch.zeros(16_384)]))
    centres = mel_bank(PUBLISHED).argmax(0) * 44_100 / 2048
    brightest = int(image[0, :, 16].argmax())
    assert abs(float(centres[brightest]) - 1000) < 40
    quietest = float(np.log(1e-5))
    assert image[1].min() >= quietest - 1e-4
    assert image[1].max() < -5


@pytest.mark.parametrize("samples", [0, 1, 100, 511, 512, 768, 769, 1023, 1024, 5000])
def test_every_length_has_an_image(samples: int) -> None:
    image = LogMel(PUBLISHED)(noise(2, samples))
    assert image.shape == (2, 128, max(1, samples // 512))
    assert image.isfinite().all()


def test_long_sounds_are_taken_in_parts_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    audio = noise(1, 2, 512 * 11)
    whole = LogMel(PUBLISHED)(audio)
    monkeypatch.setattr(mel_module, "FRAMES_AT_ONCE", 3)
    torch.testing.assert_close(LogMel(PUBLISHED)(audio), whole, atol=1e-5, rtol=0)


def test_is_float32_whatever_comes_in() -> None:
    audio = noise(1, 4096).bfloat16()
    image = LogMel(PUBLISHED)(audio)
    assert image.dtype == torch.float32
    torch.testing.assert_close(image, LogMel(PUBLISHED)(audio.float()))
