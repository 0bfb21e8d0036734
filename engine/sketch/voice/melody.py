"""Melody: notes for the syllables of a song. Stressed ones fall on strong beats, line ends on chord tones.

Every choice is thrown for a kind of section and a place in its four-line form, so lines of the same shape come back to
the same motif.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.sketch.form import PEAKS
from engine.sketch.score import Line, Note, Sung, Vocal, Words
from engine.sketch.stage import Stage
from engine.sketch.theory import QUALITIES
from engine.sketch.voice.phrases import BREATH_SECONDS, FAST_SECONDS, Phrase, lay_phrases
from engine.sketch.voice.voices import SINGERS

ROLE = "vocals"
FORM = "ABAC"
"""Motifs of the lines of a block."""
_EVERY_STEP = "x" * 16
_FARTHEST = 10
"""Steps of the rhythm between two syllables at the most."""
_LONGEST_SECONDS = 2.4
ONSET_SECONDS = 0.15
LIFT = 3
"""Semitones that a chorus lies above a verse."""


def sing(stage: Stage, words: Words) -> Vocal:
    """The words on notes; lines that find no room are left out."""
    phrases, _ = lay_phrases(stage, words)
    notes: list[Note] = []
    sung: list[Sung] = []
    pitch = 0
    for place, phrase in enumerate(phrases):
        line = words.lines[phrase.line]
        motif = FORM[_place_in_block(words, phrase.line) % len(FORM)]
        count = min(len(line.syllables), _most(stage, phrase))
        starts = _rhythm(stage, line.syllables[:count], phrase, f"{line.section}.{motif}")
        ends = _ends(stage, starts, phrase, phrases[place + 1].start if place + 1 < len(phrases) else phrase.end)
        pitches = _pitches(stage, words, line, (starts, ends), (f"{line.section}.{motif}", pitch))
        pitch = pitches[-1] if pitches else pitch
        for number, (start, end, key) in enumerate(zip(starts, ends, pitches, strict=True)):
            text, stress = line.syllables[number]
            notes.append(Note(start, end - start, key, 78 + 10 * stress + (6 if line.section in PEAKS else 0)))
            sung.append(Sung(phrase.line, number, text))
    sway = int(stage.dice.roll(f"{ROLE}.sway").integers(2**31))
    return Vocal(words, tuple(notes), tuple(sung), sway)


def _place_in_block(words: Words, number: int) -> int:
    block = words.lines[number].block
    return sum(line.block == block for line in words.lines[:number])


def _most(stage: Stage, phrase: Phrase) -> int:
    """Syllables that can be sung in a phrase."""
    grid = stage.plan.grid
    seconds = grid.seconds(phrase.end) - grid.seconds(phrase.start)
    return max(1, int((seconds - min(BREATH_SECONDS, 0.2 * seconds)) / FAST_SECONDS))


def _rhythm(stage: Stage, syllables: tuple[tuple[str, int], ...], phrase: Phrase, motif: str) -> list[float]:
    """The beat of each syllable: on the rhythm's steps where they suffice, evenly spread where they do not."""
    grid = stage.plan.grid
    steps, weights = _steps(stage, phrase)
    seconds = np.array([grid.seconds(step) for step in steps])
    breath = min(BREATH_SECONDS, 0.2 * (grid.seconds(phrase.end) - grid.seconds(phrase.start)))
    first = _first(stage, phrase, seconds)
    steps, weights, seconds = steps[first:], weights[first:], seconds[first:]
    usable = int((seconds <= grid.seconds(phrase.end) - breath - FAST_SECONDS).sum())
    count = len(syllables)
    if usable >= count:
        chance = stage.dice.roll(f"{ROLE}.rhythm.{motif}").random(64)
        found = _chosen(seconds[:usable], weights[:usable], [stress for _, stress in syllables], chance)
        if found:
            return [steps[at] for at in found]
    low, high = grid.seconds(phrase.start), grid.seconds(phrase.end) - breath
    low += min(ONSET_SECONDS, 0.1 * (high - low)) if first else 0.0
    return [grid.beat_at(low + (high - low) * number / count) for number in range(count)]


def _first(stage: Stage, phrase: Phrase, seconds: NDArray[np.float64]) -> int:
    """The first step that leaves time for consonants before it where the music begins with the phrase."""
    grid = stage.plan.grid
    begins = any(abs(grid.sample(phrase.start) - low) < grid.rate * 0.01 for low, _ in stage.plan.windows)
    return int(np.searchsorted(seconds, seconds[0] + ONSET_SECONDS)) if begins and len(seconds) else 0


def _steps(stage: Stage, phrase: Phrase) -> tuple[list[float], NDArray[np.float64]]:
    """Where a syllable may fall, and how strong each place is, 0 … 1."""
    grid = stage.plan.grid
    steps, weights = [], []
    for bar in range(grid.bar_of(phrase.start), grid.bar_of(phrase.end - 1e-6) + 1):
        line, meter = grid.line(bar), grid.meter_of(bar)
        pulses = [start for start, _ in meter.pulses()]
        for hit in stage.hits(_EVERY_STEP, bar):
            if not phrase.start - 1e-6 <= hit.beat < phrase.end - 1e-6:
                continue
            inside = hit.beat - line
            on_pulse = any(abs(inside - pulse) < 0.01 for pulse in pulses)
            on_half = abs(inside - meter.half) < 0.01
            off = abs(inside * 2 - round(inside * 2)) < 0.2
            steps.append(hit.beat)
            weights.append(1.0 if inside < 0.01 else 0.85 if on_half else 0.65 if on_pulse else 0.3 if off else 0.0)
    return steps, np.array(weights)


