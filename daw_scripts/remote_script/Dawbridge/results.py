"""What can be done with a result that has landed: hear another variant, keep one, take everything back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import landing, notes, tracks
from .jobs import Jobs, paths_of
from .landing import Laid
from .reading import get
from .texts import say
from .wishes import Refusal

KEPT = "✓ "


def meant(song: Any, jobs: Jobs) -> dict[str, Any]:
    """The job of the clip that is looked at, or the last one that landed in this set. Raises Refusal."""
    clip = get(song.view, "detail_clip")
    path = get(clip, "file_path") if clip is not None else None
    found = jobs.of_take(path) if path else None
    if found is None:
        landed = [job for job in jobs.in_set(tracks.set_of(song)) if job["state"] == "landed"]
        found = landed[-1] if landed else None
    if found is None:
        raise Refusal(say("no_result"))
    return found


def _take(job: dict[str, Any], number: int) -> dict[str, Any]:
    for take in job["takes"]:
        if take["number"] == number:
            return dict(take)
    raise Refusal(say("no_variant", number=number, count=len(job["takes"])))


def choose(song: Any, job: dict[str, Any], number: int) -> Iterator[list[str]]:
    """Let another variant sound; 0 means the next one. One tick a step. Raises Refusal."""
    if len(job["takes"]) == 1 and number in (0, 1):
        raise Refusal(say("one_variant"))
    number = number or int(job.get("shown", 1)) % len(job["takes"]) + 1
    take = _take(job, number)
    own = _own_tracks(song, job)
    if not own:
        raise Refusal(say("nothing_left", title=job["title"]))
    job["now"] = float(song.tempo)
    refused: list[str] = []

    def show() -> Laid:
        laid = _show(own, job, take)
        try:
            notes.exchange(song, job, take)
        except notes.Refused as path:
            refused.append(say("notes_refused", title=job["title"], path=path))
        return laid

    laid = tracks.step(song, show)
    job["shown"] = number
    yield [f"{job['title']}: {say('lane', number=number)}", *refused, *landing.remarks(job, take)]
    yield from landing.settle(song, job, laid)


def _show(own: list[Any], job: dict[str, Any], take: dict[str, Any]) -> Laid:
    laid = Laid()
    if get(own[0], "create_take_lane") is None:
        for index, track in enumerate(own[: len(job["takes"])]):
            track.mute = job["takes"][index]["number"] != take["number"]
        return laid
    # Which lane sounds cannot be set by scripts: the variant's file goes onto the main lane instead.
    for clip in _own_clips(own[0], job):
        own[0].delete_clip(clip)
    landing.lay_take(own[0], job, take, laid)
    return laid


def keep(song: Any, job: dict[str, Any]) -> tuple[int, str]:
    """Mark the variant that sounds; returns its number and what to say. Raises Refusal."""
    number = int(job.get("shown", 1))
    take = _take(job, number)
    paths = [part["path"] for part in take["parts"]]

    def mark() -> int:
        marked = 0
        for track in _own_tracks(song, job):
            for clip in _own_clips(track, job):
                if get(clip, "file_path") in paths and not str(clip.name).startswith(KEPT):
                    clip.name = KEPT + str(clip.name)
                    marked += 1
        return marked

    tracks.step(song, mark)
    return number, say("kept", number=number)


def discard(song: Any, job: dict[str, Any]) -> str:
    """Take back the tracks that hold nothing but ours, and from the others our clips. Raises Refusal."""
    own = _own_tracks(song, job)
    if not own:
        raise Refusal(say("nothing_left", title=job["title"]))

    def clear() -> int:
        notes.discard(song, job)
        return sum(_clear(song, track, job) for track in own)

    count = tracks.step(song, clear)
    return say("discarded", count=f"{count} clips", title=job["title"])


def _clear(song: Any, track: Any, job: dict[str, Any]) -> int:
    ours = _own_clips(track, job)
    count = len(ours)
    if count == len(list(track.arrangement_clips)):
        song.delete_track(tracks.index_of(song, track))
        return count
    for clip in ours:
        track.delete_clip(clip)
    return count


def _own_tracks(song: Any, job: dict[str, Any]) -> list[Any]:
    found = [tracks.find(song, key, "") for key in job.get("laid", ()) if key]
    return [track for track in found if track is not None]


def _own_clips(track: Any, job: dict[str, Any]) -> list[Any]:
    paths = paths_of(job)
    return [clip for clip in track.arrangement_clips if get(clip, "file_path") in paths]
