"""Performance: one take, from noise and old latents to new latents, with what must stay put back at every step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from bridge_server.protocol.requests import Repaint
from engine.backends.ace_15.capabilities import HOP, RATE
from engine.backends.ace_15.listening import PATCH, STEP, Heard
from engine.backends.ace_15.noise import SECOND_PASS, noise_for
from engine.backends.ace_15.pipeline import SongPipeline
from engine.backends.ace_15.task import Task
from engine.backends.ace_15.variant import Defaults
from engine.backends.ace_15.words import Words
from engine.frames import Frames, Grid
from engine.work import Work

Stepped = Callable[[int, int, Tensor], None]
"""Called after each step with steps done, steps in all and the model's guess of the clean latents (F, D)."""


@dataclass(frozen=True)
class Made:
    """Latents (F, D) of a take, frame 0 of them being frame 0 of the grid, and what was there before."""

    latents: Tensor
    before: Tensor | None
    grid: Grid


@dataclass(frozen=True)
class Performance:
    """Everything but the seed. `reference` is audio (2, T) whose timbre is wanted; None for none."""

    pipeline: SongPipeline
    work: Work
    task: Task
    words: Words
    heard: Heard | None
    reference: Tensor | None = None

    def take(self, seed: int, stepped: Stepped) -> Made:
        """Let the model do what the request asks for, a part after the other. Lets through what `stepped` raises."""
        targets = self.targets
        source = self.heard.latents if self.heard else None
        grid = self.heard.grid if self.heard else Grid(STEP * 0 + self.work.hull.start, STEP)
        made = source
        for number, region in enumerate(targets):
            size = self._frames, int(self.pipeline.transformer.config.audio_acoustic_hidden_dim)
            noise = noise_for(seed, self.work.origin, size, key=SECOND_PASS * number)
            made = _Pass(self, region, made, noise, _share(stepped, number, len(targets))).run()
        assert made is not None
        return Made(made, source if isinstance(self.work.request, Repaint) else None, grid)

    @property
    def targets(self) -> tuple[Frames | None, ...]:
        """What is made in each pass: of an extension to both sides the right first, for the left to know it."""
        if self.heard is None or not self.task.keeps_surroundings:
            return (None,)
        whole = Frames(0, self.heard.frames)
        found = [self.heard.grid.over(target) for target in reversed(self.work.targets)]
        return tuple(Frames(max(each.start, 0), min(each.end, whole.end)) for each in found)

    @property
    def _frames(self) -> int:
        if self.heard is not None:
            return self.heard.frames
        count = -(-self.work.hull.length // HOP)
        return count + count % PATCH


@dataclass(frozen=True)
class _Pass:
    """One call of the pipeline. `region` is what is new; None where everything is."""

    performance: Performance
    region: Frames | None
    source: Tensor | None
    noise: Tensor
    stepped: Stepped

    def run(self) -> Tensor:
        """Latents (F, D) float32 on the CPU."""
        pipeline, task = self.performance.pipeline, self.performance.task
        sigmas = schedule(task.settings, task.strength)
        start = self.noise
        if sigmas[0] < 1 and self.source is not None:
            start = sigmas[0] * self.noise + (1 - sigmas[0]) * self.source
        pipeline.source = self.source[None] if self.source is not None else None
        pipeline.frames = None if self.source is not None else int(self.noise.shape[0])
        try:
            found = pipeline(
                **self.performance.words.arguments,
                **task.arguments,
                **self._place(pipeline),
                task_type=task.kind,
                timesteps=sigmas,
                num_inference_steps=len(sigmas),
                guidance_scale=task.settings.guidance,
                shift=task.settings.shift,
                latents=start[None],
                reference_audio=self.performance.reference,
                output_type="latent",
                callback_on_step_end=_Held(self, sigmas, start),
            )
        finally:
            pipeline.source = pipeline.frames = None
            pipeline.maybe_free_model_hooks()  # returning latents, or leaving early, the pipeline does not
        made: Tensor = found.audios[0].to("cpu", torch.float32)
        if self.region is not None and self.source is not None:  # exactly, where the model computes less precisely
            made[: self.region.start] = self.source[: self.region.start]
            made[self.region.end :] = self.source[self.region.end :]
        return made

    def _place(self, pipeline: SongPipeline) -> dict[str, Any]:
        """How long the music is, and which part of it is new."""
        frames = int(self.noise.shape[0])
        if self.source is None:
            return {"audio_duration": frames * HOP / RATE}
        audio = torch.zeros(1).expand(2, frames * HOP)  # only its length is looked at: its latents are known
        place: dict[str, Any] = {"audio_duration": None, "src_audio": audio}
        if self.region is not None:
            # A little inside the frame, as the pipeline rounds seconds down to frames.
            edges = self.region.start + 0.25, self.region.end + 0.25
            place["repainting_start"], place["repainting_end"] = (edge / pipeline.latents_per_second for edge in edges)
        return place


def schedule(settings: Defaults, strength: float) -> list[float]:
    """Shares of noise before each step, from 1 or less towards 0; a repaint of strength below 1 leaves the first out.

    >>> [round(sigma, 4) for sigma in schedule(Defaults(8, 1.0, 3.0), 1.0)]
    [1.0, 0.9545, 0.9, 0.8333, 0.75, 0.6429, 0.5, 0.3]
    """
    steps, shift = settings.steps, settings.shift
    linear = [1 - step / steps for step in range(steps)]
    sigmas = [shift * each / (1 + (shift - 1) * each) for each in linear]
    return sigmas[min(round((1 - strength) * steps), steps - 1) :]


class _Held:
    """After each step: what must stay is put back, with as much noise as the rest has; then somebody may stop us."""

    def __init__(self, of: _Pass, sigmas: list[float], start: Tensor) -> None:
        self._of, self._sigmas, self._last = of, [*sigmas, 0.0], start
        self._still: tuple[Tensor, Tensor] | None = None

    def __call__(self, pipeline: Any, step: int, timestep: float, given: dict[str, Tensor]) -> dict[str, Tensor]:
        latents = given["latents"]
        now, then = self._sigmas[step + 1], self._sigmas[step]
        if self._of.region is not None and self._of.source is not None:
            latents = self._put_back(latents, now)
        guess = latents[0]
        if now > 0:
            guess = guess - now * (self._last.to(guess) - guess) / (then - now)
        self._last = latents[0]
        self._of.stepped(step + 1, len(self._sigmas) - 1, guess)
        return {"latents": latents}

    def _put_back(self, latents: Tensor, sigma: float) -> Tensor:
        region = self._of.region
        assert region is not None
        if self._still is None:
            assert self._of.source is not None
            self._still = self._of.noise.to(latents), self._of.source.to(latents)
        noise, source = self._still
        held = sigma * noise + (1 - sigma) * source
        held[region.start : region.end] = latents[0, region.start : region.end]
        return held[None]


def _share(stepped: Stepped, number: int, count: int) -> Stepped:
    """Steps of one pass as steps of all."""
    return lambda done, total, guess: stepped(number * total + done, count * total, guess)
