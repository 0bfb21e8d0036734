"""What people type for places in time, in whole samples. The one place where the command line rounds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from bridge_server.cli.trouble import WrongUsage
from bridge_server.protocol.errors import BadSpan
from bridge_server.protocol.span import LONGEST, Span

_BAR_AND_BEAT = re.compile(r"(\d{1,9})\|(\d{1,9}(?:\.\d{1,9})?)", re.ASCII)
_LENGTH = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ?(bars?|beats?)", re.ASCII)
_SAMPLES = re.compile(r"(\d{1,15}):(\d{1,15})", re.ASCII)
_METER = re.compile(r"([1-9]|[12][0-9]|3[0-2])/(1|2|4|8|16)", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Bars:
    """A steady tempo. `offset_seconds` is where bar 1 begins, counted from the file's first sample."""

    bpm: Fraction
    beats: int = 4
    unit: int = 4
    offset_seconds: Fraction = Fraction(0)

    @classmethod
    def read(cls, bpm: float, meter: str, offset_seconds: float = 0.0) -> Bars:
        """`bpm` counts quarter notes a minute, whatever the meter. Raises WrongUsage for a meter that is none."""
        found = _METER.fullmatch(meter)
        if found is None:
            raise WrongUsage(f"{meter!r} is not a meter.", "Write it like 4/4, 3/4, 7/8 or 12/8.")
        beats, unit = int(found[1]), int(found[2])
        # Through text, so that 82.1 means what was typed and not the nearest binary fraction.
        return cls(bpm=Fraction(str(bpm)), beats=beats, unit=unit, offset_seconds=Fraction(str(offset_seconds)))

    @property
    def beat_seconds(self) -> Fraction:
        return Fraction(60) / self.bpm * Fraction(4, self.unit)

    @property
    def bar_seconds(self) -> Fraction:
        return self.beats * self.beat_seconds

    def seconds_at(self, bar: int, beat: Fraction) -> Fraction:
        """From the file's first sample; bars and beats count from 1."""
        return self.offset_seconds + (bar - 1) * self.bar_seconds + (beat - 1) * self.beat_seconds


@dataclass(frozen=True, kw_only=True)
class Ruler:
    """Turns places in one file, or on the timeline, into samples at its `rate`; without `bars` no tempo is known."""

    rate: int
    bars: Bars | None = None

    def position(self, text: str) -> int:
        """'4.0' (seconds) or '5|1' (bar and beat) as a sample. Raises WrongUsage, BadSpan before the start."""
        found = _BAR_AND_BEAT.fullmatch(text.strip())
        if found is None:
            return self._samples(_seconds(text))
        bar, beat = int(found[1]), Fraction(found[2])
        bars = self._known_bars(text)
        if bar < 1 or not 1 <= beat < bars.beats + 1:
            raise WrongUsage(
                f"There is no {text} in {bars.beats}/{bars.unit}.",
                f"Bars count from 1, beats from 1 to {bars.beats}; halves are written as 2.5.",
            )
        return self._samples(bars.seconds_at(bar, beat))

    def length(self, text: str) -> int:
        """'8.0' (seconds), '2bars' or '3beats' in samples. Raises WrongUsage."""
        found = _LENGTH.fullmatch(text.strip())
        if found is None:
            return self._samples(_seconds(text))
        bars = self._known_bars(text)
        unit = bars.bar_seconds if found[2].startswith("bar") else bars.beat_seconds
        return self._samples(Fraction(found[1]) * unit)

    def span(self, start: str, end: str) -> Span:
        """Raises WrongUsage, and BadSpan for an end that does not come after the start."""
        return make_span(self.position(start), self.position(end), self.rate)

    def since_bar(self, sample: int) -> int:
        """Samples from the last bar line to `sample`; 0 on the sample nearest to a bar line, and without bars."""
        if self.bars is None:
            return 0
        bar = self.bars.bar_seconds * self.rate
        since = (sample - self.bars.offset_seconds * self.rate) % bar
        return 0 if bar - since <= Fraction(1, 2) else nearest(since)

    def _known_bars(self, text: str) -> Bars:
        if self.bars is None:
            raise WrongUsage(f"{text} counts in bars, and the tempo is not known.", "Add it, for instance `--bpm 120`.")
        return self.bars

    def _samples(self, seconds: Fraction) -> int:
        samples = nearest(seconds * self.rate)
        if samples < 0:
            raise BadSpan("The position lies before the start of the file.", "Positions start at 0 seconds.")
        if samples > LONGEST:
            raise BadSpan("The position is further away than any file is long.")
        return samples


def read_samples(text: str, rate: int) -> Span:
    """'192000:384000' as a span. Raises WrongUsage, BadSpan."""
    found = _SAMPLES.fullmatch(text.strip())
    if found is None:
        raise WrongUsage(
            f"{text!r} is not a span.", "Write its first sample, a colon, and one past its last: 192000:384000."
        )
    return make_span(int(found[1]), int(found[2]), rate)


def make_span(start: int, end: int, rate: int) -> Span:
    """Raises BadSpan where the end does not come after the start, or is beyond everything."""
    if end <= start:
        raise BadSpan(
            f"The end (sample {end:,}) does not come after the start (sample {start:,}).",
            "Give an end that lies after the start.",
        )
    if end > LONGEST:
        raise BadSpan("The span lies further away than any file is long.")
    return Span(start, end, rate)


def nearest(samples: Fraction) -> int:
    """The nearest whole sample; half a sample goes up, on both ends of a span alike."""
    return (2 * samples.numerator + samples.denominator) // (2 * samples.denominator)


def _seconds(text: str) -> Fraction:
    try:
        seconds = Decimal(text.strip())
    except InvalidOperation:
        seconds = Decimal("NaN")
    # Beyond this exponent a number is a slip of the keyboard, and its fraction would fill the memory.
    if not seconds.is_finite() or (seconds and abs(seconds.adjusted()) > 30):
        raise WrongUsage(
            f"{text!r} is not a time.",
            "Write positions in seconds (4.0) or bar|beat (5|1), lengths in seconds, bars or beats (2bars, 3beats).",
        )
    return Fraction(seconds)
