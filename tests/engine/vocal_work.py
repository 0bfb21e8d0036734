"""Sung takes for the tests, and what is measured on them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.ndimage import uniform_filter1d
from scipy.signal import butter, sosfiltfilt

from bridge_server.protocol.requests import Edit, Generate, Layer
from bridge_server.protocol.values import Music, Source
from engine.backends import guide_vocal
from engine.sketch.score import Score, Vocal
from engine.work import Rendering, Work
from tests.engine.sketch_work import JOB, RATE, Audio, score, silence, span

needs_voice = pytest.mark.skipif(not guide_vocal.is_ready(), reason="espeak-ng or pyworld is not installed")
LYRICS = """[verse]
Hello my shadow in the morning light
Carry me over the river tonight
[chorus]
Take me home, take me home
Under the silver moon
"""
OTHER = """[verse]
Winter is coming to the northern town
Every leaf is turning brown
[chorus]
Let it snow, let it fall
Over the garden wall
"""


def sung(lyrics: str, seconds: float, tags: str = "pop, 120 bpm", music: Music | None = None, **more: Any) -> Work:
    request = Generate(
        job=JOB, tags=tags, lyrics=lyrics, language=more.pop("language", "en"), music=music or Music(),
        span=span(0, seconds), **more,
    )  # fmt: skip
    return Work(request=request, context=silence(seconds), targets=(span(0, seconds),))


def edited(take: Rendering, audio: Audio, lyrics: str, mode: str, **more: Any) -> Work:
    """An edit of all of a take, or from `start` to `end` seconds of it."""
    start, end = more.pop("start", 0.0), more.pop("end", audio.shape[1] / RATE)
    latents = more.pop("latents", {**take.latents, "hull_start": np.array(0.0)})
    request = Edit(
        job=JOB, source=Source(path="/x.wav"), span=span(start, end), mode=mode, lyrics=lyrics, language="en", **more
    )
    return Work(request=request, context=audio, targets=(span(start, end),), latents=latents)


def vocal_layer(context: Audio, lyrics: str, role: str = "vocals", **more: Any) -> Work:
    whole = span(0, context.shape[1] / RATE)
    request = Layer(
        job=JOB, role=role, lyrics=lyrics, language="en", sources=(Source(path="/x.wav"),), span=whole, **more
    )
    return Work(request=request, context=context, targets=(whole,))


def vocal_of(take: Rendering) -> Vocal:
    found = score(take).vocal
    assert found is not None
    return found


def syllable_starts(found: Score) -> list[tuple[float, int]]:
    """(seconds, key) of the first note of every syllable."""
    vocal = found.vocal
    assert vocal is not None
    starts, before = [], None
    for note, syllable in zip(vocal.notes, vocal.sung, strict=True):
        if (syllable.line, syllable.syllable) != before:
            starts.append((found.plan.grid.sample(note.start) / RATE, note.pitch))
        before = (syllable.line, syllable.syllable)
    return starts


def melody_line(vocal: Vocal) -> list[tuple[float, float, int]]:
    """(start, end, key) with repeated notes of one key joined: what is sung, however it is divided into syllables."""
    found: list[tuple[float, float, int]] = []
    for note in vocal.notes:
        start, end = round(note.start, 6), round(note.start + note.length, 6)
        if found and found[-1][2] == note.pitch and abs(found[-1][1] - start) < 1e-5:
            found[-1] = (found[-1][0], end, note.pitch)
        else:
            found.append((start, end, note.pitch))
    return found


def vowel_onset(audio: Audio, expected: float) -> float:
    """Milliseconds after `expected` seconds at which the band of vowels reaches half of the vowel's own level.

    Measured on the sound alone: 300 to 3,000 Hz, power over 8 ms.
    """
    mono = audio.mean(axis=0).astype(np.float64)
    band = sosfiltfilt(butter(4, [300, 3000], "bandpass", fs=RATE, output="sos"), mono)
    level = np.sqrt(np.maximum(0, uniform_filter1d(band**2, 384)))
    at = round(expected * RATE)
    own = float(np.median(level[at + round(0.06 * RATE) : at + round(0.16 * RATE)]))
    before = level[max(0, at - round(0.12 * RATE)) : at + round(0.06 * RATE)]
    below = np.flatnonzero(before < 0.5 * own)
    return float((below[-1] if len(below) else 0) / RATE * 1000 - min(120.0, at / RATE * 1000))
