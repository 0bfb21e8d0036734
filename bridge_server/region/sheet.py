"""Sheet: one file of a take, laid out but not yet written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from bridge_server.protocol.requests import Extend, Placed
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Fade, Loudness
from bridge_server.region.channels import convert
from bridge_server.region.encoding import Encoding
from bridge_server.region.excerpt import Samples
from bridge_server.region.piece import Piece
from bridge_server.region.prepared import Prepared, Side
from bridge_server.region.read import AudioFile
from bridge_server.region.whole import whole_file


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What a file of a take will hold. `frames` is always handles + span + handles.

    side      which end of a clip it continues
    sections  which of the sections that were asked for it holds
    suffix    the side, in the names of files, where a take has two of them
    first     where its first sample lies, in samples of the source (of the timeline where there is none)
    span      as `Part.span` says it
    timeline  where its first sample belongs on the timeline
    blocks    its samples, encoded; to be read once
    """

    side: Side = ""
    suffix: Side = ""
    sections: tuple[int, ...] = (0,)
    first: int
    frames: int
    span: Span
    timeline: int
    handles: tuple[int, int]
    fade: Fade
    loudness: Loudness
    stems: Mapping[str, Samples]
    blocks: Iterable[bytes]


def lay_out(prepared: Prepared, pieces: tuple[Piece, ...], encoding: Encoding) -> tuple[Sheet, ...]:
    """One file per piece for form 'region', one file in all for form 'whole'."""
    if prepared.is_whole:
        return (_whole(prepared, pieces, encoding),)
    return tuple(_region(prepared, pieces, number, encoding) for number in range(len(pieces)))


def _region(prepared: Prepared, pieces: tuple[Piece, ...], number: int, encoding: Encoding) -> Sheet:
    """New audio with as much of the unchanged source on either side as was asked for and as there is."""
    piece = pieces[number]
    section, (before, after) = piece.section, _handles(prepared, piece)
    first = section.start - before
    return Sheet(
        side=section.side,
        suffix=section.side if len(pieces) > 1 else "",
        sections=(number,),
        first=first,
        frames=before + section.length + after,
        span=_span(prepared, section.start, section.end),
        timeline=_timeline(prepared, first),
        handles=(before, after),
        fade=piece.fade,
        loudness=piece.loudness,
        stems=piece.stems,
        blocks=_with_handles(prepared, piece, (before, after), encoding),
    )


def _with_handles(prepared: Prepared, piece: Piece, handles: tuple[int, int], encoding: Encoding) -> Iterator[bytes]:
    start, end = piece.section.start, piece.section.end
    yield encoding.encode(_unchanged(prepared, start - handles[0], start))
    yield encoding.encode(piece.audio)
    yield encoding.encode(_unchanged(prepared, end, end + handles[1]))


def _unchanged(prepared: Prepared, start: int, end: int) -> Samples:
    if prepared.heard is None or prepared.source is None:
        return np.zeros((len(prepared.layout), end - start), np.float32)
    return convert(prepared.heard.between(start, end), prepared.source.layout, prepared.layout)


def _whole(prepared: Prepared, pieces: tuple[Piece, ...], encoding: Encoding) -> Sheet:
    """The source with its new part; of an extended clip, the clip with what was joined on."""
    assert isinstance(prepared.source, AudioFile)
    start, end = pieces[0].section.start, pieces[-1].section.end
    first, last = 0, prepared.source.frames
    if isinstance(prepared.request, Extend):
        clip = prepared.request.span
        first, last = min(start, clip.start), max(end, clip.end)
    one = len(pieces) == 1
    return Sheet(
        side=pieces[0].section.side if one else "",
        sections=tuple(range(len(pieces))),
        first=first,
        frames=last - first,
        span=_span(prepared, start, end),
        timeline=_timeline(prepared, first),
        handles=(start - first, last - end),
        fade=Fade(in_samples=pieces[0].fade.in_samples, out_samples=pieces[-1].fade.out_samples),
        loudness=pieces[0].loudness if one else Loudness(),
        stems=_joined(pieces),
        blocks=whole_file(prepared.source, first, last, pieces, encoding),
    )


def _joined(pieces: tuple[Piece, ...]) -> dict[str, Samples]:
    """Stems over the whole hull: those of the first piece, silence where the clip is, those of the next."""
    joined = dict(pieces[0].stems)
    for last, piece in pairwise(pieces):
        for role, audio in piece.stems.items():
            gap = np.zeros((audio.shape[0], piece.section.start - last.section.end), np.float32)
            joined[role] = np.concatenate([joined[role], gap, audio], axis=1)
    return joined


def _handles(prepared: Prepared, piece: Piece) -> tuple[int, int]:
    """Samples of unchanged source that lie beside a piece: both sides of a repaint, the clip's side of an extension."""
    request = prepared.request
    if not isinstance(request, Placed) or prepared.source is None:
        return 0, 0
    if isinstance(request, Extend):
        within_clip = min(request.handles, request.span.length)
        return (0, within_clip) if piece.section.side == "left" else (within_clip, 0)
    source, section = prepared.source, piece.section
    return min(request.handles, section.start - source.begin), min(request.handles, source.frames - section.end)


def _span(prepared: Prepared, start: int, end: int) -> Span:
    """As clients see it: of an extended file, counted as if the left extension had been put into it."""
    is_file = isinstance(prepared.source, AudioFile)
    inserted = prepared.request.left if is_file and isinstance(prepared.request, Extend) else 0
    return Span(start + inserted, end + inserted, prepared.rate)


def _timeline(prepared: Prepared, first: int) -> int:
    request = prepared.request
    return first + (0 if request.timeline is None else request.timeline - request.span.start)
