"""Watches the name of the clip in Clip View: `db:…` is a command, and the clip gets its old name back at once."""

from __future__ import annotations

from typing import Any

from . import tracks
from .commands import Command, from_name
from .reading import get


class NameWatch:
    """Only a name that changes while the clip is looked at is a command: clicking an old clip never starts anything."""

    def __init__(self) -> None:
        self._clip: Any = None
        self._seen = ""
        self._name = ""

    def look(self, song: Any) -> Command | None:
        """The command that was just typed as the name. Raises Refusal, once, if it is none; then the name stays."""
        clip = get(song.view, "detail_clip")
        if clip is None:
            self._clip = None
            return None
        name = str(get(clip, "name", "") or "")  # [U clip-name] changes when Enter is pressed, not with each letter
        same = self._clip is not None and clip == self._clip
        if not same:
            self._clip, self._seen, self._name = clip, name, name
            return None
        if name == self._seen:
            return None
        self._seen = name
        found = from_name(name)
        if found is None:
            self._name = name
            return None
        self._seen = self._name
        tracks.step(song, lambda: setattr(clip, "name", self._name))
        found.clip = clip
        return found
