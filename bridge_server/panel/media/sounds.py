"""Sounds: what a project plays around a place and beneath it, as it is heard in stereo."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from bridge_server.panel.media.place import Place, Window
from bridge_server.protocol.values import Source
from bridge_server.region.channels import convert
from bridge_server.region.clips.timeline import Timeline
from bridge_server.region.excerpt import Samples
from bridge_server.region.read import AudioFile, file_stamp
from bridge_server.region.sources import Audio, open_source, read_source
from bridge_server.region.tracks import Track, extent, mix, open_tracks

STEREO = ("FL", "FR")


class Stamp(msgspec.Struct, frozen=True, order=True):
    """A file as it was when it was looked at."""

    path: str
    size: int
    changed_ns: int


@dataclass(frozen=True)
class Sounds:
    """A place's source, opened and ready to be read.

    opened  one file or timeline, or tracks to be mixed; empty where nothing was there
    reach   first and last+1 sample, as the place's span counts, where there is something; the span lies between them
    """

    place: Place
    opened: Audio | tuple[Track, ...]
    reach: Window

    @classmethod
    def of(cls, place: Place, around: int) -> Sounds:
        """Look at the files that sound within so many samples of what is new, without reading them.

        Raises NotFound, UnreadableAudio; BadSpan where the span leaves the file or counts at another rate.
        """
        span = place.span
        if place.kind in ("joins", "alone"):
            tracks = open_tracks(_moved(place), span, around)
            return cls(place, tuple(tracks), extent(tracks, span) if tracks else (span.start, span.end))
        opened = open_source(place.sources[0], span, around + place.left + place.right)
        if place.kind == "continues":
            return cls(place, opened, (span.start, span.end))
        return cls(place, opened, (opened.begin, opened.frames))

    def window(self, around: int) -> Window:
        """What is heard: all that is new, and up to so many samples beside it as far as there is something."""
        start, end = self.place.new
        if self.place.kind == "alone":
            return start, end
        return min(start, max(start - around, self.reach[0])), max(end, min(end + around, self.reach[1]))

    def read(self, window: Window, begin: int) -> Samples:
        """(2, T) float32 at the span's rate: what the source plays in the window, silence where it has nothing.

        begin  where the reading begins, at the window's start or before: what is stretched depends on that
        Raises BadAudio, UnreadableAudio.
        """
        span = self.place.span
        if isinstance(self.opened, tuple):
            relative = (window[0] - span.start, window[1] - span.start)
            return mix(self.opened, span, span.rate, STEREO, relative)
        first, last = max(window[0], self.reach[0]), min(window[1], self.reach[1])
        audio = np.zeros((2, window[1] - window[0]), np.float32)
        if first < last:
            ahead = first - max(min(begin, first), self.reach[0])
            heard = read_source(self.opened, first - ahead, last).audio[:, ahead:]
            audio[:, first - window[0] : last - window[0]] = convert(heard, self.opened.layout, STEREO)
        return audio

    @property
    def stamps(self) -> tuple[Stamp, ...]:
        """Of every file that may be heard."""
        opened = [track[1] for track in self.opened] if isinstance(self.opened, tuple) else [self.opened]
        files = {file.path: file for audio in opened for file in _files(audio)}
        return tuple(sorted(Stamp(str(path), *file.stamp) for path, file in files.items()))


def _moved(place: Place) -> tuple[Source, ...]:
    """A `generate` counts its reference from the start of its span; tracks lie on the timeline."""
    if place.kind == "joins":
        return place.sources
    return tuple(msgspec.structs.replace(source, start=source.start + place.span.start) for source in place.sources)


def _files(audio: Audio) -> list[AudioFile]:
    return [sounding.view.file for sounding in audio.soundings] if isinstance(audio, Timeline) else [audio]


def stamp_of(path: Path) -> Stamp:
    """Raises NotFound, or UnreadableAudio for what is no file."""
    return Stamp(str(path), *file_stamp(path))
