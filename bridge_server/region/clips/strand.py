"""Strand: one clip as a way through its file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bridge_server.protocol.errors import BadRequest
from bridge_server.protocol.values import Clip

SHORTEST_LOOP = 0.001
"""Seconds; what is shorter is a slip and no loop."""


@dataclass(frozen=True, kw_only=True)
class Strand:
    """Which moment of a file sounds at which sample of the timeline.

    start, length  samples of the timeline where it is heard
    knots     (sample of the timeline, second of the file), both rising, straight lines between them and beyond. The
              seconds of a looped file are unrolled: they go on rising where it goes back
    loop      seconds of the file, from and to, or None
    is_reversed  the file's seconds count from its end, backwards
    keeps_pitch  another speed does not change the pitch
    semitones    transposed by so much, beside what the speed does
    fades     samples at the start and at the end, straight lines
    file_channel  the one channel of the file that sounds, from 1; 0 for all
    channel   the one channel of the timeline in which it sounds, from 1; 0 for all
    """

    path: str
    start: int
    length: int
    knots: tuple[tuple[float, float], ...]
    loop: tuple[float, float] | None = None
    is_reversed: bool = False
    keeps_pitch: bool = True
    semitones: float = 0.0
    gain_db: float = 0.0
    fades: tuple[int, int] = (0, 0)
    file_channel: int = 0
    channel: int = 0

    def __post_init__(self) -> None:
        if self.loop is not None and self.loop[1] - self.loop[0] < SHORTEST_LOOP:
            raise BadRequest(f"The loop of {self.path} is shorter than a thousandth of a second.")

    @property
    def end(self) -> int:
        return self.start + self.length

    def seconds_at(self, samples: NDArray[np.float64]) -> NDArray[np.float64]:
        """Seconds of the file, unrolled, that sound at samples of the timeline, which may lie outside the strand."""
        at, seconds = np.array(self.knots).T
        found: NDArray[np.float64] = np.interp(samples, at, seconds)
        before, after = samples < at[0], samples > at[-1]
        found[before] = seconds[0] + (samples[before] - at[0]) * _slope(self.knots[:2])
        found[after] = seconds[-1] + (samples[after] - at[-1]) * _slope(self.knots[-2:])
        return found

    def envelope(self, start: int, end: int) -> NDArray[np.float32] | None:
        """The fades over [start, end) of the timeline, or None where there is none."""
        fade_in, fade_out = self.fades
        if start >= self.start + fade_in and end <= self.end - fade_out:
            return None
        at = np.arange(start, end, dtype=np.float64) + 0.5
        rise = (at - self.start) / fade_in if fade_in else np.ones_like(at)
        fall = (self.end - at) / fade_out if fade_out else np.ones_like(at)
        return (np.clip(rise, 0, 1) * np.clip(fall, 0, 1)).astype(np.float32)


def strand_of(clip: Clip, rate: int, shift: int = 0) -> Strand:
    """A clip on a timeline of that rate, moved by `shift` samples. Raises BadRequest for a loop of nothing."""
    start, end = clip.start + shift, clip.start + shift + clip.length
    is_looped = clip.loop_start is not None and clip.loop_end is not None
    return Strand(
        path=clip.path,
        start=start,
        length=clip.length,
        knots=((start, clip.offset), (end, clip.offset + clip.length / rate * clip.playrate)),
        loop=(clip.loop_start, clip.loop_end) if is_looped else None,  # type: ignore[arg-type]
        is_reversed=clip.reversed,
        keeps_pitch=clip.keep_pitch,
        semitones=clip.semitones,
        gain_db=clip.gain_db,
        fades=(min(clip.fade_in, clip.length), min(clip.fade_out, clip.length)),
        file_channel=clip.file_channel,
        channel=clip.channel,
    )


def _slope(knots: tuple[tuple[float, float], ...]) -> float:
    """Seconds of the file per sample of the timeline."""
    (at, seconds), (later, then) = knots
    return (then - seconds) / (later - at)
