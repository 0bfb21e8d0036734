"""Broadcast Wave: audio with its place on the timeline and its recipe inside.

Source: EBU Tech 3285 (bext, version 2), Gallery iXML 1.61, Microsoft WAVEFORMATEXTENSIBLE.
"""

from __future__ import annotations

import json
import struct
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bridge_server.protocol.codec import from_json, task_of, to_json
from bridge_server.protocol.errors import BadMessage, NoRecipe, TooLong, UnreadableAudio
from bridge_server.protocol.recipe import Recipe
from bridge_server.protocol.requests import Composition
from bridge_server.region import riff
from bridge_server.region.channels import Layout, mask_of
from bridge_server.region.encoding import Encoding
from bridge_server.region.read import file_stamp, open_audio
from bridge_server.region.storage import replacing

_HEADER_ROOM = 4 * 2**20  # more than fmt, bext and the longest recipe take
_LARGEST_IXML = 64 * 2**20
_UNKNOWN = 0x7FFF  # a loudness field of bext that was not measured
_SUBFORMAT = bytes.fromhex("0000000010008000 00aa00389b71")


@dataclass(frozen=True, kw_only=True)
class WaveForm:
    """What the samples of a file are: its rate, its loudspeakers, its sample format, its length."""

    rate: int
    layout: Layout
    encoding: Encoding
    frames: int

    @property
    def frame_bytes(self) -> int:
        return len(self.layout) * self.encoding.sample_bytes


@dataclass(frozen=True, kw_only=True)
class Label:
    """What a file says about itself.

    title           for people: 'Repaint, take 1: lofi, 82 bpm'
    time_reference  where its first sample lies on the timeline; before the timeline's start counts as 0
    loudness        in LUFS, if it was measured
    """

    title: str
    time_reference: int
    loudness: float | None
    recipe: Recipe


def check_size(form: WaveForm) -> None:
    """Raises TooLong if a WAV of this form would be larger than 4 GiB, which its own fields could not count."""
    if form.frames * form.frame_bytes + _HEADER_ROOM > riff.LARGEST:
        hours = form.frames / form.rate / 3600
        raise TooLong(
            f"A WAV of {hours:.1f} hours in this format would be larger than 4 GiB, which WAV cannot hold.",
            "Ask for the region only (form 'region') instead of the whole file.",
        )


def write_wav(path: Path, form: WaveForm, label: Label, blocks: Iterable[bytes]) -> None:
    """Write a Broadcast Wave file, complete or not at all.

    blocks  encoded samples, interleaved; all of them together are exactly `form.frames` long
    Raises DiskFull, ReadOnly, NotFound (no such folder), TooLong.
    """
    check_size(form)
    data_bytes = form.frames * form.frame_bytes
    head = b"".join(
        (
            riff.packed(b"fmt ", _fmt(form)),
            b"" if _is_plain(form) else riff.packed(b"fact", struct.pack("<I", form.frames)),
            riff.packed(b"bext", _bext(form, label)),
            riff.packed(b"iXML", _ixml(label)),
            struct.pack("<4sI", b"data", data_bytes),
        )
    )
    padding = data_bytes % 2
    with replacing(path) as file:
        file.write(struct.pack("<4sI4s", b"RIFF", 4 + len(head) + data_bytes + padding, b"WAVE") + head)
        written = 0
        for block in blocks:
            written += file.write(block)
        assert written == data_bytes, f"{written} bytes of samples instead of {data_bytes}"
        file.write(b"\0" * padding)


