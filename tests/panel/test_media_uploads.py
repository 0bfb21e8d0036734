"""Uploads: whatever comes in is looked at first; what is no sound leaves nothing behind."""

from __future__ import annotations

import asyncio
import io
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge_server.panel.media import uploads
from bridge_server.panel.media.uploads import Upload, Uploads
from bridge_server.protocol.errors import DiskFull, NotFound, TooLong, UnreadableAudio
from bridge_server.protocol.requests import Generate
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Source
from tests.panel.made import Made
from tests.region.conftest import noise


async def in_thread(work: Any, *given: Any) -> Any:
    return await asyncio.to_thread(work, *given)


def upload(folder: Path, data: bytes, name: str = "my song.wav", chunk: int = 70_000) -> Upload:
    async def chunks() -> AsyncIterator[bytes]:
        for first in range(0, len(data), chunk):
            yield data[first : first + chunk]

    return asyncio.run(Uploads(folder).receive(name, chunks(), in_thread))


def sound(container: str = "WAV", subtype: str = "PCM_24", frames: int = 500_000, channels: int = 2) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, noise(channels, frames).T, 44_100, format=container, subtype=subtype)
    return file.getvalue()


@pytest.mark.parametrize(
    ("container", "subtype", "ending"),
    [
        ("WAV", "PCM_24", "wav"),
        ("WAV", "FLOAT", "wav"),
        ("AIFF", "PCM_16", "aiff"),
        ("FLAC", "PCM_16", "flac"),
        ("OGG", "VORBIS", "ogg"),
        ("MP3", "MPEG_LAYER_III", "mp3"),
    ],
)
def test_sound_is_kept_as_it_came(tmp_path: Path, container: str, subtype: str, ending: str) -> None:
    """Whatever it is called: the file's ending says what it is."""
    data = sound(container, subtype)
    kept = upload(tmp_path, data, "Take 1.exe")
    (path,) = tmp_path.glob(f"{kept.id}.*")
    assert path.name == f"{kept.id}.{ending}"
    assert path.read_bytes() == data
    assert (kept.name, kept.rate, kept.channels) == ("Take 1.exe", 44_100, 2)
    assert kept.seconds == pytest.approx(500_000 / 44_100, abs=0.06)
    assert Uploads(tmp_path).find(kept.id) == kept


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello, this is no sound at all",
        b"RIFF\0\0\0\0WAVE",
        sound()[:30],
        b"<html><script>alert(1)</script></html>" * 5_000,
        sound("RAW", "PCM_16"),
        sound("VOC", "PCM_16"),
    ],
    ids=["nothing", "text", "header", "cut", "page", "raw", "voc"],
)
def test_what_is_no_sound_leaves_nothing(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(UnreadableAudio) as refused:
        upload(tmp_path, data, "loop.wav")
    assert refused.value.message.startswith("loop.wav")
    assert str(tmp_path) not in refused.value.message
    assert not list(tmp_path.iterdir())


def test_a_file_without_its_music_is_refused(tmp_path: Path) -> None:
    """A header that promises more than there is, and numbers that are none."""
    file = io.BytesIO()
    soundfile.write(file, np.full((1_000, 1), np.nan, np.float32), 44_100, format="WAV", subtype="FLOAT")
    with pytest.raises(Exception, match="NaN"):
        upload(tmp_path, file.getvalue())
    assert not list(tmp_path.iterdir())


def test_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_SECONDS", 3)
    with pytest.raises(TooLong):
        upload(tmp_path, sound(frames=200_000))
    assert not list(tmp_path.iterdir())


def test_the_same_file_twice_is_one(tmp_path: Path) -> None:
    """Takes were made from the first one: it stays the very file."""
    first = upload(tmp_path, sound(), "first.wav")
    (path,) = tmp_path.glob("*.wav")
    stamp = path.stat()
    second = upload(tmp_path, sound(), "second.wav", chunk=3_000)
    assert second.id == first.id
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (stamp.st_mtime_ns, stamp.st_ino)
    assert len(list(tmp_path.glob("[!.]*"))) == 1


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\Windows\\x.wav", "\0.wav", "", "." * 300, "夜.wav", "a\nb"])
def test_no_name_leads_anywhere(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "uploads"
    kept = upload(folder, sound(frames=100), name)
    assert kept.name
    assert not set(kept.name) & set("/\\\0\n")
    assert [path.name for path in tmp_path.iterdir()] == ["uploads"]
    assert {path.name for path in folder.iterdir()} == {f"{kept.id}.wav", f".{kept.id}.json"}


@pytest.mark.parametrize("id_", ["", "..", "../x", "0" * 31, "0" * 32, "*"])
def test_no_such_upload(tmp_path: Path, id_: str) -> None:
    upload(tmp_path, sound(frames=100))
    with pytest.raises(NotFound):
        Uploads(tmp_path).find(id_)


def test_what_nobody_made_anything_of_goes_after_a_month(tmp_path: Path) -> None:
    used, _, new = (upload(tmp_path, sound(frames=frames)) for frames in (100, 200, 300))
    rest = tmp_path / ".0123456789abcdef.upload"
    rest.write_bytes(b"x")
    long_ago = time.time() - 31 * 24 * 3600
    for path in tmp_path.iterdir():
        os.utime(path, (long_ago, long_ago))
    upload(tmp_path, sound(frames=300))  # comes again, and so is wanted
    made = Made(tmp_path / "made")
    made.keep(Generate(job="job-0001", span=Span(0, 9, 44_100), reference=Source(path=f"/uploads/{used.id}.wav")))
    Uploads(tmp_path).tidy(made.desk.records.mentions)
    names = {path.name for path in tmp_path.iterdir() if path.is_file()}
    assert names == {f"{used.id}.wav", f".{used.id}.json", f"{new.id}.wav", f".{new.id}.json"}
    Uploads(tmp_path / "nothing yet").tidy(made.desk.records.mentions)


def test_a_browser_that_goes_away_leaves_nothing(tmp_path: Path) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield sound()
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        asyncio.run(Uploads(tmp_path).receive("x.wav", chunks(), in_thread))
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_told_of(tmp_path: Path) -> None:
    async def full(work: Any, *given: Any) -> Any:
        if given and isinstance(given[-1], bytes):
            raise OSError(28, "No space left on device")
        return work(*given)

    async def chunks() -> AsyncIterator[bytes]:
        yield sound()

    with pytest.raises(DiskFull):
        asyncio.run(Uploads(tmp_path).receive("x.wav", chunks(), full))
    assert not list(tmp_path.iterdir())
