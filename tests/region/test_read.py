"""Reading: the needed part of any file, and nothing else of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge_server.protocol.requests import Extend
from bridge_server.protocol.span import Span
from bridge_server.region.prepare import prepare
from bridge_server.region.read import open_audio, read
from tests.region.conftest import ask, capabilities, noise


@pytest.mark.parametrize("name", ["a.wav", "a.aiff", "a.flac", "a.mp3", "a.ogg", "a.caf", "a.au"])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_part_is_what_the_whole_file_holds_there(sound, name: str, channels: int) -> None:
    """Also in the middle of an MP3, where a decoder that jumps in is wrong for some frames."""
    # A steady tone needs few bits, so an MP3's frames borrow from those before them.
    steady = 0.5 * np.sin(0.05 * np.arange(200_000) + np.arange(channels)[:, None])
    path = sound(name, steady, rate=44_100)
    whole = soundfile.read(path, dtype="float32", always_2d=True)[0].T
    file = open_audio(path)
    assert (file.rate, file.channels, file.frames) == (44_100, channels, whole.shape[1])
    for start in (0, 1_151, 60_000, 123_456):
        found = read(file, start, start + 3_000)
        assert (found.start, found.rate) == (start, 44_100)
        # Of an MP3, decoders promise no more than 24 bits.
        assert np.abs(found.audio - whole[:, start : start + 3_000]).max() <= (2**-22 if name == "a.mp3" else 0)


def test_around_the_file_there_is_silence(sound) -> None:
    audio = noise(2, 1_000)
    file = open_audio(sound("a.wav", audio, subtype="FLOAT"))
    found = read(file, -300, 1_200).audio
    assert found.shape == (2, 1_500)
    assert np.array_equal(found[:, 300:1_300], audio)
    assert not found[:, :300].any()
    assert not found[:, 1_300:].any()
    assert not read(file, 5_000, 5_010).audio.any()


def test_the_stamp_changes_with_the_file(sound) -> None:
    before = open_audio(sound("a.wav", noise(1, 1_000)))
    assert open_audio(before.path).stamp == before.stamp
    assert open_audio(sound("a.wav", noise(1, 1_001))).stamp != before.stamp


def test_of_a_clip_that_was_cut_out_only_the_clip_is_read(sound) -> None:
    audio = noise(1, 48_000)
    audio[:, 20_000] = audio[:, 40_000] = np.nan
    path = sound("a.wav", audio, subtype="FLOAT")
    prepared = prepare(ask(Extend, path, Span(22_000, 38_000, 48_000), left=900, right=900), capabilities())
    assert np.isfinite(prepared.context).all()


def test_names_in_any_script(sound, tmp_path: Path) -> None:
    for name in ("Grüße & Küsse.wav", "漢字.flac", '🥁 loop\'s "best".wav', "-rf.wav", "%d%s.wav"):
        assert open_audio(sound(name, noise(1, 100))).frames == 100
