"""Voices: how chords follow each other, where instruments are played, what a melody may rest on."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import numpy as np
import pytest

from bridge_server.protocol.values import Music
from engine.sketch.composer import compose
from engine.sketch.dice import Dice
from engine.sketch.planning import make_plan
from engine.sketch.singing import sung_spans
from engine.sketch.soloist import avoided
from engine.sketch.styles import STYLES
from engine.sketch.synth.instruments import PITCHED
from engine.sketch.theory import QUALITIES
from engine.sketch.voicing import STEP, parallel_leap
from engine.watch import Watch
from tests.engine.sketch_scores import chord_at, notes_of, piece, together, written
from tests.engine.sketch_work import RATE, accompany, generate, silence

SEEDS = range(4)


def changes(style: str, seed: int, role: str) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Neighbouring chords of a part that are not the same."""
    found = piece(f"{style}, no percussion", 24, seed)
    part = next((each for each in found.parts if each.role == role), None)
    if part is None or PITCHED[part.instrument].drive >= 0.5:
        return []
    chords = [keys for _, keys in together(list(part.notes)) if len(keys) >= 3]
    return [(one, other) for one, other in pairwise(chords) if one != other]


def test_what_a_parallel_leap_is() -> None:
    assert parallel_leap((48, 60), (53, 65)), "octaves, a fourth up"
    assert parallel_leap((48, 64, 67), (52, 68, 71)), "fifths, a third up"
    assert not parallel_leap((48, 67), (50, 69)), "fifths by step"
    assert not parallel_leap((48, 67), (53, 60)), "contrary"
    assert not parallel_leap((48, 64), (53, 69)), "thirds"
    assert not parallel_leap((), (53, 69))


@pytest.mark.parametrize("role", ["keys", "pad", "strings", "brass", "guitar"])
def test_outer_voices_do_not_leap_in_parallel(role: str) -> None:
    found = [pair for style in STYLES for seed in SEEDS[:2] for pair in changes(style, seed, role)]
    assert len(found) > 40
    assert not [pair for pair in found if parallel_leap(*pair)]


def test_the_top_does_not_leap_along_with_the_bass() -> None:
    """Bass and uppermost voice of the chords, over the changes of chord: fifths and octaves by leap are rare."""
    count = faults = 0
    for style in ("pop", "soul", "jazz", "ballad", "lofi", "house"):
        for seed in SEEDS:
            found = piece(style, 24, seed)
            bass = notes_of(found, "bass")
            tops = []
            for start, keys in together(notes_of(found, "keys")):
                low = next((note.pitch for note in reversed(bass) if note.start <= start + 0.05), None)
                if low is not None and len(keys) >= 3:
                    tops.append((low, keys[-1]))
            for one, other in pairwise(tops):
                count += one != other
                faults += parallel_leap(one, other)
    assert count > 200
    assert faults <= 0.02 * count


def test_common_tones_stay() -> None:
    kept = common = 0
    for style in ("pop", "soul", "ballad", "lofi", "bossa nova"):
        for seed in SEEDS:
            for one, other in changes(style, seed, "keys"):
                shared = {key % 12 for key in one} & {key % 12 for key in other}
                common += len(shared)
                kept += len(shared & {key % 12 for key in set(one) & set(other)})
    assert common > 150
    assert kept > 0.8 * common


def test_voices_step_rather_than_leap() -> None:
    moves = [
        abs(one[-1] - other[-1]) for style in ("pop", "soul", "house") for seed in SEEDS
        for one, other in changes(style, seed, "keys")
    ]  # fmt: skip
    assert np.mean(np.array(moves) <= STEP) > 0.7


