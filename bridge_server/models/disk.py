"""The disk that models go to: its room, its refusals in a sentence, and one command at a time working on it."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bridge_server.home import Home
from bridge_server.lock import take_lock
from bridge_server.protocol.errors import AlreadyRunning, DiskFull, ReadOnly
from bridge_server.region.storage import make_folder

SPARE_BYTES = 100_000_000
"""Kept free beside what is fetched, for the takes and the system."""


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Whatever the disk refuses inside is told as DiskFull or ReadOnly. What was written so far stays."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                f"The disk is full: {path.name} could not be written to its end.",
                "Free some space and run the same command again; it goes on where it stopped.",
            ) from error
        if error.errno == errno.EPIPE:  # whoever was to hear about the progress has gone
            raise
        raise ReadOnly(
            f"{path} cannot be written: {error.strerror or error}.",
            "Make the folder writable, or name another folder with --to.",
        ) from error


def free_bytes(folder: Path) -> int:
    """Room on the disk that `folder` lies on or will lie on."""
    place = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    return shutil.disk_usage(place).free


def check_room(folder: Path, size: int) -> None:
    """Raises DiskFull if `size` bytes more would fill the disk."""
    free = free_bytes(folder)
    if size and size + SPARE_BYTES > free:
        raise DiskFull(
            f"{size / 1e9:.1f} GB are to be fetched, and the disk of {folder} has {free / 1e9:.1f} GB free.",
            "Free some space, or name a folder on another disk with --to. Nothing was fetched.",
        )


@contextmanager
def only_one(home: Home) -> Iterator[None]:
    """Keeps two commands from changing the models of one home at once. Raises AlreadyRunning, ReadOnly, DiskFull."""
    make_folder(home.root)
    try:
        lock = take_lock(home.root / "models.lock")
    except AlreadyRunning:
        raise AlreadyRunning(
            "Another command is already working on the models.", "Wait until it has finished, or stop it with Ctrl-C."
        ) from None
    with lock:
        yield
