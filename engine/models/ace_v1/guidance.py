"""Guidance: pushing the prediction away from what the model says without the tags and lyrics (specification §9).

Velocities are (B, 8, 16, F): `cond` with all conditions, `null` with none or weakened ones, `text` with tags only.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import normalize

from engine.models.ace_v1.settings import Settings


def cfg(cond: Tensor, null: Tensor, scale: float) -> Tensor:
    """Classifier-free guidance (Ho & Salimans, arXiv 2207.12598)."""
    return null + scale * (cond - null)


class Momentum:
    """A running sum of differences; a negative factor takes out what earlier steps have already pushed."""

    def __init__(self, factor: float = -0.75) -> None:
        self.factor = factor
        self.running: Tensor | None = None

    def update(self, difference: Tensor) -> Tensor:
        """Add the newest difference and return the sum."""
        self.running = difference if self.running is None else difference + self.factor * self.running
        return self.running


def apg(
    cond: Tensor,
    null: Tensor,
    scale: float,
    *,
    momentum: Momentum | None = None,
    eta: float = 0.0,
    norm_threshold: float = 2.5,
) -> Tensor:
    """Adaptive projected guidance: only what points elsewhere than the prediction itself is amplified.

    That lets scales be large without the sound getting harsh. Each sample and channel for itself, over the last two
    axes. Source: Sadat et al., "Eliminating Oversaturation and Artifacts of High Guidance Scales", arXiv 2410.02416.

    momentum        carries on over the guided steps of one run
    eta             share of the parallel part that is kept
    norm_threshold  longest difference that is let through; 0 or less: any
    """
    difference = cond - null
    if momentum is not None:
        difference = momentum.update(difference)
    if norm_threshold > 0:
        length = difference.norm(dim=(-1, -2), keepdim=True)
        difference = difference * (norm_threshold / length).clamp(max=1.0)
    parallel, orthogonal = project(difference, cond)
    return cond + (scale - 1) * (orthogonal + eta * parallel)


def project(difference: Tensor, onto: Tensor) -> tuple[Tensor, Tensor]:
    """Split `difference` into what is parallel to `onto` and what is orthogonal, over the last two axes.

    In float64 where the device has it, so that the orthogonal part really is.
    """
    wide = torch.float32 if difference.device.type == "mps" else torch.float64
    d = difference.to(wide).flatten(-2)
    direction = normalize(onto.to(wide).flatten(-2), dim=-1)
    parallel = (d * direction).sum(-1, keepdim=True) * direction
    shape, dtype = difference.shape, difference.dtype
    return parallel.view(shape).to(dtype), (d - parallel).view(shape).to(dtype)


def cfg_star(cond: Tensor, null: Tensor, scale: float, *, is_zeroed: bool = False) -> Tensor:
    """CFG-Zero*: the null prediction is first brought to the length that fits the conditional one.

    is_zeroed  the very first steps are skipped, because their prediction is worse than none

    Source: Fan et al., arXiv 2503.18886.
    """
    if is_zeroed:
        return torch.zeros_like(cond)
    c, n = cond.flatten(1), null.flatten(1)
    alpha = (c * n).sum(1) / (n.square().sum(1) + 1e-8)
    return cfg(cond, null * alpha.view(-1, 1, 1, 1), scale)


def double_condition(cond: Tensor, text: Tensor, null: Tensor, text_scale: float, lyric_scale: float) -> Tensor:
    """Tags and lyrics, each with a scale of its own."""
    return (1 - text_scale) * null + (text_scale - lyric_scale) * text + lyric_scale * cond


def guided_range(steps: int, interval: float) -> range:
    """Which model calls are guided: the middle `interval` of `steps`.

    Heun's calls, nearly twice as many, are counted with the same numbers: its interval lies earlier than it seems.
    """
    return range(int(steps * ((1 - interval) / 2)), int(steps * (interval / 2 + 0.5)))


class Guidance:
    """What one sampling run does with its predictions, call by call."""

    def __init__(self, settings: Settings, steps: int) -> None:
        self.settings = settings
        self.is_on = settings.guidance_scale not in (0.0, 1.0)
        self.is_double = settings.guidance_scale_text > 1 and settings.guidance_scale_lyric > 1
        self.range = guided_range(steps, settings.guidance_interval) if self.is_on else range(0)
        self.momentum = Momentum(settings.apg_momentum)

    def guides(self, index: int) -> bool:
        """True if model call `index` needs the null prediction too."""
        return index in self.range

    def scale(self, index: int) -> float:
        """The scale at call `index`: constant, or falling towards the minimum."""
        chosen, decay = self.settings.guidance_scale, self.settings.guidance_interval_decay
        last = len(self.range) - 1
        if decay == 0 or last == 0:
            return chosen
        progress = (index - self.range.start) / last
        return chosen - (chosen - self.settings.min_guidance_scale) * progress * decay

    def combine(self, index: int, predictions: list[Tensor]) -> Tensor:
        """One velocity from [cond, null] or, with double condition, [cond, text, null]."""
        cond, *text, null = predictions
        s = self.settings
        if text:
            return double_condition(cond, text[0], null, s.guidance_scale_text, s.guidance_scale_lyric)
        if s.cfg_type == "cfg":
            return cfg(cond, null, self.scale(index))
        if s.cfg_type == "cfg_star":
            return cfg_star(cond, null, self.scale(index), is_zeroed=s.use_zero_init and index <= s.zero_steps)
        return guided_apg(s, self.momentum, cond, null, self.scale(index))


def guided_apg(settings: Settings, momentum: Momentum | None, cond: Tensor, null: Tensor, scale: float) -> Tensor:
    """`apg` with the constants of the settings."""
    eta, threshold = settings.apg_eta, settings.apg_norm_threshold
    return apg(cond, null, scale, momentum=momentum, eta=eta, norm_threshold=threshold)
