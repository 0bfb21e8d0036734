"""Broadcast Wave: other programs read what we write, and we read it back whatever they did to it."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from wavinfo import WavInfoReader

from bridge_server.protocol.errors import NoRecipe, NotFound, TooLong, UnreadableAudio
from bridge_server.protocol.recipe import Recipe
from bridge_server.protocol.requests import Repaint, Separate
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Origin, Source
from bridge_server.region import riff
from bridge_server.region.channels import usual_layout
from bridge_server.region.encoding import FLOAT32, FLOAT64, PCM16, PCM24, PCM32, U8, Encoding
from bridge_server.region.wav import Label, WaveForm, check_size, read_recipe, title_of, write_wav
from tests.region.conftest import noise

LYRICS = "[verse]\nNachts im Café ☕️ 🎸\t<&>\"' \u2028 漢字 \x00\x07\ufffe\n[chorus]\n]]> &amp; 🧑‍🎤"


def recipe(**changes: object) -> Recipe:
    request = Repaint(
        job="3f2a9c01-e47b-4be2-9d5a-0123456789ab",
        source=Source(path="/music/Grüße/drums.wav"),
        span=Span(96_000, 192_000, 48_000),
        tags="lofi, 82 bpm, Fender™",
        lyrics=LYRICS,
    )
    known = {
        "request": request,
        "number": 2,
        "seed": 2**53 - 1,
        "backend": "sketch",
        "model": "sketch 1",
        "release": "0.1.0",
        "created": "2026-11-22T10:58:37Z",
        "context_sha256": "ab" * 32,
        "origin": Origin(seed=3, variance=0.1),
        "notes": ("key heard: D major",),
    }
    return Recipe(**{**known, **changes})


def write(
    path: Path, audio: np.ndarray, encoding: Encoding = PCM24, time_reference: int = 0, rate: int = 48_000
) -> Path:
    form = WaveForm(rate=rate, layout=usual_layout(len(audio)), encoding=encoding, frames=audio.shape[1])
    label = Label(title="Repaint, take 2: Café", time_reference=time_reference, loudness=-17.25, recipe=recipe())
    write_wav(path, form, label, [encoding.encode(audio)])
    return path


@pytest.mark.parametrize("encoding", [U8, PCM16, PCM24, PCM32, FLOAT32, FLOAT64])
@pytest.mark.parametrize("channels", [1, 2, 3, 6, 8])
def test_every_format_is_read_by_libsndfile_and_wavinfo(tmp_path: Path, encoding: Encoding, channels: int) -> None:
    audio = noise(channels, 1_001, peak=0.9)
    path = write(tmp_path / "take.wav", audio, encoding)
    found, rate = soundfile.read(path, always_2d=True)
    step = 2**-24 if encoding.is_float else 2.0 ** (1 - min(encoding.bits, 25))
    assert rate == 48_000
    assert np.abs(found.T - audio).max() <= step / 2
    info = WavInfoReader(str(path))
    assert (info.fmt.channel_count, info.fmt.sample_rate, info.fmt.bits_per_sample) == (channels, 48_000, encoding.bits)
    assert info.data.frame_count == 1_001
    assert path.stat().st_size % 2 == 0


def test_bext_says_what_where_and_when(tmp_path: Path) -> None:
    bext = WavInfoReader(str(write(tmp_path / "take.wav", noise(2, 100), time_reference=2**40 - 1))).bext
    assert bext.description == "Repaint, take 2: Caf?"
    assert bext.originator == "Dawbridge"
    assert bext.originator_ref == "3f2a9c01-e47b-4be2-9d5a-0123/2"
    assert (bext.originator_date, bext.originator_time) == ("2026-11-22", "10:58:37")
    assert bext.time_reference == 2**40 - 1 > 2**32
    assert bext.version == 2
    assert bext.loudness_value == pytest.approx(-17.25)
    assert bext.coding_history == "A=PCM,F=48000,W=24,M=stereo,T=Dawbridge 0.1.0; sketch\r\n"


def test_the_title_says_what_it_is_and_that_it_is_a_draft() -> None:
    span = Span(0, 1, 48_000)
    draft = recipe(request=Repaint(job="job-0001", source=Source(path="/a"), span=span, draft=True, tags="funk"))
    assert title_of(recipe(), "drums") == "Repaint, take 2, drums: lofi, 82 bpm, Fender™"
    assert title_of(draft) == "Repaint, draft, take 2: funk"
    assert title_of(recipe(request=Separate(job="job-0001", source=Source(path="/a"), span=span, role="bass")))


def test_before_the_start_of_the_timeline_counts_as_its_start(tmp_path: Path) -> None:
    assert WavInfoReader(str(write(tmp_path / "take.wav", noise(2, 100), time_reference=-5))).bext.time_reference == 0


def test_ixml_holds_note_take_and_recipe(tmp_path: Path) -> None:
    ixml = WavInfoReader(str(write(tmp_path / "take.wav", noise(2, 100)))).ixml
    assert ixml.take == "2"
    text = ixml.parsed.find("./DAWBRIDGE/RECIPE").text
    assert json.loads(text)["request"]["lyrics"] == LYRICS
    assert text.isascii()


def test_the_recipe_comes_back_as_it_was(tmp_path: Path) -> None:
    assert read_recipe(write(tmp_path / "take.wav", noise(2, 100))) == recipe()


@settings(max_examples=50, deadline=None)
@given(lyrics=st.text(max_size=200), tags=st.text(max_size=50), seed=st.integers(0, 2**53 - 1))
def test_any_text_survives(tmp_path_factory: pytest.TempPathFactory, lyrics: str, tags: str, seed: int) -> None:
    request = Repaint(job="job-0001", source=Source(path="/a"), span=Span(0, 1, 48_000), lyrics=lyrics, tags=tags)
    told = recipe(request=request, seed=seed)
    path = tmp_path_factory.mktemp("recipe") / "take.wav"
    form = WaveForm(rate=48_000, layout=("FC",), encoding=PCM24, frames=1)
    write_wav(path, form, Label(title=tags, time_reference=0, loudness=None, recipe=told), [b"\0\0\0"])
    assert read_recipe(path) == told
    assert WavInfoReader(str(path)).bext.loudness_value == pytest.approx(327.67)


def shuffled(path: Path, order: list[bytes]) -> Path:
    """The same file as another program might save it: other order, chunks of its own."""
    with path.open("rb") as file:
        bodies = {chunk.name: riff.body(file, chunk) for chunk in riff.chunks(file)}
    bodies |= {b"JUNK": b"x" * 27, b"LIST": b"INFOISFT\x05\0\0\0REAP\0\0"}
    body = b"".join(riff.packed(name, bodies[name]) for name in order)
    other = path.with_name("other.wav")
    other.write_bytes(struct.pack("<4sI4s", b"RIFF", 4 + len(body), b"WAVE") + body)
    return other


@pytest.mark.parametrize("order", ["JUNK|fmt |data|LIST|iXML|bext", "iXML|fmt |JUNK|data", "fmt |LIST|data|iXML"])
def test_the_order_of_chunks_does_not_matter(tmp_path: Path, order: str) -> None:
    other = shuffled(write(tmp_path / "take.wav", noise(1, 101)), [name.encode() for name in order.split("|")])
    assert read_recipe(other) == recipe()
    assert soundfile.info(other).frames == 101


def test_files_without_a_recipe_say_so(tmp_path: Path, sound) -> None:
    take = write(tmp_path / "take.wav", noise(1, 101))
    with pytest.raises(NoRecipe):
        read_recipe(shuffled(take, [b"fmt ", b"data", b"bext"]))
    for name in ("plain.wav", "plain.flac", "plain.mp3"):
        with pytest.raises(NoRecipe, match=name):
            read_recipe(sound(name, noise(1, 5_000)))
    foreign = take.read_bytes().replace(b"<RECIPE>{", b"<RECIPE>[")
    (tmp_path / "foreign.wav").write_bytes(foreign)
    with pytest.raises(NoRecipe):
        read_recipe(tmp_path / "foreign.wav")
    (tmp_path / "broken.wav").write_bytes(take.read_bytes().replace(b"</BWFXML>", b"</BWFXXX>"))
    with pytest.raises(NoRecipe):
        read_recipe(tmp_path / "broken.wav")


def test_what_is_no_sound_file_has_no_recipe_to_read(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_recipe(tmp_path / "nothing.wav")
    with pytest.raises(UnreadableAudio):
        read_recipe(tmp_path)
    for content in (b"", b"RIFF", b"hello, world" * 10, b"RIFF\x20\0\0\0WAVEfmt "):
        (tmp_path / "text.wav").write_bytes(content)
        with pytest.raises(UnreadableAudio):
            read_recipe(tmp_path / "text.wav")


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damaged_files_never_surprise(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    raw = bytearray(write(folder / "take.wav", noise(1, 20)).read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    (folder / "damaged.wav").write_bytes(raw[: data.draw(st.integers(0, len(raw)))])
    try:
        read_recipe(folder / "damaged.wav")
    except (NoRecipe, UnreadableAudio) as error:
        assert error.message


def test_more_than_4_gib_is_refused_before_it_is_written(tmp_path: Path) -> None:
    eight_hours = WaveForm(rate=48_000, layout=usual_layout(2), encoding=PCM24, frames=8 * 3600 * 48_000)
    with pytest.raises(TooLong, match="4 GiB") as caught:
        check_size(eight_hours)
    assert "region" in caught.value.hint
    check_size(WaveForm(rate=48_000, layout=usual_layout(2), encoding=PCM24, frames=4 * 3600 * 48_000))


def test_rf64_files_of_other_programs_are_understood(tmp_path: Path) -> None:
    take = write(tmp_path / "take.wav", noise(1, 100))
    with take.open("rb") as file:
        bodies = {chunk.name: riff.body(file, chunk) for chunk in riff.chunks(file)}
    ds64 = riff.packed(b"ds64", struct.pack("<QQQI", 0, 300, 100, 0))
    body = ds64 + riff.packed(b"fmt ", bodies[b"fmt "]) + b"data" + b"\xff" * 4 + bodies[b"data"]
    body += riff.packed(b"iXML", bodies[b"iXML"])
    (tmp_path / "big.wav").write_bytes(b"RF64" + b"\xff" * 4 + b"WAVE" + body)
    assert read_recipe(tmp_path / "big.wav") == recipe()
