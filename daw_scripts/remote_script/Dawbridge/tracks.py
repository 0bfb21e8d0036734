"""Finds tracks and clips again after they were moved, renamed or reloaded, and makes new ones.

Live keeps small texts with a track (`set_data`), also in the saved set; only scripts can use them. Each track that we
have to know again gets a key of its own.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from .reading import get

TRACK, SET = "dawbridge_track", "dawbridge_set"


def key_of(track: Any, name: str = TRACK) -> str:
    """The key that lies with a track; a new one the first time. Empty in a Live that keeps none."""
    read, write = get(track, "get_data"), get(track, "set_data")
    if read is None or write is None:
        return ""
    found = read(name, "")
    if not found:
        found = uuid.uuid4().hex
        write(name, found)  # [U track-data] it is saved with the set, and costs no undo step that anybody minds
    return str(found)


def set_of(song: Any, mark: bool = False) -> str:
    """The key of the open set; its path where Live keeps no keys. With `mark` it gets a key if it has none."""
    if mark:
        key_of(song.master_track, SET)
    read = get(song.master_track, "get_data")
    key = str(read(SET, "")) if read is not None else ""
    return key or str(get(song, "file_path", "") or "")


def find(song: Any, key: str, name: str) -> Any:
    """The track with that key, or else the only one of that name; None if it has gone."""
    tracks = list(song.tracks)
    for track in tracks:
        read = get(track, "get_data")
        if key and read is not None and read(TRACK, "") == key:
            return track
    same = [track for track in tracks if get(track, "name") == name]
    return same[0] if not key and len(same) == 1 else None


def index_of(song: Any, track: Any) -> int:
    """Where a track stands; -1 if nowhere. Live's vectors have no `index`."""
    for index, other in enumerate(song.tracks):
        if other == track:
            return index
    return -1


def new_audio_track(song: Any, index: int) -> Any:
    """A new track at `index`. What is selected stays selected. Raises RuntimeError."""
    selected = get(song.view, "selected_track")
    song.create_audio_track(index)
    if selected is not None:
        song.view.selected_track = selected
    return list(song.tracks)[index]


def new_midi_track(song: Any, index: int) -> Any:
    """The same for MIDI, without an instrument. Raises RuntimeError."""
    selected = get(song.view, "selected_track")
    song.create_midi_track(index)
    if selected is not None:
        song.view.selected_track = selected
    return list(song.tracks)[index]


def new_clip(holder: Any, path: str, beat: float) -> Any:
    """A clip on a track or take lane. Raises RuntimeError or ValueError, in Live's own words."""
    before = list(holder.arrangement_clips)
    made = holder.create_audio_clip(path, beat)  # [U returned-clip] if it is not the clip, we look for the new one
    if get(made, "file_path"):
        return made
    for clip in holder.arrangement_clips:
        if not any(clip == other for other in before):
            return clip
    raise RuntimeError("Live made no clip")


def step(song: Any, work: Callable[[], Any]) -> Any:
    """Do it as one undo step."""
    song.begin_undo_step()  # [U undo-step] all that is done until the end is one entry of Edit → Undo
    try:
        return work()
    finally:
        song.end_undo_step()
