"""Ending: a bridge that was told to stop lets its region threads finish, and shows meanwhile that they get on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

LOOK_SECONDS = 0.2
STUCK_SECONDS = 30.0
"""Without any work of the processor for so long, threads wait for a disk that does not answer."""

_IDLE_SHARE = 0.05
"""Of a processor: what this module takes itself, and more."""

FRESH_SECONDS = 2.0


@asynccontextmanager
async def shown_at(sign: Path) -> AsyncIterator[None]:
    """While the block lasts, `sign` is touched again and again as long as the process gets on; then it is removed."""
    showing = asyncio.create_task(_show(sign))
    try:
        yield
    finally:
        showing.cancel()
        await asyncio.wait([showing])
        with suppress(OSError):
            sign.unlink(missing_ok=True)


async def _show(sign: Path) -> None:
    worked, moved = time.process_time(), time.monotonic()
    while True:
        if time.monotonic() - moved < STUCK_SECONDS:
            with suppress(OSError):  # a full disk: the launcher then loses its patience sooner
                sign.touch()
        await asyncio.sleep(LOOK_SECONDS)
        work = time.process_time()
        if work - worked > _IDLE_SHARE * LOOK_SECONDS:
            moved = time.monotonic()
        worked = work


def is_at_work(sign: Path) -> bool:
    """Whether a bridge that is stopping got on with its work lately."""
    try:
        return abs(time.time() - sign.stat().st_mtime) < FRESH_SECONDS
    except OSError:
        return False
