"""Guidance and samplers as the specification words them (§8–§10), oddities included; all passes separate.

`PlainRun` takes what the reference's call takes. It shares no code with `engine.models.ace_v1` but `Settings`, which
only holds values, and `Prompt`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import torch
from torch import Tensor

from benchmarks.ace_v1.plain_transformer import PlainTransformer
from engine.models.ace_v1.prompt import Prompt
from engine.models.ace_v1.settings import Settings

Encoded = tuple[Tensor, Tensor]


def shifted(sigma: float) -> float:
    """§8, S(σ) with s = 3."""
    return 3 * sigma / (1 + 2 * sigma)


def sigma_list(steps: int, sigma_max: float = 1.0) -> list[float]:
    """§8, set_timesteps, without the final 0."""
    first, last = shifted(sigma_max), shifted(0.001)
    width = (last - first) / (steps - 1) if steps > 1 else 0.0
    return [float(torch.tensor(shifted(first + width * k)).float()) for k in range(steps)]


def levels(settings: Settings, steps: int, sigma_max: float = 1.0) -> list[float]:
    """σ of every model call, Heun's duplicates included, and the final 0."""
    if settings.oss_steps and sigma_max == 1.0:
        longer = sigma_list(max(settings.oss_steps))
        return [*(float(torch.tensor(shifted(longer[entry - 1])).float()) for entry in settings.oss_steps), 0.0]
    sigmas = sigma_list(steps, sigma_max)
    if settings.scheduler_type == "heun":
        sigmas = sigmas[:1] + [sigma for sigma in sigmas[1:] for _ in range(2)]
    return [*sigmas, 0.0]


def omega_rescale(update: Tensor, omega: float) -> Tensor:
    """§8: around the mean of the whole tensor, batch included."""
    mean = update.mean()
    return (update - mean) * (0.9 + 0.2 / (1 + math.exp(-0.1 * omega))) + mean


def apg(v_c: Tensor, v_u: Tensor, scale: float, running: Tensor | None) -> tuple[Tensor, Tensor]:
    """§9.1: the guided velocity, and the momentum buffer afterwards."""
    delta = v_c - v_u + (-0.75) * (torch.zeros_like(v_c) if running is None else running)
    running = delta
    norm = delta.square().sum(dim=(-1, -2), keepdim=True).sqrt()
    delta = delta * torch.minimum(torch.ones_like(norm), 2.5 / norm)
    wide = v_c.double()
    n = wide / wide.square().sum(dim=(-1, -2), keepdim=True).sqrt().clamp(min=1e-12)
    parallel = (delta.double() * n).sum(dim=(-1, -2), keepdim=True) * n
    return v_c + (scale - 1) * (delta.double() - parallel).to(v_c.dtype), running


def cfg_star(v_c: Tensor, v_u: Tensor, scale: float) -> Tensor:
    """§9.1, past the zeroed steps."""
    alpha = torch.stack([(c * u).sum() / (u.square().sum() + 1e-8) for c, u in zip(v_c, v_u, strict=True)])
    alpha = alpha[:, None, None, None]
    return alpha * v_u + scale * (v_c - alpha * v_u)


