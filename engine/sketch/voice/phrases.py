"""Phrases: which bars each line of the song is sung in."""

from __future__ import annotations

from math import ceil
from typing import NamedTuple

from engine.sketch.grid import Grid
from engine.sketch.score import Line, Words
from engine.sketch.stage import Stage

EASY_SECONDS, FAST_SECONDS = 0.3, 0.12
"""A syllable, sung at ease and as fast as words can be followed."""
BREATH_SECONDS = 0.35
_UNSUNG = ("intro", "ending")


class Phrase(NamedTuple):
    """A line, by its number in the song, and the beats that it has, its breath included."""

    line: int
    start: float
    end: float


def lay_phrases(stage: Stage, words: Words) -> tuple[list[Phrase], int]:
    """Phrases in order, and how many lines found no room. Lines of a block lie in the section made for it."""
    bars = _bars(stage)
    blocks = {stage.section_of(bar).block for bar in bars} - {-1}
    if not blocks:
        return _laid(stage, words, list(range(len(words.lines))), bars)
    found: list[Phrase] = []
    left = 0
    for block in sorted({line.block for line in words.lines}):
        own = [bar for bar in bars if stage.section_of(bar).block == block]
        numbers = [number for number, line in enumerate(words.lines) if line.block == block]
        phrases, more = _laid(stage, words, numbers, own)
        found += phrases
        left += more
    return found, left


def _laid(stage: Stage, words: Words, numbers: list[int], bars: list[int]) -> tuple[list[Phrase], int]:
    """Every line gets the same one, two or four bars where that suits most of them; long ones get more."""
    if not bars or not numbers:
        return [], len(numbers)
    grid, lines = stage.plan.grid, [words.lines[number] for number in numbers]
    wanted = _common(grid, bars, lines)
    while wanted > 1 and sum(_need(grid, bars, line, wanted) for line in lines) > len(bars):
        wanted //= 2
    found: list[Phrase] = []
    at = 0
    for number, line in zip(numbers, lines, strict=True):
        count = min(_need(grid, bars, line, wanted), len(bars) - at)
        if count <= 0:
            return found, len(numbers) - len(found)
        found.append(Phrase(number, *_beats(stage, bars[at], bars[at + count - 1])))
        at += count
    return found, 0


def _bars(stage: Stage) -> list[int]:
    """Bars that have at least half of themselves in a window, without intros and endings where there are others."""
    grid = stage.plan.grid
    inside = []
    for section in stage.sections:
        for bar in range(section.bar, section.bar + section.bars):
            start, end = _beats(stage, bar, bar)
            if end - start >= 0.5 * grid.beats_of(bar):
                inside.append((bar, section))
    sung = [bar for bar, section in inside if section.name not in _UNSUNG]
    if sung or not stage.sections:
        return sung
    if inside:
        return [bar for bar, _ in inside]
    # A span shorter than half a bar is sung in as a whole.
    return [stage.sections[0].bar] if stage.plan.windows else []


def _beats(stage: Stage, first: int, last: int) -> tuple[float, float]:
    """From one bar line to another, as far as a window reaches."""
    grid = stage.plan.grid
    start, end = grid.line(first), grid.line(last + 1)
    for low, high in stage.plan.windows:
        begin, stop = max(start, grid.beat(low)), min(end, grid.beat(high))
        if stop > begin:
            return begin, stop
    return start, start


def _seconds(grid: Grid, bar: int) -> float:
    return grid.seconds(grid.line(bar + 1)) - grid.seconds(grid.line(bar))


def _common(grid: Grid, bars: list[int], lines: list[Line]) -> int:
    counts = sorted(len(line.syllables) for line in lines)
    typical = counts[(3 * len(counts)) // 4 if len(counts) > 1 else 0]
    count = (typical * EASY_SECONDS + BREATH_SECONDS) / _seconds(grid, bars[0])
    return next((size for size in (1, 2, 4) if count <= 1.15 * size), 4)


def _need(grid: Grid, bars: list[int], line: Line, wanted: int) -> int:
    least = (len(line.syllables) * FAST_SECONDS + BREATH_SECONDS) / _seconds(grid, bars[0])
    return max(wanted, ceil(least))
