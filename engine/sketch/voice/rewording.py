"""Rewording: other words on the notes of a vocal. Melody and timing stay; only who sings which syllable changes.

Where the new line has fewer syllables some are sung on several notes; where it has more, the longest notes are sung as
two or more of the same pitch.
"""

from __future__ import annotations

import heapq
from itertools import groupby

import numpy as np

from engine.sketch.grid import Grid
from engine.sketch.score import Line, Note, Sung, Vocal, Words

LEAST_SECONDS = 0.09
"""No note is divided into shorter ones."""


def reworded(vocal: Vocal, words: Words, grid: Grid, lines: set[int]) -> tuple[Vocal, int]:
    """`vocal` with the lines of `words`, in order, on the phrases whose numbers are in `lines`; others keep theirs.

    Also how many lines of `words` found no phrase. Phrases beyond the last line are silent: nobody knows their words.
    """
    notes: list[Note] = []
    sung: list[Sung] = []
    kept: list[Line] = []
    new = list(words.lines)
    for number, pairs in groupby(zip(vocal.notes, vocal.sung, strict=True), key=lambda pair: pair[1].line):
        phrase = list(pairs)
        if number not in lines:
            place = len(kept)
            kept.append(vocal.words.lines[number])
            notes += [note for note, _ in phrase]
            sung += [Sung(place, syllable.syllable, syllable.text) for _, syllable in phrase]
        elif new:
            line, place = new.pop(0), len(kept)
            kept.append(line)
            for note, syllable in _on([note for note, _ in phrase], line, grid):
                notes.append(note)
                sung.append(Sung(place, syllable, line.syllables[syllable][0]))
    return Vocal(Words(words.voice, tuple(kept)), tuple(notes), tuple(sung), vocal.seed), len(new)


def _on(notes: list[Note], line: Line, grid: Grid) -> list[tuple[Note, int]]:
    """Each note with the syllable that is sung on it."""
    count = len(line.syllables)
    divided = _divided(notes, count, grid)
    count = min(count, len(divided))
    starts = _starts(divided, [stress for _, stress in line.syllables[:count]], grid)
    owner = np.searchsorted(starts, np.arange(len(divided)), side="right") - 1
    return [(note, int(syllable)) for note, syllable in zip(divided, owner, strict=True)]


def _divided(notes: list[Note], count: int, grid: Grid) -> list[Note]:
    """At least `count` notes where they can be had, by dividing the longest again and again, evenly."""
    shares = [1] * len(notes)
    seconds = [grid.seconds(note.start + note.length) - grid.seconds(note.start) for note in notes]
    queue = [(-length / 2, number) for number, length in enumerate(seconds)]
    heapq.heapify(queue)
    while sum(shares) < count and queue:
        piece, number = heapq.heappop(queue)
        if -piece < LEAST_SECONDS:
            break
        shares[number] += 1
        heapq.heappush(queue, (-seconds[number] / (shares[number] + 1), number))
    found = []
    for note, share in zip(notes, shares, strict=True):
        length = note.length / share
        found += [Note(note.start + index * length, length, note.pitch, note.velocity) for index in range(share)]
    return found


def _starts(notes: list[Note], stresses: list[int], grid: Grid) -> list[int]:
    """The first note of each syllable, so that stress meets long notes and notes on the beat."""
    count, places = len(stresses), len(notes)
    weight = np.array([_weight(note, grid) for note in notes])
    worth = np.full((count, places), -np.inf)
    came = np.zeros((count, places), dtype=np.int64)
    worth[0, 0] = stresses[0] * weight[0]
    for number in range(1, count):
        for place in range(number, places - (count - number) + 1):
            gaps = place - np.arange(number - 1, place)
            options = worth[number - 1, number - 1 : place] - 0.5 * (gaps - 1)
            best = int(options.argmax())
            worth[number, place] = options[best] + stresses[number] * weight[place]
            came[number, place] = number - 1 + best
    # Notes that are left over at the end are sung on the last syllable, at the same price as others.
    at = int((worth[-1] - 0.5 * (places - 1 - np.arange(places))).argmax())
    found = [at]
    for number in range(count - 1, 0, -1):
        at = int(came[number, at])
        found.append(at)
    return found[::-1]


def _weight(note: Note, grid: Grid) -> float:
    bar = grid.bar_of(note.start + 0.02)
    inside = note.start - grid.line(bar)
    on_pulse = any(abs(inside - start) < 0.03 for start, _ in grid.meter_of(bar).pulses())
    return 0.5 * on_pulse + min(1.0, note.length / 2)