def read_recipe(path: Path) -> Recipe:
    """How a take was made, read from inside its WAV.

    The order of the chunks does not matter, nor what other programs added. Raises NotFound, UnreadableAudio for what is
    no sound file, NoRecipe for one that Dawbridge did not write.
    """
    file_stamp(path)
    try:
        with path.open("rb") as file:
            found = list(riff.chunks(file))
            texts = [riff.body(file, chunk) for chunk in found if chunk.name == b"iXML" and chunk.size <= _LARGEST_IXML]
    except OSError as error:
        raise UnreadableAudio(f"{path.name} cannot be read: {error.strerror}.") from error
    for text in texts:
        recipe = _recipe_in(text)
        if recipe is not None:
            return recipe
    if b"data" not in {chunk.name for chunk in found}:
        open_audio(path)
    raise NoRecipe(f"{path.name} does not carry a recipe of Dawbridge.")


def _recipe_in(ixml: bytes) -> Recipe | None:
    try:
        text = ET.fromstring(ixml.rstrip(b"\0")).findtext("DAWBRIDGE/RECIPE")
        return from_json(text, Recipe) if text else None
    except (ET.ParseError, BadMessage):
        return None


def _is_plain(form: WaveForm) -> bool:
    return not form.encoding.is_float and len(form.layout) <= 2


def _fmt(form: WaveForm) -> bytes:
    """WAVEFORMATEX, or WAVEFORMATEXTENSIBLE where more than two channels want their loudspeakers named."""
    channels, bits = len(form.layout), form.encoding.bits
    tag = 3 if form.encoding.is_float else 1
    common = struct.pack("<HIIHH", channels, form.rate, form.rate * form.frame_bytes, form.frame_bytes, bits)
    if channels > 2:
        extension = struct.pack("<HHIH", 22, bits, mask_of(form.layout), tag) + _SUBFORMAT
        return struct.pack("<H", 0xFFFE) + common + extension
    return struct.pack("<H", tag) + common + (b"" if tag == 1 else struct.pack("<H", 0))


def _bext(form: WaveForm, label: Label) -> bytes:
    recipe = label.recipe
    day, _, time = recipe.created.partition("T")
    loudness = _UNKNOWN if label.loudness is None else round(100 * label.loudness)
    mode = {1: "mono", 2: "stereo"}.get(len(form.layout), "multitrack")
    coding = f"A={'FLOAT' if form.encoding.is_float else 'PCM'},F={form.rate},W={form.encoding.bits},M={mode}"
    history = f"{coding},T=Dawbridge {recipe.release}; {recipe.backend}"
    fixed = struct.pack(
        "<256s32s32s10s8sQH64shhhhh180s",
        _ascii(label.title, 256),
        b"Dawbridge",
        _ascii(f"{recipe.request.job[:28]}/{recipe.number}", 32),
        _ascii(day, 10),
        _ascii(time, 8),
        max(label.time_reference, 0),
        2,
        b"",
        loudness,
        *[_UNKNOWN] * 4,
        b"",
    )
    return fixed + _ascii(history, len(history)) + b"\r\n"


def _ixml(label: Label) -> bytes:
    root = ET.Element("BWFXML")
    ET.SubElement(root, "IXML_VERSION").text = "1.61"
    ET.SubElement(root, "TAKE").text = str(label.recipe.number)
    ET.SubElement(root, "NOTE").text = _ascii(label.title, 256).decode()
    ours = ET.SubElement(root, "DAWBRIDGE")
    # \uXXXX for all but ASCII: XML cannot hold every character, and some programs rewrite chunks in another code page.
    ET.SubElement(ours, "RECIPE").text = json.dumps(json.loads(to_json(label.recipe)))
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode").encode("ascii")


def _ascii(text: str, length: int) -> bytes:
    """EBU 3285 allows ASCII only; what is not becomes '?'."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return printable.encode("ascii", "replace")[:length]


def title_of(recipe: Recipe, role: str = "") -> str:
    """'Repaint, take 1, drums: lofi, 82 bpm', or 'Layer, draft, take 1', for lists of files."""
    request = recipe.request
    draft, tags = ("draft" if request.draft else "", request.tags) if isinstance(request, Composition) else ("", "")
    name = ", ".join(filter(None, (task_of(request).capitalize(), draft, f"take {recipe.number}", role)))
    return f"{name}: {tags}" if tags else name
