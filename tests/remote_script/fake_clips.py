"""Clips of a Live in miniature, their notes, and what its objects have in common."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.remote_script.fake_live import Song


class Vector:
    """Live's C++ collections: they can be walked and counted, nothing more."""

    def __init__(self, items: list[Any]) -> None:
        self._items = items

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._items))

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, index: int) -> Any:
        return self._items[index]


class Thing:
    """An object of Live's: another wrapper at each access, equal if it stands for the same."""

    numbers = itertools.count(1)

    def __init__(self, song: Song) -> None:
        self._song = song
        self._live_ptr = next(self.numbers)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Thing) and other._live_ptr == self._live_ptr

    __hash__ = None  # type: ignore[assignment]

    def changed(self, what: str) -> None:
        self._song.note(what)


class Marker:
    def __init__(self, seconds: float, beats: float) -> None:
        self.sample_time, self.beat_time = seconds, beats


class Clip(Thing):
    """A clip on a track, a lane or in a slot. `audio` False: MIDI, whose audio properties raise."""

    AUDIO = ("file_path", "sample_length", "sample_rate", "warping", "warp_mode", "warp_markers", "gain_display_string",
             "pitch_coarse", "pitch_fine", "gain")  # fmt: skip

    def __init__(self, song: Song, parent: Any, start: float, end: float, **values: Any) -> None:
        super().__init__(song)
        self.canonical_parent = parent
        self.is_audio_clip = values.pop("audio", True)
        self.is_midi_clip = not self.is_audio_clip
        self.is_arrangement_clip = values.pop("arrangement", True)
        if song.version >= (12, 0):
            self.is_session_clip = not self.is_arrangement_clip
            self.is_take_lane_clip = getattr(parent, "is_take_lane", False)
        self.start_time, self._end = start, end
        self.muted = self.looping = self.is_recording = False
        self.loop_start, self.loop_end = 0.0, end - start
        self.start_marker, self.end_marker = 0.0, end - start
        self._name = values.pop("name", "")
        self._warping = values.pop("warping", False)
        self.values = {
            "file_path": "", "sample_length": 48_000, "sample_rate": 48_000.0, "warp_mode": 0,
            "warp_markers": Vector([]), "gain_display_string": "0.0 dB", "gain": 0.4,
            "pitch_coarse": 0, "pitch_fine": 0,
        }  # fmt: skip
        for name, value in values.items():
            if name in self.values:
                self.values[name] = value
            else:
                setattr(self, name, value)

    def __getattr__(self, name: str) -> Any:
        if name not in Clip.AUDIO or "values" not in self.__dict__:
            raise AttributeError(name)
        if not self.is_audio_clip:
            raise RuntimeError("Only audio clips have " + name)
        return self._warping if name == "warping" else self.values[name]

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "warping":
            self._song.later.append((self, bool(value)))
            self.changed("warping")
        elif name in ("file_path", "end_time"):
            raise AttributeError("can't set attribute")
        else:
            if name == "muted" and "muted" in self.__dict__:
                self.changed("muted")
            super().__setattr__(name, value)

    @property
    def name(self) -> str:
        return self._name

    @name.setter
    def name(self, value: str) -> None:
        self.changed("clip name")
        self._name = value

    @property
    def end_time(self) -> float:
        """An unwarped clip is as long as its seconds are at the tempo of now; a warped one may be guessed wrongly."""
        if self._warping or not self.is_audio_clip or not hasattr(self, "seconds"):
            return self._end
        return self.start_time + self.seconds * self._song.tempo / 60


class MidiNoteSpecification:
    """What `add_new_notes` takes: Live's own class, with names for everything."""

    def __init__(self, *, pitch: int, start_time: float, duration: float, velocity: float) -> None:
        assert 0 <= pitch <= 127
        assert duration > 0 <= start_time
        assert 0 < velocity <= 127
        self.values = (pitch, velocity, start_time, duration)


class MidiClip(Clip):
    """A clip with notes. Another wrapper of it has the same ones."""

    def add_new_notes(self, notes: tuple[MidiNoteSpecification, ...]) -> None:
        if not isinstance(notes, tuple) or not all(isinstance(note, MidiNoteSpecification) for note in notes):
            raise TypeError("Python argument types did not match C++ signature")
        self.notes = [*getattr(self, "notes", []), *(note.values for note in notes)]
        self.changed("notes")
