"""Where other devices reach the panel, if they do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Shared:
    """address      'https://192.168.1.5:39954', or empty
    fingerprint  of the certificate, SHA-256, as browsers show it
    """

    address: str = ""
    fingerprint: str = ""
