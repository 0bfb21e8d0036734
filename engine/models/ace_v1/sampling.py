"""Sampling: from noise to latents, one model call after another. What every task shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from engine.models.ace_v1.branches import BranchedModel, guidance_branches
from engine.models.ace_v1.guidance import Guidance
from engine.models.ace_v1.noise import NoiseSource
from engine.models.ace_v1.prompt import Prompt, PromptEncoder
from engine.models.ace_v1.samplers import Sampler
from engine.models.ace_v1.schedule import Schedule
from engine.models.ace_v1.settings import Settings
from engine.models.ace_v1.transformer import Transformer


class Progress:
    """Tells how many of the model calls are done, and lets somebody listen half-way.

    on_step     called with (done, total) after every call; what it raises ends the run
    on_preview  called once, half-way, with a guess of the music: latents (B, 8, 16, F) of the stretch being worked on
    """

    def __init__(
        self,
        on_step: Callable[[int, int], None] | None = None,
        on_preview: Callable[[Tensor], None] | None = None,
    ) -> None:
        self._on_step, self._on_preview = on_step, on_preview
        self.done = self.total = 0

    def expect(self, calls: int) -> None:
        """So many more model calls will come."""
        self.total += calls

    @property
    def wants_preview(self) -> bool:
        """True in the middle, if somebody listens."""
        return self._on_preview is not None and self.done == self.total // 2

    def preview(self, guess: Tensor) -> None:
        """Hand out the guess."""
        if self._on_preview is not None:
            self._on_preview(guess)

    def step(self) -> None:
        """One more call is done."""
        self.done += 1
        if self._on_step is not None:
            self._on_step(self.done, self.total)


@dataclass(frozen=True)
class Run:
    """What a task needs besides its own arguments.

    model         the transformer, on its device
    prompt        the words, on the same device
    noise         feeds as many variants, B, as are made at once
    retake_noise  what retake, repaint, extend and edit draw in addition; None where it is not needed
    """

    model: Transformer
    prompt: Prompt
    settings: Settings
    noise: NoiseSource
    retake_noise: NoiseSource | None = None
    progress: Progress = field(default_factory=Progress)

    @property
    def batch(self) -> int:
        """B, variants made at once."""
        return self.noise.batch

    @property
    def dtype(self) -> torch.dtype:
        """What latents are kept in between model calls: float32; in compatible mode, the model's precision."""
        return self.model.dtype if self.settings.compatible else torch.float32

    @property
    def device(self) -> torch.device:
        """Where the words are, and so the model."""
        return self.prompt.text.device

    def draw(self, frames: int) -> Tensor:
        """First noise, (B, 8, 16, frames)."""
        return self.noise.draw(frames).to(self.device, self.dtype)

    def draw_retake(self, frames: int) -> Tensor:
        """Second noise, (B, 8, 16, frames). Raises ValueError if there is none."""
        if self.retake_noise is None:
            raise ValueError("retake_noise is missing, but this task mixes two noises.")
        return self.retake_noise.draw(frames).to(self.device, self.dtype)

    def admit(self, source: Tensor) -> Tensor:
        """Source latents (1 or B, 8, 16, F) as B rows on the device. Raises ValueError if they cannot be used."""
        if source.ndim != 4 or source.shape[1:3] != (8, 16) or source.shape[3] == 0:
            raise ValueError(f"The source latents are {tuple(source.shape)}, but must be (B, 8, 16, frames).")
        if source.shape[0] not in (1, self.batch):
            raise ValueError(f"There are {source.shape[0]} sources, but {self.batch} variants.")
        if not torch.isfinite(source).all():
            raise ValueError("The source latents hold values that are not finite numbers.")
        return source.to(self.device, self.dtype).expand(self.batch, -1, -1, -1)


class GuidedModel:
    """The model's velocity with guidance, from call `first` on. Only guided calls pay for the weak condition."""

    def __init__(self, run: Run, schedule: Schedule, first: int = 0) -> None:
        self.guidance = Guidance(run.settings, schedule.steps)
        is_guided = any(self.guidance.guides(index) for index in range(first, schedule.calls))
        encoder = PromptEncoder(run.model, run.prompt, run.settings, run.batch)
        branches = guidance_branches(encoder, is_guided, self.guidance.is_double)
        self.model = BranchedModel(run.model, branches, is_separate=run.settings.separate_passes)
        self.timesteps = schedule.timesteps.to(run.device)
        self.dtype = run.dtype

    def velocity(self, index: int, latents: Tensor) -> Tensor:
        """The velocity of model call `index` at `latents`, both (B, 8, 16, F)."""
        timestep = self.timesteps[index : index + 1]
        if not self.guidance.guides(index):
            return self.model.velocities([latents], timestep)[0].to(self.dtype)
        predictions = self.model.velocities([latents] * self.model.count, timestep)
        return self.guidance.combine(index, [prediction.to(self.dtype) for prediction in predictions])


def integrate(run: Run, schedule: Schedule, sampler: Sampler, latents: Tensor, first: int = 0) -> Tensor:
    """Walk `latents` (B, 8, 16, F) down the schedule, from model call `first` to the end.

    The caller has told `run.progress` how many calls to expect. Nothing here waits for the device, so that the next
    call is queued while the last one runs.
    Raises FloatingPointError if the model's numbers ran out of their range.
    """
    model = GuidedModel(run, schedule, first)
    for index in range(first, schedule.calls):
        velocity = model.velocity(index, latents)
        if run.progress.wants_preview:
            run.progress.preview(latents - schedule.sigmas[index] * velocity)
        latents = sampler.step(index, velocity, latents)
        run.progress.step()
    return checked(latents)


def checked(latents: Tensor) -> Tensor:
    """`latents`, if all of them are finite numbers. Raises FloatingPointError."""
    if not torch.isfinite(latents).all():
        raise FloatingPointError("The model's numbers ran out of their range; another seed or precision may help.")
    return latents
