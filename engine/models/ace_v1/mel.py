"""Log-mel: the picture of a sound that the DCAE compresses and the vocoder turns back into sound."""

from __future__ import annotations

from math import log

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.models.ace_v1.vocoder_config import VocoderConfig

FLOOR = 1e-5
"""Quietest band magnitude; its logarithm, -11.5, is what silence looks like."""

FRAMES_AT_ONCE = 2048
"""Spectra held at the same time, 16 kB each: a bound on memory, no effect on the result."""


class LogMel(nn.Module):
    """Slaney mel bands of magnitudes, natural logarithm; always float32. Source: Fish-Speech's vocoder front end."""

    window: Tensor
    bank: Tensor

    def __init__(self, config: VocoderConfig) -> None:
        super().__init__()
        self.config = config
        window = torch.hann_window(config.win_length, periodic=True, dtype=torch.float64, device="cpu")
        self.register_buffer("window", window.float(), persistent=False)
        self.register_buffer("bank", mel_bank(config), persistent=False)

    def forward(self, audio: Tensor) -> Tensor:
        """(..., T) at the vocoder's rate → (..., n_mels, T // hop), at least one frame.

        The ends are mirrored; audio too short to be mirrored is lengthened with silence first.
        """
        hop, fft = self.config.hop_length, self.config.n_fft
        frames = max(1, audio.shape[-1] // hop)
        left, right = (fft - hop) // 2, (fft - hop + 1) // 2
        rows = audio.float().reshape(audio.shape[:-1].numel(), audio.shape[-1])  # (N, T)
        rows = functional.pad(rows, (0, max(0, hop - rows.shape[-1], right + 1 - rows.shape[-1])))
        rows = functional.pad(rows[:, None], (left, right), mode="reflect")[:, 0]
        parts = []
        for start in range(0, frames, FRAMES_AT_ONCE):
            last = min(start + FRAMES_AT_ONCE, frames) - 1
            parts.append(self._bands(rows[:, start * hop : last * hop + fft]))
        return torch.cat(parts, dim=-1).reshape(*audio.shape[:-1], self.config.n_mels, frames)

    def _bands(self, rows: Tensor) -> Tensor:
        """(N, T) → (N, n_mels, frames)."""
        config = self.config
        spectrum = torch.stft(
            rows, config.n_fft, config.hop_length, config.win_length, self.window, center=False, return_complex=True
        )
        magnitude = (torch.view_as_real(spectrum).square().sum(-1) + 1e-6).sqrt()  # (N, bins, frames)
        return (self.bank.T @ magnitude).clamp(min=FLOOR).log()


def mel_bank(config: VocoderConfig) -> Tensor:
    """(n_fft/2 + 1, n_mels) float32: the weight of each frequency bin in each mel band, each band of area 1.

    Source: M. Slaney, Auditory Toolbox (1998), as in librosa; computed in float64.
    """
    low, high = _mel(config.f_min), _mel(config.f_max)
    mels = torch.linspace(low, high, config.n_mels + 2, dtype=torch.float64, device="cpu")
    linear = mels * (200 / 3)
    edges = torch.where(mels < 15, linear, 1000 * torch.exp((mels - 15) * (log(6.4) / 27)))  # (n_mels + 2,) Hz
    bins = torch.linspace(0, config.sampling_rate / 2, config.n_fft // 2 + 1, dtype=torch.float64, device="cpu")[
        :, None
    ]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    return (torch.minimum(rising, falling).clamp(min=0) * (2 / (edges[2:] - edges[:-2]))).float()


def _mel(hertz: float) -> float:
    """Slaney's scale: linear below 1 kHz, logarithmic above."""
    return 3 * hertz / 200 if hertz < 1000 else 15 + 27 * log(hertz / 1000) / log(6.4)
