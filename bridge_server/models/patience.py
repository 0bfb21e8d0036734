"""How long a download bears with a server before it gives up."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """tries          connections in a row that bring next to nothing
    lies           answers that are not what they should be
    wait_seconds   before the second try; doubled each time, up to `longest_wait_seconds`
    stall_seconds  silence after which a connection counts as broken …
    least_bytes    … and so does one that brings less than this in that time
    sleep          waits so many seconds
    """

    tries: int = 6
    lies: int = 3
    wait_seconds: float = 1.0
    longest_wait_seconds: float = 60.0
    stall_seconds: float = 30.0
    least_bytes: int = 1024
    sleep: Callable[[float], None] = time.sleep

    def pause(self, failures: int, asked_seconds: float = 0.0) -> float:
        """Seconds to wait after so many failures; a server may ask for more."""
        seconds: float = self.wait_seconds * 2 ** (failures - 1)
        return max(asked_seconds, min(seconds, self.longest_wait_seconds))


USUAL = Patience()
