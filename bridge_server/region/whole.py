"""The whole file with new audio in it: every other sample is copied as it stands in the source."""

from __future__ import annotations

from collections.abc import Iterator

from bridge_server.protocol.errors import SourceChanged
from bridge_server.region.encoding import Encoding
from bridge_server.region.piece import Piece
from bridge_server.region.read import AudioFile, blocks, file_stamp


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
        yield from map(encoding.copy, blocks(source, at, piece.section.start, encoding.exact))
        yield encoding.encode(piece.audio)
        at = piece.section.end
    yield from map(encoding.copy, blocks(source, at, end, encoding.exact))
