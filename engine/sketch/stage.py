"""Stage: what every player sees while a part is written: chords, sections, the beat, and the human touch."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

import numpy as np

from engine.sketch import timefeel, touch
from engine.sketch.dice import Dice
from engine.sketch.form import PEAKS
from engine.sketch.meter import Hit, Meter, lay_out
from engine.sketch.score import Chord, Note, Plan, Section
from engine.sketch.section_names import KINDS
from engine.sketch.styles import STYLES, Style
from engine.sketch.theory import Key

LONGEST_HOLD_SECONDS = 6.0
SHORTEST_STEP_SECONDS = 0.07


@dataclass
class Stage:
    """Shared by all players; nothing in it changes while they write.

    `chords` may go on with one after the music, the one that the last bar leads to.
    """

    plan: Plan
    key: Key
    sections: tuple[Section, ...]
    chords: tuple[Chord, ...]
    dice: Dice
    _starts: list[float] = field(init=False)
    _onward: frozenset[int] = field(init=False)
    _sung: tuple[tuple[float, float], ...] = field(init=False)

    def __post_init__(self) -> None:
        grid = self.plan.grid
        self._starts = [chord.start for chord in self.chords]
        # The bar that ends where other music goes on, if nearly all of it is ours to play.
        self._onward = frozenset(grid.bar_of(grid.beat(end) - 0.1) for end in self.plan.onward)
        self._sung = tuple((grid.beat(start), grid.beat(end)) for start, end in self.plan.singing)

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

    def energy(self, bar: int) -> float:
        """Of a bar, 0 … 1: its section's, as far as that has risen."""
        section = self.section_of(bar)
        share = (bar - section.bar) / max(1, section.bars - 1)
        return min(1.0, max(0.02, section.energy + section.rise * share))

    def next_section(self, bar: int) -> Section | None:
        """The section that begins after this bar, if one does."""
        section = self.section_of(bar)
        if bar != section.bar + section.bars - 1:
            return None
        return next((each for each in self.sections if each.bar == bar + 1), None)

    def leads_on(self, bar: int) -> bool:
        """Does other music go on after this bar, so that it has to lead back into that?"""
        return bar in self._onward

    def is_fill(self, bar: int) -> bool:
        """The last bar of a section of four or more (of any, before a peak), with more music after it."""
        section = self.section_of(bar)
        if bar != section.bar + section.bars - 1:
            return self.leads_on(bar) and section.bars > 1
        following = self.next_section(bar)
        return section.bars >= 4 or (following is not None and following.name in PEAKS) or self.leads_on(bar)

    def rests(self, section: Section) -> bool:
        """Is it a stretch in which a whole band holds back?"""
        return section.name in ("intro", "break") and len(self.sections) > 1

    def is_sung(self, start: float, length: float) -> bool:
        """Does somebody sing at that time, in beats?"""
        return any(start < end and start + length > begin for begin, end in self._sung)

    def pick(self, choice: str, options: tuple[str, ...], section: Section) -> str:
        """One of the options, the same for every section of that name."""
        return str(self.ground.roll(choice, KINDS.index(section.name)).choice(options))

    @property
    def ground(self) -> Dice:
        """The dice for what stays the same throughout: grooves and motifs."""
        return Dice(self.plan.ground) if self.plan.ground else self.dice

    def hits(self, rhythm: str, bar: int, voice: str = "") -> list[Hit]:
        """The rhythm in this bar, in beats of the score, in the time feel; what would be too fast is left out.

        `voice` as in `timefeel.paced`; without it the rhythm keeps its own pace.
        """
        line, after, meter = self.line(bar), self.line(bar + 1), self.plan.grid.meter_of(bar)
        step = 60 / self.plan.grid.bpm_at(line) / 4
        laid = lay_out(rhythm, meter)
        if voice:
            turn = bar - self.section_of(bar).bar
            laid = timefeel.paced(laid, meter, self.plan.time_feel, turn, voice)
        found = []
        for hit in laid:
            on_eighth = abs(hit.beat * 2 - round(hit.beat * 2)) < 1e-6
            if step < SHORTEST_STEP_SECONDS and not on_eighth:
                continue
            start, end = self._swung(hit.beat, meter), self._swung(hit.beat + hit.length, meter)
            if line + start < after - 1e-6:
                found.append(Hit(line + start, hit.symbol, min(end - start, after - line - start)))
        return found

    def _swung(self, beat: float, meter: Meter) -> float:
        """Late off-beats: the middle of each pair of notes moves back. Bars felt in three eighths swing sixteenths."""
        ratio, unit = timefeel.swing_of(self.plan.style, self.plan.time_feel, self.plan.feel.swing)
        if any(length not in (1.0, 2.0, 4.0) for _, length in meter.pulses()):
            if self.plan.time_feel != "swing":
                return beat
            unit = 0.25
        pair = np.floor(beat / (2 * unit) + 1e-9)
        inside = max(0.0, beat / (2 * unit) - pair)
        moved = inside * ratio * 2 if inside <= 0.5 else ratio + (inside - 0.5) * (1 - ratio) * 2
        return float((pair + moved) * 2 * unit)

    def touched(
        self, notes: list[Note], roll: np.random.Generator, loose_seconds: float = 0.004, role: str = ""
    ) -> list[Note]:
        """Time and force as a player of that role gives them; a note on a bar line stays on it to the sample."""
        grid, style = self.plan.grid, self.plan.style
        late = (roll.normal(0, loose_seconds, len(notes)) * touch.looseness(style)).tolist()
        force = (roll.normal(0, 4, len(notes)) * touch.looseness(style)).tolist()
        found = []
        for note, shift, more in zip(notes, late, force, strict=True):
            start, bar = note.start, grid.bar_of(note.start + 1e-6)
            line, meter = grid.line(bar), grid.meter_of(bar)
            inside = start - line
            if inside > 1e-6:
                moved = shift + touch.lean(style, role, note.pitch)
                start += min(touch.MOST_SECONDS, max(-touch.MOST_SECONDS, moved)) * grid.bpm_at(start) / 60
            place = ((bar - self.section_of(bar).bar) % 4 + inside / grid.beats_of(bar)) / 4
            shaped = note.velocity + more + touch.accent(inside, meter, role) + touch.arc(min(place, 1.0), role)
            found.append(Note(start, note.length, note.pitch, int(min(127, max(8, shaped)))))
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
