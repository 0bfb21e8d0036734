"""The whole file with new audio in it: every other sample is copied as it stands in the source."""

from __future__ import annotations

from collections.abc import Iterator

from bridge_server.protocol.errors import SourceChanged, UnreadableAudio
from bridge_server.region.encoding import Encoding
from bridge_server.region.piece import Piece
from bridge_server.region.read import AudioFile, file_stamp, opened, seek

_BLOCK_FRAMES = 65_536


def whole_file(
    source: AudioFile, start: int, end: int, pieces: tuple[Piece, ...], encoding: Encoding
) -> Iterator[bytes]:
    """Encoded samples [start, end) of the source, with each piece in its place.

    start, end  may lie outside the source as far as a piece fills the room
    Copies block by block in the source's own sample format, so what is not new is the same to the last bit and a file
    of any length needs the same memory. Raises SourceChanged if the file is not the one that was prepared.
    """
    if file_stamp(source.path) != source.stamp:
        raise SourceChanged(f"{source.path.name} was changed while the take was rendered.")
    at = start
    for piece in pieces:
        yield from _copied(source, at, piece.section.start, encoding)
        yield encoding.encode(piece.audio)
        at = piece.section.end
    yield from _copied(source, at, end, encoding)


def _copied(source: AudioFile, start: int, end: int, encoding: Encoding) -> Iterator[bytes]:
    if start >= end:
        return
    with opened(source.path) as sound:
        seek(sound, start)
        while start < end:
            block = sound.read(min(_BLOCK_FRAMES, end - start), dtype=encoding.exact, always_2d=True)
            if not len(block):
                raise UnreadableAudio(f"{source.path.name} breaks off after {start:,} of {source.frames:,} samples.")
            yield encoding.copy(block)
            start += len(block)
