"""What turns latents into tokens, a timestep into modulation, and tokens back into latents."""

from __future__ import annotations

import math
from typing import cast

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from engine.models.ace_v1.linear import Linear

RMS_EPSILON = 1e-6
GROUPS = 32
FREQUENCIES = 128
CHANNELS_PER_INPUT = 256
LATENT_CHANNELS = 8
"""Channels of the patch embedder, fixed whatever a configuration says of `in_channels`."""


def rms_norm(h: Tensor) -> Tensor:
    """Scale each token to a root mean square of one, without a weight."""
    return F.rms_norm(h, h.shape[-1:], eps=RMS_EPSILON)


def modulated(h: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    """Normalised (B, N, D), scaled and shifted by (B, 1, D) each: the timestep's grip on a layer.

    Source: Peebles and Xie, "Scalable Diffusion Models with Transformers" (DiT), arXiv 2212.09748, adaLN.
    """
    return torch.addcmul(shift, rms_norm(h), 1 + scale)


def group_norm(h: Tensor, norm: nn.GroupNorm) -> Tensor:
    """A group norm over (B, F, C) as they lie; the layer itself wants (B, C, F), which would copy all of them twice."""
    groups = h.float().unflatten(-1, (norm.num_groups, -1))  # (B, F, G, C/G)
    groups = groups - groups.mean(dim=(1, 3), keepdim=True)
    variance = groups.square().mean(dim=(1, 3), keepdim=True)
    weight, bias = (part.float().view(norm.num_groups, -1) for part in (norm.weight, norm.bias))
    return torch.addcmul(bias, groups, torch.rsqrt(variance + norm.eps) * weight).flatten(-2).to(h.dtype)


class PatchEmbed(nn.Module):
    """One token per latent frame, normalised over the whole song: the length of the song changes every token."""

    def __init__(self, patch: tuple[int, int], width: int) -> None:
        super().__init__()
        hidden = LATENT_CHANNELS * CHANNELS_PER_INPUT
        self.early_conv_layers = nn.ModuleList(
            [
                nn.Conv2d(LATENT_CHANNELS, hidden, patch, stride=patch),
                nn.GroupNorm(GROUPS, hidden, eps=1e-6),
                nn.Conv2d(hidden, width, 1),
            ]
        )

    def forward(self, latents: Tensor) -> Tensor:
        """(B, 8, 16, F) → (B, F, D). Both convolutions see one frame at a time, so they are matrix products."""
        fold, norm, mix = cast(tuple[nn.Conv2d, nn.GroupNorm, nn.Conv2d], tuple(self.early_conv_layers))
        h = latents.flatten(1, 2).transpose(1, 2).contiguous()  # (B, F, 128); torch multiplies row by row otherwise
        h = F.linear(h, fold.weight.flatten(1), fold.bias)  # (B, F, 2048)
        h = group_norm(h, norm)
        return F.linear(h, mix.weight.flatten(1), mix.bias)


def timestep_features(timestep: Tensor) -> Tensor:
    """Timesteps (B,) in 0…1000 as 128 cosines, then 128 sines, float32 (B, 256)."""
    exponents = torch.arange(FREQUENCIES, dtype=torch.float32, device=timestep.device) / FREQUENCIES
    angles = timestep.float()[:, None] * torch.exp(-math.log(10_000) * exponents)
    return torch.cat([angles.cos(), angles.sin()], dim=-1)


class TimestepEmbedder(nn.Module):
    """How noisy the latents are, as a vector."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.linear_1 = Linear(2 * FREQUENCIES, width)
        self.linear_2 = Linear(width, width)

    def forward(self, timestep: Tensor) -> Tensor:
        """(B,) in 0…1000 → (B, D)."""
        return self.linear_2(F.silu(self.linear_1(timestep_features(timestep).to(self.linear_1.weight.dtype))))


class FinalLayer(nn.Module):
    """Tokens back to latent frames."""

    def __init__(self, width: int, rows: int, channels: int) -> None:
        super().__init__()
        self.channels = channels
        self.scale_shift_table = nn.Parameter(torch.randn(2, width) / width**0.5)
        self.linear = Linear(width, rows * channels)

    def forward(self, h: Tensor, embedded: Tensor) -> Tensor:
        """(B, F, D) tokens and the (B, D) timestep embedding → (B, 8, 16, F)."""
        shift, scale = (self.scale_shift_table + embedded[:, None]).chunk(2, dim=1)  # (B, 1, D) each
        h = self.linear(modulated(h, scale, shift))  # (B, F, 16 · 8), a row's channels side by side
        return h.unflatten(-1, (-1, self.channels)).permute(0, 3, 2, 1)


def fit_length(latents: Tensor, frames: int) -> Tensor:
    """Cut (…, F) at `frames`, or fill it up with zeros."""
    return F.pad(latents, (0, frames - latents.shape[-1]))
