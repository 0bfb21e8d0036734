"""Span: a half-open range of whole samples, and every rounding rule between rates."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

LONGEST = 2**40
"""Positions stay below this (a year at 32 kHz), so that every peer can hold them exactly in a double."""


class Span(Struct, frozen=True, order=True, forbid_unknown_fields=True):
    """`[start, end)` in whole samples at `rate`; never empty, never backwards.

    >>> Span(96_000, 192_000, 48_000).seconds
    2.0
    """

    start: Annotated[int, Meta(ge=0, le=LONGEST, description="first sample")]
    end: Annotated[int, Meta(ge=1, le=LONGEST, description="one past the last sample")]
    rate: Annotated[int, Meta(ge=1_000, le=768_000, description="samples a second")]

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError("span end must be after its start")

    @property
    def length(self) -> int:
        return self.end - self.start

    @property
    def seconds(self) -> float:
        return self.length / self.rate

    def shifted(self, samples: int) -> Span:
        return Span(self.start + samples, self.end + samples, self.rate)

    def covers(self, other: Span) -> bool:
        return self.rate == other.rate and self.start <= other.start and other.end <= self.end

    def outward(self, rate: int) -> Span:
        """The smallest span at `rate` that holds this one: the start rounds down, the end up."""
        return Span(self.start * rate // self.rate, -(-self.end * rate // self.rate), rate)

    def __str__(self) -> str:
        return f"{self.start}:{self.end}@{self.rate}"
