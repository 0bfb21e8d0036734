"""Schedule: the noise levels that a generation passes through on its way from noise to music.

At noise level σ the model sees (1 − σ)·music + σ·noise and predicts the velocity, noise − music. Source: rectified
flow with the timestep shift of Stable Diffusion 3 (Esser et al., arXiv 2403.03206 §5.3.2), shift 3, as in the
ACE-Step technical report (arXiv 2506.00045); specification §8.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self, TypeVar

import torch
from torch import Tensor

TRAINING_STEPS = 1000
SHIFT = 3.0

Level = TypeVar("Level", float, Tensor)


def shift(sigma: Level) -> Level:
    """S(σ) = sσ / (1 + (s − 1)σ): moves noise levels in 0…1 towards noise, where the tune is decided."""
    return SHIFT * sigma / (1 + (SHIFT - 1) * sigma)


def training_timesteps(sigma_max: float = 1.0) -> Tensor:
    """The 1,000 timesteps of training, falling, in 0…1000, shifted once. (1000,) float32"""
    even = torch.linspace(1.0, sigma_max * TRAINING_STEPS, TRAINING_STEPS, dtype=torch.float64).flip(0)
    return (shift(even / TRAINING_STEPS) * TRAINING_STEPS).float()


def sigma_range(sigma_max: float = 1.0) -> tuple[float, float]:
    """Noise levels of the first and the last training timestep."""
    levels = training_timesteps(sigma_max) / TRAINING_STEPS
    return float(levels[0]), float(levels[-1])


@dataclass(frozen=True)
class Schedule:
    """Noise levels before every model call, and 0 after the last.

    sigmas  one more than there are model calls, rounded to float32
    steps   steps that were asked for: fewer than the model calls when each step takes two (Heun)
    """

    sigmas: tuple[float, ...]
    steps: int

    @property
    def calls(self) -> int:
        """How often the model is asked."""
        return len(self.sigmas) - 1

    @property
    def timesteps(self) -> Tensor:
        """What the model is told: 1000·σ of every call. (calls,) float32"""
        return torch.tensor(self.sigmas[:-1], dtype=torch.float32) * TRAINING_STEPS

    @classmethod
    def even(cls, steps: int, sigma_max: float = 1.0, *, compatible: bool = True) -> Self:
        """`steps` noise levels, evenly spaced before the shift.

        The reference shifts its end points and then shifts everything again. At the low end the model is used to it;
        with `sigma_max` below 1 it means that the first level is S(S(sigma_max)), while the music was mixed with noise
        at level S(sigma_max). With `compatible` False the schedule starts at S(sigma_max).
        """
        first, last = sigma_range(sigma_max)
        even = torch.linspace(first if compatible else sigma_max, last, steps, dtype=torch.float64)
        return cls(_float32([*shift(even).tolist(), 0.0]), steps)

    @classmethod
    def custom(cls, sigmas: Iterable[float]) -> Self:
        """The noise levels of a list, each shifted."""
        levels = [shift(float(sigma)) for sigma in sigmas]
        return cls(_float32([*levels, 0.0]), len(levels))

    @classmethod
    def selected(cls, positions: Sequence[int], *, compatible: bool = False) -> Self:
        """Only some steps of a longer even schedule, counted from 1 ("OSS steps").

        The longer schedule has as many steps as the largest entry. With `compatible` the selected levels, already
        shifted, are shifted once more.
        """
        longer = cls.even(max(positions))
        levels = [longer.sigmas[position - 1] for position in positions]
        return cls.custom(levels) if compatible else cls((*levels, 0.0), len(levels))

    def doubled(self) -> Schedule:
        """The levels of Heun's method: every level but the first is met twice, as an end and as a beginning."""
        inner = [sigma for sigma in self.sigmas[1:-1] for _ in range(2)]
        return Schedule((*self.sigmas[:1], *inner, *self.sigmas[-1:]), self.steps)


def _float32(levels: Sequence[float]) -> tuple[float, ...]:
    return tuple(torch.tensor(levels, dtype=torch.float64).float().tolist())
