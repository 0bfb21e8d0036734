"""Samplers: how the predicted velocity moves the latents from one noise level to the next (specification §8).

Each has `step(index, velocity, latents)`: the latents, (B, 8, 16, F), after model call `index`, which was made with
`latents` and predicted `velocity`. Calls come in order. Sums are done in float32.
"""

from __future__ import annotations

import math
from typing import Protocol

import torch
from torch import Tensor

from engine.models.ace_v1.noise import NoiseSource
from engine.models.ace_v1.schedule import Schedule
from engine.models.ace_v1.settings import Settings


class Sampler(Protocol):
    """A way to walk down a schedule."""

    def step(self, index: int, velocity: Tensor, latents: Tensor) -> Tensor:
        """The latents after model call `index`."""


def granularity(omega: float) -> float:
    """Factor of the omega setting, 0.9…1.1; 1 for omega 0."""
    return 0.9 + 0.2 / (1 + math.exp(-0.1 * omega))


def rescale(update: Tensor, factor: float, *, whole_batch: bool) -> Tensor:
    """Stretch an update (B, 8, 16, F) around its mean.

    The reference takes one mean over the whole batch (`whole_batch`), so that a variant depends on its neighbours;
    a mean of its own makes each variant what it would be alone.
    """
    mean = update.mean() if whole_batch else update.mean(dim=(1, 2, 3), keepdim=True)
    return (update - mean) * factor + mean


class Euler:
    """A straight line along the velocity."""

    def __init__(self, schedule: Schedule, omega: float = 0.0, *, compatible: bool = False) -> None:
        self.sigmas = schedule.sigmas
        self.factor = granularity(omega)
        self.compatible = compatible

    def step(self, index: int, velocity: Tensor, latents: Tensor) -> Tensor:
        """x + (σ' − σ)·v, rescaled."""
        update = (self.sigmas[index + 1] - self.sigmas[index]) * velocity.float()
        moved = latents.float() + rescale(update, self.factor, whole_batch=self.compatible)
        return moved.to(velocity.dtype)


class Heun:
    """A step of Euler, a look at the velocity where it leads, and then the step again with the mean of both.

    Its schedule is doubled: even calls are made at the beginning of a step, odd ones at its end. The last step is
    Euler's.
    """

    def __init__(self, schedule: Schedule, omega: float = 0.0, *, compatible: bool = False) -> None:
        self.sigmas = schedule.sigmas
        self.factor = granularity(omega)
        self.compatible = compatible
        self._start = self._first = torch.empty(0)
        self._width = 0.0

    def step(self, index: int, velocity: Tensor, latents: Tensor) -> Tensor:
        """Where Euler would lead (even calls), or the corrected step from where that began (odd calls)."""
        slope = velocity.float()
        if index % 2 == 0:
            self._start, self._first = latents.float(), slope
            self._width = self.sigmas[index + 1] - self.sigmas[index]
        else:
            slope = (self._first + slope) / 2
        moved = self._start + rescale(slope * self._width, self.factor, whole_batch=self.compatible)
        return moved.to(velocity.dtype)


class PingPong:
    """Guess the music, then add fresh noise of the next level (a stochastic sampler; omega has no effect)."""

    def __init__(self, schedule: Schedule, noise: NoiseSource) -> None:
        self.sigmas = schedule.sigmas
        self.noise = noise

    def step(self, index: int, velocity: Tensor, latents: Tensor) -> Tensor:
        """(1 − σ')·(x − σ·v) + σ'·fresh noise."""
        following = self.sigmas[index + 1]
        music = latents.float() - self.sigmas[index] * velocity.float()
        fresh = self.noise.draw_step(latents.shape[-1]).float()
        return ((1 - following) * music + following * fresh).to(velocity.dtype)


class Inpainting:
    """Plain Euler inside a mask; outside, the source with as much noise as the level asks for.

    Keeps the surroundings in view of the model at every step, as RePaint does (Lugmayr et al., arXiv 2201.09865),
    without its resampling. Omega and the scheduler's own step play no part (specification §10.3).

    source, noise  (B, 8, 16, F)
    mask           (F,) bool, True where new music is made
    """

    def __init__(self, schedule: Schedule, source: Tensor, noise: Tensor, mask: Tensor) -> None:
        self.sigmas = schedule.sigmas
        self.source = source
        self.noise = noise
        self.mask = mask

    def noised(self, sigma: float) -> Tensor:
        """The source at noise level σ."""
        if sigma == 0:
            return self.source
        return (1 - sigma) * self.source + sigma * self.noise

    def step(self, index: int, velocity: Tensor, latents: Tensor) -> Tensor:
        """Euler where the mask is, the source elsewhere; exactly the source once no noise is left."""
        following = self.sigmas[index + 1]
        moved = latents.float() + (following - self.sigmas[index]) * velocity.float()
        return torch.where(self.mask, moved.to(velocity.dtype), self.noised(following).to(velocity.dtype))


def schedule_for(settings: Settings) -> Schedule:
    """The schedule that the settings ask for."""
    if settings.oss_steps:
        return Schedule.selected(settings.oss_steps, compatible=settings.compatible)
    schedule = Schedule.even(settings.infer_step)
    return schedule.doubled() if settings.scheduler_type == "heun" else schedule


def sampler_for(settings: Settings, schedule: Schedule, noise: NoiseSource) -> Sampler:
    """The sampler that the settings ask for; only ping-pong draws from `noise`."""
    if settings.scheduler_type == "pingpong":
        return PingPong(schedule, noise)
    kind = Heun if settings.scheduler_type == "heun" else Euler
    return kind(schedule, settings.omega_scale, compatible=settings.compatible)
