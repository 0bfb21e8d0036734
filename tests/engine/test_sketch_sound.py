"""Sound: no aliasing, no clicks, exact pitch, and notes that do not depend on what was played before."""

import numpy as np
import pytest

from engine.sketch.synth import room, waves
from engine.sketch.synth.instruments import PITCHED
from engine.sketch.synth.percussion import KEYS, KITS, hit
from engine.sketch.synth.waves import RATE, Wave
from engine.watch import Watch

SIZE = 65_536


def spectrum(wave: Wave) -> np.ndarray:  # type: ignore[type-arg]
    return np.abs(np.fft.rfft(wave[12_000 : 12_000 + SIZE] * np.blackman(SIZE))) ** 2


def strangers_db(wave: Wave, pitch: float) -> float:
    """The strongest partial that is no harmonic of `pitch`, relative to the strongest of all."""
    found, frequency = spectrum(wave), np.fft.rfftfreq(SIZE, 1 / RATE)
    foreign = np.abs(frequency - np.round(frequency / pitch) * pitch) > 12
    return float(10 * np.log10(found[foreign & (frequency > 300)].max() / found.max()))


@pytest.mark.parametrize("key", [40, 64, 88, 95])
def test_no_aliasing_to_speak_of(key: int) -> None:
    pitch = 440 * 2 ** ((key - 69) / 12)
    saw = waves.tables(1 / np.arange(1, waves.harmonic_count(pitch) + 1)[None])
    steady = waves.read(saw, np.zeros(1), waves.cycles(pitch, 96_000))
    assert strangers_db(steady, pitch) < -80
    strong = np.full(96_000, 6, np.float32)
    assert strangers_db(waves.fm(pitch, 1.0, strong, 96_000), pitch) < -60
    assert strangers_db(waves.fm(pitch, 7.0, strong, 96_000), pitch) < -60
    driven = np.stack([steady, steady]) * np.float32(0.3)
    room.amplify(driven, 1.0, Watch())
    assert strangers_db(driven[0], pitch) < -50


@pytest.mark.parametrize("name", list(PITCHED))
def test_instruments_are_in_tune_and_start_softly(name: str) -> None:
    sound = PITCHED[name]
    key = (sound.low + sound.high) // 2
    pitch = 440 * 2 ** ((key - 69) / 12)
    wave = sound.tone(pitch, 0.7, 2 * RATE)
    left = wave if wave.ndim == 1 else wave.sum(axis=0)
    assert np.isfinite(left).all()
    assert abs(left[0]) < 0.05 * np.abs(left).max()
    frequency = np.fft.rfftfreq(SIZE, 1 / RATE)
    peaks = spectrum(left)
    top = frequency[peaks.argmax()]
    harmonic = max(0.5, round(2 * top / pitch) / 2)
    assert abs(1200 * np.log2(top / (harmonic * pitch))) < 25, f"{top:.1f} Hz for {pitch:.1f} Hz"


@pytest.mark.parametrize("name", ["piano", "rhodes", "warm pad", "distorted guitar", "fiddle", "bells"])
def test_a_longer_note_begins_like_a_shorter_one(name: str) -> None:
    tone = PITCHED[name].tone
    assert np.array_equal(tone(220.0, 0.5, RATE), tone(220.0, 0.5, 2 * RATE)[..., :RATE])


@pytest.mark.parametrize("kit", list(KITS))
def test_drums_start_at_once_and_end_in_silence(kit: str) -> None:
    for key in KEYS:
        wave = hit(KITS[kit], key, 0.8)
        assert np.isfinite(wave).all()
        assert 0.05 < np.abs(wave).max() < 2.5
        assert abs(wave[-1]) < 1e-3
        assert np.abs(wave[:1440]).max() > 0.2 * np.abs(wave).max()


def test_the_room_is_the_same_in_pieces() -> None:
    """An impulse just before the edge of a block sounds like one at the start."""
    early, late = np.zeros((2, 8 * RATE), np.float32), np.zeros((2, 8 * RATE), np.float32)
    at = (1 << 17) - int(0.7 * RATE) - 10
    early[:, 0], late[:, at] = 1, 1
    room.add_room(early, 1.0, Watch())
    room.add_room(late, 1.0, Watch())
    assert np.allclose(early[:, :RATE], late[:, at : at + RATE], atol=1e-5)
