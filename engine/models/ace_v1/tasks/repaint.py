"""Repaint: compose a part of a song anew from its surroundings."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.models.ace_v1.samplers import Inpainting, schedule_for
from engine.models.ace_v1.sampling import Run, integrate
from engine.models.ace_v1.schedule import Schedule
from engine.models.ace_v1.settings import Settings
from engine.models.ace_v1.tasks.retake import mix, retake


@torch.no_grad()
def repaint(run: Run, source: Tensor, start: int, end: int) -> Tensor:
    """`source` with new music in frames start…end − 1: (B, 8, 16, F); all other frames stay as they are, bit for bit.

    `retake_variance` says how much of the old music gives way: 1 all of it, 0 none. A song longer than `max_frames`
    is heard in a window around the span.

    source      (1 or B, 8, 16, F)
    compatible  a span of the whole song becomes a retake, which does not listen to the source; variance 0 gives noise

    Source: specification §10.3.
    Raises ValueError for an empty span and one that leaves the song.
    """
    old = run.admit(source)
    frames = old.shape[-1]
    is_empty = start == end and not run.settings.compatible
    if is_empty or not 0 <= start <= end <= frames:
        raise ValueError(f"The span {start}…{end} is empty or not within the song's {frames} frames.")
    if run.settings.compatible and end - start == frames:
        return retake(run, frames)
    left, right = window(start, end, frames, run.settings)
    heard = old[..., left:right]
    mask = torch.zeros(right - left, dtype=torch.bool, device=heard.device)
    mask[start - left : end - left] = True
    first, second = run.draw(right - left), run.draw_retake(right - left)
    mixed = torch.where(mask, mix(first, second, run.settings.retake_variance), first)
    run.progress.expect(inpainting_calls(run.settings, run.settings.retake_variance))
    made = inpaint(run, heard, mixed, mask, run.settings.retake_variance)
    return torch.cat([old[..., :left], made, old[..., right:]], dim=-1)


def window(start: int, end: int, frames: int, settings: Settings) -> tuple[int, int]:
    """The stretch of the song that the model hears: at most `max_frames` unless the span itself is longer."""
    if settings.compatible or frames <= settings.max_frames:
        return 0, frames
    length = max(settings.max_frames, end - start)
    left = min(max((start + end - length) // 2, 0), frames - length)
    return left, left + length


def inpaint(run: Run, source: Tensor, noise: Tensor, mask: Tensor, variance: float) -> Tensor:
    """New music where the mask is, `source` exactly elsewhere. The loop that repaint and extend share.

    source, noise  (B, 8, 16, F)
    mask           (F,) bool
    variance       share of the schedule that is walked; the rest is skipped by mixing noise into the source

    The caller has told `run.progress` how many calls to expect.
    """
    schedule = inpainting_schedule(run.settings)
    first = skipped(run.settings, schedule, variance)
    if first >= schedule.calls:
        return noise if run.settings.compatible else source
    sampler = Inpainting(schedule, source, noise, mask)
    made = integrate(run, schedule, sampler, sampler.noised(schedule.sigmas[first]), first)
    return torch.where(mask, made, source)


def inpainting_calls(settings: Settings, variance: float) -> int:
    """Model calls that `inpaint` will make."""
    schedule = inpainting_schedule(settings)
    return max(schedule.calls - skipped(settings, schedule, variance), 0)


def inpainting_schedule(settings: Settings) -> Schedule:
    """As settings ask, but without Heun's doubled levels: here they would only make steps of no length."""
    if settings.compatible or settings.scheduler_type != "heun":
        return schedule_for(settings)
    return Schedule.even(settings.infer_step)


def skipped(settings: Settings, schedule: Schedule, variance: float) -> int:
    """Model calls at the noisy end that are left out.

    The reference counts them in requested steps even where the schedule has another number of calls.
    """
    steps = schedule.calls
    if settings.compatible:
        steps = max(settings.oss_steps, default=settings.infer_step)
    return int(steps * (1 - variance))
