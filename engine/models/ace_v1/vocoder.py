"""The vocoder: a mel image becomes sound, one channel at a time.

A ConvNeXt reads the image, a HiFi-GAN unrolls every frame of it into `hop_length` samples.
Sources: HiFi-GAN (arXiv 2010.05646), ConvNeXt (arXiv 2201.03545); the layout is Fish-Speech's ADaMoS HiFi-GAN v1.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.models.ace_v1.tiling import Local
from engine.models.ace_v1.vocoder_config import VocoderConfig

MEL_BUFFERS = ("mel_transform.spectrogram.window", "mel_transform.mel_scale.fb")
"""Part of official checkpoints; `mel.py` computes both."""

STEM_KERNEL = 7


class Vocoder(nn.Module):
    """Loads official checkpoints strictly: weight norm is folded into plain weights while they come in."""

    def __init__(self, config: VocoderConfig) -> None:
        super().__init__()
        self.config = config
        self.backbone = Backbone(config)
        self.head = Head(config)
        self.register_load_state_dict_pre_hook(_fold)

    def forward(self, mel: Tensor) -> Tensor:
        """(B, n_mels, F) log-mel → (B, 1, F·hop) samples, full scale ±1."""
        return self.head(self.backbone(mel))

    @property
    def parts(self) -> tuple[Local, Local]:
        """Backbone and head with their reach, so that any length can be run in pieces."""
        hop = Fraction(self.config.hop_length)
        return Local(self.backbone, self.backbone.radius), Local(self.head, self.head.radius, hop)


class Backbone(nn.Module):
    """ConvNeXt along time: (B, n_mels, F) → (B, num_mels, F)."""

    def __init__(self, config: VocoderConfig) -> None:
        super().__init__()
        dims = config.dims
        stem = nn.Conv1d(config.input_channels, dims[0], STEM_KERNEL, padding="same", padding_mode="replicate")
        self.channel_layers = nn.ModuleList([nn.Sequential(stem, ChannelNorm(dims[0]))])
        for narrow, wide in pairwise(dims):
            self.channel_layers.append(nn.Sequential(ChannelNorm(narrow), nn.Conv1d(narrow, wide, 1)))
        self.stages = nn.ModuleList(
            nn.Sequential(*(_block(width, config.kernel_sizes) for _ in range(depth)))
            for width, depth in zip(dims, config.depths, strict=True)
        )
        self.norm = ChannelNorm(dims[-1])
        self.radius = STEM_KERNEL // 2 + sum(config.depths) * (max(config.kernel_sizes) // 2)

    def forward(self, mel: Tensor) -> Tensor:
        for channels, stage in zip(self.channel_layers, self.stages, strict=True):
            mel = stage(channels(mel))
        return self.norm(mel)


class ChannelNorm(nn.LayerNorm):
    """Layer norm over the channels of (B, C, F)."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels, eps=1e-6)

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.transpose(1, 2)).transpose(1, 2)


class Block(nn.Module):
    """ConvNeXt block: (B, C, F) → (B, C, F)."""

    def __init__(self, channels: int, kernel: int) -> None:
        super().__init__()
        self.dwconv = nn.Conv1d(channels, channels, kernel, padding=kernel // 2, groups=channels)
        self.norm = nn.LayerNorm(channels, eps=1e-6)
        self.pwconv1 = nn.Linear(channels, 4 * channels)
        self.pwconv2 = nn.Linear(4 * channels, channels)
        self.gamma = nn.Parameter(torch.full((channels,), 1e-6))

    def forward(self, x: Tensor, residual: bool = True) -> Tensor:
        y = self.norm(self.dwconv(x).transpose(1, 2))  # (B, F, C)
        y = self.gamma * self.pwconv2(functional.gelu(self.pwconv1(y)))
        y = y.transpose(1, 2)  # (B, C, F)
        return x + y if residual else y


class ParallelBlocks(nn.Module):
    """Blocks of several kernel sizes side by side, one residual around them all."""

    def __init__(self, channels: int, kernels: tuple[int, ...]) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Block(channels, kernel) for kernel in kernels)

    def forward(self, x: Tensor) -> Tensor:
        return torch.stack([x, *(block(x, residual=False) for block in self.blocks)]).sum(0)


def _block(channels: int, kernels: tuple[int, ...]) -> nn.Module:
    return Block(channels, kernels[0]) if len(kernels) == 1 else ParallelBlocks(channels, kernels)


