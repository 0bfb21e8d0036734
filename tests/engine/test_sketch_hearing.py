"""Hearing, on recordings whose key, chords and tempo are known because we made them."""

import numpy as np
import pyloudnorm
import pytest

from bridge_server.protocol.values import Music
from engine.sketch import hearing
from engine.sketch.loudness import loudness
from engine.sketch.theory import Key
from engine.watch import Watch
from tests.engine.sketch_work import RATE, Audio, accompany, generate, layer, mix, render, repaint, score, silence

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
    found = hearing.tempo_of(whole, Watch())
    assert found == pytest.approx(bpm, rel=0.01)
    take = render(repaint(whole, 4, 8))
    assert f"tempo heard: {found:g} bpm" in take.notes


def test_silence_is_heard_as_silence() -> None:
    assert hearing.key_of(heard(silence(4))) is None
    assert hearing.tempo_of(silence(8), Watch()) is None
    assert hearing.players(silence(4), Watch()) == frozenset()
    take = render(accompany(silence(4)))
    assert "lead" not in take.stems
    assert any(note == "no tempo given or heard: 120 bpm" for note in take.notes)
    assert mix(take).any()


def test_who_plays() -> None:
    take = render(generate("pop, 110 bpm", 10))
    assert hearing.players(take.stems["drums"], Watch()) == {"drums"}
    assert hearing.players(take.stems["pad"], Watch()) == {"chords"}
    assert "bass" in hearing.players(take.stems["bass"], Watch())
    assert hearing.players(mix(take), Watch()) == {"drums", "bass", "chords"}


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
