"""Repaint, extend and edit as the specification words them (§10.3–§10.5), the reference's oddities included."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor

from benchmarks.ace_v1.plain_sampling import PlainRun, apg, levels, sigma_list
from engine.models.ace_v1.prompt import Prompt


def repaint(run: PlainRun, source: Tensor, begin: int, end: int) -> Tensor:
    """§10.3, frames begin…end − 1 of `source`."""
    z, other = next(run.noise), next(run.noise)
    mask = torch.zeros(source.shape[-1])
    mask[begin:end] = 1
    return _inpaint(run, source, torch.where(mask == 1, run.mixed(z, other), z), mask)


def extend(run: PlainRun, source: Tensor, begin: int, end: int) -> Tensor:
    """§10.4: `begin` below 0 and `end` above the length ask for new frames."""
    length, longest = source.shape[-1], run.settings.max_frames
    z, other = next(run.noise), next(run.noise)
    padded, left, right, cut_right = source, max(-begin, 0), 0, 0
    stitch = source[..., :0]
    if left:
        padded = torch.cat([torch.zeros_like(source[..., :1]).expand(-1, -1, -1, left), padded], -1)
        cut_right = max(left + length - longest, 0)
        padded = padded[..., :longest]
        stitch = padded[..., padded.shape[-1] - cut_right :]
    if end > length:
        right = end - padded.shape[-1]
        padded = torch.cat([padded, torch.zeros_like(source[..., :1]).expand(-1, -1, -1, right)], -1)
    mask = torch.zeros(padded.shape[-1])
    mask[:left] = 1
    mask[padded.shape[-1] - right :] = 1
    noise = [other[..., :left], z[..., : length - cut_right], other[..., other.shape[-1] - right :]]
    return torch.cat([_inpaint(run, padded, torch.cat(noise, -1), mask), stitch], -1)


def _inpaint(run: PlainRun, source: Tensor, noise: Tensor, mask: Tensor) -> Tensor:
    s = run.settings
    sigmas, asked = levels(s, s.infer_step), max(s.oss_steps, default=s.infer_step)
    n_min = int(asked * (1 - s.retake_variance))
    x = noise
    for index, (sigma, following) in enumerate(pairwise(sigmas)):
        if index < n_min:
            continue
        if index == n_min:
            x = (1 - sigma) * source + sigma * noise
        v = run.guided(index, len(s.oss_steps) or s.infer_step, x, sigma)
        x = x + (following - sigma) * v
        x = torch.where(mask == 1, x, (1 - following) * source + following * noise)
    return x


def edit(run: PlainRun, source: Tensor, target: Prompt) -> Tensor:
    """§10.5, Euler only."""
    s = run.settings
    sigmas = [*sigma_list(s.infer_step), 0.0]
    first, turn = int(s.infer_step * s.edit_n_min), int(s.infer_step * s.edit_n_max)
    edited = x = source
    source_buffer: Tensor | None = None
    target_buffer: Tensor | None = None
    for index, (sigma, following) in enumerate(pairwise(sigmas)):
        if first <= index < turn:
            difference = torch.zeros_like(source)
            for _ in range(s.edit_n_avg):
                x_s = (1 - sigma) * source + sigma * next(run.noise)
                v_s, source_buffer = _edit_velocity(run, run.prompt, x_s, sigma, source_buffer)
                v_t, _ = _edit_velocity(run, target, edited + x_s - source, sigma, None)
                difference = difference + (v_t - v_s) / s.edit_n_avg
            edited = edited + (following - sigma) * difference
        elif index >= turn:
            if index == turn:
                x = edited + ((1 - sigma) * source + sigma * next(run.noise)) - source
            v_t, target_buffer = _edit_velocity(run, target, x, sigma, target_buffer)
            x = x + (following - sigma) * v_t
    return x if turn < s.infer_step else edited


def _edit_velocity(
    run: PlainRun, words: Prompt, latents: Tensor, sigma: float, running: Tensor | None
) -> tuple[Tensor, Tensor | None]:
    silent = words.text.new_zeros(len(words.text), run.model.config.speaker_embedding_dim)
    speaker = silent if words.speaker is None else words.speaker
    timestep = torch.full((len(latents),), sigma * 1000)
    full = run.model.encode(words.text, words.text_mask, speaker, words.lyric_ids, words.lyric_mask)
    v_c = run.model.velocity(latents, timestep, *full)
    if run.settings.guidance_scale in (0.0, 1.0):
        return v_c, None
    nothing = torch.zeros_like(words.text), words.text_mask, silent
    null = run.model.encode(*nothing, torch.zeros_like(words.lyric_ids), torch.zeros_like(words.lyric_mask))
    return apg(v_c, run.model.velocity(latents, timestep, *null), run.settings.guidance_scale, running)
