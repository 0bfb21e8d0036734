"""Where other devices reach the panel, if they do: addresses of this machine."""

from __future__ import annotations

import ipaddress
import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SOMEWHERE = ("192.0.2.1", 9)
"""An address for documentation: to point a datagram socket at it sends nothing, and tells which way it would go."""


@dataclass
class Shared:
    """address      'https://192.168.1.5:39954', or empty
    fingerprint  of the certificate, SHA-256, as browsers show it
    authority    file to be installed on a device that shall not warn
    problem      why it is not shared although that was asked for
    """

    address: str = ""
    fingerprint: str = ""
    authority: Path | None = None
    problem: str = ""


def own_names() -> list[str]:
    """'studio.example.org' is also 'studio.local'."""
    name = socket.gethostname().lower() or "localhost"
    return list(dict.fromkeys((name, f"{name.split('.')[0]}.local")))


def own_addresses(listening: str) -> list[str]:
    """Those at which others reach a socket that listens at that address, the likeliest first."""
    given = ipaddress.ip_address(listening)
    if not given.is_unspecified:
        return [str(given)]
    found: list[str] = []
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as pointed:
        pointed.connect(SOMEWHERE)
        found.append(pointed.getsockname()[0])
    with suppress(OSError):
        found += [str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    return [each for each in dict.fromkeys(found) if not ipaddress.ip_address(each).is_loopback] or ["127.0.0.1"]
