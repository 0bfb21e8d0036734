"""SoundFont: a user's own file plays the notes; the one used here is written by the test, a few sines."""

from __future__ import annotations

import importlib.util
import struct
import sys
from pathlib import Path

import numpy as np
import pytest

from bridge_server.protocol.errors import BridgeError, NotFound, UnreadableAudio, Unsupported
from engine.sketch.synth import soundfont
from engine.sketch.synth.soundfont import VARIABLE
from tests.engine.sketch_work import RATE, generate, mix, power, render, score

needs_player = pytest.mark.skipif(
    importlib.util.find_spec("tinysoundfont") is None, reason="tinysoundfont, which plays SoundFonts, is not installed"
)
SAMPLES, ROOT = 4_800, 69
PROGRAM_OF_PIANO, PROGRAM_OF_BASS = 0, 33


def chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def listed(form: bytes, *chunks: bytes) -> bytes:
    return chunk(b"LIST", form + b"".join(chunks))


def sine_font(programs: tuple[int, ...] = (PROGRAM_OF_PIANO, PROGRAM_OF_BASS)) -> bytes:
    """A SoundFont 2 whose presets all play one looped sine of 440 Hz. Source: SoundFont 2.04, sections 5 to 7."""
    sine = np.round(12_000 * np.sin(2 * np.pi * 440 * np.arange(SAMPLES + 64) / RATE)).astype("<i2")
    data = sine.tobytes() + bytes(92)

    def name(text: str) -> bytes:
        return text.encode().ljust(20, b"\0")

    presets = b"".join(name(f"p{each}") + struct.pack("<HHHIII", each, 0, number, 0, 0, 0)
                       for number, each in enumerate(programs))  # fmt: skip
    presets += name("EOP") + struct.pack("<HHHIII", 0, 0, len(programs), 0, 0, 0)
    bags = b"".join(struct.pack("<HH", number, 0) for number in range(len(programs) + 1))
    to_instrument = struct.pack("<HH", 41, 0) * len(programs) + bytes(4)
    instruments = name("sine") + struct.pack("<H", 0) + name("EOI") + struct.pack("<H", 1)
    looped, sample = struct.pack("<HH", 54, 1), struct.pack("<HH", 53, 0)
    headers = name("sine") + struct.pack("<IIIIIBbHH", 0, SAMPLES + 64, 0, SAMPLES, RATE, ROOT, 0, 0, 1)
    headers += name("EOS") + bytes(26)
    info = listed(b"INFO", chunk(b"ifil", struct.pack("<HH", 2, 1)), chunk(b"INAM", b"sines\0"))
    pdta = listed(
        b"pdta", chunk(b"phdr", presets), chunk(b"pbag", bags), chunk(b"pmod", bytes(10)),
        chunk(b"pgen", to_instrument), chunk(b"inst", instruments),
        chunk(b"ibag", struct.pack("<HHHH", 0, 0, 2, 0)), chunk(b"imod", bytes(10)),
        chunk(b"igen", looped + sample + bytes(4)), chunk(b"shdr", headers),
    )  # fmt: skip
    return chunk(b"RIFF", b"sfbk" + info + listed(b"sdta", chunk(b"smpl", data)) + pdta)


@pytest.fixture
def font(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "sines.sf2"
    path.write_bytes(sine_font())
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
        (sine_font()[:6_000], UnreadableAudio),
        (sine_font()[:-400], UnreadableAudio),
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
