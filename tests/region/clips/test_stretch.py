"""Stretched sound: exactly as long as asked, in tune, attacks in time, both loudspeakers together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from bridge_server.demo import play
from bridge_server.region.channels import usual_layout
from bridge_server.region.clips.stretch import stretched
from bridge_server.region.clips.tape import Reader
from bridge_server.region.loudness import integrated

RATE = 48_000
SECONDS = 3


def reader(audio: NDArray[np.float32]) -> Reader:
    def read(start: int, end: int) -> NDArray[np.float32]:
        at = np.arange(start, end)
        inside = (at >= 0) & (at < audio.shape[1])
        out = np.zeros((audio.shape[0], end - start), np.float32)
        out[:, inside] = audio[:, at[inside]]
        return out

    return read


def at_speed(
    audio: NDArray[np.float32], speed: float, start: int = 0, end: int = SECONDS * RATE
) -> NDArray[np.float32]:
    return stretched(reader(audio), RATE, lambda at: at * speed, start, end)


def chord(*hertz: float) -> NDArray[np.float32]:
    time = np.arange(5 * RATE) / RATE
    one = sum(np.sin(2 * np.pi * each * time + number) for number, each in enumerate(hertz)) / len(hertz)
    return np.stack([one, -0.5 * one]).astype(np.float32)


CHORDS = {
    "low triad": (110.0, 138.6, 164.8),
    "triad": (220.0, 277.2, 329.6, 440.0),
    "a string's overtones": (55.0, 110.0, 165.0, 220.0, 275.0),
}


@pytest.mark.parametrize("speed", [0.85, 1.06, 1.3])
@pytest.mark.parametrize("hertz", CHORDS.values(), ids=CHORDS.keys())
def test_chords_stay_in_tune_and_clean(hertz: tuple[float, ...], speed: float) -> None:
    audio = at_speed(chord(*hertz), speed)
    assert audio.shape == (2, SECONDS * RATE)
    body = audio[0, RATE // 2 : -RATE // 2]
    window = np.hanning(len(body))
    power = np.abs(np.fft.rfft(body * window)) ** 2
    total, tones = power.sum(), 0.0
    for each in hertz:
        bin_ = each * len(body) / RATE
        near = slice(int(bin_) - 12, int(bin_) + 13)
        assert abs(near.start + np.argmax(power[near]) - bin_) * RATE / len(body) < 0.5
        level = np.sqrt(power[near].sum() * 4 / 1.5) / window.sum() * len(hertz)
        assert abs(20 * np.log10(level)) < 0.1
        tones += power[near].sum()
    assert 10 * np.log10((total - tones) / total) < -40, "nothing else is heard"
    np.testing.assert_allclose(audio[1], -0.5 * audio[0], atol=1e-6)


def test_at_its_own_speed_it_is_the_input() -> None:
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (2, 4 * RATE)).astype(np.float32)
    assert np.abs(at_speed(noise, 1.0, 1_000, 50_000) - noise[:, 1_000:50_000]).max() < 1e-6


@pytest.mark.parametrize("gap", [0.5, 0.125])
@pytest.mark.parametrize("speed", [0.8, 1.03, 1.25])
def test_drums_sound_once_and_in_time(speed: float, gap: float) -> None:
    random = np.random.default_rng(2)
    audio = np.zeros((1, 5 * RATE), np.float32)
    hits = (np.arange(1, int(4.5 / gap)) * gap * RATE).astype(int)
    for hit in hits:
        audio[0, hit : hit + 2_400] += random.standard_normal(2_400) * np.exp(-np.arange(2_400) / 400) * 0.2
    heard = at_speed(audio, speed)[0]
    for hit in hits:
        place = int(hit / speed)
        if place + 3_000 > len(heard):
            break
        around = np.abs(heard[place - 2_000 : place + 2_000])
        begins = np.argmax(around > 0.3 * around.max()) - 2_000
        assert abs(begins) / RATE < 0.001, "within a millisecond"
        strength = np.square(heard[place - 100 : place + 2_400]).sum()
        assert abs(10 * np.log10(strength / np.square(audio[0, hit - 100 : hit + 2_400]).sum())) < 0.5
        echo = np.square(heard[place - 2_000 : place - 100]).sum()
        assert echo < 2e-3 * strength, "27 dB below: nothing is heard before it"


@pytest.mark.parametrize("speed", [0.7, 0.95, 1.4])
def test_a_drum_does_not_make_a_held_chord_duck(speed: float) -> None:
    held = 0.1 * chord(220.0, 277.2, 329.6)[:1]
    random = np.random.default_rng(3)
    with_drums = held.copy()
    for hit in range(RATE // 2, 5 * RATE - 2_400, RATE // 2):
        with_drums[0, hit : hit + 2_400] += random.standard_normal(2_400) * np.exp(-np.arange(2_400) / 400) * 0.1
    heard = at_speed(with_drums, speed)[0]
    carrier = heard * np.exp(-2j * np.pi * 220 * np.arange(len(heard)) / RATE)
    window = np.hanning(4_800)
    level = 2 * np.abs(np.convolve(carrier, window / window.sum(), "same"))[9_600:-9_600] / (0.1 / 3)
    assert 20 * np.log10(level.min()) > -2.5
    assert 20 * np.log10(level.max()) < 2.5


def test_the_map_may_change_its_speed_underway() -> None:
    """A click at every half second of the input arrives where the map says."""
    audio = np.zeros((1, 5 * RATE), np.float32)
    hits = np.arange(1, 9) * RATE // 2
    audio[0, hits] = 0.9
    knots = np.array([[0, 0], [1, 0.8], [2, 2.1], [3, 3.0]]) * RATE
    heard = stretched(reader(audio), RATE, lambda at: np.interp(at, *knots.T), 0, 3 * RATE)[0]
    for hit in hits:
        place = int(np.interp(hit, knots[:, 1], knots[:, 0]))
        if 0 < place < 3 * RATE - 100:
            assert abs(np.argmax(np.abs(heard[place - 1_000 : place + 1_000])) - 1_000) < 0.001 * RATE


def test_silence_and_next_to_nothing() -> None:
    assert not at_speed(np.zeros((2, RATE), np.float32), 0.9).any()
    assert at_speed(chord(440.0), 1.1, 700, 701).shape == (2, 1)
    assert np.isfinite(at_speed(chord(440.0)[:, :50], 0.5, 0, 500)).all()


@pytest.mark.parametrize("name", ["drums", "bass", "keys"])
@pytest.mark.parametrize("speed", [0.85, 1.15])
def test_instruments_keep_their_loudness(name: str, speed: float) -> None:
    song = Path(play.__file__).parent / "song"
    audio, rate = soundfile.read(song / f"{name}.flac", frames=6 * 44_100, dtype="float32", always_2d=True)
    audio = np.ascontiguousarray(audio.T)
    layout = usual_layout(len(audio))
    heard = stretched(reader(audio), rate, lambda at: at * speed, 0, int(audio.shape[1] / speed))
    before, after = integrated(audio, rate, layout), integrated(heard, rate, layout)
    assert before is not None
    assert after is not None
    assert abs(after - before) < 0.3
