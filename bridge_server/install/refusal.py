"""What an error of the file system means to whoever installs scripts."""

from __future__ import annotations

import errno
from pathlib import Path

from bridge_server.protocol.errors import BadRequest, BridgeError, BridgeFault, DiskFull, NotFound, ReadOnly

FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
LOCKED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ETXTBSY, errno.EBUSY}
ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.ENODEV, errno.ENXIO, errno.EIO, errno.ESTALE, errno.EHOSTDOWN}
ODD = {errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ, errno.ELOOP}


def refusal(path: Path, error: OSError) -> BridgeError:
    """The error for a file that could not be read or written. In any case nothing was changed."""
    reason = error.strerror or str(error)
    if error.errno in FULL:
        return DiskFull(f"There is no room left where {path} lies.", "Free some space; nothing was changed.")
    if error.errno in LOCKED:
        return ReadOnly(
            f"{path} cannot be written: {reason}.",
            "Make the folder writable, close the program that uses the file, or name another folder with --path."
            " Nothing was changed.",
        )
    if error.errno == errno.EISDIR:
        return ReadOnly(f"{path} is a folder; a file has to go there.", "Move that folder away. Nothing was changed.")
    if error.errno in ABSENT:
        return NotFound(
            f"{path} cannot be reached: {reason}.",
            "If it lies on another disk or computer, connect it. Nothing was changed.",
        )
    if error.errno in ODD:
        return BadRequest(
            f"The system takes no file of that name: {path} ({reason}).",
            "Name a folder with a shorter or plainer path after --path. Nothing was changed.",
        )
    return BridgeFault(f"{path} cannot be used: {reason}.", "Nothing was changed; try again or name another folder.")
