"""Hearing, on recordings whose key, chords and tempo are known because we made them."""

import numpy as np
import pyloudnorm
import pytest
import soxr

from bridge_server.protocol.values import Music
from engine.sketch import hearing, hearing_mix, hearing_time
from engine.sketch.grid import Grid
from engine.sketch.loudness import loudness
from engine.sketch.meter import Meter
from engine.sketch.score import Feel
from engine.sketch.theory import Key
from engine.watch import Watch
from tests.engine.sketch_work import (
    RATE,
    Audio,
    accompany,
    generate,
    layer,
    mix,
    power,
    render,
    repaint,
    score,
    silence,
)

TRIADS = {"C": (60, 64, 67), "Am": (57, 60, 64), "F": (53, 57, 60), "G": (55, 59, 62)}


def organ(names: list[str], seconds: float = 2.0) -> Audio:
    """Plain chords of five partials, made without any of the backend's own synthesis."""
    now = np.arange(round(seconds * RATE)) / RATE
    bars = []
    for name in names:
        tones = [*TRIADS[name], TRIADS[name][0] - 12]
        wave = sum(np.sin(2 * np.pi * h * 440 * 2 ** ((p - 69) / 12) * now) / h for p in tones for h in range(1, 6))
        bars.append(wave * np.minimum(1, (len(now) - np.arange(len(now))) / 2400) * 0.05)
    return np.tile(np.concatenate(bars), (2, 1)).astype(np.float32)


def heard(audio: Audio) -> hearing.Heard:
    return hearing.listen(audio, [(0, audio.shape[1])], Watch())


@pytest.mark.parametrize("steps", range(0, 12, 4))
@pytest.mark.parametrize("style", ["rock", "folk"])
def test_the_key_of_our_own_songs(style: str, steps: int) -> None:
    names = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
    take = render(generate(style, 9, Music(key=f"{names[steps]} major")), steps)
    found = hearing.key_of(heard(mix(take)))
    assert found is not None
    assert set(found.scale) == set(Key(steps, "major").scale), found.name


def test_chords_of_plain_recordings() -> None:
    names = ["C", "Am", "F", "G", "C", "F", "Am", "G"]
    take = render(layer(organ(names), "pad", music=Music(bpm=120)))
    chords = score(take).chords
    assert [chord.root for chord in chords] == [0, 9, 5, 7, 0, 5, 9, 7]
    assert any(note == "chords heard: C Am F G C F Am G" for note in take.notes)
    assert any(note in ("key heard: C major", "key heard: A minor") for note in take.notes)


def test_noise_on_the_recording_does_not_hide_the_chords() -> None:
    clean = organ(["Am", "F", "C", "G"])
    noisy = clean + np.random.default_rng(1).normal(0, 0.02, clean.shape).astype(np.float32)
    chords = score(render(layer(noisy, "pad", music=Music(bpm=120, key="A minor")))).chords
    assert [chord.root for chord in chords] == [9, 5, 0, 7]


@pytest.mark.parametrize("bpm", [84.0, 100.0, 126.0])
def test_tempo_of_a_groove(bpm: float) -> None:
    whole = mix(render(generate("rock, loop", 12, Music(bpm=bpm))))
    found = hearing_time.tempo_of(hearing_time.rises(whole, Watch()))
    assert found == pytest.approx(bpm, rel=0.01)
    take = render(repaint(whole, 4, 8))
    assert score(take).plan.grid.bpm == pytest.approx(bpm, rel=0.01)
    assert any(note.startswith("tempo heard: ") for note in take.notes)


@pytest.mark.parametrize("late", [0.0, 0.6, 1.3])
def test_bar_lines_of_a_groove(late: float) -> None:
    """Cut anywhere in a bar: with nothing told, what is added starts its bars with the music."""
    whole = mix(render(generate("pop, loop", 16, Music(bpm=100, key="G major"))))[:, round(late * RATE) :]
    found = hearing_time.pulse_of(whole, Meter(4, 4), heard(whole), Watch())
    assert found is not None
    assert found.bpm == pytest.approx(100, rel=0.01)
    assert abs((found.phase_seconds - late + 1.2) % 2.4 - 1.2) < 0.06
    grid = score(render(layer(whole, "pad"))).plan.grid
    assert abs((grid.phase_seconds - late + 1.2) % 2.4 - 1.2) < 0.06
    assert late or grid.phase_seconds == 0


