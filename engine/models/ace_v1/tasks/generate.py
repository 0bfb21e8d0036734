"""Generate: new music from noise."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.models.ace_v1.samplers import sampler_for, schedule_for
from engine.models.ace_v1.sampling import Run, integrate
from engine.models.ace_v1.settings import Settings


@torch.no_grad()
def generate(run: Run, frames: int) -> Tensor:
    """New music of `frames` latent frames for the words: (B, 8, 16, frames).

    Source: ACE-Step technical report, arXiv 2506.00045; specification §10.1.
    Raises ValueError for a length that cannot be made.
    """
    check_length(run.settings, frames)
    return from_noise(run, run.draw(frames))


def from_noise(run: Run, noise: Tensor) -> Tensor:
    """The music that `noise` (B, 8, 16, F) leads to."""
    schedule = schedule_for(run.settings)
    sampler = sampler_for(run.settings, schedule, run.noise)
    run.progress.expect(schedule.calls)
    return integrate(run, schedule, sampler, noise)


def check_length(settings: Settings, frames: int) -> None:
    """Raises ValueError unless the model can make `frames` at once."""
    if frames < 1:
        raise ValueError(f"frames is {frames}, but there must be at least one.")
    if frames > settings.max_frames and not settings.compatible:
        raise ValueError(f"frames is {frames}, but must not be above max_frames, {settings.max_frames}.")
