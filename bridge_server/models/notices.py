"""What a download says about itself while it runs; the command line shows these as bars or prints them as JSON."""

from __future__ import annotations

import time
from collections.abc import Callable

from msgspec import Struct


class Notice(Struct, frozen=True, tag_field="event"):
    """`file` is relative to the model's folder."""

    model: str
    file: str


class Fetching(Notice, frozen=True, tag="fetching"):
    """`done` of `size` bytes are here."""

    done: int
    size: int


class Checking(Notice, frozen=True, tag="checking"):
    """`done` of `size` bytes are hashed."""

    done: int
    size: int


class Waiting(Notice, frozen=True, tag="waiting"):
    """The next try comes in `seconds`; `reason` says why one is needed."""

    seconds: float
    reason: str


class Fetched(Notice, frozen=True, tag="fetched"):
    """The file is there, checked, under its name."""

    size: int


Watch = Callable[[Notice], None]

SELDOM_SECONDS = 0.2


class Seldom:
    """A watch that passes on how far something is only now and then, so that telling costs less than doing."""

    def __init__(self, watch: Watch) -> None:
        self._watch, self._told = watch, 0.0

    def __call__(self, notice: Notice) -> None:
        now = time.monotonic()
        is_on_its_way = isinstance(notice, Fetching | Checking) and notice.done < notice.size
        if not is_on_its_way or now - self._told >= SELDOM_SECONDS:
            self._told = now
            self._watch(notice)


def unwatched(_: Notice) -> None:
    """For callers who show nothing."""
