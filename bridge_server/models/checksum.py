"""The two checksums that the hub knows its files by, and what a file on this disk comes to.

Large files (LFS) go by SHA-256 of their bytes; small ones by their git object id, which is SHA-1 of
b"blob SIZE\\0" and the bytes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

BLOCK = 1 << 22


class Checksum(Struct, frozen=True):
    """64 hexadecimal digits are a SHA-256, 40 a git object id."""

    digits: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9a-f]{64}|[0-9a-f]{40}", self.digits):
            raise ValueError(f"{self.digits!a} is no checksum")


def checksum_or_none(text: str) -> Checksum | None:
    """From an ETag or a name: weak marks and quotation marks are dropped. None for anything else."""
    digits = text.strip().removeprefix("W/").strip('"').lower()
    return Checksum(digits) if re.fullmatch(r"[0-9a-f]{64}|[0-9a-f]{40}", digits) else None


def has_checksum(path: Path, wanted: Checksum, hashed: Callable[[int], None] = lambda _: None) -> bool:
    """Whether the file's bytes are the right ones; `hashed` hears how many were read. Raises OSError."""
    if len(wanted.digits) == 64:
        digest = hashlib.sha256()
    else:
        digest = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
    done = 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            done += len(block)
            hashed(done)
    return digest.hexdigest() == wanted.digits