@pytest.mark.parametrize("cents", [-40, -20, 30, 45])
def test_a_recording_that_is_out_of_tune(cents: int) -> None:
    names = ["C", "Am", "F", "G", "C", "F", "G", "C"]
    bent = np.asarray(soxr.resample(organ(names).T, RATE * 2 ** (cents / 1200), RATE).T, dtype=np.float32)
    found = heard(bent)
    assert found.cents == pytest.approx(cents, abs=4)
    assert hearing.key_of(found) == Key(0, "major")
    chords = hearing.chords_of(found, Grid(120 * 2 ** (cents / 1200), Meter(4, 4), 0.0, RATE), 0, None)
    assert [chord.root for chord in chords][::2] == [0, 9, 5, 7, 0, 5, 7, 0]


def test_keys_that_share_their_notes_differ_in_their_chords() -> None:
    assert hearing.key_of(heard(organ(["C", "F", "G", "C", "F", "C"]))) == Key(0, "major")
    assert hearing.key_of(heard(organ(["Am", "F", "Am", "G", "F", "Am"]))) == Key(9, "minor")


def character(audio: Audio) -> Feel:
    return hearing_mix.character(audio, loudness(audio), hearing_time.rises(audio, Watch()))


def test_the_character_of_the_surroundings_is_taken_up() -> None:
    """Density, brightness and level of the context steer what is played where the user said nothing."""
    calm = mix(render(generate("ambient, sparse, dark, calm", 8))) * np.float32(0.1)
    lively = mix(render(generate("drum and bass, dense, bright, energetic", 8)))
    low, high = (character(each) for each in (calm, lively))
    assert low.density < 0 < high.density
    assert low.brightness < high.brightness - 0.3
    assert low.energy < 0 < high.energy
    quiet, busy = (render(layer(each, "keys", music=Music(bpm=120, key="C major"))) for each in (calm, lively))
    assert score(quiet).plan.feel == low
    assert score(busy).plan.feel == high
    assert len(score(quiet).parts[0].notes) < len(score(busy).parts[0].notes)
    assert power(mix(quiet)) < 0.3 * power(mix(busy))


def test_what_the_user_says_goes_before_what_is_heard() -> None:
    lively = mix(render(generate("drum and bass, dense, bright, energetic", 8)))
    asked = score(render(layer(lively, "keys", "sparse, dark", Music(bpm=120)))).plan.feel
    assert asked.density < 0
    assert asked.brightness < 0


def test_silence_has_no_character() -> None:
    assert character(silence(4)) == Feel()


def test_noise_has_neither_key_nor_chords_nor_tempo() -> None:
    noise = np.random.default_rng(3).normal(0, 0.1, (2, 12 * RATE)).astype(np.float32)
    assert hearing.key_of(heard(noise)) is None
    assert hearing.chords_of(heard(noise), Grid(120, Meter(4, 4), 0.0, RATE), 0, None) == ()
    assert hearing_time.tempo_of(hearing_time.rises(noise, Watch())) is None
    take = render(repaint(noise, 4, 8))
    assert not any("heard" in note and "no tempo" not in note for note in take.notes)


def test_silence_is_heard_as_silence() -> None:
    assert hearing.key_of(heard(silence(4))) is None
    assert hearing_time.tempo_of(hearing_time.rises(silence(8), Watch())) is None
    assert hearing_mix.players(silence(4), Watch()) == frozenset()
    take = render(accompany(silence(4)))
    assert "lead" not in take.stems
    assert any(note == "no tempo given or heard: 120 bpm" for note in take.notes)
    assert mix(take).any()


def test_who_plays() -> None:
    take = render(generate("pop, 110 bpm", 10))
    assert hearing_mix.players(take.stems["drums"], Watch()) == {"drums"}
    assert hearing_mix.players(take.stems["pad"], Watch()) == {"chords"}
    assert "bass" in hearing_mix.players(take.stems["bass"], Watch())
    assert hearing_mix.players(mix(take), Watch()) == {"drums", "bass", "chords"}


def test_a_repaint_does_not_listen_to_what_it_replaces() -> None:
    around, inside = organ(["C", "C"]), organ(["Am", "F"])
    music = Music(bpm=120)
    takes = [
        render(repaint(np.concatenate([around, middle, around], axis=1), 4, 8, "pop", music=music))
        for middle in (inside, silence(4))
    ]
    assert np.array_equal(mix(takes[0]), mix(takes[1]))


@pytest.mark.parametrize("seconds", [0.5, 3.0, 70.0])
def test_loudness_agrees_with_the_standard(seconds: float) -> None:
    noise = np.random.default_rng(2).normal(0, 0.1, (2, round(seconds * RATE)))
    noise *= np.linspace(0.001, 1, noise.shape[1])
    expected = pyloudnorm.Meter(RATE).integrated_loudness(noise.T)
    assert loudness(noise.astype(np.float32)) == pytest.approx(expected, abs=0.35)
    assert loudness(silence(1)) is None
