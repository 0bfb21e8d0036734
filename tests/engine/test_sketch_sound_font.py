"""SoundFont: a user's own file plays the notes; the one used here is written by the test, a few sines."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.sketch.sine_font import chunk, sine_font
from bridge_server.protocol.errors import BridgeError, NotFound, UnreadableAudio, Unsupported
from engine.sketch.synth import soundfont
from engine.sketch.synth.soundfont import VARIABLE
from tests.engine.sketch_work import RATE, generate, mix, power, render, score

needs_player = pytest.mark.skipif(
    importlib.util.find_spec("tinysoundfont") is None, reason="tinysoundfont, which plays SoundFonts, is not installed"
)
PROGRAM_OF_PIANO, PROGRAM_OF_BASS = 0, 33
SINES = sine_font((PROGRAM_OF_PIANO, PROGRAM_OF_BASS))


@pytest.fixture
def font(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "sines.sf2"
    path.write_bytes(SINES)
    monkeypatch.setenv(VARIABLE, str(path))
    return path


@needs_player
def test_the_notes_of_the_score_sound_at_their_pitch(font: Path) -> None:
    take = render(generate("solo piano, loop", 6))
    assert "played with the SoundFont sines.sf2" in take.notes
    piano = take.stems["keys"].sum(axis=0)
    spectrum = np.abs(np.fft.rfft(piano * np.hanning(len(piano)))) ** 2
    frequency = np.fft.rfftfreq(len(piano), 1 / RATE)
    played = np.array([440 * 2 ** ((note.pitch - 69) / 12) for note in score(take).parts[0].notes])
    near = (np.abs(frequency[:, None] / played[None, :] - 1) < 0.02).any(axis=1)
    assert spectrum[near].sum() > 0.95 * spectrum[frequency > 30].sum()


@needs_player
def test_stems_still_add_up_and_what_the_file_lacks_is_ours(font: Path) -> None:
    with_font = render(generate("pop", 8), 3)
    assert set(with_font.stems) >= {"drums", "bass"}
    assert all(power(stem) > 1e-4 for stem in with_font.stems.values())
    assert np.abs(mix(with_font)).max() <= 0.9
    again = render(generate("pop", 8), 3)
    assert all(np.array_equal(again.stems[role], stem) for role, stem in with_font.stems.items())


@needs_player
def test_without_the_variable_nothing_changes(font: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_font = render(generate("solo piano, loop", 4))
    monkeypatch.delenv(VARIABLE)
    own = render(generate("solo piano, loop", 4))
    assert not np.array_equal(mix(with_font), mix(own))
    assert not any("SoundFont" in note for note in own.notes)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (None, NotFound),
        (b"", UnreadableAudio),
        (b"ID3 this is an MP3", UnreadableAudio),
        (chunk(b"RIFF", b"WAVEfmt "), UnreadableAudio),
        (SINES[:6_000], UnreadableAudio),
        (SINES[:-400], UnreadableAudio),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, error: type[BridgeError]
) -> None:
    path = tmp_path / "mine.sf2"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv(VARIABLE, str(path))
    with pytest.raises(error) as caught:
        render(generate("pop", 2))
    assert "mine.sf2" in caught.value.message
    assert VARIABLE in caught.value.hint


def test_without_the_player_the_hint_says_how_to_get_it(font: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tinysoundfont._tinysoundfont", None)
    soundfont._loaded.cache_clear()
    with pytest.raises(Unsupported) as caught:
        render(generate("pop", 2))
    assert "pip install" in caught.value.hint
