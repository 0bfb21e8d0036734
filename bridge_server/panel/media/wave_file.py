"""WAVs for the page: stereo, 32-bit float, so that every sample is the one that the DAW plays."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from bridge_server.protocol.errors import TooLong
from bridge_server.region import riff
from bridge_server.region.excerpt import Samples
from bridge_server.region.storage import make_folder, replacing

CHANNELS = 2
FRAME_BYTES = CHANNELS * 4
_FLOAT = 3

Frames = NDArray[np.float32]


def header(rate: int, frames: int) -> bytes:
    """Everything before the first sample. Raises TooLong for more than 4 GiB, which a WAV cannot hold."""
    size = frames * FRAME_BYTES
    head = b"".join(
        (
            riff.packed(
                b"fmt ", struct.pack("<HHIIHHH", _FLOAT, CHANNELS, rate, rate * FRAME_BYTES, FRAME_BYTES, 32, 0)
            ),
            riff.packed(b"fact", struct.pack("<I", frames)),
        )
    )
    if 12 + len(head) + size > riff.LARGEST:
        raise TooLong(f"{frames / rate / 3600:.1f} hours are more than can be listened to at once.")
    return struct.pack("<4sI4s", b"RIFF", 4 + len(head) + 8 + size, b"WAVE") + head + struct.pack("<4sI", b"data", size)


HEADER_BYTES = len(header(48_000, 0))


class WaveWriter:
    """Takes audio in any order; what is never put stays silence, and takes no room on most disks."""

    def __init__(self, file: BinaryIO, rate: int, frames: int) -> None:
        self._file = file
        file.write(header(rate, frames))
        file.truncate(HEADER_BYTES + frames * FRAME_BYTES)

    def put(self, at: int, audio: Samples) -> None:
        """Write (2, T) float32 from frame `at` on."""
        self._file.seek(HEADER_BYTES + at * FRAME_BYTES)
        self._file.write(np.ascontiguousarray(audio.T, "<f4").data)


@contextmanager
def new_wave(path: Path, rate: int, frames: int) -> Iterator[WaveWriter]:
    """Make a WAV that is there completely or not at all. It is a cache, so nothing waits for the disk.

    Raises TooLong, DiskFull, ReadOnly.
    """
    make_folder(path.parent)
    with replacing(path, is_durable=False) as file:
        yield WaveWriter(file, rate, frames)


def mapped(path: Path) -> Frames:
    """The samples of a WAV that `new_wave` made, (frames, 2), mapped and not read."""
    frames = (path.stat().st_size - HEADER_BYTES) // FRAME_BYTES
    if frames == 0:
        return np.zeros((0, CHANNELS), np.float32)
    return np.memmap(path, "<f4", "r", offset=HEADER_BYTES, shape=(frames, CHANNELS))
