"""Medians: the running median of many rows at once, as quick as comparing can be.

Source: Batcher, Sorting Networks and Their Applications, 1968 (odd–even merge sort), without the comparisons on which
the middle does not depend.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float32]


class _Comparison(NamedTuple):
    """Two places, and whether the smaller value is needed at the first and the greater one at the second."""

    first: int
    second: int
    smaller: bool
    greater: bool


def running_median(table: Table, width: int, axis: int) -> Table:
    """Of (R, C): the median of `width` (odd) neighbours along an axis; beyond its edges the table is mirrored."""
    reach = width // 2
    edges = [(reach, reach) if each == axis else (0, 0) for each in range(2)]
    padded = np.pad(table, edges, mode="symmetric")
    count = table.shape[axis]
    rows = [padded[at : at + count] if axis == 0 else padded[:, at : at + count] for at in range(width)]
    for first, second, smaller, greater in _comparisons(width):
        here, there = rows[first], rows[second]
        if smaller:
            rows[first] = np.minimum(here, there)
        if greater:
            rows[second] = np.maximum(here, there)
    return rows[reach]


@lru_cache(maxsize=4)
def _comparisons(width: int) -> tuple[_Comparison, ...]:
    """Those of the sorting network that the middle depends on, in their order."""
    needed, found = {width // 2}, []
    for first, second in reversed(list(_network(width))):
        if first in needed or second in needed:
            found.append(_Comparison(first, second, first in needed, second in needed))
            needed |= {first, second}
    return tuple(reversed(found))


def _network(width: int) -> Iterator[tuple[int, int]]:
    """Pairs of places to be compared and put in order, one after another."""
    size = 1
    while size < width:
        step = size
        while step >= 1:
            for start in range(step % size, width - step, 2 * step):
                for at in range(start, min(start + step, width - step)):
                    if at // (2 * size) == (at + step) // (2 * size):
                        yield at, at + step
            step //= 2
        size *= 2