def _chosen(
    seconds: NDArray[np.float64], weights: NDArray[np.float64], stresses: list[int], chance: NDArray[np.float64]
) -> list[int]:
    """Steps for the syllables, by dynamic programming; empty where there is no way.

    Stress wants strong steps, unstressed syllables leave them; gaps like to be alike, and the last syllable early
    enough to be held.
    """
    count, places = len(stresses), len(seconds)
    even = max(FAST_SECONDS * 1.3, 0.86 * (seconds[-1] - seconds[0]) / max(1, count))
    taste = 0.15 * chance[np.arange(places) % len(chance)]
    worth = np.full((count, places), -np.inf)
    came = np.zeros((count, places), dtype=np.int64)
    late = np.arange(places) / places
    worth[0] = _fit(weights, stresses[0]) + taste - 4.0 * late
    for number in range(1, count):
        fit = _fit(weights, stresses[number]) + taste
        for place in range(number, places):
            low = max(number - 1, place - _FARTHEST)
            gaps = seconds[place] - seconds[low:place]
            options = worth[number - 1, low:place] - 0.9 * np.log(gaps / even) ** 2 - 9.0 * (gaps < FAST_SECONDS * 0.8)
            best = int(options.argmax())
            worth[number, place] = options[best] + fit[place]
            came[number, place] = low + best
    last = worth[-1] + 0.5 * weights
    at = int(last.argmax())
    if not np.isfinite(last[at]):
        return []
    found = [at]
    for number in range(count - 1, 0, -1):
        at = int(came[number, at])
        found.append(at)
    return found[::-1]


def _fit(weights: NDArray[np.float64], stress: int) -> NDArray[np.float64]:
    return (1.6, 0.9, -0.7)[2 - stress] * weights - (0.35 if stress else 0.15) * (weights < 0.2)


def _ends(stage: Stage, starts: list[float], phrase: Phrase, following: float) -> list[float]:
    """Each note lasts until the next; the last is held, and leaves time for a breath."""
    if not starts:
        return []
    grid = stage.plan.grid
    last = grid.seconds(starts[-1])
    limit = grid.seconds(min(max(phrase.end, starts[-1]), max(following, phrase.end)))
    breath = min(BREATH_SECONDS, 0.3 * (limit - last))
    held = min(limit - breath, last + _LONGEST_SECONDS)
    return [*starts[1:], grid.beat_at(max(held, last + 0.05))]


def _pitches(
    stage: Stage,
    words: Words,
    line: Line,
    times: tuple[list[float], list[float]],
    motif_and_before: tuple[str, int],
) -> list[int]:
    """A contour of steps in the scale; strong and long notes settle on the chord, the last one on its calm tones."""
    starts, ends = times
    motif, before = motif_and_before
    singer = SINGERS[words.voice]
    home = singer.home + (LIFT if line.section in PEAKS else 0) + round(2 * stage.plan.feel.brightness)
    roll = stage.dice.roll(f"{ROLE}.contour.{motif}")
    moves = roll.choice([-2, -1, -1, 0, 1, 1, 2], size=max(64, len(starts)))
    arch = float(roll.choice([2.0, 3.0, 4.0]))
    pitch = before if before and abs(before - home) < 7 else home
    found: list[int] = []
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        along = number / max(1, len(starts) - 1)
        aim = home + arch * np.sin(np.pi * min(1.0, 0.15 + along)) - (1.5 if motif.endswith("C") else 0) * along
        stress = line.syllables[number][1]
        step = int(moves[number]) + (1 if stress == 2 else 0)
        target = pitch + step * 1.7 + 0.35 * (aim - pitch)
        last = number + 1 == len(starts)
        strong = last or end - start >= 0.9 or _is_strong(stage, start)
        pitch = _settled(stage, (target, pitch), start, strong=strong, calm=last, room=(singer.low, singer.high))
        found.append(pitch)
    return found


def _is_strong(stage: Stage, beat: float) -> bool:
    grid = stage.plan.grid
    bar = grid.bar_of(beat + 0.02)
    return any(abs(beat - grid.line(bar) - start) < 0.02 for start, _ in grid.meter_of(bar).pulses()[::2])


def _settled(
    stage: Stage, target_and_before: tuple[float, int], beat: float, *, strong: bool, calm: bool, room: tuple[int, int]
) -> int:
    """The key nearest to the target among those that may sound here, no leap wider than an octave's half and a bit."""
    target, before = target_and_before
    chord = stage.chord_at(beat)
    tones = [(chord.root + step) % 12 for step in QUALITIES[chord.quality]]
    classes = set(tones[:3] if calm else tones) if strong else set(stage.key.scale)
    # A note outside the chord's own colour (a major third over a minor key) would rub: the chord's notes win.
    near = {(tone + shift) % 12 for tone in tones for shift in (-1, 1)} - set(tones)
    if not strong:
        classes = (classes - {tone for tone in near if tone not in stage.key.scale}) or classes
    keys = [key for key in range(room[0], room[1] + 1) if key % 12 in classes]
    return min(keys, key=lambda key: (abs(key - target) + 0.6 * max(0, abs(key - before) - 7), key))


def spans(vocal: Vocal, stage: Stage) -> tuple[tuple[int, int], ...]:
    """[start, end) in samples of each sung phrase."""
    grid = stage.plan.grid
    found: list[tuple[int, int]] = []
    for note in vocal.notes:
        start, end = grid.sample(note.start), grid.sample(note.start + note.length)
        if found and start - found[-1][1] < BREATH_SECONDS * grid.rate:
            found[-1] = found[-1][0], end
        else:
            found.append((start, end))
    return tuple(found)
