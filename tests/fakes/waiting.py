"""Waiting for something that happens elsewhere, with a limit."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PACE_SECONDS = 0.005


def until(happened: Callable[[], T], within_seconds: float = 5.0, what: str = "") -> T:
    """Ask again and again until the answer is true; returns it. Fails the test when that takes too long."""
    deadline = time.monotonic() + within_seconds
    while not (answer := happened()):
        assert time.monotonic() < deadline, f"did not happen within {within_seconds} s: {what or happened}"
        time.sleep(PACE_SECONDS)
    return answer
