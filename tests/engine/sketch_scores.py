"""Scores without their sound, and how parts of them are looked at."""

from __future__ import annotations

from functools import lru_cache

from bridge_server.protocol.values import Music
from engine.sketch.composer import compose
from engine.sketch.dice import Dice
from engine.sketch.planning import make_plan
from engine.sketch.score import Chord, Note, Score
from engine.watch import Watch
from engine.work import Work
from tests.engine.sketch_work import generate


def written(work: Work, seed: int = 1) -> Score:
    plan, _ = make_plan(work, work.request, Watch())  # type: ignore[arg-type]
    return compose(plan, Dice(((seed, 1.0),)), Watch())


@lru_cache(maxsize=512)
def piece(tags: str, seconds: float, seed: int = 1, music: Music | None = None) -> Score:
    """A piece from tags alone; the same one is written only once."""
    return written(generate(tags, seconds, music), seed)


def said(work: Work) -> list[str]:
    """The notes for the user that planning leaves."""
    return make_plan(work, work.request, Watch())[1]  # type: ignore[arg-type]


def notes_of(score: Score, *roles: str) -> list[Note]:
    return sorted(note for part in score.parts if part.role.split()[0] in roles for note in part.notes)


def chord_at(score: Score, beat: float) -> Chord:
    return next(chord for chord in reversed(score.chords) if chord.start <= beat + 1e-6 or chord is score.chords[0])


def together(notes: list[Note], within: float = 0.12) -> list[tuple[float, tuple[int, ...]]]:
    """(beat, keys from low to high) of each attack; a strum is one attack."""
    attacks: list[tuple[float, list[int]]] = []
    for note in sorted(notes):
        if attacks and note.start - attacks[-1][0] < within:
            attacks[-1][1].append(note.pitch)
        else:
            attacks.append((note.start, [note.pitch]))
    return [(start, tuple(sorted(keys))) for start, keys in attacks]
