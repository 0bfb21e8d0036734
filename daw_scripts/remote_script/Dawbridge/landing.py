"""Lays finished takes into the set: on a new track of their own, at the exact beat, in one undo step.

From Live 12.2 on that track has a take lane for each variant and the first one on the main lane; before, each variant
has a track, and all but the first are mute. Nothing that was there before is touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from . import guests, notes, tracks
from .reading import get
from .texts import say

WARP_TICKS = 30
"""Live carries out `warping = False` on a later tick; after a third of these it is told again."""
CLOSE_BEATS = 0.02


class Parked(Exception):
    """The result cannot be laid in; the message says why, and where the file is."""


@dataclass
class Laid:
    """What one step made."""

    tracks: list[Any] = field(default_factory=list)
    clips: list[tuple[Any, float]] = field(default_factory=list)
    """Clips with the beat at which each has to end."""
    refused: str = ""
    """A file with notes that could not be laid in."""


def can_land(song: Any, job: dict[str, Any]) -> str:
    """Empty, or the name of the sentence that says what it waits for."""
    is_here = guests.belongs(song, job) if job.get("of") else tracks.set_of(song) == job["set"]
    if not is_here:
        return "wait_project"
    return "wait_recording" if get(song, "record_mode", False) else ""


def land(song: Any, job: dict[str, Any]) -> Iterator[list[str]]:
    """One tick a step; each yields the sentences to say now. Raises Parked."""
    source = tracks.find(song, job["track"], job["track_name"])
    if source is None and not job.get("of"):
        raise Parked(say("parked", what=job["title"], path=first_path(job)))
    if job.get("of"):
        guests.arrive(song, job)
    job["now"] = float(song.tempo)
    laid = tracks.step(song, lambda: _lay(song, job, source))
    job["laid"] = [tracks.key_of(track) for track in laid.tracks]
    job["shown"] = 1
    yield [
        say("landed", title=job["title"], count=_count(job), track=get(laid.tracks[0], "name", "")),
        *([say("notes_refused", title=job["title"], path=laid.refused)] if laid.refused else []),
        *remarks(job, job["takes"][0]),
    ]
    yield from settle(song, job, laid)


def remarks(job: dict[str, Any], take: dict[str, Any]) -> list[str]:
    """What the engine remarked on a take, as a sentence; none where it had nothing to say."""
    said = take.get("notes") or ()
    return [f"{job['title']}: {' '.join(said)}"] if said else []


def settle(song: Any, job: dict[str, Any], laid: Laid) -> Iterator[list[str]]:
    """Wait until Live has switched warping off, and look whether the clips are as long as their files."""
    for tick in range(WARP_TICKS):
        yield []
        warped = [clip for clip, _ in laid.clips if get(clip, "warping", False)]
        if not warped:
            break
        if tick == WARP_TICKS // 3:
            tracks.step(song, partial(_unwarp, warped))
    else:
        yield [say("still_warped", title=job["title"])]
        return
    off = [abs(float(clip.end_time) - end) for clip, end in laid.clips if get(clip, "end_time") is not None]
    if off and max(off) > CLOSE_BEATS:
        yield [say("landed_long", title=job["title"], beats=f"{max(off):.2f}")]
    elif abs(float(song.tempo) - job["tempo"]) > 1e-3:
        yield [say("tempo_changed", title=job["title"])]


def first_path(job: dict[str, Any]) -> str:
    return str(job["takes"][0]["parts"][0]["path"]) if job["takes"] else ""


def _count(job: dict[str, Any]) -> str:
    count = len(job["takes"])
    return "1 variant" if count == 1 else f"{count} variants"


def _unwarp(clips: list[Any]) -> None:
    for clip in clips:
        clip.warping = False


def _lay(song: Any, job: dict[str, Any], source: Any) -> Laid:
    """All tracks and clips of a job. If Live refuses one, those that are there are taken back. Raises Parked."""
    like = source if source is not None else next(iter(song.tracks), None)
    if get(like, "create_audio_clip") is None and source is not None:
        raise Parked(say("too_old", path=first_path(job)))
    laid = Laid()
    place = tracks.index_of(song, source) + 1 if source is not None else len(song.tracks)
    try:
        if get(like, "create_take_lane") is not None:
            _lay_lanes(song, job, laid, place)
        else:
            _lay_tracks(song, job, laid, place)
        if job["stems"]:
            _lay_stems(song, job, laid, place + len(laid.tracks))
        if job.get("midi"):
            _lay_notes(song, job, laid, place + len(laid.tracks))
    except (RuntimeError, ValueError) as fault:
        for track in laid.tracks:
            song.delete_track(tracks.index_of(song, track))
        raise Parked(say("landing_failed", what=job["title"], fault=fault, path=first_path(job))) from fault
    if job["replace"]:
        _silence(source, job)
    return laid


def _new_track(song: Any, laid: Laid, index: int, name: str) -> Any:
    track = tracks.new_audio_track(song, index)
    laid.tracks.append(track)
    track.name = name
    return track


def _track_name(job: dict[str, Any]) -> str:
    """A result of a result is called like the first."""
    name = str(job["track_name"])
    if job.get("of"):
        return name
    ending = say("variants_track", track="")
    return name if name.endswith(ending) else say("variants_track", track=name)


def _lay_lanes(song: Any, job: dict[str, Any], laid: Laid, place: int) -> None:
    track = _new_track(song, laid, place, _track_name(job))
    lay_take(track, job, job["takes"][0], laid)
    if len(job["takes"]) == 1:
        return
    for take in job["takes"]:
        lane = track.create_take_lane()
        lane.name = say("lane", number=take["number"])
        lay_take(lane, job, take, laid)


def _lay_tracks(song: Any, job: dict[str, Any], laid: Laid, place: int) -> None:
    name = _track_name(job)
    for index, take in enumerate(job["takes"]):
        own = name if len(job["takes"]) == 1 else f"{name} {take['number']}"
        track = _new_track(song, laid, place + index, own)
        lay_take(track, job, take, laid)
        track.mute = index > 0


def _lay_stems(song: Any, job: dict[str, Any], laid: Laid, place: int) -> None:
    """The stems of the first take, each on a mute track: the mix sounds already."""
    for part in job["takes"][0]["parts"]:
        for stem in part.get("stems", ()):
            name = say("stem_name", verb=job["verb_title"], number=1, role=stem["role"])
            track = _new_track(song, laid, place, name)
            _lay_file(track, stem["path"], job, part, laid).name = name
            track.mute = True
            place += 1


def _lay_notes(song: Any, job: dict[str, Any], laid: Laid, place: int) -> None:
    """The notes of the first take. What Live does not take is told; the sound lies there all the same."""
    first = [(one, beat_of(job, part) + _later(job, part, one)) for part, one in notes.of_take(job["takes"][0])]
    before = len(song.tracks)
    try:
        notes.lay(song, job, place, first)
    except notes.Refused as refused:
        laid.refused = str(refused)
        if len(song.tracks) > before and not list(song.tracks)[len(song.tracks) - before + place - 1].arrangement_clips:
            song.delete_track(len(song.tracks) - before + place - 1)


def _later(job: dict[str, Any], part: dict[str, Any], one: dict[str, Any]) -> float:
    """Beats from where a part's sound begins to where its notes do."""
    return float(one["timeline"] - part["timeline"]) / float(part["span"]["rate"]) * float(job["tempo"]) / 60


