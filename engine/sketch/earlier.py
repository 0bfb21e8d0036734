"""Earlier: the song that the source take belongs to, seen from where the new music begins.

A take keeps its score and, beside it, the song: all notes that are known around it. Edits replace what lies in their
windows and copy the rest, so that whatever is edited elsewhere stays as it was, note for note.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

import msgspec
import numpy as np

from engine.sketch.grid import Grid
from engine.sketch.score import Chord, Line, Note, Part, Score, Section, Song, Sung, Vocal
from engine.work import Work

HULL_START = "hull_start"
"""Given with kept latents: where the first sample that they stand for lies in the context, in samples."""
SCORE_START = "score_start"
"""Kept with a score that is longer than its take: the sample of it at which the take begins."""
Event = TypeVar("Event", Note, Chord)
_NEAR_LINE = 0.02
_RECENT_BARS = 2.0


def song_of(score: Score) -> Song:
    """The song that a score belongs to; a take that had no earlier one is its own."""
    if score.song is not None:
        return score.song
    return Song(
        score.plan.grid, 0, score.plan.style, score.throws, score.parts, score.chords, score.sections, score.rules,
        score.vocal,
    )  # fmt: skip


@dataclass(frozen=True)
class Earlier:
    """`song.start` is the sample of the song at which the new music begins."""

    song: Song

    @property
    def grid(self) -> Grid:
        """The song's bars, seen from the beginning of the new music."""
        return self.song.grid.later(self.song.start / self.song.grid.rate)

    def chords(self, grid: Grid) -> tuple[Chord, ...]:
        """Its chords by the new grid; halves of bars are listed one by one, as heard ones are."""
        found = []
        for chord in self.song.chords:
            start, end = self._moved(chord.start, grid), self._moved(chord.start + chord.length, grid)
            bar = grid.bar_of(start + _NEAR_LINE)
            while grid.line(bar) < end - _NEAR_LINE:
                for at, length in grid.halves(bar):
                    if start - _NEAR_LINE <= at < end - _NEAR_LINE:
                        found.append(Chord(at, length, chord.root, _triad(chord.quality)))
                bar += 1
        return tuple(found)

    def notes(self, grid: Grid, samples: int) -> dict[str, tuple[Note, ...]]:
        """Its notes in the next `samples` by the new grid, each at its own moment."""
        own, start = self.song.grid, self.song.start

        def sounds(note: Note) -> bool:
            return own.sample(note.start) < start + samples and own.sample(note.start + note.length) > start

        def moved(note: Note) -> Note:
            begin, end = self._moved(note.start, grid), self._moved(note.start + note.length, grid)
            return Note(begin, end - begin, note.pitch, note.velocity)

        return {part.role: tuple(moved(note) for note in part.notes if sounds(note)) for part in self.song.parts}

    def sections(self, grid: Grid) -> tuple[Section, ...]:
        """Its sections in bars of the new grid."""
        found = []
        for section in self.song.sections:
            first, after = (
                grid.bar_of(self._moved(self.song.grid.line(bar), grid) + _NEAR_LINE)
                for bar in (section.bar, section.bar + section.bars)
            )
            if after > first:
                found.append(msgspec.structs.replace(section, bar=first, bars=after - first))
        return tuple(found)

    def hands(self) -> dict[str, tuple[int, ...]]:
        """Role → the keys struck last before the new music, low to high, where that was not long ago."""
        grid, found = self.song.grid, {}
        here = grid.beat(self.song.start)
        for part in self.song.parts:
            recent = [note for note in part.notes if here - _RECENT_BARS * 4 < note.start < here - _NEAR_LINE]
            if recent:
                last = max(note.start for note in recent)
                found[part.role] = tuple(sorted({note.pitch for note in recent if note.start > last - 0.1}))
        return found

    def _moved(self, beat: float, grid: Grid) -> float:
        return grid.beat(self.song.grid.sample(beat) - self.song.start)


def find_earlier(score: Score | None, work: Work) -> Earlier | None:
    """The kept song in its place; None if there is none or its place is not known."""
    later = place_of(work)
    if score is None or later is None:
        return None
    song = song_of(score)
    return Earlier(msgspec.structs.replace(song, start=song.start + later))


def place_of(work: Work) -> int | None:
    """The sample of the kept score at which the new music begins; None if its place is not known."""
    if HULL_START not in work.latents:
        return None
    hull = round(float(work.latents[HULL_START].astype(float)))
    return work.hull.start - hull + round(float(work.latents.get(SCORE_START, np.array(0.0)).astype(float)))


