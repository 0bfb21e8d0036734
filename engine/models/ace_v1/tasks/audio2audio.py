"""Audio2audio: new music in the shape of a reference recording."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.models.ace_v1.samplers import sampler_for
from engine.models.ace_v1.sampling import Run, integrate
from engine.models.ace_v1.schedule import Schedule, sigma_range
from engine.models.ace_v1.tasks.generate import check_length


@torch.no_grad()
def audio2audio(run: Run, reference: Tensor) -> Tensor:
    """New music for the words that follows `reference`: (B, 8, 16, F), F frames as the reference.

    `ref_audio_strength` is how closely: 1 returns the reference, 0 ignores it. OSS steps play no part.

    reference   (1 or B, 8, 16, F)
    compatible  the first model call is made for more noise than there is; where the strength leaves no step, what
                comes back is the reference with the noise on it

    Source: SDEdit, Meng et al., arXiv 2108.01073; specification §10.6. Raises ValueError for a reference too long.
    """
    settings = run.settings
    heard = run.admit(reference)
    check_length(settings, heard.shape[-1])
    noise = run.draw(heard.shape[-1])
    sigma_max = 1 - settings.ref_audio_strength
    steps = int(sigma_max * settings.infer_step)
    level, _ = sigma_range(sigma_max)
    noised = (1 - level) * heard + level * noise
    if steps == 0:
        return noised if settings.compatible else heard
    schedule = Schedule.even(steps, sigma_max, compatible=settings.compatible)
    if settings.scheduler_type == "heun":
        schedule = schedule.doubled()
    run.progress.expect(schedule.calls)
    sampler = sampler_for(settings, schedule, run.noise)
    return integrate(run, schedule, sampler, noised)
