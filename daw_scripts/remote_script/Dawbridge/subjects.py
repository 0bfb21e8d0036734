"""What a command is about: a range on a track, and the clips that are heard there.

Live tells no script what is selected in the Arrangement. So it is the loop brace while the loop is on and lies over
something, or the clip in Clip View, or the clip that was named.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import Any

from . import reading
from .reading import get
from .texts import say
from .wishes import Refusal

SHORTEST_SECONDS = 0.1
CONTEXT_SECONDS = 30.0
WITH_BRACE = ("repaint", "generate", "layer", "edit")
"""The others are about a whole clip."""


@dataclass
class Range:
    """`[start, end)` beats on a track. `clip` is the one in Clip View, if the range comes from it."""

    track: Any
    start: float
    end: float
    clip: Any = None


@dataclass
class Subject:
    """Everything of Live that a request needs. `sources` are lists of clips in Live's raw values, one list a track."""

    track: Any
    start: float
    end: float
    tempo: float
    rate: int
    music: dict[str, Any]
    project: str
    title: str
    sources: list[list[dict[str, Any]]] = field(default_factory=list)
    take: str = ""
    bar: float = 4.0
    is_draft: bool = False

    def samples(self, beats: float) -> int:
        return reading.samples(beats, self.tempo, self.rate)

    @property
    def span(self) -> dict[str, int]:
        return {"start": self.samples(self.start), "end": self.samples(self.end), "rate": self.rate}


def find_range(song: Any, verb: str, source: str, named: Any) -> Range:
    """What is meant. `source` is brace, clip or auto; `named` the clip whose name was the command. Raises Refusal."""
    brace = Range(get(song.view, "selected_track"), song.loop_start, song.loop_start + song.loop_length)
    clip = named if named is not None else get(song.view, "detail_clip")
    found = _clip_range(clip) if clip is not None and source != "brace" else None
    if source == "clip" and found is None:
        raise Refusal(say("nothing_selected"))
    if source == "brace":
        found = brace
    elif source == "auto" and song.loop and verb in WITH_BRACE:
        found = _brace_on(brace, found, named is not None)
    if found is None:
        raise Refusal(say("nothing_selected"))
    if (found.end - found.start) * 60 / song.tempo < SHORTEST_SECONDS:
        raise Refusal(say("short_brace"))
    return found


def _brace_on(brace: Range, clip: Range | None, was_named: bool) -> Range:
    """The brace, on the track of the clip that it cuts a piece of; the whole clip where it lies elsewhere.

    A track that was selected after the clip was looked at is meant rather than the clip; not so if the clip was named.
    """
    if clip is None or (not was_named and brace.track is not None and clip.track != brace.track):
        return brace
    if brace.start < clip.end and brace.end > clip.start:
        return Range(clip.track, brace.start, brace.end, clip.clip)
    return clip


def _clip_range(clip: Any) -> Range:
    """Raises Refusal for a clip that has no place in the arrangement."""
    if get(clip, "is_take_lane_clip", False):
        raise Refusal(say("take_lane"))
    # `is_session_clip` came with Live 12; before, only the way up tells: a clip of the arrangement hangs on a track.
    parent = get(clip, "canonical_parent")  # [U clip-parent] of a clip in the arrangement it is the track
    if get(clip, "is_session_clip", False) or not get(clip, "is_arrangement_clip", False):
        raise Refusal(say("session"))
    return Range(parent, float(clip.start_time), float(clip.end_time), clip)


Steps = Generator[None, None, Any]
"""Work in small steps: each `yield` is a place where Live may go on. `yield from` gives the result."""


def gather(song: Any, verb: str, found: Range, context_seconds: float) -> Iterator[Subject | None]:
    """Reads what the verb needs: yields None until it is complete, then the subject. Raises Refusal."""
    tempo = float(song.tempo)
    beats = context_seconds * tempo / 60
    near = yield from reading.overlapping(found.track, found.start - beats, found.end + beats)
    subject = Subject(
        track=found.track,
        start=found.start,
        end=found.end,
        tempo=tempo,
        rate=reading.rate_of(near),
        music={},
        project=reading.project_of(song),
        title=f"{get(found.track, 'name', '')}, {reading.bars(song, found.start, found.end)}",
        bar=reading.bar_beats(song),
    )
    yield None
    if verb in ("retake", "again"):
        subject.take = take_of(found)
    elif verb == "layer":
        yield from _others(song, subject, beats)
    elif verb != "generate":
        yield from _own(subject, near, song)
    subject.music = reading.music_at(song, subject.start, subject.rate)
    yield subject


def take_of(found: Range) -> str:
    """The file of the result that is looked at. Raises Refusal."""
    path = str(get(found.clip, "file_path", "") or "") if found.clip is not None else ""
    if not path:
        raise Refusal(say("no_result"))
    return path


def _own(subject: Subject, near: list[Any], song: Any) -> Steps:
    """The clips of the range's own track, with what lies around them."""
    name = get(subject.track, "name", "")
    inside = [clip for clip in near if clip.start_time < subject.end and clip.end_time > subject.start]
    if any(get(clip, "is_midi_clip", False) for clip in inside):
        raise Refusal(say("midi", track=name))
    if not inside:
        if not get(subject.track, "has_audio_input", False) or get(subject.track, "is_foldable", False):
            raise Refusal(say("kind_of_track", track=name))
        raise Refusal(say("no_clip", track=name, range=reading.bars(song, subject.start, subject.end)))
    subject.sources = [(yield from _clips(near, subject.tempo, inside))]


def _clips(near: list[Any], tempo: float, needed: list[Any]) -> Steps:
    """Context that cannot be had is left out; what lies inside must be there. Raises Refusal."""
    found = []
    for clip in near:
        yield
        if not get(clip, "is_audio_clip", False):
            continue
        try:
            found.append(reading.live_clip(clip, tempo))
        except Refusal:
            if any(clip == other for other in needed):
                raise
    return found


def _others(song: Any, subject: Subject, beats: float) -> Steps:
    """What the other tracks play in the range. Raises Refusal if none does."""
    rates: list[Any] = []
    for track in list(song.tracks):
        if track == subject.track or get(track, "mute", False) or get(track, "muted_via_solo", False):
            continue
        near = yield from reading.overlapping(track, subject.start - beats, subject.end + beats)
        clips = [clip for clip in (yield from _clips(near, subject.tempo, [])) if not clip["muted"]]
        if any(clip["start_time"] < subject.end and clip["end_time"] > subject.start for clip in clips):
            subject.sources.append(clips)
            rates += near
    if not subject.sources:
        # The range's own track is all there is to listen to.
        near = yield from reading.overlapping(subject.track, subject.start, subject.end)
        own = yield from _clips(near, subject.tempo, [])
        if not own:
            raise Refusal(say("no_others", range=reading.bars(song, subject.start, subject.end)))
        subject.sources.append(own)
    subject.rate = reading.rate_of(rates) if rates else subject.rate
