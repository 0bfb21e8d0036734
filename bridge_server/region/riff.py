"""RIFF: the chunks of a WAVE file. Source: Microsoft/IBM, Multimedia Programming Interface 1.0; EBU Tech 3306."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

LARGEST = 2**32 - 1
"""Bytes that the sizes inside a RIFF file can count."""

_EXTENSIBLE = 0xFFFE


class Chunk(NamedTuple):
    """A chunk's name, and where its body lies in the file."""

    name: bytes
    start: int
    size: int


def chunks(file: BinaryIO) -> Iterator[Chunk]:
    """The chunks of a WAVE file in the order they come in, without reading their bodies.

    Yields nothing for what is not WAVE. Sizes that lead past the end of the file (a recording that was cut off) end
    there; RF64 and BW64 files may have a data chunk over 4 GiB.
    """
    end = os.fstat(file.fileno()).st_size
    file.seek(0)
    head = file.read(12)
    if len(head) < 12 or head[:4] not in (b"RIFF", b"RF64", b"BW64") or head[8:] != b"WAVE":
        return
    at, data_size = 12, None
    while at + 8 <= end:
        file.seek(at)
        name, size = struct.unpack("<4sI", file.read(8))
        if name == b"ds64":
            data_size = struct.unpack("<Q", file.read(16)[8:].ljust(8, b"\0"))[0]
        elif name == b"data" and size == LARGEST and data_size is not None:
            size = data_size
        yield Chunk(name, at + 8, min(size, end - at - 8))
        at += 8 + size + size % 2


def body(file: BinaryIO, chunk: Chunk) -> bytes:
    file.seek(chunk.start)
    return file.read(chunk.size)


def packed(name: bytes, content: bytes) -> bytes:
    """A whole chunk, padded to an even length."""
    return struct.pack("<4sI", name, len(content)) + content + b"\0" * (len(content) % 2)


def channel_mask(path: Path) -> int:
    """The loudspeakers that a WAVE file's header names, one bit each; 0 if it names none."""
    with path.open("rb") as file:
        for chunk in chunks(file):
            if chunk.name == b"fmt ":
                fmt = body(file, chunk)
                if len(fmt) >= 24 and int.from_bytes(fmt[:2], "little") == _EXTENSIBLE:
                    return int.from_bytes(fmt[20:24], "little")
                return 0
    return 0
