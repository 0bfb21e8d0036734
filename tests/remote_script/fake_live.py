"""A Live in miniature, as `ableton.md` and others' probes describe it: its deferred writes, its errors word for word.

What it cannot show is whether Live really is so. It knows two ages: `version=(11, 3)` has no take lanes and no
`is_session_clip`; `(12, 2)` and later have. `tick()` is Live's next tick, on which deferred writes arrive. Everything
that changes the set outside an undo step is noted in `song.stray`, each step in `song.steps`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import soundfile

from tests.remote_script.fake_clips import Clip, MidiClip, Thing, Vector

LAST_BEAT = 1_576_800


class Holder(Thing):
    """What clips lie on: a track's main lane, or a take lane."""

    def __init__(self, song: Song, name: str) -> None:
        super().__init__(song)
        self._name = name
        self._clips: list[Clip] = []

    @property
    def name(self) -> str:
        return self._name

    @name.setter
    def name(self, value: str) -> None:
        self.changed("name")
        self._name = value

    @property
    def arrangement_clips(self) -> Vector:
        return Vector(self._clips)

    def _create(self, path: str, position: float, audio: bool) -> Clip:
        if not audio:
            raise RuntimeError("Audio clips can only be created on audio tracks")
        if not Path(path).is_absolute():
            raise ValueError("Please provide an absolute path")
        if not 0 <= position <= LAST_BEAT:
            raise RuntimeError("The position is out of range")
        try:
            info = soundfile.info(path)
        except (OSError, RuntimeError):
            raise ValueError("The provided path does not appear to point to a valid audio file") from None
        seconds = info.frames / info.samplerate
        # Live guesses a tempo for what it warps, here half of the set's: the clip is twice too long until it is told.
        guess = seconds * self._song.tempo / 60 * (0.5 if self._song.auto_warp else 1)
        clip = Clip(
            self._song, self, position, position + guess, warping=self._song.auto_warp, file_path=path,
            sample_length=info.frames, sample_rate=float(info.samplerate),
        )  # fmt: skip
        object.__setattr__(clip, "seconds", seconds)
        self._clips.append(clip)
        self.changed("clip")
        return clip


class TakeLane(Holder):
    is_take_lane = True

    def __init__(self, song: Song, track: Track) -> None:
        super().__init__(song, "Take")
        self.canonical_parent = track

    def create_audio_clip(self, path: str, position: float) -> Clip:
        return self._create(path, position, True)


class Track(Holder):
    def __init__(self, song: Song, name: str, kind: str = "audio") -> None:
        super().__init__(song, name)
        self.kind = kind
        self.has_audio_input, self.has_midi_input = kind in ("audio", "group", "return"), kind == "midi"
        self.is_foldable = kind == "group"
        self.muted_via_solo = self.is_frozen = False
        self._mute = False
        self.data: dict[str, Any] = {}
        self.lanes: list[TakeLane] = []
        if song.version >= (12, 2):
            self.create_take_lane = self._create_take_lane
        if song.can_import:
            self.create_audio_clip = self._create_audio_clip
        if song.version >= (12, 2):
            self.create_midi_clip = self._create_midi_clip

    @property
    def mute(self) -> bool:
        return self._mute

    @mute.setter
    def mute(self, value: bool) -> None:
        self.changed("mute")
        self._mute = value

    @property
    def take_lanes(self) -> Vector:
        return Vector(self.lanes)

    def _create_take_lane(self) -> TakeLane:
        lane = TakeLane(self._song, self)
        self.lanes.append(lane)
        self.changed("take lane")
        return lane

    def _create_audio_clip(self, path: str, position: float) -> Clip:
        return self._create(path, position, self.kind == "audio")

    def _create_midi_clip(self, start: float, length: float) -> None:
        if not self.has_midi_input:
            raise RuntimeError("MIDI clips can only be created on MIDI tracks")
        if start < 0 or length <= 0:
            raise RuntimeError("The position is out of range")
        if self._song.refuses_midi:
            return
        self._clips.append(MidiClip(self._song, self, start, start + length, audio=False))
        self.changed("midi clip")

    def delete_clip(self, clip: Clip) -> None:
        if not any(clip == other for other in self._clips):
            return  # track-scoped calls silently do nothing on lane clips
        self._clips = [other for other in self._clips if other != clip]
        self.changed("delete clip")

    def get_data(self, key: str, default: Any) -> Any:
        return self.data.get(key, default)

    def set_data(self, key: str, value: Any) -> None:
        self.data[key] = value

    def put(self, start: float, end: float, **values: Any) -> Clip:
        """A clip of the user's."""
        clip = Clip(self._song, self, start, end, **values)
        self._clips.append(clip)
        return clip


