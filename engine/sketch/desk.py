"""Desk: what the planner has before it: the request, its words understood, an earlier score, and what it may hear."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bridge_server.protocol.requests import Accompany, Edit, Extend, Generate, Layer, Repaint
from engine.sketch.earlier import Earlier
from engine.sketch.hearing_time import Attacks, rises
from engine.sketch.loudness import loudness
from engine.sketch.score import Score
from engine.sketch.tags import Wishes
from engine.watch import Watch
from engine.work import Work

Composed = Generate | Repaint | Extend | Layer | Accompany | Edit
"""The requests that new music is written for."""


@dataclass
class Desk:
    """Everything on the planner's desk."""

    work: Work
    request: Composed
    wishes: Wishes
    score: Score | None
    earlier: Earlier | None
    watch: Watch
    notes: list[str] = field(default_factory=list)
    tempo_heard: bool = False

    @property
    def context(self) -> NDArray[np.float32]:
        return self.work.context

    @property
    def listens_to_target(self) -> bool:
        """Layers and backings follow what sounds under them; a repaint that keeps some of the old must fit it."""
        if isinstance(self.request, Repaint):
            return self.request.strength < 1 and self.earlier is None
        if isinstance(self.request, Edit):
            return self.earlier is None
        return isinstance(self.request, Layer | Accompany)

    def stretches(self) -> list[tuple[int, int]]:
        """[start, end) in samples of the context that may be listened to."""
        if isinstance(self.request, Generate):
            return []
        if self.listens_to_target:
            return [(0, self.context.shape[1])]
        found, at = [], 0
        for target in self.work.targets:
            found.append((at, target.start))
            at = target.end
        found.append((at, self.context.shape[1]))
        return [(start, end) for start, end in found if end > start]

    @cached_property
    def around(self) -> NDArray[np.float32]:
        """(C, T) of all that may be listened to, one stretch after another."""
        stretches = self.stretches()
        if len(stretches) == 1:
            return self.context[:, stretches[0][0] : stretches[0][1]]
        return np.concatenate([self.context[:, start:end] for start, end in stretches] or [self.context[:, :0]], axis=1)

    @cached_property
    def level(self) -> float | None:
        """LUFS of the surroundings; None where there are none to be heard."""
        return loudness(self.around, self.watch) if self.around.shape[1] else None

    @cached_property
    def rising(self) -> Attacks:
        """The attacks of the surroundings."""
        return rises(self.around, self.watch)