@pytest.mark.parametrize("style", list(STYLES))
def test_parts_lie_where_they_are_played(style: str) -> None:
    """Inside the range, most of it away from its ends; basses below, no thick chords at the bottom."""
    for seed in SEEDS[:3]:
        found = piece(style, 24, seed)
        for part in found.parts:
            sound = PITCHED.get(part.instrument)
            if sound is None:
                continue
            keys = np.array([note.pitch for note in part.notes])
            assert keys.min() >= sound.low
            assert keys.max() <= sound.high
            if part.role == "bass":
                assert np.median(keys) <= 48
            elif part.role == "lead":
                assert np.ptp(keys) <= 24, "two octaves are a melody's most"
            elif part.role != "guitar":
                low = [keys for _, keys in together(list(part.notes)) if len(keys) > 1 and keys[0] < 50]
                assert all(chord[1] - chord[0] >= 3 for chord in low)


@pytest.mark.parametrize("style", ["pop", "rock", "jazz", "soul", "folk", "disco", "blues", "reggae"])
def test_a_melody_rests_on_nothing_that_rubs(style: str) -> None:
    for seed in SEEDS:
        found = piece(f"{style}, lead", 24, seed)
        lead = notes_of(found, "lead")
        long = [note for note in lead if note.length >= 0.8]
        assert not [note for note in long if avoided(note.pitch, chord_at(found, note.start + 0.05))]
        strong = [note for note in lead if abs(note.start % 4) < 1e-6]
        tones = [{(c.root + s) % 12 for s in QUALITIES[c.quality]} for c in (chord_at(found, n.start) for n in strong)]
        assert all(note.pitch % 12 in each for note, each in zip(strong, tones, strict=True))


def test_a_melody_swells_through_its_phrases() -> None:
    """Third bars of phrases lie higher than first ones, and choruses higher than verses."""
    heights: dict[int, list[int]] = {place: [] for place in range(4)}
    by_section: dict[str, list[int]] = {"verse": [], "chorus": []}
    for seed in range(8):
        found = piece("pop, flute", 64, seed)
        for note in notes_of(found, "lead"):
            bar = found.plan.grid.bar_of(note.start + 0.05)
            section = next(each for each in found.sections if each.bar <= bar < each.bar + each.bars)
            if section.name in by_section:
                heights[(bar - section.bar) % 4].append(note.pitch)
                by_section[section.name].append(note.pitch)
    assert np.mean(heights[2]) > np.mean(heights[0]) + 1
    assert np.mean(by_section["chorus"]) > np.mean(by_section["verse"]) + 1


def test_a_lead_answers_where_nobody_sings() -> None:
    work = generate("pop, flute, 120 bpm, loop", 32)
    plan, _ = make_plan(work, work.request, Watch())  # type: ignore[arg-type]
    calls = tuple((bar * 2 * RATE * 2, (bar * 2 + 1) * RATE * 2) for bar in range(8))
    answered = compose(msgspec.structs.replace(plan, singing=calls), Dice(((1, 1.0),)), Watch())
    lead = notes_of(answered, "lead")
    assert len(lead) >= 12
    for note in lead:
        at = answered.plan.grid.sample(note.start)
        assert not any(start <= at < end - 0.02 * RATE for start, end in calls), "talks over the singer"


def test_phrases_of_a_solo_are_heard() -> None:
    solo = silence(12)
    time = np.arange(12 * RATE) / RATE
    sings = (time % 4) < 2.5
    solo[:] = (0.2 * np.sin(2 * np.pi * 440 * time) * sings).astype(np.float32)
    spans = sung_spans(solo, RATE)
    assert [(round(start / RATE, 1), round(end / RATE, 1)) for start, end in spans] == [(0, 2.5), (4, 6.5), (8, 10.5)]
    assert sung_spans(silence(3), RATE) == ()
    found = written(accompany(solo, "pop, flute", Music(bpm=120.0)))
    lead = notes_of(found, "lead")
    assert lead
    inside = [
        note for note in lead if any(start <= found.plan.grid.sample(note.start) < end - 1200 for start, end in spans)
    ]
    assert not inside
    assert "lead" not in {part.role for part in written(accompany(solo, "pop", Music(bpm=120.0))).parts}
