"""Every file and span that cannot be used is refused with a sentence that says why."""

from __future__ import annotations

import os
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge_server.protocol.errors import (
    BadAudio,
    BadRequest,
    BadSpan,
    BridgeError,
    EngineFault,
    NotFound,
    SourceChanged,
    TooLong,
    UnreadableAudio,
)
from bridge_server.protocol.requests import Accompany, Edit, Extend, Generate, Layer, Repaint, Separate
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Source
from bridge_server.region.deliver import Rendered, deliver
from bridge_server.region.prepare import prepare
from tests.region.conftest import ask, capabilities, noise, rendered

SPAN = Span(1_000, 5_000, 48_000)


def refused(path: Path | str, expected: type[BridgeError], span: Span = SPAN, **changes: object) -> str:
    """The sentence with which a repaint of a file is refused."""
    with pytest.raises(expected) as caught:
        prepare(ask(Repaint, path, span, **changes), capabilities())
    assert caught.value.hint
    assert caught.value.message.endswith(".")
    return caught.value.message


def test_missing_files(tmp_path: Path) -> None:
    assert "nothing.wav" in refused(tmp_path / "nothing.wav", NotFound)
    refused(tmp_path / "no" / "folder.wav", NotFound)
    refused("/" + "x" * 3_000, NotFound)
    (tmp_path / "file").write_bytes(b"")
    refused(tmp_path / "file" / "below.wav", NotFound)


def test_what_is_not_audio(tmp_path: Path) -> None:
    assert "folder" in refused(tmp_path, UnreadableAudio)
    for name, content in (
        ("empty.wav", b""),
        ("text.wav", b"hello" * 100),
        ("head.wav", b"RIFF\0\0\0\0WAVE"),
        ("a.raw", b"123"),
    ):
        (tmp_path / name).write_bytes(content)
        assert name in refused(tmp_path / name, UnreadableAudio)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    refused(tmp_path / "pipe.wav", UnreadableAudio)


def test_headers_that_make_no_sense(sound, tmp_path: Path) -> None:
    good = sound("good.wav", noise(1, 9_000), subtype="PCM_16").read_bytes()
    for offset, form, value in ((24, "<I", 0), (22, "<H", 0), (22, "<H", 40)):
        raw = bytearray(good)
        struct.pack_into(form, raw, offset, value)
        (tmp_path / "bad.wav").write_bytes(raw)
        refused(tmp_path / "bad.wav", UnreadableAudio)


def test_too_many_channels_and_no_samples(sound, tmp_path: Path) -> None:
    assert "9 channels" in refused(sound("nine.wav", noise(9, 9_000)), UnreadableAudio)
    assert "no audio" in refused(sound("empty.wav", np.zeros((2, 0), np.float32)), UnreadableAudio)


@pytest.mark.parametrize("name", ["cut.flac", "cut.ogg", "cut.aiff", "cut.wav"])
def test_files_that_break_off(sound, tmp_path: Path, name: str) -> None:
    path = sound(name, noise(2, 96_000))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    refused(path, BadSpan if soundfile.info(path).frames < 90_000 else UnreadableAudio, Span(80_000, 90_000, 48_000))


def test_a_recording_that_was_cut_off_is_used_as_far_as_it_goes(sound) -> None:
    path = sound("cut.wav", noise(2, 96_000), subtype="PCM_16")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    request = ask(Repaint, path, Span(30_000, 40_000, 48_000))
    assert prepare(request, capabilities()).hull.length


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none(sound, value: float) -> None:
    audio = noise(2, 96_000)
    audio[1, 50_000] = value
    path = sound("nan.wav", audio, subtype="FLOAT")
    assert "NaN or infinite" in refused(path, BadAudio, Span(49_000, 51_000, 48_000))
    audio = noise(2, 960_000)
    audio[1, 950_000] = value
    path = sound("far.wav", audio, subtype="FLOAT")
    request = ask(Repaint, path, SPAN, form="whole")
    prepared = prepare(request, capabilities())
    take = deliver(prepared, rendered(prepared), path.parent)
    assert not np.isfinite(soundfile.read(take.path)[0][950_000, 1])


def test_spans_that_do_not_fit_the_file(sound) -> None:
    path = sound("short.wav", noise(2, 4_999))
    message = refused(path, BadSpan)
    assert "4,999 samples" in message
    assert "48,000 Hz" in message
    message = refused(path, BadSpan, Span(0, 4_000, 44_100))
    assert "44,100" in message
    assert "48,000" in message
    for kind in (Edit, Extend, Separate):
        extra = {"right": 100} if kind is Extend else {"role": "vocals"} if kind is Separate else {}
        with pytest.raises(BadSpan):
            prepare(ask(kind, path, SPAN, **extra), capabilities())


