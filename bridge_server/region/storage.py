"""Files that appear complete or not at all: written under a hidden name beside their place, then renamed."""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from bridge_server.protocol.errors import DiskFull, NotFound, ReadOnly, TooLong

log = logging.getLogger(__name__)

_ERRORS = {
    errno.ENOSPC: (DiskFull, "The disk is full: {} could not be written."),
    errno.EDQUOT: (DiskFull, "Your share of the disk is used up: {} could not be written."),
    errno.EFBIG: (TooLong, "{} is larger than this disk allows a file to be."),
    errno.EACCES: (ReadOnly, "{} may not be written."),
    errno.EPERM: (ReadOnly, "{} may not be written."),
    errno.EROFS: (ReadOnly, "{} lies on a disk that can only be read."),
    errno.ENOENT: (NotFound, "The folder of {} is not there any more."),
    errno.ENOTDIR: (ReadOnly, "{} cannot be written: its path leads through a file."),
    errno.EEXIST: (ReadOnly, "The folder {} cannot be made: a file has its name."),
    errno.ENAMETOOLONG: (NotFound, "The path {} is too long for this disk."),
}


@contextmanager
def replacing(path: Path, is_durable: bool = True) -> Iterator[BinaryIO]:
    """Write a file that is there completely or not at all, whatever happens meanwhile.

    Yields a binary file named `.NAME.part` in the same folder. Leaving the block flushes it to the disk and renames it
    to `path`, over whatever was there; leaving it by an exception removes it.
    is_durable  false for what can be made anew at any time: then nothing waits for the disk
    Raises DiskFull, ReadOnly, NotFound (no such folder), TooLong (larger than the disk allows).
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            if is_durable:
                os.fsync(file.fileno())
        part.replace(path)
    except BaseException as error:
        remove(part)
        if isinstance(error, OSError):
            _translate(error, path)
        raise


def write_file(path: Path, data: bytes) -> None:
    """Write a small file completely or not at all. Raises what `replacing` raises."""
    with replacing(path) as file:
        file.write(data)


def make_folder(path: Path) -> None:
    """Make a folder and those above it; does nothing if it is there. Raises what `replacing` raises."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _translate(error, path)
        raise


def remove(path: Path) -> None:
    """Delete a file of ours, or an empty folder, while another error is on its way up, which must not be hidden."""
    try:
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("storage.left path=%s error=%r", path, error)


def _translate(error: OSError, path: Path) -> None:
    """Raise the error of ours that `error` means; returns for what no musician can do anything about."""
    if error.errno in _ERRORS:
        kind, sentence = _ERRORS[error.errno]
        raise kind(sentence.format(path)) from error
