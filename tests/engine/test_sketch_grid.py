"""Bars in samples, through every change of tempo and meter."""

from __future__ import annotations

from itertools import zip_longest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge_server.protocol.values import Change, Music
from engine.sketch.grid import Grid, Turn
from engine.sketch.meter import Meter
from engine.sketch.synth.percussion import KICK
from tests.engine.sketch_work import extend, generate, render, score, silence

RATE = 48_000
METERS = st.sampled_from([Meter(4, 4), Meter(3, 4), Meter(7, 8), Meter(6, 8), Meter(5, 4)])
TEMPI = st.floats(40, 240)


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    at, turns = 0.0, []
    for _ in range(draw(st.integers(0, 4))):
        at += draw(st.floats(0.05, 6))
        turns.append(Turn(at, draw(TEMPI), draw(METERS), draw(st.booleans())))
    return Grid(draw(TEMPI), draw(METERS), draw(st.floats(0, 2)), RATE, tuple(turns))


def tempo(grid: Grid, seconds: np.ndarray) -> np.ndarray:
    """The tempo at each moment, straight from what a turn means."""
    found = np.full_like(seconds, grid.bpm)
    for turn, following in zip_longest(grid.turns, grid.turns[1:]):
        after = seconds >= turn.seconds
        found[after] = turn.bpm
        if turn.ramp and following:
            share = (seconds[after] - turn.seconds) / (following.seconds - turn.seconds)
            found[after] = turn.bpm + share * (following.bpm - turn.bpm)
    return found


@given(grids(), st.floats(0, 20))
def test_beats_are_the_tempo_added_up(grid: Grid, seconds: float) -> None:
    steps = 40_000
    middles = (np.arange(steps) + 0.5) * seconds / steps
    expected = float(np.sum(tempo(grid, middles)) * seconds / steps / 60)
    assert grid.beat_at(seconds) == pytest.approx(expected, abs=0.02)


@given(grids(), st.floats(-4, 60))
def test_there_and_back(grid: Grid, seconds: float) -> None:
    assert grid.seconds(grid.beat_at(seconds)) == pytest.approx(seconds, abs=1e-6)


@given(grids(), st.integers(-(10**5), 10**6))
def test_a_sample_is_found_again(grid: Grid, sample: int) -> None:
    assert grid.sample(grid.beat(sample)) == sample


@given(grids(), st.integers(-3, 40))
def test_bars_follow_one_another(grid: Grid, bar: int) -> None:
    assert grid.bar_of(grid.line(bar)) == bar
    assert 0 < grid.beats_of(bar) <= grid.meter_of(bar).beats + 0.03
    assert grid.bar_of(grid.line(bar) + 0.4 * grid.beats_of(bar)) == bar
    assert sum(length for _, length in grid.halves(bar)) == pytest.approx(grid.beats_of(bar))


@given(grids(), st.floats(0, 12))
def test_later_music_has_the_same_bars(grid: Grid, seconds: float) -> None:
    later = grid.later(seconds)
    shift = round(seconds * RATE)
    first = grid.bar_of(grid.beat_at(grid.phase_seconds + seconds))
    assert later.phase_seconds >= -1e-9
    for bar in range(4):
        there, here = grid.sample(grid.line(first + bar)) - shift, later.sample(later.line(bar))
        assert abs(there - here) <= 2
        assert later.meter_of(bar) == grid.meter_of(first + bar)


def test_a_change_of_meter_begins_a_new_bar() -> None:
    """Two bars of 4/4 at 120, then 7/8 after half a bar more: the third bar is cut short."""
    grid = Grid(120.0, Meter(4, 4), 0.0, RATE, (Turn(5.0, 120.0, Meter(7, 8)),))
    assert [grid.line(bar) for bar in range(5)] == [0, 4, 8, 10, 13.5]
    assert grid.beats_of(2) == 2


def test_a_ramp_is_exact() -> None:
    """From 60 to 120 in four seconds: six beats, since the tempo is 90 in the middle."""
    grid = Grid(60.0, Meter(4, 4), 0.0, RATE, (Turn(0.0, 60.0, Meter(), ramp=True), Turn(4.0, 120.0, Meter())))
    assert grid.beat_at(4.0) == pytest.approx(6.0)
    assert grid.bpm_at(grid.beat_at(2.0)) == pytest.approx(90)
    assert grid.sample(7.0) == pytest.approx(4.5 * RATE, abs=1)


@pytest.mark.parametrize(
    ("changes", "tempo_at_end"),
    [
        ((Change(at=4 * RATE, bpm=150.0),), 150.0),
        ((Change(at=2 * RATE, ramp=True), Change(at=6 * RATE, bpm=60.0)), 60.0),
        ((Change(at=4 * RATE, meter="7/8"),), 120.0),
    ],
)
def test_every_beat_is_played_where_the_project_has_it(changes: tuple[Change, ...], tempo_at_end: float) -> None:
    work = generate("techno, drums", 12, Music(bpm=120.0, changes=changes))
    grid = score(render(work)).plan.grid
    assert grid.bpm_at(grid.beat(12 * RATE)) == pytest.approx(tempo_at_end)
    drums = next(part for part in score(render(work)).parts if part.role == "drums")
    kicks = [note.start for note in drums.notes if note.pitch == KICK]
    last = grid.bar_of(grid.beat(12 * RATE)) - 1
    for bar in range(2, last):
        assert min(abs(kick - grid.line(bar)) for kick in kicks) < 1e-6


def test_an_extension_goes_on_in_the_tempo_that_the_clip_ends_in() -> None:
    changes = (Change(at=2 * RATE, bpm=90.0),)
    work = extend(silence(12), 0, 8, music=Music(bpm=120.0, changes=changes))
    grid = score(render(work)).plan.grid
    assert (grid.bpm, grid.phase_seconds) == (90.0, pytest.approx(2.0))
