"""Earlier: a score that the source take kept, moved to where its music lies in the new request."""

from __future__ import annotations

from dataclasses import dataclass

from engine.sketch.grid import Grid
from engine.sketch.score import Chord, Note, Score
from engine.work import Work

HULL_START = "hull_start"
"""Given with kept latents: where the first sample that they stand for lies in the context, in samples."""


@dataclass(frozen=True)
class Earlier:
    """An earlier score and how many seconds after its beginning the new music begins."""

    score: Score
    later_seconds: float

    def grid(self) -> Grid:
        """Its own bars, seen from the beginning of the new music."""
        return self.score.plan.grid.later(self.later_seconds)

    def chords(self, grid: Grid) -> tuple[Chord, ...]:
        """Its chords by the new grid; halves of bars are listed one by one, as heard ones are."""
        found = []
        for chord in self.score.chords:
            start, end = self._moved(chord.start, grid), self._moved(chord.start + chord.length, grid)
            bar = grid.bar_of(start + 0.02)
            while grid.line(bar) < end - 0.02:
                for at, length in grid.halves(bar):
                    if start - 0.02 <= at < end - 0.02:
                        found.append(Chord(at, length, chord.root, _triad(chord.quality)))
                bar += 1
        return tuple(found)

    def notes(self, grid: Grid) -> dict[str, tuple[Note, ...]]:
        """Its notes by the new grid, each at its own moment."""

        def moved(note: Note) -> Note:
            start, end = self._moved(note.start, grid), self._moved(note.start + note.length, grid)
            return Note(start, end - start, note.pitch, note.velocity)

        return {part.role: tuple(moved(note) for note in part.notes) for part in self.score.parts}

    def _moved(self, beat: float, grid: Grid) -> float:
        return grid.beat(self.score.plan.grid.sample(beat) - round(self.later_seconds * grid.rate))


def _triad(quality: str) -> str:
    return "dim" if quality in ("dim", "m7b5") else "min" if quality.startswith("m") and quality[1] != "a" else "maj"


def find_earlier(score: Score | None, work: Work) -> Earlier | None:
    """The kept score in its place; None if there is none or its place is not known."""
    if score is None or HULL_START not in work.latents:
        return None
    start = float(work.latents[HULL_START].astype(float))
    return Earlier(score, (work.hull.start - start) / work.hull.rate)
