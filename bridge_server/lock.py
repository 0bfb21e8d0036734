"""The lock that keeps two bridges from serving one home. However a bridge dies, the system lets go of it."""

from __future__ import annotations

import sys
from io import FileIO
from pathlib import Path

from bridge_server.protocol.errors import AlreadyRunning


def take_lock(path: Path) -> FileIO:
    """Hold the lock until the returned file is closed or the process ends. Raises AlreadyRunning."""
    file = FileIO(path, "a+")
    try:
        _lock(file)
    except OSError:
        file.close()
        raise AlreadyRunning("Another bridge is already running.") from None
    return file


if sys.platform == "win32":
    import msvcrt

    def _lock(file: FileIO) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: FileIO) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