class Head(nn.Module):
    """HiFi-GAN generator: (B, num_mels, F) → (B, 1, F·hop)."""

    def __init__(self, config: VocoderConfig) -> None:
        super().__init__()
        width = config.upsample_initial_channel
        self.conv_pre = _same_conv(config.num_mels, width, config.pre_conv_kernel_size)
        self.ups = nn.ModuleList()
        self.resblocks = nn.ModuleList()
        self.kernels = len(config.resblock_kernel_sizes)
        residuals = list(zip(config.resblock_kernel_sizes, config.resblock_dilation_sizes, strict=True))
        for rate, kernel in zip(config.upsample_rates, config.upsample_kernel_sizes, strict=True):
            self.ups.append(nn.ConvTranspose1d(width, width // 2, kernel, rate, padding=(kernel - rate) // 2))
            width //= 2
            self.resblocks.extend(Residual(width, size, dilations) for size, dilations in residuals)
        self.conv_post = _same_conv(width, 1, config.post_conv_kernel_size)
        self.radius = head_radius(config)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv_pre(x)
        for stage, up in enumerate(self.ups):
            x = up(functional.silu(x))  # (B, C/2, F·rate)
            blocks = self.resblocks[stage * self.kernels : (stage + 1) * self.kernels]
            x = sum(block(x) for block in blocks) / self.kernels
        return torch.tanh(self.conv_post(functional.silu(x)))


class Residual(nn.Module):
    """HiFi-GAN's residual block: pairs of a dilated and a plain convolution, each pair with its own residual."""

    def __init__(self, channels: int, kernel: int, dilations: tuple[int, ...]) -> None:
        super().__init__()
        self.convs1 = nn.ModuleList(_same_conv(channels, channels, kernel, dilation) for dilation in dilations)
        self.convs2 = nn.ModuleList(_same_conv(channels, channels, kernel) for _ in dilations)

    def forward(self, x: Tensor) -> Tensor:
        for dilated, plain in zip(self.convs1, self.convs2, strict=True):
            x = x + plain(functional.silu(dilated(functional.silu(x))))
        return x


def _same_conv(narrow: int, wide: int, kernel: int, dilation: int = 1) -> nn.Conv1d:
    return nn.Conv1d(narrow, wide, kernel, dilation=dilation, padding=(kernel - 1) * dilation // 2)


def head_radius(config: VocoderConfig) -> int:
    """Mel frames to each side that reach a sample through the head; 36 in the published vocoder."""
    blocks = zip(config.resblock_kernel_sizes, config.resblock_dilation_sizes, strict=True)
    residual = max(sum((size // 2) * (dilation + 1) for dilation in dilations) for size, dilations in blocks)
    samples_per_frame, reach = 1, Fraction(config.pre_conv_kernel_size // 2)
    for rate, kernel in zip(config.upsample_rates, config.upsample_kernel_sizes, strict=True):
        reach += Fraction(-(-kernel // rate), samples_per_frame)
        samples_per_frame *= rate
        reach += Fraction(residual, samples_per_frame)
    reach += Fraction(config.post_conv_kernel_size // 2, samples_per_frame)
    return int(reach) + 1


SHORTEST = torch.finfo(torch.float32).tiny
"""Of a filter's length, so that one of zeros stays one of zeros."""


def without_weight_norm(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Official vocoder tensors under the names of `Vocoder`: `weight_g`, `weight_v` become `weight`.

    w = g·v/‖v‖, the norm over all axes but the first (of a transposed convolution, that is its input).
    The mel front end's two buffers are dropped. Source: weight normalisation, arXiv 1602.07868.
    """
    folded = {name: value for name, value in state.items() if not name.endswith(MEL_BUFFERS)}
    for name in [name for name in folded if name.endswith(".weight_g")]:
        stem = name.removesuffix("_g")
        size, direction = folded[name], folded.get(stem + "_v")
        if direction is None or size.shape != (len(direction), *(1 for _ in direction.shape[1:])):
            continue  # whoever holds the names against the model will tell
        length = direction.float().flatten(1).norm(dim=1).clamp(min=SHORTEST).reshape(size.shape)
        del folded[name], folded[stem + "_v"]
        folded[stem] = (direction.float() * (size.float() / length)).to(direction.dtype)
    return folded


def _fold(_: nn.Module, state: dict[str, Any], prefix: str, *__: object) -> None:
    ours = {name: value for name, value in state.items() if name.startswith(prefix)}
    for name in ours:
        del state[name]
    state.update(without_weight_norm(ours))
