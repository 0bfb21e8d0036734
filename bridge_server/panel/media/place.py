"""Place: where takes lie, and what plays around and beneath them. Takes of one place can be heard in turn."""

from __future__ import annotations

from typing import Literal

import msgspec

from bridge_server.protocol.engine import Rendered
from bridge_server.protocol.errors import BadRequest
from bridge_server.protocol.requests import Accompany, Edit, Extend, Generate, Layer, Repaint, Separate
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Part, Source

Kind = Literal["replaces", "continues", "joins", "alone"]
Window = tuple[int, int]


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A span of a source, and what becomes of the source there.

    kind      `replaces`: new audio stands in the place of old (repaint, edit, separate) · `continues`: beside a clip
              (extend) · `joins`: together with other tracks (layer, accompany) · `alone`: nothing was there (generate)
    sources   one file or timeline; the other tracks, for `joins`; what was followed, if anything, for `alone`
    span      in samples of the source; on the timeline for `joins` and `alone`
    timeline  where the span's first sample lies on the timeline, at its rate
    left, right  of `continues`: samples of new music on either side
    """

    kind: Kind
    sources: tuple[Source, ...]
    span: Span
    timeline: int
    left: int = 0
    right: int = 0

    @property
    def rate(self) -> int:
        return self.span.rate

    @property
    def new(self) -> Window:
        """First and last+1 sample, as the span counts, of everything that is new."""
        if self.kind != "continues":
            return self.span.start, self.span.end
        start = self.span.start - self.left if self.left else self.span.end
        return start, self.span.end + self.right if self.right else self.span.start

    def on_timeline(self, position: int) -> int:
        """A sample as the span counts → the same on the project's timeline."""
        return position + self.timeline - self.span.start


def place_of(request: Rendered) -> Place:
    """Where the takes of a request lie; `retake` and `again` are to be resolved before."""
    span, timeline = request.span, request.span.start if request.timeline is None else request.timeline
    match request:
        case Generate():
            followed = (request.reference,) if request.reference and request.reference_use == "follow" else ()
            return Place(kind="alone", sources=followed, span=span, timeline=timeline)
        case Layer() | Accompany():
            return Place(kind="joins", sources=request.sources, span=span, timeline=timeline)
        case Extend():
            return Place(
                kind="continues",
                sources=(_in_itself(request.source),),
                span=span,
                timeline=timeline,
                left=request.left,
                right=request.right,
            )
        case Repaint() | Edit() | Separate():
            return replaced(request.source, span, timeline)


def replaced(source: Source, span: Span, timeline: int) -> Place:
    """A span of one source, as a repaint has it."""
    return Place(kind="replaces", sources=(_in_itself(source),), span=span, timeline=timeline)


def _in_itself(source: Source) -> Source:
    """A file in whose own samples a span counts: how loud and where the project plays it makes no difference."""
    return source if source.is_timeline else Source(path=source.path)


def common_place(places: list[Place]) -> Place:
    """The one place at which all these takes lie.

    New music that stands alone may differ in length and in what it followed, and the same span of one source is the
    same place wherever it lies on the timeline; everything else has to be the same.
    Raises BadRequest where takes cannot be heard in turn, or where there are none.
    """
    if not places:
        raise BadRequest("Nothing is named that could be listened to.")
    first = places[0]
    if all(_is_same(place, first) for place in places):
        return first
    if all(place.kind == "alone" and _begins_like(place, first) for place in places):
        longest = max(place.span.end for place in places)
        sources = first.sources if all(place.sources == first.sources for place in places) else ()
        return Place(
            kind="alone",
            sources=sources,
            span=Span(first.span.start, longest, first.rate),
            timeline=first.timeline,
        )
    raise BadRequest(
        "These takes do not belong to the same place of the same source, so they cannot be heard in turn.",
        "Listen to takes of one region at a time.",
    )


def _is_same(place: Place, other: Place) -> bool:
    if other.kind in ("replaces", "continues"):
        return msgspec.structs.replace(place, timeline=other.timeline) == other
    return place == other


def _begins_like(place: Place, other: Place) -> bool:
    return (place.rate, place.span.start, place.timeline) == (other.rate, other.span.start, other.timeline)


class New(msgspec.Struct, frozen=True):
    """New audio of a take's file: `length` samples from `skip` on, which belong at `start`, counted as by the span."""

    skip: int
    start: int
    length: int


def laid_down(place: Place, part: Part) -> tuple[New, ...]:
    """What of a part's file is new and where it belongs; handles, and a clip that was continued, are the source's.

    Positions count in the place's own samples, whatever the form of the file was.
    """
    before, after = part.handles
    start = part.timeline + before - place.timeline + place.span.start
    whole = New(before, start, part.samples - before - after)
    if place.kind != "continues":
        return (whole,)
    end, clip = start + whole.length, place.span
    return tuple(
        New(before + first - start, first, last - first)
        for first, last in ((start, min(end, clip.start)), (max(start, clip.end), end))
        if first < last
    )
