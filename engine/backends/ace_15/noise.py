"""Noise: the seeded randomness that a take starts from, the same on every device."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from bridge_server.protocol.values import Origin

AGAIN, SECOND_PASS = 0x51ED270B, 0x2545F491
"""Keep noises apart that are drawn with one seed for different purposes."""


def draw(seed: int, frames: int, width: int, *, key: int = 0) -> Tensor:
    """Standard normal (F, D) float32, drawn on the CPU; frame by frame, so that a longer one begins with a shorter."""
    generator = torch.Generator("cpu").manual_seed((seed ^ (seed >> 32) ^ key) & 0xFFFFFFFF)
    return torch.randn((frames, width), generator=generator, dtype=torch.float32)


def noise_for(seed: int, origin: Origin | None, size: tuple[int, int], *, key: int = 0) -> Tensor:
    """Of a retake: that of the take it varies, turned towards another; variance 0 is the earlier one, bit for bit.

    Source: ACE-Step v1, retake: cos and sin of a quarter turn keep the mixture standard normal.
    """
    if origin is None:
        return draw(seed, *size, key=key)
    angle = origin.variance * math.pi / 2
    first, second = draw(origin.seed, *size, key=key), draw(seed, *size, key=key ^ AGAIN)
    return first if origin.variance == 0 else math.cos(angle) * first + math.sin(angle) * second
