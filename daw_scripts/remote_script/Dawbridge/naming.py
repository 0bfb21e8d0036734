"""Watches the name of the clip in Clip View: `db:…` is a command, and the clip gets its old name back at once."""

from __future__ import annotations

from typing import Any

from . import tracks
from .commands import Command, from_name
from .reading import get


class NameWatch:
    def __init__(self) -> None:
        self._clip: Any = None
        self._name = ""

    def look(self, song: Any) -> Command | None:
        """The command that was just typed as the clip's name. Raises Refusal if it is none; the name goes back too."""
        clip = get(song.view, "detail_clip")
        if clip is None:
            self._clip = None
            return None
        name = str(get(clip, "name", "") or "")  # [U clip-name] changes when Enter is pressed, not with each letter
        same = self._clip is not None and clip == self._clip
        if not same:
            self._clip, self._name = clip, _without_command(name)
        if not name.lower().lstrip().startswith("db:"):
            self._name = name
            return None
        try:
            found = from_name(name)
        finally:
            tracks.step(song, lambda: setattr(clip, "name", self._name))
        if found is not None:
            found.clip = clip
        return found


def _without_command(name: str) -> str:
    """A clip that was named before anybody looked has no old name to go back to."""
    return "" if name.lower().lstrip().startswith("db:") else name