def lay_take(holder: Any, job: dict[str, Any], take: dict[str, Any], laid: Laid) -> None:
    """The parts of a take on a track or lane. Raises RuntimeError or ValueError."""
    for part in take["parts"]:
        _lay_file(holder, part["path"], job, part, laid).name = take_name(job, take)


def take_name(job: dict[str, Any], take: dict[str, Any]) -> str:
    sentence = "take_name_tags" if job["tags"] else "take_name"
    name = say(sentence, verb=job["verb_title"], number=take["number"], tags=job["tags"][:60])
    return say("draft_name", name=name) if job.get("draft") else name


def _lay_file(holder: Any, path: str, job: dict[str, Any], part: dict[str, Any], laid: Laid) -> Any:
    beat = beat_of(job, part)
    clip = tracks.new_clip(holder, path, beat)
    # A new clip may be warped to a tempo that Live has guessed; the file is as long as it has to be.
    clip.warping = False
    seconds = part["samples"] / float(part["span"]["rate"])
    laid.clips.append((clip, beat + seconds * job["now"] / 60))
    return clip


def beat_of(job: dict[str, Any], part: dict[str, Any]) -> float:
    """Where a part begins: at the very beat that was asked for, or so many samples beside it, at that tempo.

    A varied take says where its recipe lay; it goes where the clip lies that was looked at.
    """
    first = job["takes"][0]["parts"][0]["timeline"] if job["verb"] in ("retake", "again") else job["timeline"]
    moved = int(part["timeline"]) - int(first)
    if abs(moved) <= 1:
        return float(job["start"])
    beats = moved * float(job["tempo"]) / 60.0 / float(part["span"]["rate"])
    return max(0.0, float(job["start"]) + beats)


def _silence(source: Any, job: dict[str, Any]) -> None:
    """Mute the user's clips that lie inside the range as a whole; he asked for it."""
    for clip in get(source, "arrangement_clips", ()):
        if clip.start_time >= job["start"] - 1e-6 and clip.end_time <= job["end"] + 1e-6:
            clip.muted = True
