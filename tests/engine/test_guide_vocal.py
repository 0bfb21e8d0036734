"""The guide vocal as it sounds: syllables on their notes, in tune, the same each time, and stopped when asked."""

from __future__ import annotations

import time

import numpy as np
import pytest
from scipy.ndimage import uniform_filter1d

from bridge_server.protocol.values import Music
from engine.sketch.voice import world
from engine.sketch.voice.alignment import FRAME_SECONDS
from engine.sketch.voice.espeak import find_program
from engine.sketch.voice.recording import Studio
from engine.sketch.voice.singing import Tone, sing_line
from engine.sketch.voice.voices import SINGERS, voice_of
from engine.watch import Cancelled, Watch
from tests.engine.sketch_work import RATE, Audio, mix, power, render, score
from tests.engine.vocal_work import LYRICS, needs_voice, sung, syllable_starts, vowel_onset

pytestmark = needs_voice


@pytest.fixture(scope="module")
def studio() -> Studio:
    program = find_program()
    assert program is not None
    return Studio(program)


def line_sung(  # type: ignore[no-untyped-def]
    studio: Studio, text: str, language: str, voice: str = "middle", step: float = 0.5, home: int = 0
):
    """(tones, (2, T)) of a line with a syllable every `step` seconds, around the voice's home or another key."""
    recording = studio.record(text, language, Watch())
    keys = [(home or SINGERS[voice].home) + move for move in (0, 2, 4, 5)]
    tones = [
        Tone(0.5 + number * step, 0.5 + (number + 1) * step, keys[number % 4], 100, number)
        for number in range(len(recording.syllables))
    ]
    first, sound = sing_line(recording, tones, SINGERS[voice], np.random.default_rng(1), Watch(), RATE)
    whole = np.zeros((2, first + len(sound) + RATE // 10), dtype=np.float32)
    whole[:, first : first + len(sound)] = sound
    return tones, whole


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("take tap cat pick fish seat coat hat", "en"),
        ("pata kasa tope sopa fita", "es"),
        ("Tasse Kappe Suppe Kiste", "de"),
        ("patata testa pasta casa", "it"),
    ],
)
def test_vowels_begin_on_their_notes(studio: Studio, text: str, language: str) -> None:
    """Heard in the sound, for syllables that begin without voice, where a vowel's beginning is clear."""
    tones, audio = line_sung(studio, text, language)
    late = np.array([vowel_onset(audio, tone.start) for tone in tones])
    assert np.median(np.abs(late)) < 6
    assert np.mean(np.abs(late) < 10) >= 0.75
    assert np.abs(np.mean(late)) < 8


@pytest.mark.parametrize("voice", list(SINGERS))
def test_it_sings_in_tune(studio: Studio, voice: str) -> None:
    tones, audio = line_sung(studio, "Hello my shadow walking in the morning light", "en", voice)
    pitch, times = pitch_of(audio)
    cents = []
    for tone in tones:
        inside = (times > tone.start + 0.08) & (times < tone.end - 0.08) & (pitch > 0)
        cents += list(1200 * np.log2(pitch[inside] / (440 * 2 ** ((tone.pitch - 69) / 12))))
    assert np.median(np.abs(cents)) < 10
    assert np.abs(np.median(cents)) < 5
    assert np.mean(np.abs(cents) < 50) > 0.9


