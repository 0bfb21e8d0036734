"""Time feels: four for every style, judged by when things are struck; and bars that are not in four."""

from __future__ import annotations

import numpy as np
import pytest

from bridge_server.protocol.values import Music
from engine.sketch import grooves, timefeel
from engine.sketch import grooves_by_meter as by_meter
from engine.sketch.meter import Meter, lay_out, read_meter
from engine.sketch.score import Note, Score
from engine.sketch.styles import STYLES
from engine.sketch.synth.instruments import PITCHED
from engine.sketch.synth.percussion import CLAP, HAT, KEYS, KICK, KITS, LOW_TOM, RIM, SNARE
from engine.sketch.tags import read_tags
from tests.engine.sketch_scores import notes_of, piece

MUSIC = Music(bpm=110.0, key="C minor")
SIXTEEN_BARS = 16 * 4 * 60 / 110
BACKBEATS = {SNARE, CLAP, RIM}
OWN_METERS = ("3/4", "5/4", "6/8", "7/8")


def looped(style: str, feel: str, seed: int = 3) -> Score:
    return piece(f"{style}, {feel}, loop", SIXTEEN_BARS, seed, MUSIC)


def backbeats(score: Score) -> list[Note]:
    """Accented strokes of the first three bars of every four: the fourth has another groove, and fills."""
    drums = [note for note in notes_of(score, "drums") if note.pitch in BACKBEATS and note.velocity > 62]
    return [note for note in drums if (note.start + 0.05) % 16 < 12]


def late_halves(score: Score, unit: float) -> float:
    """Where in a pair of `unit` notes the second falls, in the median of all parts; nan where there is none."""
    starts = np.array([note.start for note in notes_of(score, "drums", "percussion", "bass", "keys", "guitar")])
    places = starts / (2 * unit) % 1
    return float(np.median(places[(places > 0.4) & (places < 0.72)])) if len(places) else float("nan")


@pytest.mark.parametrize("style", list(STYLES))
def test_straight_is_even_and_swing_is_late(style: str) -> None:
    unit = 0.25 if style in timefeel.IN_SIXTEENTHS else 0.5
    straight, swung = (late_halves(looped(style, feel), unit) for feel in ("straight", "swing"))
    assert straight == pytest.approx(0.5, abs=0.035)
    assert 0.57 < swung < 0.7


@pytest.mark.parametrize("style", [name for name in STYLES if name not in ("ambient", "cinematic", "jazz", "techno")])
def test_the_backbeat_goes_at_half_and_at_double_pace(style: str) -> None:
    usual, half, double = (len(backbeats(looped(style, feel))) for feel in ("straight", "half-time", "double-time"))
    assert usual > 0
    assert half <= 0.6 * usual
    assert double >= 1.4 * usual


@pytest.mark.parametrize("style", list(STYLES))
def test_low_voices_go_along(style: str) -> None:
    """Basses and bass drums together are struck less often in half-time and more often in double-time."""

    def low(feel: str) -> int:
        found = looped(style, feel)
        kicks = [note for note in notes_of(found, "drums") if note.pitch in (KICK, LOW_TOM)]
        return len(kicks) + len(notes_of(found, "bass"))

    assert low("half-time") < 0.9 * low("straight")
    assert low("double-time") > 1.1 * low("straight")


def test_the_half_time_backbeat_is_on_three_and_the_hats_go_on() -> None:
    for style in ("pop", "rock", "funk", "soul", "house"):
        slow, usual = looped(style, "half-time"), looped(style, "straight")
        assert all(abs(note.start % 4 - 2) < 0.1 for note in backbeats(slow))
        hats = [sum(note.pitch == HAT for note in notes_of(found, "drums")) for found in (slow, usual)]
        assert hats[0] == pytest.approx(hats[1], rel=0.2)


@pytest.mark.parametrize("meter", OWN_METERS)
@pytest.mark.parametrize("style", list(STYLES))
def test_every_style_plays_every_feel_in_every_bar(style: str, meter: str) -> None:
    for feel in timefeel.TIME_FEELS:
        found = piece(f"{style}, {feel}", 10, 1, Music(bpm=STYLES[style].bpm, meter=meter))
        grid = found.plan.grid
        assert (grid.meter.name, found.plan.time_feel) == (meter, feel)
        for part in found.parts:
            assert part.notes, (feel, part.role)
            sound = PITCHED.get(part.instrument)
            for note in part.notes:
                assert 1 <= note.velocity <= 127
                assert note.length > 0
                assert note.pitch in KEYS if sound is None else sound.low <= note.pitch <= sound.high
        bars = {grid.bar_of(note.start + 1e-6) for part in found.parts for note in part.notes}
        assert bars == set(range(max(bars) + 1))


def test_there_are_as_many_as_promised() -> None:
    assert len(STYLES) >= 12
    assert len(timefeel.TIME_FEELS) == 4
    assert len(PITCHED) + len(KITS) >= 30


