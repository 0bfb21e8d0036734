"""Trouble: every way in which an installation can end early, as one sentence that says what to do."""

import errno
from collections.abc import Sequence
from pathlib import Path

AGAIN = "then run the same command again."
NO_VENV = f"This Python came without its venv module: `sudo apt install python3-venv` on Debian and Ubuntu, {AGAIN}"
NO_INDEX = f"pip cannot reach its package index: check the network, or pip's settings for proxy and index, {AGAIN}"
NO_PACKAGE = "A package is not to be had for this system and this Python ({reason}): try another Python, {again}"

FULL_SIGNS = ("No space left on device", "[Errno 28]", "not enough space on the disk", "Disk quota exceeded")
LOCKED_SIGNS = ("Permission denied", "Read-only file system", "Access is denied", "[WinError 5]")
VENV_SIGNS = ("ensurepip is not available", "No module named venv", "No module named ensurepip")
NETWORK_SIGNS = (
    "Failed to establish a new connection",
    "NewConnectionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "Read timed out",
    "ProxyError",
    "name resolution",
    "getaddrinfo failed",
    "Network is unreachable",
    "SSLError",
    "CERTIFICATE_VERIFY_FAILED",
    "(from versions: none)",
)
"""The last one is all that pip says where it was told not to try twice."""

PACKAGE_SIGNS = ("No matching distribution found",)
TAIL_LINES = 60
"""How far from the end of the output the cause is looked for: what went wrong earlier was got over."""


class Trouble(Exception):
    """Why the installation cannot go on. Its text is for the user."""


def disk_full(root: Path, room_mb: int) -> Trouble:
    return Trouble(f"The disk is full: free about {room_mb} MB where {root} lies, {AGAIN}")


def not_writable(path: Path) -> Trouble:
    return Trouble(f"{path} cannot be written: make it writable, or copy Dawbridge to a folder that is, {AGAIN}")


def from_os(error: OSError, root: Path, room_mb: int) -> Trouble:
    """What an error of the file system means to whoever installs."""
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return disk_full(root, room_mb)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return not_writable(Path(error.filename or root))
    return Trouble(f"The installation stopped ({error}): remove {root / '.venv'}, {AGAIN}")


def from_output(lines: Sequence[str], root: Path, room_mb: int, log: Path) -> Trouble:
    """What the output of a failed venv or pip means, and where the whole of it lies."""
    tail = "\n".join(lines[-TAIL_LINES:])

    def has(signs: Sequence[str]) -> bool:
        return any(sign in tail for sign in signs)

    if has(FULL_SIGNS):
        sentence = str(disk_full(root, room_mb))
    elif has(VENV_SIGNS):
        sentence = NO_VENV
    elif has(LOCKED_SIGNS):
        sentence = str(not_writable(root))
    elif has(NETWORK_SIGNS):
        sentence = NO_INDEX
    elif has(PACKAGE_SIGNS):
        sentence = NO_PACKAGE.format(reason=last_error(lines), again=AGAIN)
    else:
        sentence = f"The installation failed ({last_error(lines)}): look into the log, {AGAIN}"
    return Trouble(f"{sentence}\nThe full log is {log}")


def last_error(lines: Sequence[str]) -> str:
    """The last line that pip marked as an error, or else the last line at all."""
    said = [line.strip() for line in lines if line.strip()] or ["it said nothing"]
    marked = [line for line in said if line.startswith("ERROR: ")]
    return (marked or said)[-1].removeprefix("ERROR: ")