def test_lengths_that_the_backend_cannot_do(sound, tmp_path: Path) -> None:
    path = Source(path=str(sound("long.wav", noise(1, 96_000))))
    able = capabilities(min_seconds=0.5, max_seconds=1.0)
    with pytest.raises(BadSpan, match=r"0\.083 s are shorter than the 0\.5 s that test needs"):
        prepare(Repaint(job="job-0001", source=path, span=SPAN), able)
    with pytest.raises(TooLong, match=r"2\.0 s are longer than the 1 s"):
        prepare(Repaint(job="job-0001", source=path, span=Span(0, 96_000, 48_000)), able)
    with pytest.raises(TooLong):
        prepare(Generate(job="job-0001", span=Span(0, 8 * 3_600 * 48_000, 48_000)), able)
    with pytest.raises(TooLong):
        prepare(Layer(job="job-0001", sources=(path,), span=Span(0, 96_000, 48_000)), able)
    prepare(Generate(job="job-0001", span=Span(0, 48_000, 48_000)), able)
    with pytest.raises(TooLong) as caught:
        prepare(Extend(job="job-0001", source=path, span=Span(0, 48_000, 48_000), left=24_000, right=24_000), able)
    assert "one side" in caught.value.hint
    prepare(Extend(job="job-0001", source=path, span=Span(0, 48_000, 48_000), right=24_000), able)


def test_eight_hours_as_a_whole_file(tmp_path: Path) -> None:
    """A sparse file: 8 h of silence that take no room. Its region is no trouble, its whole would not be a WAV."""
    path, frames = tmp_path / "long.rf64", 8 * 3_600 * 48_000
    with soundfile.SoundFile(path, "w", 48_000, 2, subtype="PCM_24", format="RF64") as file:
        file.write(np.zeros((1_000, 2)))
    raw = bytearray(path.read_bytes())
    at, data = raw.index(b"ds64") + 8, raw.index(b"data") + 8
    raw[raw.index(b"RIFF") if b"RIFF" in raw[:4] else 0 : 4] = b"RF64"
    struct.pack_into("<QQQ", raw, at, data + frames * 6 - 8, frames * 6, frames)
    raw[data - 4 : data] = b"\xff" * 4
    with path.open("wb") as file:
        file.write(raw[:data])
        file.truncate(data + frames * 6)
    assert soundfile.info(path).frames == frames
    span = Span(frames - 48_000, frames - 24_000, 48_000)
    assert "4 GiB" in refused(path, TooLong, span, form="whole")
    prepared = prepare(ask(Repaint, path, span), capabilities())
    assert deliver(prepared, rendered(prepared), tmp_path).samples == 24_000


def test_a_whole_file_keeps_its_channels(sound) -> None:
    assert "channels" in refused(sound("mono.wav", noise(1, 9_000)), BadRequest, form="whole", channels=2)


def test_missing_tracks_of_a_layer(sound, tmp_path: Path) -> None:
    good = Source(path=str(sound("good.wav", noise(1, 9_000))))
    for kind in (Layer, Accompany):
        with pytest.raises(NotFound, match=r"gone\.wav"):
            prepare(
                kind(job="job-0001", sources=(good, Source(path=str(tmp_path / "gone.wav"))), span=SPAN), capabilities()
            )


def test_a_source_that_changes_while_it_is_rendered(sound, tmp_path: Path) -> None:
    path = sound("source.wav", noise(2, 9_000))
    request = ask(Repaint, path, SPAN, form="whole")
    prepared = prepare(request, capabilities())
    sound("source.wav", noise(2, 9_001))
    with pytest.raises(SourceChanged):
        deliver(prepared, rendered(prepared), tmp_path)
    path.unlink()
    with pytest.raises(NotFound):
        deliver(prepared, rendered(prepared), tmp_path)
    assert not list(tmp_path.glob("*take*"))


def test_what_a_broken_backend_renders_reaches_no_file(sound, tmp_path: Path) -> None:
    request = ask(Repaint, sound("source.wav", noise(2, 9_000)), SPAN)
    prepared = prepare(request, capabilities())
    good = noise(2, prepared.hull.length)
    broken = good.copy()
    broken[0, 7] = np.nan
    for stems in ({}, {"mix": good[:, :-1]}, {"mix": good[:1]}, {"a": good, "b": broken}):
        with pytest.raises(EngineFault):
            deliver(prepared, Rendered(number=1, seed=0, stems=stems), tmp_path)
    assert not list(tmp_path.glob("*take*"))


def test_a_folder_that_is_gone(sound, tmp_path: Path) -> None:
    prepared = prepare(Generate(job="job-0001", span=SPAN), capabilities())
    folder = tmp_path / "job"
    folder.mkdir()
    shutil.rmtree(folder)
    with pytest.raises(NotFound):
        deliver(prepared, rendered(prepared), folder)
