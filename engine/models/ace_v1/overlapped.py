"""The reference's overlapped decode, kept for comparison only: its seams can be heard, those of `tiling` do not exist.

Windows of the DCAE know nothing of the rest of the song, blocks of the vocoder end in nothing or, past the end of the
song, in a loud mel value of 0; 128 samples of fade cover what differs. Source: ACE-Step 0.2.0, `music_dcae`.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from engine.models.ace_v1.dcae import AutoencoderDC
from engine.models.ace_v1.vocoder import Vocoder

WINDOW, HOP, MARGIN = 512, 256, 128
"""Latent frames."""

BLOCK_FRAMES, TRIM, FADE = 512, 1024, 128
"""Mel frames in a block of the vocoder; samples dropped at its inner ends; samples of cross-fade."""


def overlapped_image(dcae: AutoencoderDC, latents: Tensor, compression: int) -> Tensor:
    """(1, 8, 16, F) unscaled latents → (1, 2, n_mels, F·compression): windows side by side, not blended."""
    frames = latents.shape[-1]
    anchors = list(range(MARGIN, frames - MARGIN, HOP)) or [MARGIN]
    cut = MARGIN * compression
    images = []
    for number, anchor in enumerate(anchors):
        start = anchor - MARGIN
        image = dcae.decoder(latents[..., start : start + WINDOW])
        first = 0 if number == 0 else cut
        last = image.shape[-1] if number == len(anchors) - 1 else image.shape[-1] - cut
        images.append(image[..., first:last])
    return torch.cat(images, dim=-1)


def overlapped_sound(vocoder: Vocoder, mel: Tensor) -> Tensor:
    """(2, n_mels, F) log-mel → (2, F·hop): blocks joined by short linear fades."""
    hop = vocoder.config.hop_length
    total = mel.shape[-1] * hop
    step = BLOCK_FRAMES * hop - 2 * TRIM
    rise = torch.linspace(0, 1, FADE, device=mel.device)
    fall = torch.linspace(1, 0, FADE, device=mel.device)
    sound = _block(vocoder, mel, 0)[:, :-TRIM]
    for position in range(step, total, step):
        start = position // hop
        if start >= mel.shape[-1]:
            break
        block = _block(vocoder, mel, start)
        last = block.shape[-1] - (0 if position + step >= total else TRIM)
        seam = sound[:, -FADE:] * fall + block[:, TRIM - FADE : TRIM] * rise
        sound = torch.cat([sound[:, :-FADE], seam, block[:, TRIM:last]], dim=-1)
    return sound[:, :total]


def _block(vocoder: Vocoder, mel: Tensor, start: int) -> Tensor:
    frames = mel[..., start : start + BLOCK_FRAMES]
    return vocoder(functional.pad(frames, (0, BLOCK_FRAMES - frames.shape[-1])))[:, 0]
