"""Whole takes as an engineer would measure them: level, balance, peaks, edges, sums; the same on any threads."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.sketch import measures
from engine.sketch.composer import compose
from engine.sketch.dice import Dice
from engine.sketch.loudness import loudness
from engine.sketch.planning import make_plan
from engine.sketch.score import Score
from engine.sketch.styles import STYLES
from engine.sketch.synth import bus, notes
from engine.sketch.synth.instruments import PITCHED
from engine.sketch.synth.notes import Sound
from engine.sketch.synth.renderer import Renderer
from engine.watch import Cancelled, Watch
from tests.engine.sketch_work import RATE, Audio, generate, layer, mix, render

SHARED = Renderer()
LSB = 2.0**-23


def score_of(tags: str, seconds: float, seed: int = 1) -> Score:
    work = generate(tags, seconds)
    plan, _ = make_plan(work, work.request, Watch())  # type: ignore[arg-type]
    return compose(plan, Dice(((seed, 1.0),)), Watch())


def naive_saw(pitch: float, seconds: float = 3.0) -> Audio:
    turns = np.arange(round(seconds * RATE)) * pitch / RATE
    return np.tile((2 * (turns % 1) - 1) * 0.3, (2, 1)).astype(np.float32)


def test_the_measure_of_aliasing_sees_aliasing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measures, "one_note", lambda name, key: naive_saw(440 * 2 ** ((key - 69) / 12)))
    assert measures.aliasing_db("synth lead", 88) > -40


@pytest.mark.parametrize("name", list(PITCHED))
def test_no_aliasing_and_no_clicks_at_the_top_of_the_range(name: str) -> None:
    high = PITCHED[name].high
    assert measures.aliasing_db(name, high) < -60
    assert measures.start_db(name, high) < -40
    assert measures.click_db(name, high) < -60


@pytest.mark.parametrize("style", list(STYLES))
def test_level_balance_and_peaks_of_a_full_mix(style: str) -> None:
    stems = SHARED.render(score_of(style, 8, 3), Watch())
    mixed = measures.mixed(stems)
    assert measures.peak_db(mixed) <= -0.99
    assert loudness(mixed) == pytest.approx(-14, abs=0.7)
    # What has no drums stays darker than a record with them.
    darkest = -6.2 if "drums" in stems else -7.5
    assert darkest < measures.slope_db_per_octave(mixed) < -3
    assert 9 < measures.crest_db(mixed) < 16.5
    assert 0.3 < measures.sides_alike(mixed) < 1
    assert measures.sides_alike(mixed, 150) > 0.9


@pytest.mark.parametrize("seed", range(6))
def test_nothing_clips_whatever_the_dice_say(seed: int) -> None:
    style = list(STYLES)[5 * seed % len(STYLES)]
    stems = SHARED.render(score_of(f"{style}, loud, energetic, dense, bright", 6, seed), Watch())
    # Each stem is rounded to its step of 24 bits by half of one at most.
    assert np.abs(measures.mixed(stems)).max() <= bus.CEILING + LSB * (1 + len(stems)) / 2
    assert all(np.isfinite(stem).all() for stem in stems.values())


def test_stems_add_up_in_24_bit_files() -> None:
    stems = SHARED.render(score_of("funk", 6), Watch())
    in_files = [np.round(stem.astype(np.float64) / LSB) for stem in stems.values()]
    mix_in_file = np.round(np.sum([stem.astype(np.float64) for stem in stems.values()], axis=0) / LSB)
    assert np.abs(sum(in_files) - mix_in_file).max() <= 1


def test_the_bus_does_not_pump() -> None:
    """Even 6 dB over the ceiling, the gain moves slowly and little."""
    now = np.arange(4 * RATE)
    hits = np.exp(-(now % 24_000) / 4_000) * np.sin(now * 0.02)
    stems = {"drums": np.tile(hits * 0.9, (2, 1)).astype(np.float32), "pad": np.full((2, len(now)), 0.2, np.float32)}
    before = stems["pad"].copy()
    bus.level(stems, 1.0, Watch())
    gain = 20 * np.log10(stems["pad"][0] / before[0])
    assert gain.min() > -6.1
    assert np.abs(np.diff(gain)).max() < 0.01
    assert np.abs(measures.mixed(stems)).max() <= bus.CEILING + 4 * LSB


def test_a_layer_keeps_the_level_of_what_it_joins() -> None:
    """−14 LUFS is for music of its own: what is added to other music follows that."""
    band = mix(render(generate("rock", 8))) * np.float32(0.4)
    pad = loudness(mix(render(layer(band, "pad"))))
    around = loudness(band)
    assert pad is not None
    assert around is not None
    assert around - 20 < pad < around - 6


@pytest.mark.parametrize("style", ["cinematic", "funk"])
def test_the_number_of_threads_changes_nothing(style: str) -> None:
    score = score_of(style, 5)
    takes = [Renderer(threads).render(score, Watch()) for threads in (1, 2, 5)]
    SHARED.render(score_of(style, 9, 2), Watch())
    takes.append(SHARED.render(score, Watch()))
    for other in takes[1:]:
        assert list(other) == list(takes[0])
        assert all(np.array_equal(other[role], stem) for role, stem in takes[0].items())


@pytest.mark.parametrize("name", list(PITCHED))
def test_a_kept_note_is_the_beginning_of_a_longer_one(name: str) -> None:
    sound = Sound(name, (PITCHED[name].low + PITCHED[name].high) // 2, 3)
    short, long = notes.make(sound, RATE // 5), notes.make(sound, 2 * RATE)
    assert np.array_equal(short, long[:, : short.shape[1]])


def test_notes_that_do_not_fit_are_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    score = score_of("pop", 4)
    expected = Renderer(2).render(score, Watch())
    monkeypatch.setattr(notes, "CACHE_BYTES", 1 << 20)
    found = Renderer(2).render(score, Watch())
    assert all(np.array_equal(found[role], stem) for role, stem in expected.items())


def test_cancelling_stops_all_threads() -> None:
    watch = Watch()
    watch.cancel()
    with pytest.raises(Cancelled):
        Renderer(2).render(score_of("pop", 4), watch)
