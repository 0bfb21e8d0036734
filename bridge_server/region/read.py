"""Open any sound file, and read of it only what is needed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from bridge_server.protocol.errors import BadAudio, BadSpan, NotFound, UnreadableAudio
from bridge_server.protocol.span import Span
from bridge_server.region.channels import Layout, layout_of_mask, usual_layout, vorbis_layout
from bridge_server.region.excerpt import Excerpt
from bridge_server.region.riff import channel_mask

MOST_CHANNELS = 8

_WARM_UP = 16 * 1152
"""Samples that a decoder which starts in the middle needs before it is right: an MP3's frames borrow from up to twenty
shorter ones before them, Vorbis overlaps its blocks."""

_BLOCK_FRAMES = 65_536

_BORROWING = ("MPEG_LAYER_I", "MPEG_LAYER_II", "MPEG_LAYER_III", "VORBIS", "OPUS")


@dataclass(frozen=True, kw_only=True)
class AudioFile:
    """A sound file and what its header says. `stamp` changes when the file does."""

    path: Path
    rate: int
    frames: int
    layout: Layout
    container: str
    subtype: str
    stamp: tuple[int, int]

    @property
    def channels(self) -> int:
        return len(self.layout)

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def begin(self) -> int:
        """Its first sample; `frames` is one past its last."""
        return 0

    def __str__(self) -> str:
        return f"{self.path.name} ({self.frames:,} samples at {self.rate:,} Hz)"


class _Stream(soundfile.SoundFile):  # type: ignore[misc]
    """A sound file that reads on where it is.

    soundfile seeks after every read of a file that says it can, and each seek makes the decoder of a compressed file
    start anew, in the middle, with some milliseconds of nonsense.
    """

    def seekable(self) -> bool:
        return False


def open_audio(path: Path) -> AudioFile:
    """Look at the header of a WAV, AIFF, FLAC, MP3 or OGG file.

    Raises NotFound, or UnreadableAudio for a folder, for what is not audio, and for audio without samples, without a
    rate or with more than 8 channels.
    """
    stamp = file_stamp(path)
    with _opened(path) as sound:
        if not 0 < sound.frames < 2**62 or not super(_Stream, sound).seekable():
            raise UnreadableAudio(f"{path.name} holds no audio.")
        if sound.channels > MOST_CHANNELS:
            raise UnreadableAudio(f"{path.name} has {sound.channels} channels; at most {MOST_CHANNELS} can be used.")
        return AudioFile(
            path=path,
            rate=sound.samplerate,
            frames=sound.frames,
            layout=_layout(path, sound),
            container=sound.format,
            subtype=sound.subtype,
            stamp=stamp,
        )


def read(file: AudioFile, start: int, end: int) -> Excerpt:
    """Samples [start, end) of a file, with silence where there is no file.

    Only these samples are read, so it takes as long in a file of ten hours as in one of ten seconds.
    Raises BadAudio for NaN or infinite samples, UnreadableAudio where the file breaks off or cannot be decoded.
    """
    first, last = max(start, 0), min(end, file.frames)
    audio = np.zeros((file.channels, max(end - start, 0)), np.float32)
    if first < last:
        with _opened(file.path) as sound:
            lead = min(first, _WARM_UP) if sound.subtype in _BORROWING else 0
            sound.seek(first - lead)
            found = sound.read(lead + last - first, dtype="float32", always_2d=True)[lead:]
        if len(found) < last - first:
            end_of_file = first + len(found)
            raise UnreadableAudio(f"{file.path.name} breaks off after {end_of_file:,} of {file.frames:,} samples.")
        if not np.isfinite(found).all():
            raise BadAudio(f"{file.path.name} holds NaN or infinite samples between {first:,} and {last:,}.")
        audio[:, first - start : last - start] = found.T
    return Excerpt(audio, start, file.rate)


def blocks(file: AudioFile, start: int, end: int, dtype: str) -> Iterator[NDArray[Any]]:
    """Samples [start, end) of a file as (T, C) blocks in `dtype`, to the last bit as its decoder gives them.

    A compressed file is decoded from its beginning, since what a decoder gives depends a little on where it began.
    Raises UnreadableAudio where the file breaks off.
    """
    if start >= end:
        return
    with _opened(file.path) as sound:
        at = 0 if sound.subtype in _BORROWING else start
        sound.seek(at)
        while at < end:
            block = sound.read(min(_BLOCK_FRAMES, (start if at < start else end) - at), dtype=dtype, always_2d=True)
            if not len(block):
                raise UnreadableAudio(f"{file.path.name} breaks off after {at:,} of {file.frames:,} samples.")
            if at >= start:
                yield block
            at += len(block)


def check_span(file: AudioFile, span: Span) -> None:
    """Raises BadSpan if `span` counts at another rate or leaves the file."""
    if span.rate != file.rate:
        raise BadSpan(f"The span counts at {span.rate:,} Hz, but the file is {file}.")
    if span.end > file.frames:
        raise BadSpan(f"The span {span.start:,} to {span.end:,} leaves the file {file}.")


def file_stamp(path: Path) -> tuple[int, int]:
    """Size and time of change. Raises NotFound, or UnreadableAudio for what is no file."""
    try:
        found = path.stat()
    except PermissionError:
        raise UnreadableAudio(f"{path} may not be read.", "Allow Dawbridge to read the file.") from None
    except (OSError, ValueError):
        raise NotFound(f"There is no file {path}.") from None
    if not stat.S_ISREG(found.st_mode):
        raise UnreadableAudio(f"{path} is not a sound file{' but a folder' if path.is_dir() else ''}.")
    if not os.access(path, os.R_OK):
        raise UnreadableAudio(f"{path} may not be read.", "Allow Dawbridge to read the file.")
    return found.st_size, found.st_mtime_ns


@contextmanager
def _opened(path: Path) -> Iterator[soundfile.SoundFile]:
    """A sound file for reading; whatever libsndfile says about it becomes an UnreadableAudio."""
    try:
        sound = _Stream(os.fspath(path))
    # A TypeError is soundfile's word for headerless files, which it knows by their ending.
    except (soundfile.SoundFileError, TypeError) as error:
        raise _unreadable(path, error) from None
    with sound:
        try:
            yield sound
        except soundfile.SoundFileError as error:
            raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> UnreadableAudio:
    file_stamp(path)
    reason = str(error).rsplit(": ", 1)[-1].strip().rstrip(".")
    return UnreadableAudio(f"{path.name} cannot be read{f': {reason}' if reason else ''}.")


def _layout(path: Path, sound: soundfile.SoundFile) -> Layout:
    if sound.subtype == "VORBIS":
        return vorbis_layout(sound.channels)
    if sound.channels > 2 and sound.format in ("WAV", "WAVEX", "RF64"):
        return layout_of_mask(channel_mask(path), sound.channels)
    return usual_layout(sound.channels)
