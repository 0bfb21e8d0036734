"""Branches: one model asked under several conditions, with and without the words, at the same time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.models.ace_v1.conditions import Conditions
from engine.models.ace_v1.prompt import PromptEncoder
from engine.models.ace_v1.transformer import Transformer

FRAMES_THAT_FILL_A_CPU = 256
"""Frames in a batch from which on a second condition in it gains nothing (24 s; measured in `benchmarks`)."""


@dataclass(frozen=True)
class Branch:
    """One condition under which the model is asked.

    query_scale  below 1 evens out what the frames listen to (ERG in the transformer)
    """

    conditions: Conditions
    query_scale: float = 1.0


def guidance_branches(encoder: PromptEncoder, is_guided: bool, is_double: bool) -> list[Branch]:
    """[full], [full, weak] or, with double condition, [full, text only, weak]."""
    settings = encoder.settings
    branches = [Branch(encoder.full())]
    if is_guided and is_double:
        branches.append(Branch(encoder.text_only()))
    if is_guided:
        branches.append(Branch(encoder.weak(), settings.erg_temperature if settings.use_erg_diffusion else 1.0))
    return branches


class BranchedModel:
    """The model under several conditions at once: all rows in one batch, or one condition after another.

    One batch is faster, for the weights are read once; one after another takes less memory. On a CPU it is the other
    way round once a condition by itself keeps it busy: what a batch computes no longer fits the processor's caches.
    """

    def __init__(self, model: Transformer, branches: Iterable[Branch], *, is_separate: bool = False) -> None:
        self.model = model
        self.branches = list(branches)
        self.is_separate = is_separate
        self._joined: dict[range, tuple[Conditions, Tensor | None]] = {}

    @property
    def count(self) -> int:
        """How many branches there are."""
        return len(self.branches)

    def velocities(self, latents: list[Tensor], timestep: Tensor, first: int = 0) -> list[Tensor]:
        """Velocities (B, 8, 16, F), one for each of `latents`, which go with the branches from `first` on.

        latents   each (B, 8, 16, F)
        timestep  (1,) in 0…1000
        """
        which = range(first, first + len(latents))
        if self.is_separate or _fills_the_processor(latents[0]):
            return [self._ask(part, timestep, range(i, i + 1)) for part, i in zip(latents, which, strict=True)]
        velocity = self._ask(torch.cat(latents), timestep, which)  # (len(latents)·B, 8, 16, F)
        return list(velocity.chunk(len(latents)))

    def _ask(self, latents: Tensor, timestep: Tensor, which: range) -> Tensor:
        if which not in self._joined:
            self._joined[which] = self._join([self.branches[i] for i in which], latents.device)
        conditions, query_scale = self._joined[which]
        velocity: Tensor = self.model(latents, timestep, conditions, query_scale=query_scale)
        return velocity

    @staticmethod
    def _join(branches: list[Branch], device: torch.device) -> tuple[Conditions, Tensor | None]:
        conditions = (
            branches[0].conditions if len(branches) == 1 else Conditions.cat([branch.conditions for branch in branches])
        )
        scales = [branch.query_scale for branch in branches for _ in range(branch.conditions.batch)]
        return conditions, None if all(scale == 1 for scale in scales) else torch.tensor(scales, device=device)


def _fills_the_processor(latents: Tensor) -> bool:
    return latents.device.type == "cpu" and latents.shape[0] * latents.shape[-1] > FRAMES_THAT_FILL_A_CPU
