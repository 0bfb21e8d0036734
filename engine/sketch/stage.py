"""Stage: what every player sees while a part is written: chords, sections, the beat, and the human touch."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

import numpy as np

from engine.sketch.dice import Dice
from engine.sketch.meter import Hit, Meter, lay_out
from engine.sketch.score import Chord, Note, Plan, Section
from engine.sketch.styles import STYLES, Style
from engine.sketch.theory import Key

LONGEST_HOLD_SECONDS = 6.0
SHORTEST_STEP_SECONDS = 0.07


@dataclass
class Stage:
    """Shared by all players; nothing in it changes while they write."""

    plan: Plan
    key: Key
    sections: tuple[Section, ...]
    chords: tuple[Chord, ...]
    dice: Dice
    _starts: list[float] = field(init=False)

    def __post_init__(self) -> None:
        self._starts = [chord.start for chord in self.chords]

    @property
    def style(self) -> Style:
        return STYLES[self.plan.style]

    def line(self, bar: int) -> float:
        """The beat on which a bar begins."""
        return self.plan.grid.line(bar)

    def chord_at(self, beat: float) -> Chord:
        return self.chords[max(0, bisect_right(self._starts, beat + 1e-6) - 1)]

    def section_of(self, bar: int) -> Section:
        return next((each for each in self.sections if each.bar <= bar < each.bar + each.bars), self.sections[-1])

    def is_fill(self, bar: int) -> bool:
        """The last bar of a section of four or more, with more music after it."""
        section = self.section_of(bar)
        return section.bars >= 4 and bar == section.bar + section.bars - 1

    def pick(self, choice: str, options: tuple[str, ...], section: Section) -> str:
        """One of the options, the same for every section of that name."""
        kinds = ("verse", "lift", "intro", "break", "ending")
        return str(self.dice.roll(choice, kinds.index(section.name)).choice(options))

    def hits(self, rhythm: str, bar: int) -> list[Hit]:
        """The rhythm in this bar, in beats of the score, swung; what would be too fast to play is left out."""
        line, after, meter = self.line(bar), self.line(bar + 1), self.plan.grid.meter_of(bar)
        step = 60 / self.plan.grid.bpm_at(line) / 4
        found = []
        for hit in lay_out(rhythm, meter):
            on_eighth = abs(hit.beat * 2 - round(hit.beat * 2)) < 1e-6
            if step < SHORTEST_STEP_SECONDS and not on_eighth:
                continue
            start, end = self._swung(hit.beat, meter), self._swung(hit.beat + hit.length, meter)
            if line + start < after - 1e-6:
                found.append(Hit(line + start, hit.symbol, min(end - start, after - line - start)))
        return found

    def _swung(self, beat: float, meter: Meter) -> float:
        """Late off-beats: the middle of each pair of notes moves back. Bars felt in three eighths are left alone."""
        if any(length not in (1.0, 2.0, 4.0) for _, length in meter.pulses()):
            return beat
        ratio = min(0.7, max(0.5, self.style.swing + self.plan.feel.swing))
        unit = self.style.swing_unit if ratio > 0.5 else 0.5
        pair, inside = divmod(beat / (2 * unit), 1)
        moved = inside * ratio * 2 if inside <= 0.5 else ratio + (inside - 0.5) * (1 - ratio) * 2
        return float((pair + moved) * 2 * unit)

    def touched(self, notes: list[Note], roll: np.random.Generator, loose_seconds: float = 0.004) -> list[Note]:
        """Small unevenness of time and force; a note on a bar line stays on it to the sample."""
        grid = self.plan.grid
        late = np.clip(roll.normal(0, loose_seconds, len(notes)), -0.012, 0.012)
        force = roll.normal(0, 4, len(notes))
        found = []
        for note, shift, more in zip(notes, late, force, strict=True):
            start = note.start
            if not grid.is_line(start):
                start += float(shift) * grid.bpm_at(start) / 60
            velocity = int(np.clip(note.velocity + more, 8, 127))
            found.append(Note(start, note.length, note.pitch, velocity))
        return found

    def held(self, start: float, length: float) -> list[tuple[float, float]]:
        """A long hold as pieces that end where the chord changes, none longer than an instrument can hold."""
        pieces: list[tuple[float, float]] = []
        at, end = start, start + length
        while at < end - 1e-6:
            chord = self.chord_at(at)
            change = chord.start + chord.length
            longest = LONGEST_HOLD_SECONDS * self.plan.grid.bpm_at(at) / 60
            stop = min(end, change if change > at + 1e-6 else end, at + longest)
            pieces.append((at, stop - at))
            at = stop
        return pieces
