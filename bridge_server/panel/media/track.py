"""Track: audio that the page plays, as a recipe from which its WAV can be made at any time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from bridge_server.panel.media.place import Place, Window
from bridge_server.panel.media.sounds import STEREO, Sounds, Stamp, stamp_of
from bridge_server.protocol.errors import BridgeFault, SourceChanged
from bridge_server.region.channels import convert
from bridge_server.region.excerpt import Samples
from bridge_server.region.read import AudioFile, open_audio, read

_BLOCK = 1 << 18


class Laid(msgspec.Struct, frozen=True):
    """Samples of a file in a track: `length` of them, from `skip` on, heard from the track's sample `at` on."""

    file: Stamp
    skip: int
    at: int
    length: int


class FromFiles(msgspec.Struct, frozen=True, tag="files", tag_field="kind"):
    """Pieces of files, silence around them: a take or one of its stems, as the DAW lays it down."""

    rate: int
    frames: int
    pieces: tuple[Laid, ...]


Keep = Literal["inside", "outside", "clip", "all"]
"""Of what the project plays: the span, what lies around it, a clip that is continued, or everything."""


class FromSource(msgspec.Struct, frozen=True, tag="source", tag_field="kind"):
    """What the project plays in a window around a place, or a part of that.

    begin  where it is read from, so that stretched clips sound as they did when the takes were made
    """

    place: Place
    window: Window
    begin: int
    keep: Keep
    files: tuple[Stamp, ...]

    @property
    def rate(self) -> int:
        return self.place.rate

    @property
    def frames(self) -> int:
        return self.window[1] - self.window[0]


Track = FromFiles | FromSource

_decoder = msgspec.json.Decoder(Track)


def track_id(track: Track) -> str:
    """The name of a track in addresses and of its file in the cache. The same audio always has the same name."""
    return hashlib.sha256(to_json(track)).hexdigest()[:32]


def to_json(track: Track) -> bytes:
    return msgspec.json.encode(track)


def from_json(data: bytes) -> Track:
    """Raises BridgeFault for what is no track."""
    try:
        track: Track = _decoder.decode(data)
    except msgspec.DecodeError as error:
        raise BridgeFault(f"A track in the panel's cache is damaged: {error}.") from error
    return track


def twin_of(track: Track) -> FromSource | None:
    """The other half of what a source plays: both come of one reading, so neither is read twice."""
    if not isinstance(track, FromSource) or track.place.kind != "replaces":
        return None
    return msgspec.structs.replace(track, keep="outside" if track.keep == "inside" else "inside")


def audio_of(track: Track) -> Iterator[tuple[int, Samples]]:
    """What a track holds besides silence: (first frame, (2, T) float32), in rising order.

    Raises SourceChanged where a file is not the one that was looked at; what reading files raises.
    """
    if isinstance(track, FromFiles):
        yield from _pieces(track)
        return
    yield from kept(track, source_audio(track))


def source_audio(track: FromSource) -> Samples:
    """All that the source plays in the window. Raises as `audio_of`."""
    for stamp in track.files:
        unchanged(stamp)
    start, end = track.place.new
    around = max(start - min(track.begin, track.window[0]), track.window[1] - end, 0)
    return Sounds.of(track.place, around).read(track.window, track.begin)


def kept(track: FromSource, audio: Samples) -> Iterator[tuple[int, Samples]]:
    """Of what the source plays, the part that a track holds."""
    inner = [edge - track.window[0] for edge in (track.place.span.start, track.place.span.end)]
    match track.keep:
        case "all":
            yield 0, audio
        case "inside" | "clip":
            yield max(inner[0], 0), audio[:, max(inner[0], 0) : inner[1]]
        case "outside":
            yield 0, audio[:, : inner[0]]
            yield inner[1], audio[:, inner[1] :]


def _pieces(track: FromFiles) -> Iterator[tuple[int, Samples]]:
    for piece in track.pieces:
        file = unchanged(piece.file)
        for first in range(0, piece.length, _BLOCK):
            last = min(first + _BLOCK, piece.length)
            audio = read(file, piece.skip + first, piece.skip + last).audio
            yield piece.at + first, convert(audio, file.layout, STEREO)


def unchanged(stamp: Stamp) -> AudioFile:
    """Open a file that is as it was when it was looked at. Raises SourceChanged, NotFound, UnreadableAudio."""
    path = Path(stamp.path)
    if stamp_of(path) != stamp:
        raise SourceChanged(f"{path.name} was changed meanwhile.", "Open the page once more.")
    return open_audio(path)
