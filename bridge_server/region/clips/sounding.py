"""A strand as audio: copied where it plays as recorded, like tape where only the speed differs, otherwise stretched."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bridge_server.protocol.errors import TooLong
from bridge_server.region.channels import Layout, convert, usual_layout
from bridge_server.region.clips.strand import Strand
from bridge_server.region.clips.stretch import stretched
from bridge_server.region.clips.tape import at_speed
from bridge_server.region.clips.view import View
from bridge_server.region.excerpt import Samples

_ALIKE = 1e-9
_DRIFT_SAMPLES = 0.5
_AS_RECORDED = 1e-3
"""A strand whose speed is that of its file to a tenth of a percent, and which never leaves a straight line by more than
half a sample, is copied sample by sample."""

_MOST_SECONDS = 1_800.0
"""Of a file, in one reading."""

_IN_TIME = 5e-4
"""Up to this much of another speed, which is less than a cent, is played like tape: a stretch would cost more."""


@dataclass(frozen=True)
class Sounding:
    """One strand, its file, and the timeline's rate."""

    strand: Strand
    view: View
    rate: int

    def add(self, mix: Samples, start: int, end: int, layout: Layout) -> None:
        """Add what it plays in [start, end), which lies inside the strand, to `mix`, (C, end - start) in `layout`."""
        audio = self.audio(start, end)
        if self.strand.channel:
            mix[self.strand.channel - 1] += convert(audio, self.view.layout, usual_layout(1))[0]
        else:
            mix += convert(audio, self.view.layout, layout)

    def audio(self, start: int, end: int) -> Samples:
        """What it plays in [start, end) of the timeline, which lies inside the strand; with its gain and fades.

        Returns (C, end - start) float32 in the file's channels. Raises what reading the file raises.
        """
        played = self._played(start, end)
        gain = np.float32(10 ** (self.strand.gain_db / 20))
        envelope = self.strand.envelope(start, end)
        if envelope is not None:
            return np.asarray(played * (envelope * gain), np.float32)
        return played if gain == 1 else np.asarray(played * gain, np.float32)

    @property
    def file_start(self) -> int | None:
        """Where the file's first sample lies on the timeline; None where anything but the file itself is heard."""
        strand = self.strand
        is_changed = strand.loop or strand.is_reversed or strand.gain_db or any(strand.fades)
        if is_changed or strand.file_channel or strand.channel:
            return None
        first = self._first_sample()
        return None if first is None else strand.start - first

    def _played(self, start: int, end: int) -> Samples:
        if (first := self._first_sample()) is not None:
            begin = first + start - self.strand.start
            return self.view.read(begin, begin + end - start)
        self._check_speed(start, end)
        transposed = 2 ** (self.strand.semitones / 12)
        if abs(transposed - 1) < _ALIKE and (not self.strand.keeps_pitch or self._is_in_time()):
            return self._like_tape(start, end)
        if not self.strand.keeps_pitch:
            transposed *= self._mean_speed()
        return self._stretched(start, end, transposed)

    def _check_speed(self, start: int, end: int) -> None:
        """Raises TooLong where so much of the file would sound that it does not fit into memory."""
        first, last = self.strand.seconds_at(np.array([start, end], np.float64))
        if last - first > _MOST_SECONDS:
            raise TooLong(
                f"{self.strand.path} plays so fast that {(last - first) / 60:.0f} minutes of it would sound here.",
                "Render the clip, or select a shorter range.",
            )

    def _positions(self, at: NDArray[np.float64]) -> NDArray[np.float64]:
        """Samples of the file, unrolled, at samples of the timeline."""
        return self.strand.seconds_at(at) * self.view.rate

    def _first_sample(self) -> int | None:
        """The file's sample at the start of a strand that is played as it was recorded; None for any other one."""
        strand = self.strand
        if self.view.rate != self.rate or abs(strand.semitones) > _ALIKE:
            return None
        knots = np.array([strand.start, *(at for at, _ in strand.knots), strand.end], np.float64)
        knots = knots[(knots >= strand.start) & (knots <= strand.end)]
        ahead = self._positions(knots) - (knots - strand.start)
        if np.ptp(ahead) > min(_DRIFT_SAMPLES, _AS_RECORDED * strand.length):
            return None
        return round(float(ahead[0]))

    def _speeds(self) -> NDArray[np.float64]:
        """Seconds of the file per second of the timeline, between the knots."""
        at, seconds = np.array(self.strand.knots).T
        return np.asarray(np.diff(seconds) / np.diff(at) * self.rate)

    def _mean_speed(self) -> float:
        at, seconds = np.array(self.strand.knots).T
        return float((seconds[-1] - seconds[0]) / (at[-1] - at[0]) * self.rate)

    def _is_in_time(self) -> bool:
        return bool(np.abs(self._speeds() - 1).max() <= _IN_TIME)

    def _like_tape(self, start: int, end: int) -> Samples:
        """Knot by knot, each at its own speed; what lies beyond the last knot goes on at the last speed."""
        inner = [round(at) for at, _ in self.strand.knots[1:-1] if start < round(at) < end]
        edges = [start, *inner, end]
        return np.concatenate([self._at_one_speed(first, last) for first, last in pairwise(edges)], axis=1)

    def _at_one_speed(self, start: int, end: int) -> Samples:
        first, last = self._positions(np.array([start, end], np.float64))
        speed = float(last - first) / (end - start)
        return at_speed(self.view.read, speed, float(first) - start * speed, start, end)

    def _stretched(self, start: int, end: int, transposed: float) -> Samples:
        """At the file's rate and in the file's pitch first; then, faster or slower, brought to the pitch it shall have.

        What is stretched counts in samples of its own: `pace` of them pass in one sample of the timeline.
        """
        pace = transposed * self.view.rate / self.rate
        anchor = self.strand.start

        def time_map(stretched_at: NDArray[np.float64]) -> NDArray[np.float64]:
            return self._positions(anchor + stretched_at / pace)

        def read(first: int, last: int) -> Samples:
            return stretched(self.view.read, self.view.rate, time_map, first, last)

        if abs(pace - 1) < _ALIKE:
            return read(start - anchor, end - anchor)
        return at_speed(read, pace, -anchor * pace, start, end)
