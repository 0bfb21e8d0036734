"""Whose program is at the other end of a connection within this machine.

A link into the panel stands for a moment among the words of a browser's process, where other users of the same machine
can read it. On Linux the system says to whom a connection belongs, so the link of one user lets in no other.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from pathlib import Path

Address = tuple[str, int]

TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
ROOT = 0


def is_of_this_user(peer: Address, here: Address) -> bool:
    """False where the system says that somebody else holds the other end. Root has all keys anyway.

    peer, here  (address, port) of the other end and of ours
    """
    owner = owner_of(peer, here)
    return owner is None or owner in (os.getuid(), ROOT)


def owner_of(peer: Address, here: Address) -> int | None:
    """User id; None where nobody can say."""
    if sys.platform == "win32":
        return None
    for table in TABLES:
        try:
            lines = table.read_text("ascii").splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            words = line.split()
            # Its own end comes first: `sl local_address rem_address st queues timer retransmits uid`.
            if _read(words[1]) == peer and _read(words[2]) == here:
                return int(words[7])
    return None


def _read(text: str) -> Address:
    """'0100007F:9C41' → ('127.0.0.1', 40001): 32-bit words in the machine's own order, the port in hexadecimal."""
    digits, port = text.split(":")
    words = [int(digits[at : at + 8], 16).to_bytes(4, sys.byteorder) for at in range(0, len(digits), 8)]
    found = ipaddress.ip_address(b"".join(words))
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(mapped or found), int(port, 16)
