"""Stems held against the project's grid: measured, moved where all of it is late, told where it is not on it."""

from __future__ import annotations

import numpy as np
import pytest

from bridge_server.protocol.requests import Layer
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Change, Music, Source
from engine.backends.ace_15.timing import Beats, aligned, fit, moved
from engine.work import Samples, Work

RATE = 48_000


def clicks(times: list[float], seconds: float) -> Samples:
    made = np.zeros((2, round(seconds * RATE)), np.float32)
    burst = 0.5 * np.random.default_rng(1).normal(size=1_200) * np.exp(-np.arange(1_200) / 250)
    for time in times:
        at = round(time * RATE)
        if 0 <= at < made.shape[1]:
            made[:, at : at + 1_200] += burst[: made.shape[1] - at].astype(np.float32)
    return made


def work(seconds: float, bpm: float | None = 120.0, bar_phase: float = 0.0, **music: object) -> Work:
    span = Span(0, round(seconds * RATE), RATE)
    request = Layer(
        job="timing-test",
        span=span,
        sources=(Source(path="/x.wav"),),
        music=Music(bpm=bpm, **music),  # type: ignore[arg-type]
    )
    return Work(
        request=request, context=np.zeros((2, span.length), np.float32), targets=(span,), bar_phase_seconds=bar_phase
    )


EIGHTHS = [number * 0.25 for number in range(1, 32)]


@pytest.mark.parametrize("late_ms", [-45.0, -20.0, 0.0, 5.0, 20.0, 45.0])
def test_a_constant_offset_is_measured_to_a_few_milliseconds(late_ms: float) -> None:
    found = fit(clicks([time + late_ms / 1000 for time in EIGHTHS], 8.0), Beats(0.0, 0.5))
    assert found is not None
    assert found.offset_ms == pytest.approx(late_ms, abs=4)
    assert found.spread_ms < 4


@pytest.mark.parametrize("late_ms", [-30.0, 30.0])
def test_what_is_late_or_early_throughout_is_moved(late_ms: float) -> None:
    audio, move, notes = aligned(clicks([time + late_ms / 1000 for time in EIGHTHS], 8.0), work(8.0))
    assert move == pytest.approx(-late_ms * RATE / 1000, abs=200)
    assert "was moved onto the grid" in notes[0]
    assert ("late" if late_ms > 0 else "early") in notes[0]
    assert audio.shape == (2, 8 * RATE)
    again = fit(audio, Beats(0.0, 0.5))
    assert again is not None
    assert abs(again.offset_ms) < 4


def test_what_is_on_the_grid_stays_as_it_is() -> None:
    stem = clicks(EIGHTHS, 8.0)
    audio, move, notes = aligned(stem, work(8.0))
    assert audio is stem
    assert move == 0
    assert notes[0].startswith("on the grid")


def test_triplets_are_on_the_grid_too() -> None:
    _, move, notes = aligned(clicks([number / 6 for number in range(1, 48)], 8.0), work(8.0))
    assert move == 0
    assert notes[0].startswith("on the grid")


@pytest.mark.parametrize("meter", ["6/8", "7/8", "2/2", "3/4"])
def test_late_is_late_in_every_meter(meter: str) -> None:
    late = [time + 0.04 for time in EIGHTHS] + [time + 0.165 for time in EIGHTHS[::3]]
    _, move, notes = aligned(clicks(late, 8.0), work(8.0, meter=meter))
    assert move == pytest.approx(-0.04 * RATE, abs=200), notes


def test_what_drifts_is_told_and_left_alone() -> None:
    stem = clicks([time * 1.037 for time in EIGHTHS], 8.5)
    audio, move, notes = aligned(stem, work(8.5))
    assert audio is stem
    assert move == 0
    assert "not on the grid" in notes[0]
    assert "retake" in notes[0]


def test_random_onsets_are_on_no_grid() -> None:
    times = sorted(np.random.default_rng(3).uniform(0, 8, 40))
    assert "not on the grid" in aligned(clicks(times, 8.0), work(8.0))[2][0]


def test_the_grid_begins_with_the_bar() -> None:
    assert Beats.of(work(8.0, bar_phase=0.3)) == Beats(pytest.approx(0.2), 0.5)  # type: ignore[arg-type]
    assert Beats.of(work(8.0, None)) is None
    assert Beats.of(work(8.0, changes=(Change(at=9, bpm=90.0),))) is None
    assert Beats.of(work(8.0, changes=(Change(at=9, bpm=120.0),))) is not None


def test_where_nothing_can_be_told_nothing_is_done() -> None:
    for stem, words in ((clicks([1.0, 2.0], 4.0), "too few onsets"), (np.zeros((2, 100), np.float32), "too few")):
        audio, move, notes = aligned(stem, work(4.0))
        assert (audio is stem, move) == (True, 0)
        assert words in notes[0]
    assert "no tempo is known" in aligned(clicks(EIGHTHS, 8.0), work(8.0, None))[2][0]


@pytest.mark.parametrize("samples", [0, 1, 700, -1, -700, 5_000, -5_000])
def test_moving_keeps_the_length_and_does_not_click(samples: int) -> None:
    audio = np.full((2, 4_800), 0.5, np.float32)
    made = moved(audio, samples)
    assert made.shape == audio.shape
    assert np.abs(np.diff(made, axis=1)).max() < 0.01
