"""The music as a musician would judge it: on the grid, in the key, over the chords, within the hands' reach."""

import numpy as np
import pytest

from bridge_server.protocol.values import Music
from engine.sketch import demo_song
from engine.sketch.composer import compose
from engine.sketch.dice import Dice
from engine.sketch.harmony import choose_key
from engine.sketch.meter import Meter, cells, lay_out, read_meter
from engine.sketch.planning import make_plan
from engine.sketch.score import Score
from engine.sketch.styles import STYLES
from engine.sketch.synth.instruments import PITCHED
from engine.sketch.synth.percussion import KEYS, KITS, SNARE
from engine.sketch.synth.renderer import Renderer
from engine.sketch.theory import QUALITIES, SHARPS, Key, read_key
from engine.watch import Watch
from engine.work import Work
from tests.engine.sketch_work import RATE, extend, generate, layer, mix, power, render, repaint, score, silence


def written(work: Work, seed: int = 1) -> Score:
    """The score without its sound."""
    plan, _ = make_plan(work, work.request, Watch())  # type: ignore[arg-type]
    return compose(plan, Dice(((seed, 1.0),)), Watch())


@pytest.mark.parametrize("bpm", [61.7, 96.0, 174.3])
@pytest.mark.parametrize("phase", [0.0, 0.8])
def test_the_first_sound_of_a_bar_lies_on_the_sample(bpm: float, phase: float) -> None:
    """Drums alone, their first stroke in each bar, found in the audio itself."""
    take = render(generate("rock, only drums, dry", 8, Music(bpm=bpm), phase))
    # The second difference hears the stick and not what still rings.
    drums = np.abs(np.diff(take.stems["drums"], 2, prepend=0, append=0)).max(axis=0)
    bar = 4 * 60 / bpm
    after_fills = {section.bar for section in score(take).sections}
    snares = [note.start for note in score(take).parts[0].notes if note.pitch == SNARE]
    for number in range(1, int((8 + phase) / bar)):
        line = round((number * bar - phase) * RATE)
        still_rings = any(0 < number * 4 - start < 0.15 * bpm / 60 for start in snares)
        if still_rings or number in after_fills or not 400 < line < len(drums) - 200:
            continue
        loudest = drums[line : line + 48].max()
        assert drums[line - 96 : line - 1].max() < 0.7 * loudest
        assert np.flatnonzero(drums[line - 96 : line + 48] > 0.7 * loudest)[0] - 96 in range(-1, 30)