def joined(song: Song, score: Score) -> Song:
    """The song with the score's notes and chords in the windows of its plan; all others are copied as they are."""
    windows = [(start + song.start, end + song.start) for start, end in score.plan.windows]
    parts: dict[str, Part] = {}
    for part in song.parts:
        parts[part.role] = Part(part.role, part.instrument, tuple(_outside(part.notes, song.grid, windows)))
    for part in score.parts:
        old = parts.get(part.role, Part(part.role, part.instrument, ()))
        new = (_brought(note, score.plan.grid, song) for note in part.notes)
        parts[part.role] = Part(old.role, old.instrument, tuple(sorted([*old.notes, *new])))
    chords = [*_outside(song.chords, song.grid, windows)]
    for chord in score.chords:
        moved = _brought(chord, score.plan.grid, song)
        if any(start <= song.grid.sample(moved.start + _NEAR_LINE) < end for start, end in windows):
            chords.append(moved)
    return msgspec.structs.replace(
        song,
        parts=tuple(parts.values()),
        chords=tuple(sorted(chords)),
        sections=_with_new_bars(song, score),
        vocal=_joined_vocal(song, score),
    )


def remembered(score: Score) -> Vocal | None:
    """What was sung over the time of the score before music without words took its place, in beats of the score.

    Phrases that began earlier are left out; None where nothing is left.
    """
    song = score.song
    if song is None or song.vocal is None:
        return None
    grid, samples = score.plan.grid, score.plan.samples
    notes: list[Note] = []
    sung: list[Sung] = []
    for phrase in _phrases(song.vocal):
        if song.grid.sample(phrase[0][0].start) < song.start:
            continue
        for note, syllable in phrase:
            begin, end = (song.grid.sample(beat) - song.start for beat in (note.start, note.start + note.length))
            if begin < samples:
                start = grid.beat(begin)
                notes.append(Note(start, grid.beat(min(end, samples)) - start, note.pitch, note.velocity))
                sung.append(syllable)
    return Vocal(song.vocal.words, tuple(notes), tuple(sung), song.vocal.seed) if notes else None


def _joined_vocal(song: Song, score: Score) -> Vocal | None:
    """The song's phrases, and the score's in place of those that begin in its windows; without any it changes none."""
    new = score.vocal
    if new is None or not new.notes:
        return song.vocal
    windows = [(start + song.start, end + song.start) for start, end in score.plan.windows]
    found: list[tuple[Line, list[tuple[Note, Sung]]]] = []
    for phrase in _phrases(song.vocal) if song.vocal else ():
        first = song.grid.sample(phrase[0][0].start)
        if song.vocal and not any(low <= first < high for low, high in windows):
            found.append((song.vocal.words.lines[phrase[0][1].line], phrase))
    for phrase in _phrases(new):
        moved = [(_brought(note, score.plan.grid, song), syllable) for note, syllable in phrase]
        found.append((new.words.lines[phrase[0][1].line], moved))
    found.sort(key=lambda each: each[1][0][0])
    pairs = [(note, number, each) for number, (_, phrase) in enumerate(found) for note, each in phrase]
    words = msgspec.structs.replace(new.words, lines=tuple(line for line, _ in found))
    sung = (Sung(number, each.syllable, each.text) for _, number, each in pairs)
    return Vocal(words, tuple(note for note, _, _ in pairs), tuple(sung), new.seed)


def _phrases(vocal: Vocal) -> Iterator[list[tuple[Note, Sung]]]:
    """The notes of each line, with what they sing."""
    pairs = zip(vocal.notes, vocal.sung, strict=True)
    for _, phrase in groupby(pairs, key=lambda pair: pair[1].line):
        yield list(phrase)


def _outside(events: Iterable[Event], grid: Grid, windows: list[tuple[int, int]]) -> Iterator[Event]:
    """What begins outside the windows, cut where one begins."""
    for event in events:
        start = grid.sample(event.start)
        if any(low <= start < high for low, high in windows):
            continue
        end = grid.sample(event.start + event.length)
        cut = min((low for low, _ in windows if start < low < end), default=None)
        yield event if cut is None else msgspec.structs.replace(event, length=grid.beat(cut) - event.start)


def _brought(event: Event, grid: Grid, song: Song) -> Event:
    """From the score's beats to those of the song."""
    start, end = (song.grid.beat(grid.sample(beat) + song.start) for beat in (event.start, event.start + event.length))
    return msgspec.structs.replace(event, start=start, length=end - start)


def _with_new_bars(song: Song, score: Score) -> tuple[Section, ...]:
    """The song's form, longer where the score went on beyond it."""
    first = min((each.bar for each in song.sections), default=0)
    after = max((each.bar + each.bars for each in song.sections), default=0)
    found = list(song.sections)
    for section in score.sections:
        line = score.plan.grid.sample(score.plan.grid.line(section.bar)) + song.start
        bar = song.grid.bar_of(song.grid.beat(line) + _NEAR_LINE)
        begin, end = bar, bar + section.bars
        if end > after:
            found.append(msgspec.structs.replace(section, bar=max(begin, after), bars=end - max(begin, after)))
        if begin < first:
            found.append(msgspec.structs.replace(section, bar=begin, bars=min(end, first) - begin))
    return tuple(sorted(found, key=lambda each: each.bar))


def _triad(quality: str) -> str:
    return "dim" if quality in ("dim", "m7b5") else "min" if quality.startswith("m") and quality[1] != "a" else "maj"
