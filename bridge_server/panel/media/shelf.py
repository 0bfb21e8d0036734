"""Shelf: the WAVs and waveforms that the page is sent, made when it asks for them and thrown away when they are old."""

from __future__ import annotations

import logging
import os
import re
import threading
import time
from pathlib import Path

from bridge_server.panel.media import peaks, track
from bridge_server.panel.media.sounds import stamp_of
from bridge_server.panel.media.track import FromFiles, FromSource, Laid, Track, track_id, twin_of
from bridge_server.panel.media.wave_file import new_wave
from bridge_server.protocol.errors import NotFound
from bridge_server.region.read import AudioFile, open_audio
from bridge_server.region.storage import make_folder, replacing

log = logging.getLogger(__name__)

MOST_BYTES = 2 << 30
"""Room that the WAVs may take; the ones that were not asked for the longest go first."""

_FORGOTTEN_SECONDS = 30 * 24 * 3600.0
_IN_USE_SECONDS = 60.0
_LOCKS = 64
_ID = re.compile(r"[0-9a-f]{32}")


class Shelf:
    """A folder with `ID.json` (how a track is made), `ID.wav` and `ID.peaks`. Any thread may use it."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        # Two that ask for the same at once: the second waits and finds it there. Waveforms are made of WAVs, never the
        # other way round, so whoever holds two of these took them in the same order.
        self._making_peaks = [threading.Lock() for _ in range(_LOCKS)]
        self._making_waves = [threading.Lock() for _ in range(_LOCKS)]

    def add(self, what: Track) -> str:
        """Remember how a track is made; returns its id. Nothing is read yet. Raises DiskFull, ReadOnly."""
        id_ = track_id(what)
        path = self._path(id_, "json")
        if path.exists():
            os.utime(path)
        else:
            make_folder(self._folder)
            with replacing(path, is_durable=False) as file:
                file.write(track.to_json(what))
        return id_

    def wave(self, id_: str) -> Path:
        """The WAV of a track: made now, if it is not there. Where a file of the project is the very same, that file.

        Raises NotFound for no such track, SourceChanged, what reading audio raises, DiskFull, ReadOnly.
        """
        what = self._track(id_)
        itself = _whole_file(what)
        if itself is not None and itself.container in ("WAV", "WAVEX") and itself.channels == 2:
            return itself.path
        path = self._path(id_, "wav")
        twin = twin_of(what)
        with self._making_waves[_number(min(id_, track_id(twin)) if twin else id_)]:
            if path.exists():
                os.utime(path)
                return path
            if isinstance(what, FromSource):
                self._make_both(what, twin)
            else:
                self._make(what)
        self._make_room()
        return path

    def overview(self, id_: str) -> peaks.Overview:
        """The waveform of a track. Raises what `wave` raises."""
        _check(id_)
        kept = self._path(id_, "peaks")

        def make() -> peaks.Overview:
            itself = _whole_file(self._track(id_))
            return peaks.of_file(itself) if itself else peaks.of_wave(self.wave(id_))

        with self._making_peaks[_number(id_)]:
            return peaks.kept_overview(kept, make)

    def add_file(self, path: Path) -> str:
        """A whole sound file as a track. Raises NotFound, UnreadableAudio, DiskFull, ReadOnly."""
        file = open_audio(path)
        return self.add(FromFiles(file.rate, file.frames, (Laid(stamp_of(path), 0, 0, file.frames),)))

    def tidy(self) -> None:
        """Forget what nobody has asked for in a month. Called once when the panel opens."""
        for path in self._files():
            if _age(path) > _FORGOTTEN_SECONDS:
                _drop(path)
        self._make_room()

    def _track(self, id_: str) -> Track:
        _check(id_)
        try:
            return track.from_json(self._path(id_, "json").read_bytes())
        except FileNotFoundError:
            raise NotFound("That sound is not known any more.", "Open the page once more.") from None

    def _make(self, what: FromFiles) -> None:
        with new_wave(self._path(track_id(what), "wav"), what.rate, what.frames) as wave:
            for at, audio in track.audio_of(what):
                wave.put(at, audio)

    def _make_both(self, what: FromSource, twin: FromSource | None) -> None:
        audio = track.source_audio(what)
        for half in filter(None, (twin, what)):
            with new_wave(self._path(track_id(half), "wav"), half.rate, half.frames) as wave:
                for at, part in track.kept(half, audio):
                    wave.put(at, part)

    def _make_room(self) -> None:
        """Throw WAVs away, the longest unused first, until they fit; not those that were only just asked for."""
        waves = sorted((path for path in self._files() if path.suffix == ".wav"), key=_age, reverse=True)
        total = sum(_size(path) for path in waves)
        for path in waves:
            if total <= self._most_bytes or _age(path) < _IN_USE_SECONDS:
                return
            total -= _size(path)
            _drop(path)

    def _files(self) -> list[Path]:
        return list(self._folder.iterdir()) if self._folder.is_dir() else []

    def _path(self, id_: str, ending: str) -> Path:
        return self._folder / f"{id_}.{ending}"


def _whole_file(what: Track) -> AudioFile | None:
    """The file that a track is, if it is one from its first to its last sample."""
    if not isinstance(what, FromFiles) or len(what.pieces) != 1:
        return None
    piece = what.pieces[0]
    if (piece.skip, piece.at, piece.length) != (0, 0, what.frames):
        return None
    file = track.unchanged(piece.file)
    return file if file.frames == what.frames else None


def _check(id_: str) -> None:
    """Raises NotFound for what cannot be the id of a track, before it becomes the name of a file."""
    if not _ID.fullmatch(id_):
        raise NotFound("There is no such sound.")


def _number(id_: str) -> int:
    return int(id_[:8], 16) % _LOCKS


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _drop(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:  # on Windows, somebody is being sent it
        log.info("shelf.kept path=%s error=%s", path, error)
