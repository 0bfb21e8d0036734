"""Grid: where bars lie in samples, through every change of tempo and meter.

Beats are quarter notes from bar line 0, which lies at or before the start of the music; seconds count from there too.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from functools import lru_cache
from math import ceil, floor, sqrt
from typing import NamedTuple, TypeVar

from msgspec import Struct

from engine.sketch.meter import Meter

Found = TypeVar("Found")
_NEAR = 1e-9
_SLIP_BEATS = 0.02
"""A change of meter this close to a bar line is meant to be on it."""


class Turn(Struct, frozen=True):
    """A change of tempo or meter; with `ramp` the tempo goes in a straight line, over time, to that of the next."""

    seconds: float
    bpm: float
    meter: Meter
    ramp: bool = False


class Grid(Struct, frozen=True, cache_hash=True):
    """`phase_seconds` is the time from bar line 0 to the first sample of the music; `turns` come in their order."""

    bpm: float
    meter: Meter
    phase_seconds: float
    rate: int
    turns: tuple[Turn, ...] = ()

    def sample(self, beat: float) -> int:
        """The sample nearest to a time in quarter notes; negative before the music starts."""
        return round((self.seconds(beat) - self.phase_seconds) * self.rate)

    def beat(self, sample: int) -> float:
        return self.beat_at(sample / self.rate + self.phase_seconds)

    def seconds(self, beat: float) -> float:
        """From bar line 0 to a beat."""
        if not self.turns:
            return beat * 60 / self.bpm
        stretch = _stretch(self, beat=beat)
        beats = 60 * (beat - stretch.beat)
        # beats/60 = bpm·t + slope·t²/2, in the form that stays exact as the slope goes to 0.
        return stretch.seconds + 2 * beats / (stretch.bpm + sqrt(stretch.bpm**2 + 2 * stretch.slope * beats))

    def beat_at(self, seconds: float) -> float:
        """The beat that falls so long after bar line 0."""
        if not self.turns:
            return seconds * self.bpm / 60
        stretch = _stretch(self, seconds=seconds)
        passed = seconds - stretch.seconds
        return stretch.beat + (stretch.bpm + stretch.slope * passed / 2) * passed / 60

    def bpm_at(self, beat: float) -> float:
        """Quarter notes a minute at a beat."""
        if not self.turns:
            return self.bpm
        stretch = _stretch(self, beat=beat)
        return stretch.bpm + stretch.slope * (self.seconds(beat) - stretch.seconds)

    def bar_of(self, beat: float) -> int:
        if not self.turns:
            return floor(beat / self.meter.beats + _NEAR)
        bars = _bars(self)
        at = max(0, bisect_right(_bar_beats(self), beat + _NEAR) - 1)
        bar = bars[at].bar + floor((beat - bars[at].beat) / bars[at].meter.beats + _NEAR)
        return bar if at + 1 == len(bars) else min(bar, bars[at + 1].bar - 1)

    def line(self, bar: int) -> float:
        """The beat on which a bar begins."""
        if not self.turns:
            return bar * self.meter.beats
        run = self._run(bar)
        return run.beat + (bar - run.bar) * run.meter.beats

    def meter_of(self, bar: int) -> Meter:
        return self._run(bar).meter if self.turns else self.meter

    def beats_of(self, bar: int) -> float:
        """Quarter notes in a bar: fewer than its meter says where a change of meter cuts it short."""
        return self.line(bar + 1) - self.line(bar) if self.turns else self.meter.beats

    def is_line(self, beat: float) -> bool:
        return abs(self.line(self.bar_of(beat + _SLIP_BEATS)) - beat) < 1e-6

    def half_of(self, beat: float) -> tuple[int, int]:
        """The half bar that begins at a beat or just before: its bar, and 0 or 1."""
        bar = self.bar_of(beat + _SLIP_BEATS)
        return bar, int(beat + _SLIP_BEATS >= self.line(bar) + self.meter_of(bar).half)

    def halves(self, bar: int) -> tuple[tuple[float, float], ...]:
        """(start, length) of each half of a bar; one for a bar that cannot be halved."""
        line, beats, half = self.line(bar), self.beats_of(bar), self.meter_of(bar).half
        return ((line, half), (line + half, beats - half)) if half < beats - _NEAR else ((line, beats),)

    def later(self, seconds: float) -> Grid:
        """The same bars for music that begins so much later (earlier if negative)."""
        phase = self.phase_seconds + seconds
        start = self.line(self.bar_of(self.beat_at(phase)))
        line = self.seconds(start)
        passed = [turn for turn in self.turns if turn.seconds <= line]
        coming = tuple(
            Turn(turn.seconds - line, turn.bpm, turn.meter, turn.ramp) for turn in self.turns if turn.seconds > line
        )
        bpm, meter = self.bpm_at(start), passed[-1].meter if passed else self.meter
        if passed and passed[-1].ramp:
            coming = (Turn(0.0, bpm, meter, ramp=True), *coming)
        return Grid(bpm, meter, phase - line, self.rate, coming)

    def _run(self, bar: int) -> _Run:
        return _bars(self)[max(0, bisect_right(_bar_numbers(self), bar) - 1)]


class _Stretch(NamedTuple):
    """Time under one line of tempo: `slope` is in quarter notes a minute, per second."""

    seconds: float
    beat: float
    bpm: float
    slope: float


class _Run(NamedTuple):
    """Bars of one meter, the first of them and its beat."""

    bar: int
    beat: float
    meter: Meter


def _stretch(grid: Grid, *, beat: float | None = None, seconds: float = 0.0) -> _Stretch:
    at = bisect_right(_beats(grid), beat) if beat is not None else bisect_right(_seconds(grid), seconds)
    return _stretches(grid)[max(0, at - 1)]


def _remembered(make: Callable[[Grid], Found]) -> Callable[[Grid], Found]:
    """`make`, once for each grid; the grid that was asked for last is known at sight, without comparing its turns."""
    cached = lru_cache(maxsize=64)(make)
    last: list[tuple[Grid, Found]] = []

    def found(grid: Grid) -> Found:
        for known, result in last:
            if known is grid:
                return result
        result = cached(grid)
        last[:] = [(grid, result)]
        return result

    return found


@_remembered
def _beats(grid: Grid) -> list[float]:
    return [each.beat for each in _stretches(grid)]


@_remembered
def _seconds(grid: Grid) -> list[float]:
    return [each.seconds for each in _stretches(grid)]


@_remembered
def _bar_beats(grid: Grid) -> list[float]:
    return [each.beat for each in _bars(grid)]


@_remembered
def _bar_numbers(grid: Grid) -> list[int]:
    return [each.bar for each in _bars(grid)]


@_remembered
def _stretches(grid: Grid) -> tuple[_Stretch, ...]:
    found = [_Stretch(0.0, 0.0, grid.bpm, 0.0)]
    for number, turn in enumerate(grid.turns):
        last = found[-1]
        passed = turn.seconds - last.seconds
        beat = last.beat + (last.bpm + last.slope * passed / 2) * passed / 60
        following = grid.turns[number + 1] if number + 1 < len(grid.turns) else None
        slope = (following.bpm - turn.bpm) / (following.seconds - turn.seconds) if turn.ramp and following else 0.0
        found.append(_Stretch(turn.seconds, beat, turn.bpm, slope))
    return tuple(found)


@_remembered
def _bars(grid: Grid) -> tuple[_Run, ...]:
    """A change of meter begins a new bar."""
    found = [_Run(0, 0.0, grid.meter)]
    for turn in grid.turns:
        last = found[-1]
        if turn.meter == last.meter:
            continue
        beat = grid.beat_at(turn.seconds)
        bars = ceil((beat - last.beat - _SLIP_BEATS) / last.meter.beats)
        full = last.beat + bars * last.meter.beats
        found.append(_Run(last.bar + bars, full if abs(full - beat) <= _SLIP_BEATS else beat, turn.meter))
    return tuple(found)
