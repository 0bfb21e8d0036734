"""Takes saved in other formats: the same music, at a rate that the format knows."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge_server.panel.media.saved_as import FORMATS, attachment, converted, format_of
from bridge_server.protocol.errors import BadRequest, NotFound, Unsupported
from tests.conftest import make_tone


def tone(folder: Path, rate: int, channels: int = 2) -> Path:
    path = folder / "take-1.wav"
    samples = make_tone(seconds=1.5, rate=rate)[:1].T
    soundfile.write(path, np.repeat(samples, channels, axis=1) * 0.5, rate, subtype="PCM_24")
    return path


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("rate", [44_100, 96_000])
def test_the_same_music_in_another_format(tmp_path: Path, name: str, rate: int) -> None:
    path = tone(tmp_path, rate)
    wanted = FORMATS[name]
    body = converted(path, wanted)
    samples, found = soundfile.read(io.BytesIO(body), always_2d=True)
    assert soundfile.info(io.BytesIO(body)).format == wanted.major
    assert found == (48_000 if name == "mp3" and rate == 96_000 else rate)
    assert abs(len(samples) / found - 1.5) < 0.1
    before = soundfile.read(path, always_2d=True)[0]
    assert abs(np.sqrt(np.mean(samples**2)) / np.sqrt(np.mean(before**2)) - 1) < 0.05


def test_flac_is_the_take_to_the_last_bit(tmp_path: Path) -> None:
    path = tone(tmp_path, 48_000)
    body = io.BytesIO(converted(path, FORMATS["flac"]))
    assert np.array_equal(soundfile.read(body, dtype="int32")[0], soundfile.read(path, dtype="int32")[0])


def test_what_cannot_be_is_refused(tmp_path: Path) -> None:
    assert format_of("") is None
    assert format_of("wav") is None
    with pytest.raises(BadRequest, match="no format"):
        format_of("../exe")
    with pytest.raises(Unsupported, match="2 channels"):
        converted(tone(tmp_path, 48_000, 6), FORMATS["mp3"])
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    with pytest.raises(NotFound):
        converted(tmp_path / "broken.wav", FORMATS["ogg"])


def test_the_name_goes_with_it() -> None:
    assert attachment("Süß 夜 (seed 7).wav", "mp3") == {
        "Content-Disposition": "attachment; filename*=UTF-8''S%C3%BC%C3%9F%20%E5%A4%9C%20%28seed%207%29.mp3"
    }