def pitch_of(audio: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    tracker = world._world()
    mono = np.ascontiguousarray(audio.mean(axis=0).astype(np.float64)[::2])
    rough, times = tracker.dio(mono, RATE // 2, f0_floor=70.0, f0_ceil=800.0, frame_period=1000 * FRAME_SECONDS)
    return tracker.stonemask(mono, rough, times, RATE // 2), times


def test_voices_differ_in_range_and_throat(studio: Studio) -> None:
    """Resonances are compared on the same low notes, where harmonics lie close enough to show them."""
    centres = []
    for voice in ("low", "middle", "high"):
        _, audio = line_sung(studio, "meany money", "en", voice, home=40)
        spectrum = np.abs(np.fft.rfft(audio[0])) ** 2
        hertz = np.fft.rfftfreq(audio.shape[1], 1 / RATE)
        upper = (hertz > 1200) & (hertz < 3800)
        centres.append(float((hertz[upper] * spectrum[upper]).sum() / spectrum[upper].sum()))
    assert centres[0] < centres[1] < centres[2]
    assert SINGERS["low"].home < SINGERS["middle"].home < SINGERS["high"].home
    assert voice_of(["pop", "female vocals"]) == "high"
    assert voice_of(["Male voice"]) == "low"
    assert voice_of(["pop"]) == "middle"


def gaps_below_harmonics(studio: Studio, voice: str) -> float:
    """Decibels that sound between the harmonics 2 … 8 lies below them, before the vibrato sets in."""
    (tone, *_), audio = line_sung(studio, "car far star", "en", voice)
    first = round((tone.start + 0.06) * RATE)
    piece = audio[0, first : first + round(0.2 * RATE)]
    spectrum = np.abs(np.fft.rfft(piece * np.blackman(len(piece)), 8 * len(piece)))
    pitch = 440 * 2 ** ((tone.pitch - 69) / 12)
    hertz = np.fft.rfftfreq(8 * len(piece), 1 / RATE)

    def level(harmonic: float) -> float:
        near = np.abs(hertz - harmonic * pitch) < 0.1 * pitch
        return float(20 * np.log10(spectrum[near].max()))

    return float(np.mean([level(each) - (level(each - 0.5) + level(each + 0.5)) / 2 for each in range(2, 9)]))


def test_breath_fills_the_gaps_between_the_harmonics_of_the_high_voice(studio: Studio) -> None:
    """There a vowel's resonances would be unheard otherwise."""
    gaps = {voice: gaps_below_harmonics(studio, voice) for voice in SINGERS}
    assert gaps["high"] < 36
    assert gaps["middle"] > gaps["high"] + 6


def loneliest_step(audio: Audio) -> float:
    """The largest step between samples, against those within 10 ms of it: hissing has many, a click is alone."""
    steps = np.abs(np.diff(audio, axis=1)).astype(np.float64)
    near = np.sqrt(uniform_filter1d(steps**2, RATE // 50, axis=1))
    return float((steps / (near + 1e-3)).max())


def test_a_click_would_be_seen() -> None:
    stem = render(sung(LYRICS, 16)).stems["vocals"].copy()
    stem[:, 422_000:] += 0.2
    assert loneliest_step(stem) > 8


def test_a_take_has_a_vocal_stem_that_is_in_the_mix() -> None:
    take = render(sung(LYRICS, 16))
    whole = mix(take)
    assert set(take.stems) > {"vocals"}
    assert power(take.stems["vocals"]) > 0.01
    assert np.abs(whole).max() <= 0.9
    assert loneliest_step(take.stems["vocals"]) < 8, "a click"
    assert np.abs(whole[:, -1]).max() < 0.01
    assert any("a guide, not a singer" in note for note in take.notes)
    late = [vowel_onset(take.stems["vocals"], start) for start, _ in syllable_starts(score(take))]
    assert np.median(np.abs(late)) < 15


def test_a_take_is_in_tune_with_its_score() -> None:
    take = render(sung(LYRICS, 16, "ambient, 100 bpm, male voice"))
    pitch, times = pitch_of(take.stems["vocals"])
    cents = []
    for start, key in syllable_starts(score(take)):
        inside = (times > start + 0.08) & (times < start + 0.2) & (pitch > 0)
        cents += list(1200 * np.log2(pitch[inside] / (440 * 2 ** ((key - 69) / 12))))
    assert np.median(np.abs(cents)) < 20


def test_the_same_seed_sings_the_same() -> None:
    work = sung(LYRICS, 8)
    first, again, other = render(work, 5), render(work, 5), render(work, 6)
    assert np.array_equal(first.stems["vocals"], again.stems["vocals"])
    assert not np.array_equal(first.stems["vocals"], other.stems["vocals"])


def test_through_a_change_of_tempo() -> None:
    from bridge_server.protocol.values import Change

    music = Music(bpm=120.0, changes=(Change(at=3 * RATE, bpm=90.0), Change(at=6 * RATE, meter="3/4")))
    take = render(sung(LYRICS, 12, music=music))
    late = [vowel_onset(take.stems["vocals"], start) for start, _ in syllable_starts(score(take))]
    assert np.median(np.abs(late)) < 15


def test_cancel_is_quick_wherever_it_falls() -> None:
    times: list[float] = []
    watch = Watch()
    check = watch.check

    def looked() -> None:
        times.append(time.thread_time())
        check()

    recorded = _Counting(looked)
    render(sung("Carry me over the river tonight, under a feather of silver light", 8), watch=recorded)
    assert len(times) > 30
    assert np.quantile(np.diff(times), 0.98) < 0.1
    stopped = Watch(lambda fraction, stage: stopped.cancel() if stage == "singing" else None)
    with pytest.raises(Cancelled):
        render(sung("stop singing now", 4), watch=stopped)


class _Counting(Watch):
    """Notes when it is looked at, itself and all its parts."""

    def __init__(self, looked) -> None:  # type: ignore[no-untyped-def]
        super().__init__()
        self._looked = looked

    def check(self) -> None:
        self._looked()

    def part(self, low: float, high: float) -> Watch:
        return self
