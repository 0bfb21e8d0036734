"""What nobody should ask for: a sensible result or a clear refusal, never nonsense."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge_server.protocol.errors import BadRequest, BridgeError, TooLong, Unsupported
from bridge_server.protocol.requests import Generate
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Change, Music
from engine.sketch.tags import read_tags
from engine.work import Work
from tests.engine.sketch_scores import said, written
from tests.engine.sketch_work import (
    JOB,
    RATE,
    Audio,
    accompany,
    extend,
    generate,
    layer,
    mix,
    render,
    repaint,
    silence,
)  # fmt: skip


def noise(seconds: float, level: float = 0.3) -> Audio:
    return (np.random.default_rng(1).normal(0, level, (2, round(seconds * RATE))).clip(-1, 1)).astype(np.float32)


def is_fit_to_be_heard(work: Work) -> None:
    take = render(work)
    whole = mix(take)
    assert whole.shape == (2, work.hull.length)
    assert np.isfinite(whole).all()
    assert 1e-4 < np.abs(whole).max() < 0.95


@pytest.mark.parametrize("bpm", [0, 1, 19.9, 400.1, 999, float("nan"), float("inf"), -120])
def test_tempi_that_nobody_plays_are_refused_by_the_protocol(bpm: float) -> None:
    wire = f'{{"bpm":{bpm}}}' if np.isfinite(bpm) else '{"bpm":1e999}'
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(wire, type=Music)


@pytest.mark.parametrize("bpm", [20.0, 400.0])
@pytest.mark.parametrize("meter", ["13/16", "1/16", "32/1", "31/8", "4/4"])
@pytest.mark.parametrize("feel", ["swing", "double-time", "half-time"])
def test_the_slowest_and_fastest_bars_are_played(bpm: float, meter: str, feel: str) -> None:
    for style in ("funk", "jazz", "ambient"):
        found = written(generate(f"{style}, {feel}", 8, Music(bpm=bpm, meter=meter)))
        assert all(note.length > 0 for part in found.parts for note in part.notes)
        assert any(part.notes for part in found.parts)
        assert sum(len(part.notes) for part in found.parts) < 4_000


@pytest.mark.parametrize("meter", ["13/16", "31/8"])
def test_long_odd_bars_sound(meter: str) -> None:
    is_fit_to_be_heard(generate("rock", 5, Music(bpm=140.0, meter=meter)))


@pytest.mark.parametrize("sound", [silence(6), noise(6), noise(6, 1e-5), np.full((2, 6 * RATE), 0.5, np.float32)])
@pytest.mark.parametrize("task", ["repaint", "extend", "layer", "accompany"])
def test_surroundings_that_say_nothing(sound: Audio, task: str) -> None:
    works = {
        "repaint": repaint(sound, 2, 4),
        "extend": extend(np.concatenate([sound, silence(2)], axis=1), 0, 2),
        "layer": layer(sound, ""),
        "accompany": accompany(sound),
    }
    is_fit_to_be_heard(works[task])


def test_no_surroundings_at_all() -> None:
    """A repaint or layer of everything there is hears nothing around it."""
    is_fit_to_be_heard(repaint(silence(2), 0, 2))
    is_fit_to_be_heard(layer(silence(1), "bass"))


def test_two_hours_are_too_long() -> None:
    long = Span(0, 7200 * RATE, RATE)
    request = Generate(job=JOB, tags="pop", span=long)
    with pytest.raises(TooLong, match="10 minutes"):
        render(Work(request=request, context=np.broadcast_to(np.float32(0), (2, long.length)), targets=(long,)))


def test_ten_minutes_are_written_in_good_time() -> None:
    found = written(generate("drum and bass, dense", 600, Music(bpm=172.0)))
    assert len(found.sections) > 20
    assert sum(section.bars for section in found.sections) == 430


@pytest.mark.parametrize(
    ("tags", "sentence"),
    [
        ("happy, sad", "happy and melancholic; the key is major"),
        ("calm, energetic", "calm and energetic; the energy is between them"),
        ("sparse, dense", "sparse and dense; the density is between them"),
        ("bright, dark", "bright and dark; the brightness is between them"),
        ("slow, fast", "slow and fast; the tempo is between them"),
        ("swing, straight", "swing and straight; swing was played"),
        ("half-time, double-time", "half-time and double-time; half-time was played"),
        ("drums, no drums", "drums and no drums; there is none"),
        ("loop, outro", "loop and ending; it has the ending"),
        ("90 bpm, 140 bpm", "more than one tempo named, not used: 140 bpm"),
        ("3/4, 7/8", "more than one meter named, not used: 7/8"),
        ("C major, A minor", "more than one key named, not used: A minor"),
        ("rock, jazz", "more than one style named, not used: jazz"),
    ],
)
def test_contradictions_are_told(tags: str, sentence: str) -> None:
    notes = said(generate(f"{tags}, piano", 4))
    assert [note for note in notes if sentence in note], notes
    assert written(generate(f"{tags}, piano", 4)).parts


@pytest.mark.parametrize(
    "tags", ["sad, dark, melancholic", "slow, ballad, calm", "happy, uplifting", "90 bpm, 90 bpm", "C, C"]
)
def test_what_agrees_is_no_contradiction(tags: str) -> None:
    assert not [note for note in read_tags(tags).notes() if "contradict" in note or "more than one" in note]


@pytest.mark.parametrize("chords", ["H7", "C E G#x", "Am | | % %% |", "C" * 60, "🎵", "| " + "C " * 40 + "|", "N.C."])
def test_impossible_chords_are_refused_with_a_hint(chords: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        render(generate("pop", 4, Music(chords=chords)))
    assert "Write chords like" in refusal.value.problem.hint


@pytest.mark.parametrize("tags", ["no drums, only drums", "solo piano, no keys", "only bass, no bass"])
def test_nobody_left_to_play_is_refused(tags: str) -> None:
    with pytest.raises(Unsupported, match="nobody"):
        render(generate(tags, 2))


def test_a_thousand_changes_of_meter_and_tempo() -> None:
    changes = tuple(
        Change(
            at=1 + 400 * number,
            bpm=20.0 + number % 380,
            meter=("4/4", "7/8", "13/16")[number % 3],
            ramp=number % 2 == 0,
        )
        for number in range(1000)
    )
    is_fit_to_be_heard(generate("pop", 9, Music(bpm=120.0, changes=changes)))


@settings(max_examples=60, deadline=None)
@given(tags=st.text(max_size=120))
def test_any_tags_are_played_or_refused(tags: str) -> None:
    try:
        found = written(generate(tags, 2))
    except BridgeError as refusal:
        assert refusal.problem.hint
        return
    assert found.parts


@settings(max_examples=40, deadline=None)
@given(
    bpm=st.floats(20, 400), count=st.integers(1, 32), unit=st.sampled_from([1, 2, 4, 8, 16]),
    seconds=st.floats(0.1, 12), since=st.floats(0, 5),
    tags=st.sampled_from(["pop", "jazz, swing", "house, half-time", "folk, double-time", "trap"]),
)  # fmt: skip
def test_any_bar_at_any_tempo(bpm: float, count: int, unit: int, seconds: float, since: float, tags: str) -> None:
    found = written(generate(tags, seconds, Music(bpm=bpm, meter=f"{count}/{unit}"), since))
    grid, plan = found.plan.grid, found.plan
    for part in found.parts:
        for note in part.notes:
            assert 0 <= grid.sample(note.start) < plan.samples
            assert grid.sample(note.start + note.length) <= plan.samples + 1
            assert 1 <= note.velocity <= 127


def test_sections_of_any_name(  # a name may be 64 characters of anything
    names: tuple[Any, ...] = ("", " ", "[]", "Verse " + "9" * 58, "(((", "\n", "サ" * 64, "chorus\x00"),
) -> None:
    for name in names:
        assert written(generate("pop", 4, Music(section=name))).sections
