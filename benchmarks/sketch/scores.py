"""The pieces that ears are tried on: 200 scores of ours in every style, with the truth about each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.sketch import other_synth
from bridge_server.protocol.requests import Generate
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Music
from engine.sketch.composer import compose
from engine.sketch.dice import Dice
from engine.sketch.planning import make_plan
from engine.sketch.score import Score
from engine.sketch.styles import STYLES
from engine.sketch.theory import FLATS, Key
from engine.watch import Watch
from engine.work import Work

RATE = 48_000
SECONDS, MOST_LEAD = 16.0, 10.0
"""Seconds of a piece, and the most that is cut away in front: up to four bars."""


@dataclass(frozen=True)
class Piece:
    """A recording and the truth about it.

    tuning     what it was played faster by, pitch and all
    stretch    what it was slowed down by, at its pitch
    lead       samples of the score that were cut away in front
    """

    score: Score
    audio: NDArray[np.float32]
    lead: int
    tuning: float = 1.0
    stretch: float = 1.0

    @property
    def key(self) -> Key:
        return self.score.key

    @property
    def bpm(self) -> float:
        return self.score.plan.grid.bpm * self.tuning / self.stretch

    @property
    def bar_seconds(self) -> float:
        return self.score.plan.grid.meter.beats * 60 / self.bpm

    @property
    def phase_seconds(self) -> float:
        """From the last bar line to the first sample."""
        return self.lead / RATE / self.tuning * self.stretch % self.bar_seconds

    def changed(self, audio: NDArray[np.float32], *, tuning: float = 1.0, stretch: float = 1.0) -> Piece:
        return replace(self, audio=audio, tuning=tuning, stretch=stretch)


def score_of(tags: str, seconds: float, seed: int, music: Music | None = None) -> Score:
    """What sketch composes for a new piece."""
    span = Span(0, round(seconds * RATE), RATE)
    request = Generate(job="measured", tags=tags, music=music or Music(), span=span)
    silence = np.zeros((2, span.length), dtype=np.float32)
    plan, _ = make_plan(Work(request=request, context=silence, targets=(span,)), request, Watch())
    return compose(plan, Dice(((seed, 1.0),)), Watch())


def pieces(count: int, first: int = 0) -> Iterator[Piece]:
    """Piece after piece: styles in turn, keys by chance, tempos around the style's own, cut anywhere in four bars."""
    for number in range(first, first + count):
        dice = np.random.default_rng(1000 + number)
        style = list(STYLES)[number % len(STYLES)]
        mode, tonic = str(dice.choice(["major", "minor"])), FLATS[int(dice.integers(12))]
        bpm = round(float(np.clip(STYLES[style].bpm * dice.uniform(0.85, 1.15), 60, 180)), 1)
        music = Music(bpm=bpm, key=f"{tonic} {mode}")
        score = score_of(f"{style}, loop", SECONDS + MOST_LEAD, number, music)
        lead = int(dice.uniform(0, min(MOST_LEAD, 16 * 60 / bpm)) * RATE)
        audio = other_synth.play(score, number)[:, lead : lead + round(SECONDS * RATE)]
        yield Piece(score, audio, lead)