@pytest.mark.parametrize("meter", OWN_METERS)
def test_odd_bars_have_grooves_of_their_own(meter: str) -> None:
    bar = read_meter(meter)
    steps = round(bar.beats * 4)
    own = 0
    for name in grooves.DRUMS:
        found = by_meter.drums(name, bar)
        own += found != grooves.DRUMS[name]
        if found != grooves.DRUMS[name]:
            assert all(len(line.split(":")[1]) == steps for groove in found for line in groove.split("|"))
    assert own >= 0.9 * len(grooves.DRUMS), "all but those that have no rhythm"
    for table, rhythms in (
        (grooves.BASS, by_meter.bass),
        (grooves.CHORDS, by_meter.chords),
        (grooves.MELODY, by_meter.melody),
    ):
        for name in table:
            if name != "hold":
                assert all(len(rhythm) == steps for rhythm in rhythms(name, bar)), name
    assert all(len(line.split(":")[1]) == steps for groove in by_meter.percussion(bar) for line in groove.split("|"))


def test_a_groove_of_its_own_is_laid_as_it_stands_and_twice_in_twice_the_bar() -> None:
    hits = lay_out("X.......x.....", Meter(7, 8))
    assert [(hit.beat, hit.symbol) for hit in hits] == [(0.0, "X"), (2.0, "x")]
    assert by_meter.own_bar(Meter(12, 8)) == ("6/8", 2)
    assert by_meter.own_bar(Meter(6, 4)) == ("3/4", 2)
    assert by_meter.own_bar(Meter(4, 4)) == ("", 0)
    for groove in by_meter.drums("rock", Meter(12, 8)):
        assert all(len(line.split(":")[1]) == 24 for line in groove.split("|"))


@pytest.mark.parametrize(
    ("meter", "pulses"), [("3/4", (0, 1, 2)), ("5/4", (0, 3)), ("6/8", (0, 1.5)), ("7/8", (0, 1, 2))]
)
def test_the_shape_of_the_bar_is_heard_in_the_accents(meter: str, pulses: tuple[float, ...]) -> None:
    """Kicks and backbeats of rock fall on the bar's own pulses far more often than elsewhere."""
    found = piece("rock, loop", 30, 2, Music(bpm=120.0, meter=meter))
    grid = found.plan.grid
    strong = [note for note in notes_of(found, "drums") if note.pitch in (KICK, SNARE) and note.velocity > 70]
    bars = 1 + max(grid.bar_of(note.start + 0.05) for note in strong)
    for pulse in pulses:
        here = sum(abs((note.start + 0.05) % grid.meter.beats - 0.05 - pulse) < 0.05 for note in strong)
        assert here >= 0.5 * bars, pulse


@pytest.mark.parametrize(
    ("text", "style", "feel"),
    [
        ("shuffle", "blues", "swing"), ("swing", "jazz", "swing"), ("rock, shuffle", "", "swing"),
        ("pop, half time feel", "", "half-time"), ("funk, double-time", "", "double-time"),
        ("house, straight", "", "straight"), ("swung hip hop", "", "swing"),
    ],
)  # fmt: skip
def test_feels_are_words(text: str, style: str, feel: str) -> None:
    wishes = read_tags(text)
    assert wishes.time_feel == feel
    assert wishes.unknown == []
    if style:
        assert wishes.hinted_style == style
        assert piece(text, 2).plan.style == style


def test_players_lean_as_their_style_does() -> None:
    """Backbeats of soul lie behind the beat, rock's hats ahead of it, machines on it."""

    def offsets(style: str, pitches: set[int]) -> np.ndarray:
        found = piece(f"{style}, straight, loop", 32, 4, Music(bpm=100.0))
        beats = np.array([note.start for note in notes_of(found, "drums") if note.pitch in pitches])
        beats = beats[np.abs(beats % 4) > 0.1]
        return (beats - np.round(beats * 4) / 4) * 60 / 100

    assert np.mean(offsets("soul", BACKBEATS)) > 0.004
    assert np.mean(offsets("rock", {HAT})) < -0.001
    assert np.std(offsets("house", {HAT})) < 0.0012 < np.std(offsets("pop", {HAT}))
    assert all(np.abs(offsets(style, BACKBEATS | {HAT})).max() < 0.0121 for style in ("soul", "rock", "house", "pop"))


def test_force_follows_the_bar() -> None:
    """Chords on a bar's first beat are played harder than those between the beats."""
    found = piece("pop, piano, straight, loop", 32, 4, MUSIC)
    chords = [note for note in notes_of(found, "keys", "guitar") if (note.start + 0.05) % 1 < 0.12]
    first = [note.velocity for note in chords if (note.start + 0.05) % 4 < 0.12]
    between = [note.velocity for note in notes_of(found, "keys", "guitar") if 0.4 < note.start % 1 < 0.6]
    assert np.mean(first) > np.mean(between) + 4
