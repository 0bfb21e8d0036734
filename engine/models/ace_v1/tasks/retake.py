"""Retake: a variation of music that was made before."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from engine.models.ace_v1.sampling import Run
from engine.models.ace_v1.tasks.generate import check_length, from_noise


@torch.no_grad()
def retake(run: Run, frames: int) -> Tensor:
    """The music of the first seeds again, changed by `retake_variance` towards the retake seeds: (B, 8, 16, frames).

    Variance 0 gives the first take, 1 an unrelated one. The words and settings must be those of the first take.
    Source: specification §10.2.
    """
    check_length(run.settings, frames)
    first, second = run.draw(frames), run.draw_retake(frames)
    return from_noise(run, mix(first, second, run.settings.retake_variance))


def mix(first: Tensor, second: Tensor, variance: float) -> Tensor:
    """cos(ρπ/2)·first + sin(ρπ/2)·second: standard normal again for any variance ρ in 0…1.

    The angle is rounded to the precision of the noise, as the reference rounds it.
    """
    angle = torch.tensor(variance * math.pi / 2, dtype=first.dtype)
    return float(angle.cos()) * first + float(angle.sin()) * second