class Cue:
    def __init__(self, time: float, name: str) -> None:
        self.time, self.name = time, name


class Parameter:
    automation_state = 0


class Mixer:
    def __init__(self) -> None:
        self.song_tempo = Parameter()


class View:
    def __init__(self) -> None:
        self.selected_track: Any = None
        self.detail_clip: Any = None


class Song:
    def __init__(self, version: tuple[int, ...] = (12, 3), folder: Path | None = None, can_import: bool = True) -> None:
        self.version, self.can_import, self.auto_warp = version, can_import, True
        self.refuses_midi = False
        self.later: list[tuple[Clip, bool]] = []
        self.steps: list[list[str]] = []
        self.stray: list[str] = []
        self._open: list[str] | None = None
        self.tempo, self.signature_numerator, self.signature_denominator = 120.0, 4, 4
        self.loop, self.loop_start, self.loop_length = False, 0.0, 16.0
        self.record_mode = False
        self.root_note, self.scale_name, self.scale_mode = 0, "Major", False
        self.cue_points = Vector([])
        self.view = View()
        self.master_track = Track(self, "Main", "master")
        self.master_track.mixer_device = Mixer()
        self._tracks: list[Track] = []
        if version >= (12, 0):
            self.file_path = str(folder / "Song.als") if folder else ""

    @property
    def tracks(self) -> Vector:
        return Vector(self._tracks)

    def add(self, name: str, kind: str = "audio") -> Track:
        """A track of the user's."""
        self._tracks.append(Track(self, name, kind))
        return self._tracks[-1]

    def create_audio_track(self, index: int) -> None:
        track = Track(self, f"{len(self._tracks) + 1}-Audio")
        self._tracks.insert(len(self._tracks) if index == -1 else index, track)
        self.view.selected_track = track
        self.note("audio track")

    def create_midi_track(self, index: int) -> None:
        track = Track(self, f"{len(self._tracks) + 1}-MIDI", "midi")
        self._tracks.insert(len(self._tracks) if index == -1 else index, track)
        self.view.selected_track = track
        self.note("midi track")

    def delete_track(self, index: int) -> None:
        del self._tracks[index]
        self.note("delete track")

    def begin_undo_step(self) -> None:
        assert self._open is None, "undo steps do not nest"
        self._open = []

    def end_undo_step(self) -> None:
        assert self._open is not None
        self.steps.append(self._open)
        self._open = None

    def note(self, what: str) -> None:
        (self.stray if self._open is None else self._open).append(what)

    def tick(self) -> None:
        """Deferred writes arrive."""
        for clip, warping in self.later:
            clip.__dict__["_warping"] = warping
        self.later.clear()


class CInstance:
    """What Live hands to `create_instance`."""

    def __init__(self, song: Song) -> None:
        self._song = song
        self.messages: list[str] = []
        self.log: list[str] = []

    def song(self) -> Song:
        return self._song

    def open(self, song: Song) -> None:
        self._song = song

    def show_message(self, text: str) -> None:
        self.messages.append(text)

    def log_message(self, text: str) -> None:
        self.log.append(text)

    def instance_identifier(self) -> int:
        return 1
