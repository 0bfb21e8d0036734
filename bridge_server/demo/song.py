"""The song that ships with Dawbridge, and where its bars lie in samples."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec

from bridge_server.protocol.span import Span

SONG = Path(__file__).parent / "song"


class StemFile(msgspec.Struct, frozen=True):
    """One track."""

    role: str
    file: str


class Song(msgspec.Struct, frozen=True):
    """What song.json says. All stems begin at bar 1 and are equally long."""

    title: str
    bpm: float
    meter: str
    key: str
    bars: int
    rate: int
    stems: tuple[StemFile, ...]

    @property
    def beat_samples(self) -> float:
        """Of a quarter note, which is what bpm counts."""
        return 60 / self.bpm * self.rate

    @property
    def bar_samples(self) -> float:
        beats, unit = (int(number) for number in self.meter.split("/"))
        return beats * 4 / unit * self.beat_samples

    def span(self, first: int, last: int) -> Span:
        """Bars `first` to `last`, both included, counted from 1."""
        return Span(round((first - 1) * self.bar_samples), round(last * self.bar_samples), self.rate)

    @property
    def music(self) -> dict[str, object]:
        """For a request whose span begins on a bar line."""
        return {"bpm": self.bpm, "meter": self.meter, "key": self.key}

    @property
    def roles(self) -> list[str]:
        return [stem.role for stem in self.stems]


def read_song(folder: Path = SONG) -> Song:
    """Raises OSError, or msgspec.DecodeError for a damaged song.json."""
    return msgspec.json.decode((folder / "song.json").read_bytes(), type=Song)


def copy_song(target: Path) -> dict[str, Path]:
    """Lay the stems into a project of our own; returns role → file. Raises OSError."""
    target.mkdir(parents=True, exist_ok=True)
    song = read_song()
    return {stem.role: Path(shutil.copyfile(SONG / stem.file, target / stem.file)) for stem in song.stems}
