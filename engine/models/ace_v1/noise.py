"""Noise: the seeded randomness that every generation starts from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor

CHANNELS, ROWS = 8, 16
"""Shape of one latent frame."""

RETAKE_KEY = 0x9E3779B9
"""Keeps retake noise apart from the first noise when both have the same seed; any odd number would do."""


class NoiseSource(Protocol):
    """Hands out standard normal tensors, one after the other."""

    @property
    def batch(self) -> int:
        """B, how many variants it feeds."""

    def draw(self, frames: int) -> Tensor:
        """(B, 8, 16, frames), each variant from its own seed."""

    def draw_step(self, frames: int) -> Tensor:
        """(B, 8, 16, frames) for a step of the ping-pong sampler."""


class Noise:
    """One generator a variant, so that a variant does not depend on how many others are made with it.

    Numbers are drawn on the CPU in float32: the same seed gives the same noise on every device and in every
    precision. With `compatible` they are drawn where and how the reference does it: on the device, in the model's
    precision, and the steps of ping-pong for the whole batch from the first seed.

    seeds      one a variant; bits beyond 32 are folded in
    is_retake  noise of a retake, repaint, extension or edit, unrelated to the first noise of the same seed
    """

    def __init__(
        self,
        seeds: Sequence[int],
        *,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
        is_retake: bool = False,
        compatible: bool = False,
    ) -> None:
        if not seeds:
            raise ValueError("seeds is empty, but every variant needs one.")
        self.device, self.dtype, self.compatible = torch.device(device), dtype, compatible
        drawn_on = self.device if compatible else torch.device("cpu")
        key = RETAKE_KEY if is_retake and not compatible else 0
        keys = [seed if compatible else _fold(seed) ^ key for seed in seeds]
        self._generators = [torch.Generator(drawn_on).manual_seed(seed) for seed in keys]

    @property
    def batch(self) -> int:
        """B, how many variants it feeds."""
        return len(self._generators)

    def draw(self, frames: int) -> Tensor:
        """(B, 8, 16, frames), each variant from its own seed."""
        return torch.cat([self._normal(1, frames, generator) for generator in self._generators])

    def draw_step(self, frames: int) -> Tensor:
        """(B, 8, 16, frames) for a step of the ping-pong sampler."""
        return self._normal(self.batch, frames, self._generators[0]) if self.compatible else self.draw(frames)

    def _normal(self, count: int, frames: int, generator: torch.Generator) -> Tensor:
        dtype = self.dtype if self.compatible else torch.float32
        shape = (count, CHANNELS, ROWS, frames)
        drawn = torch.randn(shape, generator=generator, device=generator.device, dtype=dtype)
        if self.device.type == "cuda" and drawn.device.type == "cpu":
            drawn = drawn.pin_memory()  # Only so can the copy run beside the step before, without waiting for it.
        return drawn.to(self.device, non_blocking=True).to(self.dtype)


class RecordedNoise:
    """Tensors given in advance, in the order in which they are asked for. Raises ValueError if one does not fit."""

    def __init__(self, tensors: Sequence[Tensor]) -> None:
        self._tensors = list(tensors)
        self.taken = 0

    @property
    def batch(self) -> int:
        """B, how many variants it feeds."""
        return self._tensors[0].shape[0]

    def draw(self, frames: int) -> Tensor:
        """The next tensor, which must have `frames` frames."""
        if self.taken == len(self._tensors):
            raise ValueError(f"The recorded noise is used up after {self.taken} draws.")
        tensor = self._tensors[self.taken]
        if tensor.shape[-1] != frames:
            raise ValueError(f"Recorded noise {self.taken} has {tensor.shape[-1]} frames, but {frames} are needed.")
        self.taken += 1
        return tensor

    def draw_step(self, frames: int) -> Tensor:
        """As `draw`."""
        return self.draw(frames)


def _fold(seed: int) -> int:
    """32 bits that depend on all 64: torch's CPU generator looks at the lower half alone."""
    seed &= 0xFFFFFFFFFFFFFFFF
    return (seed & 0xFFFFFFFF) ^ (seed >> 32)
