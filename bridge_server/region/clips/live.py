"""From the raw values of a clip in Ableton Live to what of its file sounds when. Arithmetic alone.

Time in Live's object model is in beats (quarter notes). The content of a warped clip counts in beats too, that of an
unwarped one in seconds of its file; warp markers join the two. Source: the Live Object Model's descriptions of Clip and
WarpMarker. What is believed and not documented there has a mark, and a row in daw_scripts/HOST_FACTS.md.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from bridge_server.protocol.errors import BadRequest
from bridge_server.protocol.values import LiveClip
from bridge_server.region.clips.strand import Strand

RE_PITCH = 3
SLOWEST, FASTEST = 5.0, 999.0
"""Tempo that Live allows between two markers; what lies outside is a misunderstanding, not a tempo."""

MOST_PIECES = 200_000
_NOTHING = 1e-9


@dataclass(frozen=True)
class Piece:
    """A stretch of a clip at one speed: seconds [src_start, src_end) of its file, from beat `at` to beat `until`."""

    at: float
    until: float
    src_start: float
    src_end: float


class WarpMap:
    """Beats of a clip's content → seconds of its file: straight lines between the markers, and on beyond them."""

    def __init__(self, clip: LiveClip) -> None:
        """The last marker is Live's hidden one, which gives the last stretch its tempo. Raises BadRequest."""
        self._seconds = [seconds for seconds, _ in clip.warp_markers]
        self.beats = [beats for _, beats in clip.warp_markers]
        name = Path(clip.path).name
        if len(self.beats) < 2:
            raise BadRequest(f"{name} is warped, but has fewer than two warp markers.")
        for tempo in self.tempi():
            if not SLOWEST <= tempo <= FASTEST:
                raise BadRequest(
                    f"The warp markers of {name} would make {tempo:.1f} BPM; Live allows {SLOWEST:g} to {FASTEST:g}.",
                    "Consolidate the clip (Cmd/Ctrl+J) and try again.",
                )

    def tempi(self) -> Iterator[float]:
        """Of each stretch between two markers, in BPM; infinite or negative where they do not rise."""
        for index in range(len(self.beats) - 1):
            seconds = self._seconds[index + 1] - self._seconds[index]
            beats = self.beats[index + 1] - self.beats[index]
            yield 60 * beats / seconds if seconds > 0 else float("inf")

    def seconds(self, beat: float) -> float:
        index = min(max(bisect_right(self.beats, beat) - 1, 0), len(self.beats) - 2)
        left, right = self.beats[index], self.beats[index + 1]
        share = (beat - left) / (right - left)
        return self._seconds[index] + share * (self._seconds[index + 1] - self._seconds[index])


def pieces(clip: LiveClip, begin: float | None = None, end: float | None = None) -> tuple[Piece, ...]:
    """What of the file sounds in beats [begin, end) of the arrangement: pieces in order, without gap or overlap.

    A piece ends where the clip goes back to the start of its loop, and at each warp marker. By default all of the clip.
    Raises BadRequest for markers or loops that cannot be.
    """
    first = max(clip.start_time, clip.start_time if begin is None else begin)
    last = min(clip.end_time, clip.end_time if end is None else end)
    if first >= last:
        return ()
    if not clip.warping:
        return (_unwarped(clip, first, last),)
    warp = WarpMap(clip)
    found: list[Piece] = []
    for at, until, content in _repetitions(clip, first, last):
        inner = [beat for beat in warp.beats[1:-1] if content + _NOTHING < beat < content + until - at - _NOTHING]
        edges = [content, *inner, content + until - at]
        for left, right in pairwise(edges):
            place = at + left - content
            found.append(Piece(place, at + right - content, warp.seconds(left), warp.seconds(right)))
        if len(found) > MOST_PIECES:
            raise BadRequest(f"{Path(clip.path).name} is looped too often to be read.", "Consolidate the clip.")
    return tuple(found)


def _unwarped(clip: LiveClip, first: float, last: float) -> Piece:
    def seconds(beat: float) -> float:
        return clip.loop_start + (beat - clip.start_time) * 60 / clip.tempo * speed_of(clip)

    return Piece(first, last, seconds(first), seconds(last))


def speed_of(clip: LiveClip) -> float:
    """Seconds of the file per second, of an unwarped clip: transposing it is playing it faster or slower."""
    return float(2 ** (_semitones(clip) / 12))  # [U transpose]


def _semitones(clip: LiveClip) -> float:
    return clip.pitch_coarse + clip.pitch_fine / 100


def _repetitions(clip: LiveClip, first: float, last: float) -> Iterator[tuple[float, float, float]]:
    """(beat, beat until which it goes on, beat of the content): once through, or again and again through the loop."""
    content = (clip.start_marker if clip.looping else clip.loop_start) + first - clip.start_time
    length = clip.loop_end - clip.loop_start
    if not clip.looping:
        yield first, last, content
        return
    if length <= _NOTHING:
        raise BadRequest(f"The loop of {Path(clip.path).name} has no length.")
    at = first
    while last - at > _NOTHING:
        if content >= clip.loop_end - _NOTHING:
            content = clip.loop_start + (content - clip.loop_start) % length
            content = clip.loop_start if clip.loop_end - content <= _NOTHING else content
        until = min(last, at + clip.loop_end - content)
        yield at, until, content
        content, at = clip.loop_end, until


def strand_of_live(clip: LiveClip, rate: int, shift: int = 0) -> Strand:
    """A clip of Live's as it lies on a timeline of that rate, moved by `shift` samples. Raises BadRequest.

    Warped clips are stretched to the set's tempo, in Re-Pitch played like tape; unwarped ones play as they are. (A map
    that changes next to nothing is found out when the strand is played.)
    """
    samples_per_beat = 60 / clip.tempo * rate
    start = round(clip.start_time * samples_per_beat)
    length = max(round(clip.end_time * samples_per_beat) - start, 1)
    made = pieces(clip)
    seconds = made[0].src_start
    knots = [(made[0].at * samples_per_beat + shift, seconds)]
    for piece in made:
        # The loop is unrolled: the seconds go on where the file goes back.
        seconds += piece.src_end - piece.src_start
        knots.append((piece.until * samples_per_beat + shift, seconds))
    loop = None
    if clip.warping and clip.looping:
        warp = WarpMap(clip)
        loop = (warp.seconds(clip.loop_start), warp.seconds(clip.loop_end))
    is_stretched = clip.warping and clip.warp_mode != RE_PITCH  # [U re-pitch]
    return Strand(
        path=clip.path,
        start=start + shift,
        length=length,
        knots=tuple(knots),
        loop=loop,
        keeps_pitch=is_stretched,
        semitones=_semitones(clip) if is_stretched else 0.0,
        gain_db=clip.gain_db,
    )
