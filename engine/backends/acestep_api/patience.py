"""How long is waited for what. One object, so that tests need not wait."""

from __future__ import annotations

import time
from dataclasses import dataclass

from engine.watch import Watch

SLICE_SECONDS = 0.05
"""A cancel is heard at least so often, whatever is waited for."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """Seconds.

    connect   until a connection stands
    silent    between two signs of life on one connection
    probe     for all questions about what the server can do, each
    poll      between two looks at a job
    busy      for room in a full queue
    gone      for a server that stops answering while it has a job of ours
    stuck     for a job that does not move; the server itself gives up after an hour
    transfer  for a whole upload or download
    unknown   looks that find no such job before it is taken as lost (this one is a count)
    """

    connect: float = 10.0
    silent: float = 30.0
    probe: float = 5.0
    poll: float = 1.0
    busy: float = 120.0
    gone: float = 60.0
    stuck: float = 3_900.0
    transfer: float = 1_200.0
    unknown: int = 4


USUAL = Patience()


def pause(seconds: float, watch: Watch) -> None:
    """Wait, and hear a cancel meanwhile. Raises Cancelled."""
    end = time.monotonic() + seconds
    watch.check()
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(left, SLICE_SECONDS))
        watch.check()
