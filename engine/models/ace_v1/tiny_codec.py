"""A codec small enough for any test: every part of the real one, random weights. What it makes is noise."""

from __future__ import annotations

from math import prod
from typing import Any

import torch
from torch import nn

from engine.models.ace_v1.codec import Codec
from engine.models.ace_v1.dcae import build_dcae
from engine.models.ace_v1.vocoder import Block, Vocoder
from engine.models.ace_v1.vocoder_config import VocoderConfig

DCAE_CONFIG: dict[str, Any] = {
    "attention_head_dim": 8,
    "encoder_block_out_channels": (8, 8, 16, 32),
    "decoder_block_out_channels": (8, 8, 16, 32),
    "encoder_layers_per_block": (1, 1, 1, 1),
    "decoder_layers_per_block": (1, 1, 1, 1),
}

VOCODER_CONFIG: dict[str, Any] = {
    "depths": (1, 1, 1, 1),
    "dims": (16, 16, 24, 32),
    "num_mels": 32,
    "upsample_initial_channel": 32,
    "upsample_rates": (8, 8, 4, 2),
    "upsample_kernel_sizes": (16, 16, 8, 4),
    "resblock_kernel_sizes": (3, 7),
    "resblock_dilation_sizes": ((1, 3), (1, 3)),
}
"""Rates, mel bands and frame sizes stay the published ones, so lengths are those of the real model."""


def tiny_codec(seed: int = 0, tile_frames: int = 32) -> Codec:
    """A codec that turns latents into noise: (8, 16) numbers and 4,096 samples a frame, as the real one.

    The same seed gives the same weights; torch's own random state stays as it is. Never offer it to a user.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        dcae = build_dcae(DCAE_CONFIG)
        vocoder = Vocoder(VocoderConfig.from_dict(VOCODER_CONFIG))
        for network in (dcae, vocoder):
            network.apply(_enliven)
    return Codec(dcae, vocoder, tile_frames)


def _enliven(layer: nn.Module) -> None:
    """Weights that keep the level of what passes: library defaults fade it out, and a test of silence shows nothing."""
    if isinstance(layer, nn.Conv1d | nn.Conv2d | nn.ConvTranspose1d | nn.Linear):
        fan_in = prod(layer.weight.shape[1:])
        if isinstance(layer, nn.ConvTranspose1d):
            fan_in = layer.in_channels * layer.kernel_size[0] // layer.stride[0]
        nn.init.normal_(layer.weight, std=fan_in**-0.5)
        if layer.bias is not None:
            nn.init.normal_(layer.bias, std=0.05)
    elif isinstance(layer, Block):
        nn.init.constant_(layer.gamma, 0.5)
