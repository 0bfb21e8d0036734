"""Dice: every choice of the composer has its own stream of chance, so that redrawing one leaves the others alone."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import numpy as np

_VARY = crc32(b"vary")


@dataclass(frozen=True)
class Dice:
    """A first seed, then for each retake its seed and variance.

    A retake throws each choice anew with probability `variance`; what is not thrown again falls as it fell before.
    """

    throws: tuple[tuple[int, float], ...]

    def retaken(self, seed: int, variance: float) -> Dice:
        return Dice((*self.throws, (seed, variance)))

    def roll(self, choice: str, number: int = 0) -> np.random.Generator:
        """The stream for one choice, e.g. ('bass', bar 3)."""
        name, number = crc32(choice.encode()), number & 0xFFFFFFFF
        seed = self.throws[0][0]
        for later, variance in self.throws[1:]:
            if variance >= 1 or np.random.default_rng([later, _VARY, name, number]).random() < variance:
                seed = later
        return np.random.default_rng([seed, name, number])
