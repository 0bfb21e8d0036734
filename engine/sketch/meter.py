"""Meter: how a bar divides into pulses, and how a rhythm written for 4/4 is laid out in any other bar."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct

STEPS = 4
"""A rhythm has four steps to each of its four beats."""


class Hit(NamedTuple):
    """One symbol of a rhythm: where it falls and how long it lasts, in quarter notes."""

    beat: float
    symbol: str
    length: float


class Meter(Struct, frozen=True):
    """`count` notes of 1/`unit` to the bar."""

    count: int = 4
    unit: int = 4

    @property
    def beats(self) -> float:
        """Quarter notes in a bar."""
        return self.count * 4 / self.unit

    @property
    def name(self) -> str:
        return f"{self.count}/{self.unit}"

    def pulses(self) -> tuple[tuple[float, float], ...]:
        """(start, length) in quarter notes of what the foot taps: 6/8 has two, 7/8 has 2+2+3 eighths."""
        return _pulses(self)

    @property
    def half(self) -> float:
        """Where a second chord of the bar would enter, in quarter notes: the pulse nearest to the middle."""
        return _half(self)


@lru_cache(maxsize=256)
def _pulses(meter: Meter) -> tuple[tuple[float, float], ...]:
    note = 4 / meter.unit
    if meter.unit <= 4:
        sizes = [1] * meter.count
    elif meter.count % 3 == 0:
        sizes = [3] * (meter.count // 3)
    elif meter.count % 2 == 0:
        sizes = [2] * (meter.count // 2)
    else:
        sizes = [2] * ((meter.count - 3) // 2) + [3] if meter.count > 1 else [1]
    starts = [sum(sizes[:index]) * note for index in range(len(sizes))]
    return tuple((start, size * note) for start, size in zip(starts, sizes, strict=True))


@lru_cache(maxsize=256)
def _half(meter: Meter) -> float:
    starts = [start for start, _ in meter.pulses()][1:]
    middle = meter.beats / 2
    return min(starts, key=lambda start: (abs(start - middle), -start)) if starts else meter.beats


def read_meter(text: str) -> Meter:
    """'6/8' → Meter(6, 8)."""
    count, unit = text.split("/")
    return Meter(int(count), int(unit))


@lru_cache(maxsize=256)
def cells(pulses: int) -> tuple[int, ...]:
    """Which beat of a 4/4 rhythm each pulse plays: strong ones 0 and 2, back beats 1 and 3.

    >>> cells(3), cells(5)
    ((0, 1, 3), (0, 1, 3, 2, 3))
    """
    if pulses == 1:
        return (0,)
    groups = [2] * (pulses // 2) if pulses % 2 == 0 else [3] + [2] * ((pulses - 3) // 2)
    found: list[int] = []
    for index, size in enumerate(groups):
        strong, back = (0, 1) if index % 2 == 0 else (2, 3)
        found += [strong, back] if size == 2 else [0, 1, 3]
    return tuple(found)


@lru_cache(maxsize=4096)
def lay_out(rhythm: str, meter: Meter) -> tuple[Hit, ...]:
    """A 16-step rhythm in one bar of `meter`.

    '.' is silence and '-' holds the note before; every other symbol is a hit and is handed on as it is. A pulse of
    three takes steps 1, 3 and 4 of the four. A rhythm that has as many sixteenths as the bar is taken as it stands.
    """
    if len(rhythm) != 4 * STEPS and len(rhythm) == round(meter.beats * STEPS):
        return _joined([(step / STEPS, symbol, 1 / STEPS) for step, symbol in enumerate(rhythm)])
    steps: list[tuple[float, str, float]] = []
    pulses = meter.pulses()
    for (start, length), cell in zip(pulses, cells(len(pulses)), strict=True):
        beat = rhythm[cell * STEPS : (cell + 1) * STEPS]
        if length in (0.75, 1.5, 3.0):
            chosen = beat[0] + beat[2] + beat[3]
        else:
            chosen = beat if length >= 1 else beat[0] + beat[2]
        width = length / len(chosen)
        steps += [(start + index * width, symbol, width) for index, symbol in enumerate(chosen)]
    return _joined(steps)


def _joined(steps: list[tuple[float, str, float]]) -> tuple[Hit, ...]:
    """(beat, symbol, length) of each step → what is struck, each hit as long as it is held."""
    hits: list[Hit] = []
    for beat_at, symbol, width in steps:
        if symbol == "-" and hits and abs(hits[-1].beat + hits[-1].length - beat_at) < 1e-9:
            hits[-1] = hits[-1]._replace(length=hits[-1].length + width)
        elif symbol not in ".-":
            hits.append(Hit(beat_at, symbol, width))
    return tuple(hits)
