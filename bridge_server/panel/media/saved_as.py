"""Saved as: a take's file in another format, for a player or a message. What lies in the project stays WAV."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path, PurePath
from urllib.parse import quote

import numpy as np
import soundfile
import soxr

from bridge_server.protocol.errors import BadRequest, NotFound, Unsupported

_BLOCK = 65_536
"""Frames; Vorbis crashes on very long blocks."""


@dataclass(frozen=True)
class Format:
    """How soundfile writes it. `rates`: those it knows, empty for all; others are resampled to the last of them."""

    major: str
    subtype: str
    media_type: str
    rates: tuple[int, ...] = ()
    most_channels: int = 8


FORMATS = {
    "flac": Format("FLAC", "PCM_24", "audio/flac"),
    "ogg": Format("OGG", "VORBIS", "audio/ogg"),
    "mp3": Format(
        "MP3",
        "MPEG_LAYER_III",
        "audio/mpeg",
        (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000),
        2,
    ),
}


def format_of(name: str) -> Format | None:
    """None for '' and 'wav': the file as it lies. Raises BadRequest."""
    if name in ("", "wav"):
        return None
    if name not in FORMATS:
        raise BadRequest(
            f"{name[:20]!r} is no format that takes can be saved in.", f"There are wav, {', '.join(FORMATS)}."
        )
    return FORMATS[name]


def attachment(wav_name: str, ending: str) -> dict[str, str]:
    """The header that gives a download its name, in letters of every language (RFC 6266, RFC 8187)."""
    name = f"{PurePath(wav_name).stem}.{ending}"
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}


def converted(path: Path, wanted: Format) -> bytes:
    """The whole file in that format. Raises NotFound, and Unsupported for more channels than the format has."""
    try:
        with soundfile.SoundFile(path) as source:
            if source.channels > wanted.most_channels:
                raise Unsupported(
                    f"{wanted.major} has {wanted.most_channels} channels, and this take {source.channels}.",
                    "Save it as FLAC or WAV.",
                )
            rate = wanted.rates[-1] if wanted.rates and source.samplerate not in wanted.rates else source.samplerate
            return _written(source, rate, wanted)
    except soundfile.LibsndfileError as error:
        raise NotFound(f"{path.name} cannot be read any more: {error}.") from error


def _written(source: soundfile.SoundFile, rate: int, wanted: Format) -> bytes:
    target = io.BytesIO()
    stream = None
    if rate != source.samplerate:
        stream = soxr.ResampleStream(source.samplerate, rate, source.channels, dtype="float32", quality="VHQ")
    with soundfile.SoundFile(target, "w", rate, source.channels, format=wanted.major, subtype=wanted.subtype) as file:
        while len(block := source.read(_BLOCK, dtype="float32", always_2d=True)):
            file.write(stream.resample_chunk(block) if stream else block)
        if stream:
            file.write(stream.resample_chunk(np.zeros((0, source.channels), np.float32), last=True))
    return target.getvalue()