@dataclass
class PlainRun:
    """One request. `noise` is drawn from in the order of §10; latents are (B, 8, 16, F)."""

    model: PlainTransformer
    prompt: Prompt
    settings: Settings
    noise: Iterator[Tensor]
    encodes_every_call: bool = False
    _encoded: dict[str, Encoded] = field(default_factory=dict)
    _running: Tensor | None = None

    def encoded(self, which: str) -> Encoded:
        """§9.3: the condition of a pass, "full", "text" (for double condition) or "null"."""
        if self.encodes_every_call or which not in self._encoded:
            self._encoded[which] = self._encode(which)
        return self._encoded[which]

    def _encode(self, which: str) -> Encoded:
        words, settings = self.prompt, self.settings
        ids, text = words.lyric_ids, words.text
        silent = text.new_zeros(len(text), self.model.config.speaker_embedding_dim)
        speaker = silent if which != "full" or words.speaker is None else words.speaker
        weak = 1.0
        if which != "full" and settings.use_erg_lyric:
            weak = 0.01
        elif which != "full":
            ids = torch.zeros_like(ids)
        if which == "null":
            is_weak_text = settings.use_erg_lyric and settings.use_erg_tag and words.text_weak is not None
            text = words.text_weak if is_weak_text and words.text_weak is not None else torch.zeros_like(text)
        return self.model.encode(text, words.text_mask, speaker, ids, words.lyric_mask, weak)

    def predict(self, which: str, latents: Tensor, sigma: float) -> Tensor:
        """One pass of the model."""
        states, mask = self.encoded(which)
        rows = len(latents) // len(states)
        states, mask = states.repeat_interleave(rows, 0), mask.repeat_interleave(rows, 0)
        weak = 0.01 if which == "null" and self.settings.use_erg_diffusion else 1.0
        timestep = torch.full((len(latents),), sigma * 1000, device=latents.device)
        return self.model.velocity(latents.to(states.dtype), timestep, states, mask, weak).to(latents.dtype)

    def guided(self, index: int, steps: int, latents: Tensor, sigma: float) -> Tensor:
        """§9.2: the velocity of model call `index`."""
        s = self.settings
        start, end = int(steps * ((1 - s.guidance_interval) / 2)), int(steps * (s.guidance_interval / 2 + 0.5))
        v_c = self.predict("full", latents, sigma)
        if s.guidance_scale in (0.0, 1.0) or not start <= index < end:
            return v_c
        if s.guidance_scale_text > 1 and s.guidance_scale_lyric > 1:
            v_t, v_u = self.predict("text", latents, sigma), self.predict("null", latents, sigma)
            w_text, w_lyric = s.guidance_scale_text, s.guidance_scale_lyric
            return (1 - w_text) * v_u + (w_text - w_lyric) * v_t + w_lyric * v_c
        v_u = self.predict("null", latents, sigma)
        w = s.guidance_scale
        if s.guidance_interval_decay > 0:
            w -= (w - s.min_guidance_scale) * ((index - start) / (end - start - 1)) * s.guidance_interval_decay
        if s.cfg_type == "cfg":
            return v_u + w * (v_c - v_u)
        if s.cfg_type == "cfg_star":
            return torch.zeros_like(v_c) if index <= 1 else cfg_star(v_c, v_u, w)
        v, self._running = apg(v_c, v_u, w, self._running)
        return v

    def sample(self, sigmas: list[float], steps: int, x: Tensor) -> Tensor:
        """§10.1 with the schedulers of §8."""
        kind, omega = self.settings.scheduler_type, self.settings.omega_scale
        first, d_1 = x, x
        for index, (sigma, following) in enumerate(pairwise(sigmas)):
            v = self.guided(index, steps, x, sigma)
            if kind == "pingpong":
                x = (1 - following) * (x - sigma * v) + following * next(self.noise)
            elif kind == "heun" and index % 2 == 1:
                d_2 = (x - (x - v * sigma)) / sigma
                x = first + omega_rescale((d_1 + d_2) / 2 * (sigma - sigmas[index - 1]), omega)
            elif kind == "heun":
                first, d_1 = x, (x - (x - v * sigma)) / sigma
                x = x + omega_rescale(d_1 * (following - sigma), omega)
            else:
                x = x + omega_rescale((following - sigma) * v, omega)
        return x

    def step(self, index: int, x: Tensor) -> Tensor:
        """Model call `index` of an ordinary run by itself, Euler's."""
        sigmas, steps = levels(self.settings, self.settings.infer_step), self.settings.infer_step
        v = self.guided(index, steps, x, sigmas[index])
        return x + omega_rescale((sigmas[index + 1] - sigmas[index]) * v, self.settings.omega_scale)

    def text2music(self) -> Tensor:
        """§10.1."""
        return self._from(next(self.noise))

    def _from(self, z: Tensor) -> Tensor:
        steps = len(self.settings.oss_steps) or self.settings.infer_step
        return self.sample(levels(self.settings, self.settings.infer_step), steps, z)

    def retake(self) -> Tensor:
        """§10.2."""
        return self._from(self.mixed(next(self.noise), next(self.noise)))

    def mixed(self, z: Tensor, other: Tensor) -> Tensor:
        angle = torch.tensor(self.settings.retake_variance * math.pi / 2, dtype=z.dtype)
        return angle.cos() * z + angle.sin() * other

    def audio2audio(self, reference: Tensor) -> Tensor:
        """§10.6."""
        sigma_max = 1 - self.settings.ref_audio_strength
        steps = int(sigma_max * self.settings.infer_step)
        z = next(self.noise)
        level = shifted(sigma_max)
        x = (1 - level) * reference + level * z
        kept = Settings(**{**vars(self.settings), "oss_steps": ()})
        return self.sample(levels(kept, steps, sigma_max), steps, x)
