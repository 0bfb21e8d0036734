"""Two ways of doing the same thing, timed in turn, so that a busy machine is busy for both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

Work = Callable[[], object]


@dataclass(frozen=True)
class Pairs:
    """Seconds of each pair of runs: `ours` beside `other`, made one right after the other."""

    ours: tuple[float, ...]
    other: tuple[float, ...]

    @property
    def seconds(self) -> tuple[float, float]:
        """Medians of both."""
        return statistics.median(self.ours), statistics.median(self.other)

    @property
    def ratio(self) -> float:
        """Median of ours ÷ other, pair by pair; below 1, ours is faster."""
        return statistics.median(mine / theirs for mine, theirs in zip(self.ours, self.other, strict=True))


def timed(work: Work) -> float:
    """Seconds that `work` takes, with whatever it has queued on a GPU.

    With a single thread they are seconds of the processor, which others who use the machine do not lengthen.
    """
    clock = time.process_time if torch.get_num_threads() == 1 and not torch.cuda.is_available() else time.perf_counter
    _settle()
    start = clock()
    work()
    _settle()
    return clock() - start


def in_turn(ours: Work, other: Work, *, seconds: float = 6.0, least: int = 3, most: int = 41) -> Pairs:
    """Run both once to warm up, then in pairs, first one first and then the other, for about so many seconds."""
    ours()
    other()
    pairs: list[tuple[float, float]] = []
    deadline = time.perf_counter() + seconds
    while len(pairs) < least or (time.perf_counter() < deadline and len(pairs) < most):
        if len(pairs) % 2:
            theirs = timed(other)
            pairs.append((timed(ours), theirs))
        else:
            pairs.append((timed(ours), timed(other)))
    mine, others = zip(*pairs, strict=True)
    return Pairs(mine, others)


def _settle() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()
