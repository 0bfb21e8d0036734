"""Edit: the same performance with other words or in another style.

Flow editing walks the music from the source prompt to the target prompt without inverting it: at every noise level
the difference of two velocities is followed, the target's and the source's, both under the same noise.
Source: FlowEdit, Kulikov et al., arXiv 2412.08629; specification §10.5.
"""

from __future__ import annotations

import torch
from torch import Tensor

from engine.models.ace_v1.branches import Branch, BranchedModel
from engine.models.ace_v1.guidance import Momentum, guided_apg
from engine.models.ace_v1.prompt import Prompt, PromptEncoder
from engine.models.ace_v1.samplers import Euler, PingPong, Sampler
from engine.models.ace_v1.sampling import Run, checked
from engine.models.ace_v1.schedule import Schedule

EDIT_MODES = {"only_lyrics": (0.6, 1.0), "remix": (0.2, 0.4)}
"""edit_n_min and edit_n_max that keep the melody, or may change it."""


@torch.no_grad()
def edit(run: Run, source: Tensor, target: Prompt) -> Tensor:
    """`source`, made with the run's prompt, as it would be with the `target` prompt: (B, 8, 16, F).

    Both prompts are guided by apg at every step; type, interval, ERG, omega and OSS steps play no part.

    source      (1 or B, 8, 16, F)
    compatible  with ping-pong the first phase changes nothing
    """
    music = run.admit(source)
    editor = Editor(run, music, target)
    run.progress.expect(editor.end - editor.begin)
    edited = music
    for index in range(editor.begin, editor.turn):
        edited = editor.follow_difference(index, edited)
    if editor.turn == editor.end:
        return checked(edited)
    latents = edited + editor.noised_source(editor.turn) - music
    for index in range(editor.turn, editor.end):
        latents = editor.follow_target(index, latents)
    return checked(latents)


class Editor:
    """The two prompts, their guidance, and the two kinds of step.

    begin, turn, end  model calls: first one, first one of the second phase (sampling under the target), one past last
    """

    def __init__(self, run: Run, music: Tensor, target: Prompt) -> None:
        settings = run.settings
        self.run, self.music = run, music
        self.schedule = Schedule.even(settings.infer_step)
        self.end = self.schedule.calls
        self.begin, self.turn = int(self.end * settings.edit_n_min), int(self.end * settings.edit_n_max)
        self.timesteps = self.schedule.timesteps.to(run.device)
        self.is_guided = settings.guidance_scale not in (0.0, 1.0)
        branches = [branch for prompt in (run.prompt, target) for branch in self._branches(prompt)]
        self.model = BranchedModel(run.model, branches, is_separate=settings.separate_passes)
        self.source_momentum = Momentum(settings.apg_momentum)
        self.target_momentum = Momentum(settings.apg_momentum)
        is_pingpong = settings.scheduler_type == "pingpong"
        noise = run.noise if run.retake_noise is None else run.retake_noise
        self.sampler: Sampler = PingPong(self.schedule, noise) if is_pingpong else Euler(self.schedule)
        self.skips_difference = is_pingpong and settings.compatible

    def noised_source(self, index: int) -> Tensor:
        """The source at the noise level of call `index`, under new noise."""
        sigma = self.schedule.sigmas[index]
        return (1 - sigma) * self.music + sigma * self.run.draw_retake(self.music.shape[-1])

    def follow_difference(self, index: int, edited: Tensor) -> Tensor:
        """First phase: move the edited music by the difference of the velocities, averaged over noises."""
        if self.run.progress.wants_preview:
            self.run.progress.preview(edited)
        difference = torch.zeros_like(edited)
        count = self.run.settings.edit_n_avg
        for _ in range(count):
            source = self.noised_source(index)
            velocities = self._velocities(index, source, edited + source - self.music)
            difference += (velocities[1] - velocities[0]) / count
        moved = edited if self.skips_difference else self._moved(index, difference, edited)
        if self.skips_difference:  # the reference draws for a step that it then drops
            self.sampler.step(index, difference, edited)
        self.run.progress.step()
        return moved

    def follow_target(self, index: int, latents: Tensor) -> Tensor:
        """Second phase: an ordinary step under the target prompt."""
        predictions = self._ask(index, [latents], self.model.count // 2)
        velocity = self._guided(predictions, self.target_momentum)
        if self.run.progress.wants_preview:
            self.run.progress.preview(latents - self.schedule.sigmas[index] * velocity)
        moved = self.sampler.step(index, velocity, latents)
        self.run.progress.step()
        return moved

    def _moved(self, index: int, velocity: Tensor, latents: Tensor) -> Tensor:
        sigmas = self.schedule.sigmas
        return latents + (sigmas[index + 1] - sigmas[index]) * velocity

    def _branches(self, prompt: Prompt) -> list[Branch]:
        encoder = PromptEncoder(self.run.model, prompt, self.run.settings, self.run.batch)
        return [Branch(encoder.full()), *([Branch(encoder.absent())] if self.is_guided else [])]

    def _velocities(self, index: int, source: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        predictions = self._ask(index, [source, target], 0)
        half = len(predictions) // 2
        return self._guided(predictions[:half], self.source_momentum), self._guided(predictions[half:], None)

    def _ask(self, index: int, latents: list[Tensor], first: int) -> list[Tensor]:
        """Velocities of every latents under its prompt and, if guided, without it."""
        asked = [part for part in latents for _ in range(2 if self.is_guided else 1)]
        velocities = self.model.velocities(asked, self.timesteps[index : index + 1], first)
        return [velocity.to(self.run.dtype) for velocity in velocities]

    def _guided(self, predictions: list[Tensor], momentum: Momentum | None) -> Tensor:
        if not self.is_guided:
            return predictions[0]
        settings = self.run.settings
        return guided_apg(settings, momentum, predictions[0], predictions[1], settings.guidance_scale)
