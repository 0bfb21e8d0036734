"""The guide vocal, measured on its sound: when vowels begin, how true, how fast, and what a recogniser hears."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from time import process_time

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from scipy.signal import butter, resample_poly, sosfiltfilt

from benchmarks.table import Row
from engine.backends import guide_vocal
from engine.sketch.voice.espeak import Espeak, find_program
from engine.sketch.voice.languages import VOICES
from engine.sketch.voice.recording import Studio
from engine.sketch.voice.singing import Tone, sing_line
from engine.sketch.voice.voices import SINGERS
from engine.watch import Watch

RATE = 48_000
MELODY = (0, 2, 4, 2, 5, 4, 2, 0)
LINES = (
    "hello my friend how are you today", "the weather is very nice in the summer",
    "she was walking in the garden with a child", "we are going home before the night",
    "there is a light over the water", "give me the time to tell the story",
    "nobody told me the mountain was high", "take the morning train to the city",
    "the children were playing by the river", "i will never leave you alone again",
    "open the window and look at the stars", "he came back from the war in the winter",
)  # fmt: skip
MORE_LINES = (
    (
        "the river runs down to the sea", "i remember the color of your eyes", "leave the door open when you go",
        "we danced all night under the moon", "nothing ever stays the same for long",
        "she wrote a letter to her brother", "the road is empty and the sky is grey",
        "tell me a secret before the morning", "my heart is beating like a drum",
        "birds are flying over the house", "somebody is waiting in the rain", "hold my hand and walk with me",
    ),
    (
        "every day i think about you", "the snow is falling on the hill", "he never said a word to anyone",
        "keep your head above the water", "summer came and went away", "turn the music up and sing along",
        "money cannot buy a friend", "the old man sat beside the fire", "there was a ship upon the ocean",
        "we were young and we were free", "my mother told me not to worry", "the city sleeps but i am awake",
    ),
)  # fmt: skip
"""With `LINES`, three dozen for the recogniser: it is given a dozen to choose from at a time."""
CLEAR = (
    ("take tap cat pick fish seat coat hat", "en"), ("pata kasa tope sopa fita", "es"),
    ("Tasse Kappe Suppe Kiste Tisch", "de"), ("patata testa pasta casa", "it"), ("сказка песок пытка", "ru"),
)  # fmt: skip
Sound = NDArray[np.float64]


def rows() -> list[Row]:
    program = find_program()
    if program is None or not guide_vocal.is_ready():
        return [Row("guide vocal", "not measured: espeak-ng or pyworld is not installed")]
    studio = Studio(program)
    return [_onsets(studio), _pitch(studio), *_speed(studio), *_heard(studio, Espeak(program))]


def sung(studio: Studio, text: str, language: str, voice: str, step: float = 0.3) -> tuple[list[Tone], Sound]:
    """(tones, (T,) sound) of a line; stressed syllables are longer, the last is held."""
    recording = studio.record(text, language, Watch())
    tones, at = [], 0.5
    for number, syllable in enumerate(recording.syllables):
        length = step * (3 if number + 1 == len(recording.syllables) else 1.6 if syllable.stress else 1)
        key = SINGERS[voice].home + MELODY[number % len(MELODY)]
        tones.append(Tone(at, at + length, key, 100, number))
        at += length
    first, sound = sing_line(recording, tones, SINGERS[voice], np.random.default_rng(1), Watch(), RATE)
    return tones, np.concatenate([np.zeros(first), sound, np.zeros(RATE // 10)])


def _onsets(studio: Studio) -> Row:
    late = []
    for text, language in CLEAR:
        for voice in SINGERS:
            tones, sound = sung(studio, text, language, voice)
            band = sosfiltfilt(butter(4, [300, 3000], "bandpass", fs=RATE, output="sos"), sound)
            level = np.sqrt(np.maximum(0, uniform_filter1d(band**2, 384)))
            for tone in tones:
                at = round(tone.start * RATE)
                own = np.median(level[at + round(0.06 * RATE) : at + round(0.16 * RATE)])
                before = level[at - round(0.12 * RATE) : at + round(0.06 * RATE)]
                below = np.flatnonzero(before < own / 2)
                late.append(1000 * (below[-1] if len(below) else 0) / RATE - 120)
    away = np.abs(late)
    figure = f"median {np.median(away):.1f} ms, 90 % within {np.quantile(away, 0.9):.0f} ms"
    return Row(
        f"vowel onset from its note, {len(late)} syllables with voiceless onsets, {len(CLEAR)} languages",
        f"{figure}; {100 * np.mean(away < 10):.0f} % within 10 ms",
        "10 ms",
    )


def _pitch(studio: Studio) -> Row:
    import pyworld

    cents: list[float] = []
    for number, text in enumerate(LINES):
        tones, sound = sung(studio, text, "en", tuple(SINGERS)[number % 3])
        half = np.ascontiguousarray(sound[::2])
        rough, times = pyworld.dio(half, RATE // 2, f0_floor=70.0, f0_ceil=800.0)
        pitch = pyworld.stonemask(half, rough, times, RATE // 2)
        for tone in tones:
            inside = (times > tone.start + 0.06) & (times < tone.end - 0.06) & (pitch > 0)
            cents += list(1200 * np.log2(pitch[inside] / (440 * 2 ** ((tone.pitch - 69) / 12))))
    away = np.abs(cents)
    figure = f"median {np.median(away):.1f} cents, {100 * np.mean(away < 50):.0f} % of frames within 50 cents"
    return Row("pitch of voiced frames from the note", figure)


def _speed(studio: Studio) -> Iterator[Row]:
    for kept in (False, True):
        if kept:
            for text in LINES:
                studio.record(text, "en", Watch())
        seconds, began = 0.0, process_time()
        for text in LINES:
            if not kept:
                studio.forget_lines()
            seconds += len(sung(studio, text, "en", "middle")[1]) / RATE
        rate = seconds / (process_time() - began)
        what = "spoken before" if kept else "spoken, aligned and taken apart anew (espeak-ng's own time not counted)"
        yield Row(f"singing, lines {what}", f"{rate:.0f} × real time of CPU", "10 × real time")


def _heard(studio: Studio, espeak: Espeak) -> Iterator[Row]:
    """Which of twelve lines it is, by pocketsphinx with a grammar of these lines: 1 in 12 by chance; three times."""
    if importlib.util.find_spec("pocketsphinx") is None:
        yield Row("lines told apart by a speech recogniser", "not measured: pocketsphinx is not installed")
        return

    def spoken(text: str) -> tuple[Sound, int]:
        rate, sound = espeak.sound(text, VOICES["en"])
        return sound, rate

    def by(voice: str) -> Callable[[str], tuple[Sound, int]]:
        return lambda text: (sung(studio, text, "en", voice)[1], RATE)

    makers = {"spoken by espeak-ng": spoken, **{f"sung, {voice} voice": by(voice) for voice in SINGERS}}
    for name, make in makers.items():
        dozens = [sum(_recognised(*make(text), lines) == text for text in lines) for lines in (LINES, *MORE_LINES)]
        figure = f"{sum(dozens)} of {12 * len(dozens)} ({', '.join(map(str, dozens))} of each dozen)"
        yield Row(f"lines told apart by pocketsphinx, {name}", figure, "as many as spoken")


def _recognised(sound: Sound, rate: int, lines: tuple[str, ...]) -> str:
    """The line that it sounds like most; '' for none."""
    from pocketsphinx import Decoder

    plain = resample_poly(sound, 16_000, rate)
    plain = np.concatenate([np.zeros(4_000), plain / np.abs(plain).max() * 0.6, np.zeros(4_000)])
    plain += np.random.default_rng(0).normal(0, 1e-4, len(plain))
    decoder = Decoder(samprate=16_000, loglevel="FATAL")
    decoder.add_jsgf_string("lines", f"#JSGF V1.0; grammar lines; public <line> = {' | '.join(lines)};")
    decoder.activate_search("lines")
    decoder.start_utt()
    decoder.process_raw((plain * 32767).astype(np.int16).tobytes(), full_utt=True)
    decoder.end_utt()
    return decoder.hyp().hypstr.strip() if decoder.hyp() else ""
