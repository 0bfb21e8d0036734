"""A stem of ACE-Step 1.5 that begins late or stops early is told of; rests of the music are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.backends.ace_15 import codec
from engine.backends.ace_15.presence import missing
from tests.engine.ace_15_work import backend, layer, render
from tests.engine.ace_v1_work import RATE, music

Audio = NDArray[np.float32]


def sounding(*parts: tuple[float, float], seconds: float = 8.0) -> Audio:
    """Noise between the two times of each part, in seconds, and silence elsewhere."""
    audio = np.zeros((2, round(seconds * RATE)), np.float32)
    noise = np.random.default_rng(0).normal(0, 0.1, audio.shape).astype(np.float32)
    for start, end in parts:
        audio[:, round(start * RATE) : round(end * RATE)] = noise[:, round(start * RATE) : round(end * RATE)]
    return audio


ALL = ((0.0, 8.0),)


@pytest.mark.parametrize(
    ("stem", "others", "words"),
    [
        (ALL, ALL, []),
        (((0.0, 5.0),), ALL, ["falls silent 3.0 s before the end"]),
        (((2.5, 8.0),), ALL, ["begins only 2.5 s into"]),
        (((2.5, 5.5),), ALL, ["begins only 2.5 s into", "falls silent 2.5 s before"]),
        (((0.0, 6.5),), ALL, []),  # a short rest
        (((0.0, 1.0), (6.5, 8.0)), ALL, []),  # a long one in the middle is the music's own affair
        (((0.0, 5.0),), ((0.0, 5.0),), []),  # everybody rests
        ((), ALL, []),  # told of as a take of which nothing is heard
    ],
)
def test_silence_where_others_play(
    stem: tuple[tuple[float, float], ...], others: tuple[tuple[float, float], ...], words: list[str]
) -> None:
    told = missing(sounding(*stem), sounding(*others), "try a retake")
    assert len(told) == len(words)
    assert all(word in note and "retake" in note for word, note in zip(words, told, strict=True))


def test_an_echo_is_no_music() -> None:
    stem = sounding((0.0, 5.0)) + 1e-4 * sounding((5.0, 8.0))
    assert "falls silent" in missing(stem, sounding(*ALL), "")[0]


def test_nothing_at_all_and_next_to_nothing() -> None:
    for length in (0, 100):
        assert missing(np.zeros((2, length), np.float32), np.zeros((2, length), np.float32), "") == ()


def test_a_layer_tells_it(noise_pipeline: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = codec.decode

    def ends_early(*given: object) -> Audio:
        audio = real(*given)  # type: ignore[arg-type]
        audio[:, 3 * RATE :] = 0
        return audio

    monkeypatch.setattr(codec, "decode", ends_early)
    model = backend(noise_pipeline)
    take = render(model, layer(music(8.0), 0, 8 * RATE))
    assert any("falls silent 5.0 s before the end" in note for note in take.notes)
