"""The notes of the variant that sounds: a MIDI clip on a track of its own for each instrument, below the sound.

Live takes no MIDI files from scripts. So the file is read here, an empty clip is made, and the notes are put in.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from . import midi, tracks
from .reading import get
from .texts import say


class Refused(Exception):
    """Live takes no notes, or the file holds none; the message is the path of the file."""


def of_take(take: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each `(part, midi)` of a take."""
    return [(part, one) for part in take["parts"] for one in part.get("midi", ())]


def put(track: Any, path: str, beat: float, name: str) -> Any:
    """The notes of a file as a clip on a MIDI track. Raises Refused."""
    create = get(track, "create_midi_clip")
    try:
        score = midi.read(path)
    except (midi.NotMidi, OSError):
        raise Refused(path) from None
    if create is None:
        raise Refused(path)
    before = list(track.arrangement_clips)
    try:
        # [U midi-clip-python] From 12.2 on it makes an empty clip of so many beats in the arrangement.
        create(max(0.0, beat), score.beats)
        fresh = [clip for clip in track.arrangement_clips if not any(clip == other for other in before)]
        fresh[0].add_new_notes(tuple(_specification(note) for note in score.notes))
    except (RuntimeError, ValueError, TypeError, IndexError, ImportError):
        raise Refused(path) from None
    fresh[0].name = name
    return fresh[0]


def _specification(note: midi.Note) -> Any:
    """[U note-specification] Live's own module has the class that `add_new_notes` takes."""
    kind = importlib.import_module("Live").Clip.MidiNoteSpecification
    return kind(pitch=note.pitch, start_time=note.start, duration=note.length, velocity=float(note.velocity))


def lay(song: Any, job: dict[str, Any], place: int, beats: list[tuple[dict[str, Any], float]]) -> list[Any]:
    """A track for each file in `beats` (`(midi, beat)`), from index `place` on; `job["scores"]` says what was laid.

    Returns the tracks. Raises Refused; what was laid until then stays.
    """
    made: list[Any] = []
    job["scores"] = []
    for one, beat in beats:
        track = tracks.new_midi_track(song, place + len(made))
        made.append(track)
        track.name = say("notes_role_track", track=job["track_name"], role=one["role"])
        name = put(track, one["path"], beat, name_of(job, 1, one["role"])).name
        score = {"track": tracks.key_of(track), "role": one["role"], "path": one["path"], "name": name}
        job["scores"].append(score)
    return made


def name_of(job: dict[str, Any], number: int, role: str) -> str:
    return say("notes_name", verb=job["verb_title"], number=number, role=role)


def own(song: Any, score: dict[str, Any]) -> tuple[Any, Any]:
    """Track and clip of a score that was laid; None for what has gone. A MIDI clip has no file, but its name."""
    track = tracks.find(song, score["track"], "") if score["track"] else None
    clips = [clip for clip in track.arrangement_clips if clip.name == score["name"]] if track is not None else []
    return track, clips[0] if clips else None


def exchange(song: Any, job: dict[str, Any], take: dict[str, Any]) -> None:
    """The notes of `take` take the place of those that lie there, where they lie today. Raises Refused."""
    by_role = {one["role"]: one["path"] for _, one in of_take(take)}
    for score in job.get("scores", ()):
        track, clip = own(song, score)
        path = by_role.get(score["role"], "")
        if clip is None or not path or not Path(path).is_file():
            continue
        beat = clip.start_time
        track.delete_clip(clip)
        score["path"] = path
        score["name"] = put(track, path, beat, name_of(job, take["number"], score["role"])).name


def discard(song: Any, job: dict[str, Any]) -> None:
    """Take back the tracks that hold nothing but our notes, and from the others our clips."""
    for score in job.get("scores", ()):
        track, clip = own(song, score)
        if track is None:
            continue
        if len(track.arrangement_clips) == (1 if clip is not None else 0):
            song.delete_track(tracks.index_of(song, track))
        elif clip is not None:
            track.delete_clip(clip)