@pytest.mark.parametrize("style", list(STYLES))
def test_something_starts_on_every_bar_line_and_nothing_just_before(style: str) -> None:
    found = written(generate(style, 24, Music(bpm=97.3), phase=0.4))
    grid, starts = found.plan.grid, np.array([note.start for part in found.parts for note in part.notes])
    bars = starts / grid.meter.beats
    exact = {round(bar) for bar in bars if abs(bar - round(bar)) < 1e-9}
    expected = range(1, grid.bar_of(grid.beat(found.plan.samples - RATE // 2)) + 1)
    assert exact >= set(expected)
    close = (bars % 1) * grid.meter.beats * 60 / grid.bpm
    assert not np.any(close > grid.meter.beats * 60 / grid.bpm - 0.02), "a note anticipates a bar line by an accident"


@pytest.mark.parametrize("style", list(STYLES))
def test_every_note_belongs_to_key_or_chord_and_to_its_instrument(style: str) -> None:
    for seed, tonic in enumerate((0, 5, 11)):
        for mode in ("major", "minor"):
            key = Key(tonic, mode)
            found = written(generate(style, 30, Music(key=f"{SHARPS[tonic]} {mode}")), seed)
            assert found.key == key
            inside = total = 0
            for part in found.parts:
                assert part.notes, part.role
                for note in part.notes:
                    assert 1 <= note.velocity <= 127
                    if part.instrument in KITS:
                        assert note.pitch in KEYS
                        continue
                    sound = PITCHED[part.instrument]
                    assert sound.low <= note.pitch <= sound.high, (part.instrument, note.pitch)
                    chord = next(each for each in reversed(found.chords) if each.start <= note.start + 0.06)
                    tones = {(chord.root + step) % 12 for step in QUALITIES[chord.quality]}
                    assert note.pitch % 12 in tones | set(key.scale) | near_tones(found, note.start)
                    inside += note.pitch % 12 in key.scale
                    total += 1
            assert inside >= 0.93 * total


def near_tones(found: Score, start: float) -> set[int]:
    """Tones of a chord that a humanised note may already belong to."""
    chord = next(each for each in reversed(found.chords) if each.start <= start - 0.06) if start > 0.06 else None
    return {(chord.root + step) % 12 for step in QUALITIES[chord.quality]} if chord else set()


@pytest.mark.parametrize("meter", ["3/4", "4/4", "5/4", "6/8", "7/8", "12/8", "2/2", "9/8", "1/4", "15/16", "32/1"])
def test_meters_fill_their_bars(meter: str) -> None:
    found = written(generate("pop", 30, Music(bpm=110, meter=meter)))
    grid = found.plan.grid
    assert grid.meter.name == meter
    drums = [note for part in found.parts if part.role == "drums" for note in part.notes]
    bars = {grid.bar_of(note.start + 1e-6) for note in drums}
    assert len(bars) >= 0.9 * len({grid.bar_of(beat) for beat in np.arange(0, grid.beat(found.plan.samples), 0.25)}) - 1


def test_rhythms_take_the_shape_of_the_bar() -> None:
    assert read_meter("7/8").pulses() == ((0.0, 1.0), (1.0, 1.0), (2.0, 1.5))
    assert len(read_meter("6/8").pulses()) == 2
    for count in range(1, 33):
        assert len(cells(count)) == count
    hits = lay_out("X---x---X---x---", Meter(7, 8))
    assert sum(hit.length for hit in hits) == pytest.approx(3.5)
    assert lay_out("X.......", Meter(1, 4))[0].beat == 0


def test_spans_that_start_inside_a_bar_keep_the_bar_lines() -> None:
    whole, later = (written(generate("pop", 12, Music(bpm=100), phase)) for phase in (0.0, 1.1))
    kicks = [[n for n in part.notes if n.pitch == 36] for found in (whole, later) for part in found.parts[:1]]
    assert all(
        found.plan.grid.sample(4.0) == round((2.4 - phase) * RATE) for found, phase in ((whole, 0), (later, 1.1))
    )
    assert any(abs(note.start - 4) < 1e-9 for note in kicks[0])
    assert any(abs(note.start - 4) < 1e-9 for note in kicks[1])


def test_all_notes_lie_in_the_target() -> None:
    found = written(generate("jazz", 9.7, Music(bpm=143), phase=0.9))
    grid = found.plan.grid
    for part in found.parts:
        for note in part.notes:
            assert 0 <= grid.sample(note.start) < found.plan.samples
            assert grid.sample(note.start + note.length) <= found.plan.samples + 1


def test_a_longer_piece_has_a_form() -> None:
    sections = written(generate("pop, 120 bpm", 64)).sections
    names = [section.name for section in sections]
    assert names[0] == "intro"
    assert names[-1] == "ending"
    assert {"verse", "lift"} <= set(names)
    energy = {section.name: section.energy for section in sections}
    assert energy["intro"] < energy["verse"] < energy["lift"]
    assert {section.name for section in written(generate("pop, 120 bpm, loop", 16)).sections} == {"verse"}


def test_voices_move_little() -> None:
    found = written(generate("soul, rhodes", 40, Music(key="D major")))
    keys = next(part for part in found.parts if part.role == "keys")
    chords: dict[int, list[int]] = {}
    for note in keys.notes:
        chords.setdefault(round(note.start * 4), []).append(note.pitch)
    tops = [max(pitches) for _, pitches in sorted(chords.items()) if len(pitches) > 2]
    assert np.mean(np.abs(np.diff(tops))) < 3.5


def test_redrawing_one_part_leaves_the_others() -> None:
    full = written(generate("pop, 100 bpm, A minor", 12))
    less = written(generate("pop, 100 bpm, A minor, no lead, no pad", 12))
    kept = {part.role: part.notes for part in full.parts}
    assert all(part.notes == kept[part.role] for part in less.parts)
    assert {part.role for part in less.parts} == {"drums", "bass", "keys", "guitar"}


@pytest.mark.parametrize("key", ["C major", "F# minor"])
def test_a_layer_follows_the_chords_under_it(key: str) -> None:
    backing = render(generate("pop, 100 bpm, no drums, no lead", 19.2, Music(bpm=100, key=key)), 4)
    under = score(backing)
    take = render(layer(mix(backing), "bass", music=Music(bpm=100)))
    assert list(take.stems) == ["bass"]
    assert any(note.startswith("key heard") for note in take.notes)
    new = score(take)
    same = [root_at(new, beat) == root_at(under, beat) for beat in np.arange(0.5, 30, 1.0)]
    assert np.mean(same) > 0.8
    on_root = [
        note.pitch % 12 == root_at(under, note.start) for note in new.parts[0].notes if abs(note.start % 4) < 1e-6
    ]
    assert np.mean(on_root) > 0.7


def root_at(found: Score, beat: float) -> int:
    return next(chord.root for chord in reversed(found.chords) if chord.start <= beat + 1e-6)


def test_a_layer_without_a_role_plays_what_is_missing() -> None:
    backing = render(generate("pop, 100 bpm, C major", 10))
    without = [stem for role, stem in backing.stems.items() if role != "drums"]
    take = render(layer(np.sum(without, axis=0), ""))
    assert list(take.stems) == ["drums"]
    assert "role chosen: drums" in take.notes
    assert list(render(layer(silence(4), "", "walking bass, 90 bpm")).stems) == ["bass"]


def test_a_repaint_goes_on_with_the_pattern_around_it() -> None:
    music = Music(bpm=120, key="G major")
    first = render(generate("pop, loop", 24, music), 6)
    take = render(repaint(mix(first), 8, 16, "pop", music=music), 3)
    old, new = score(first), score(take)
    same = [root_at(new, beat) == root_at(old, beat + 16) for beat in np.arange(0.5, 16, 1)]
    assert np.mean(same) > 0.8


def test_an_extension_goes_on_with_the_pattern_before_it() -> None:
    music = Music(bpm=120, key="E minor")
    first = render(generate("rock, loop", 16, music), 6)
    context = np.concatenate([mix(first), silence(8)], axis=1)
    new, old = score(render(extend(context, 0, 8, "rock", music=music), 3)), score(first)
    same = [root_at(new, beat) == root_at(old, beat) for beat in np.arange(0.5, 16, 1)]
    assert np.mean(same) > 0.8


@pytest.mark.parametrize("role", ["drums", "bass", "keys", "lead"])
def test_a_repaint_of_one_track_without_tags_is_one_track_of_its_kind(role: str) -> None:
    track = Renderer().render(demo_song.song(), Watch())[role]
    assert list(render(repaint(track, 5, 10, music=Music(bpm=demo_song.BPM))).stems) == [role]


def test_levels_continue() -> None:
    music = Music(bpm=110, key="C major")
    loud = mix(render(generate("pop, loop", 12, music)))
    for gain in (1.0, 0.2):
        take = render(repaint(loud * np.float32(gain), 4, 8, "pop", music=music))
        assert power(mix(take)) == pytest.approx(power(loud) * gain, rel=0.4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("D major", (2, "major")), ("Bbm", (10, "minor")), ("F#", (6, "")), ("c# minor", (1, "minor")), ("hello", None)],
)
def test_keys_are_read(text: str, expected: tuple[int, str] | None) -> None:
    assert read_key(text) == expected


def test_a_key_without_mode_takes_the_one_of_the_mood() -> None:
    assert written(generate("pop, sad", 4, Music(key="D"))).key == Key(2, "minor")
    assert written(generate("pop, happy", 4, Music(key="D"))).key == Key(2, "major")
    plan = written(generate("metal", 4)).plan
    assert choose_key(plan, Dice(((5, 1.0),))).mode == "minor"
