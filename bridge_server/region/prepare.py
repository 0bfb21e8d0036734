"""From a request and its files to what an engine hears."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge_server.protocol.engine import Rendered
from bridge_server.protocol.errors import BadRequest, BadSpan, TooLong
from bridge_server.protocol.requests import (
    Accompany,
    Composition,
    Edit,
    Extend,
    Generate,
    Layer,
    Placed,
    Repaint,
    Separate,
)
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Capabilities, Music
from bridge_server.region.channels import Layout, convert, usual_layout
from bridge_server.region.encoding import encoding_of_subtype
from bridge_server.region.excerpt import Excerpt, Samples
from bridge_server.region.latents import HULL_START, Latents, kept_of
from bridge_server.region.loudness import AROUND_SECONDS
from bridge_server.region.prepared import Prepared, Section
from bridge_server.region.read import AudioFile
from bridge_server.region.resample import MARGIN, TO_ENGINE, resample
from bridge_server.region.sources import Audio, open_source, read_source
from bridge_server.region.splice import OUT_SECONDS
from bridge_server.region.tracks import extent, mix, open_tracks
from bridge_server.region.wav import WaveForm, check_size


def prepare(request: Rendered, capabilities: Capabilities, source_latents: Latents | None = None) -> Prepared:
    """Read what a backend wants to hear of a request's files, and remember how to bring its answer home.

    source_latents  what the backend kept of the take that a retake varies; without it, what it kept of the source file
    Raises NotFound, UnreadableAudio, BadAudio about the files; BadSpan where a span leaves its file, counts at another
    rate or is shorter than the backend can do; TooLong; BadRequest for a whole file with another channel count.
    """
    match request:
        case Generate():
            return _empty(request, capabilities, source_latents)
        case Layer() | Accompany():
            return _among_tracks(request, capabilities, source_latents)
        case _:
            return _in_file(request, capabilities, source_latents)


@dataclass(frozen=True)
class Frame:
    """Where the engine's context and targets lie, in samples at its rate, counted from the start of the first section.

    Both rates have a sample there, so what comes back needs no fraction of a sample of delay.
    """

    start: int
    end: int
    targets: tuple[Span, ...]

    @classmethod
    def around(
        cls, sections: tuple[Section, ...], rate: int, capabilities: Capabilities, extent: tuple[int, int]
    ) -> Frame:
        """As much context as the backend wants, as far as `extent` (at `rate`, like the sections) reaches."""
        to, anchor = capabilities.sample_rate, sections[0].start
        wanted = floor(capabilities.context_seconds * to)
        hull_end = -(-(sections[-1].end - anchor) * to // rate)
        before = min(wanted, max(anchor - extent[0], 0) * to // rate)
        after = min(wanted, max(extent[1] - sections[-1].end, 0) * to // rate)
        targets = tuple(
            Span(
                before + (section.start - anchor) * to // rate,
                before - (-(section.end - anchor) * to // rate),
                to,
            )
            for section in sections
        )
        return cls(-before, hull_end + after, targets)


def _empty(request: Generate, capabilities: Capabilities, kept: Latents | None) -> Prepared:
    section = Section(side="", start=request.span.start, length=request.span.length)
    rate = request.span.rate
    _check_length((section,), rate, capabilities)
    frame = Frame.around((section,), rate, capabilities, (section.start, section.end))
    return Prepared(
        request=request,
        capabilities=capabilities,
        context=_reference(request, capabilities, frame),
        targets=frame.targets,
        bar_phase_seconds=_bar_phase(request, section),
        rate=rate,
        layout=usual_layout(request.channels or 2),
        sections=(section,),
        latents=_placed(kept, frame.targets[0].start),
    )


def _reference(request: Generate, capabilities: Capabilities, frame: Frame) -> Samples:
    """The audio that new music shall follow, cut or filled up to the span; silence where there is none."""
    if request.reference is None:
        return np.zeros((capabilities.channels, frame.end), np.float32)
    heard = msgspec.structs.replace(request.reference, start=request.span.start + request.reference.start)
    engine = usual_layout(capabilities.channels)
    around = _around(request.span.rate, capabilities)
    return mix(
        open_tracks((heard,), request.span, around), request.span, capabilities.sample_rate, engine, (0, frame.end)
    )


def _among_tracks(request: Layer | Accompany, capabilities: Capabilities, kept: Latents | None) -> Prepared:
    span = request.span
    section = Section(side="", start=span.start, length=span.length)
    _check_length((section,), span.rate, capabilities)
    tracks = open_tracks(request.sources, span, _around(span.rate, capabilities))
    frame = Frame.around((section,), span.rate, capabilities, extent(tracks, span))
    engine = usual_layout(capabilities.channels)
    return Prepared(
        request=request,
        capabilities=capabilities,
        context=mix(tracks, span, capabilities.sample_rate, engine, (frame.start, frame.end)),
        targets=frame.targets,
        bar_phase_seconds=_bar_phase(request, section),
        rate=span.rate,
        layout=usual_layout(request.channels or 2),
        sections=(section,),
        latents=_placed(kept, frame.targets[0].start),
    )


def _in_file(request: Repaint | Extend | Edit | Separate, capabilities: Capabilities, kept: Latents | None) -> Prepared:
    sections = _sections(request)
    handles = request.handles if isinstance(request, Placed) else 0
    reach = sections[-1].end - sections[0].start + handles + _around(request.span.rate, capabilities)
    source = open_source(request.source, request.span, reach)
    layout = usual_layout(request.channels) if request.channels not in (0, source.channels) else source.layout
    _check_length(sections, source.rate, capabilities)
    _check_whole(request, source, layout)
    clip, frame = _audible(request, source, capabilities)
    heard = read_source(source, *_reading(request, source, frame, capabilities.sample_rate))
    anchor = sections[0].start
    engine = usual_layout(capabilities.channels)
    audible = heard.within(*clip)
    audible = Excerpt(convert(audible.audio, source.layout, engine), audible.start - anchor, source.rate)
    latents = _placed(kept, frame.targets[0].start)
    if kept is None and (found := _kept_under(request.span, source, heard, capabilities.backend)) is not None:
        arrays, hull_start = found
        latents = _placed(arrays, (hull_start - anchor) * capabilities.sample_rate / source.rate - frame.start)
    return Prepared(
        request=request,
        capabilities=capabilities,
        context=np.ascontiguousarray(
            resample(audible, capabilities.sample_rate, frame.start, frame.end, TO_ENGINE), np.float32
        ),
        targets=frame.targets,
        bar_phase_seconds=_bar_phase(request, sections[0]),
        rate=source.rate,
        layout=layout,
        sections=sections,
        source=source,
        heard=heard,
        latents=latents,
        notes=_notes(source, layout),
    )


def _sections(request: Repaint | Extend | Edit | Separate) -> tuple[Section, ...]:
    if not isinstance(request, Extend):
        return (Section(side="", start=request.span.start, length=request.span.length),)
    left = Section(side="left", start=request.span.start - request.left, length=request.left)
    right = Section(side="right", start=request.span.end, length=request.right)
    return tuple(section for section in (left, right) if section.length)


def heard_from(request: Repaint | Extend | Edit | Separate, source: Audio, capabilities: Capabilities) -> int:
    """Where in its source the reading for a request begins: clips that are stretched sound a little different from
    anywhere else, so whoever wants to hear what was read has to begin there too.
    """
    _, frame = _audible(request, source, capabilities)
    return _reading(request, source, frame, capabilities.sample_rate)[0]


def _audible(
    request: Repaint | Extend | Edit | Separate, source: Audio, capabilities: Capabilities
) -> tuple[tuple[int, int], Frame]:
    """What of the source the engine may hear, first and last+1 sample; and where its context and targets lie."""
    clip = (request.span.start, request.span.end) if isinstance(request, Extend) else (source.begin, source.frames)
    return clip, Frame.around(_sections(request), source.rate, capabilities, clip)


def _reading(
    request: Repaint | Extend | Edit | Separate, source: Audio, frame: Frame, engine_rate: int
) -> tuple[int, int]:
    """All that is needed of the file: for the engine, for handles and fades, and to measure the surroundings."""
    sections, rate = _sections(request), source.rate
    anchor = sections[0].start
    handles = request.handles if isinstance(request, Placed) else 0
    around = max(ceil(AROUND_SECONDS * rate), handles)
    margin = 0 if rate == engine_rate else MARGIN * max(1, -(-rate // engine_rate))
    first = min(sections[0].start - around, anchor + frame.start * rate // engine_rate - margin)
    last = max(sections[-1].end + around, anchor - (-frame.end * rate // engine_rate) + margin)
    if isinstance(request, Extend):
        # Beyond the clip only what the seams fade from is of interest.
        seam = ceil(OUT_SECONDS * rate)
        first, last = max(first, request.span.start - seam), min(last, request.span.end + seam)
    return max(first, source.begin), min(last, source.frames)


def _around(rate: int, capabilities: Capabilities) -> int:
    """How far around a span clips may be heard, in samples: by the engine, by the meter, by the filters of both."""
    return ceil((max(capabilities.context_seconds, AROUND_SECONDS) + 1) * rate) + MARGIN * ceil(
        max(1, rate / capabilities.sample_rate)
    )


def _check_length(sections: tuple[Section, ...], rate: int, capabilities: Capabilities) -> None:
    name = capabilities.backend
    for section in sections:
        if section.length < capabilities.min_seconds * rate:
            raise BadSpan(
                f"{section.length / rate:.3f} s are shorter than the {capabilities.min_seconds:g} s that {name} needs.",
                "Select a longer range.",
            )
    hull = sections[-1].end - sections[0].start
    if hull > capabilities.max_seconds * rate:
        hint = "Extend one side at a time." if len(sections) > 1 else ""
        raise TooLong(
            f"{hull / rate:.1f} s are longer than the {capabilities.max_seconds:g} s that {name} can do.", hint
        )


def _check_whole(request: Repaint | Extend | Edit | Separate, source: Audio, layout: Layout) -> None:
    """Refuse a whole file that could not be written, before the engine works on it."""
    if not isinstance(request, Placed) or request.form != "whole" or not isinstance(source, AudioFile):
        return
    if len(layout) != source.channels:
        raise BadRequest(
            f"A whole file keeps its {source.channels} channels; {len(layout)} were asked for.",
            "Leave `channels` at 0, or ask for the region only (form 'region').",
        )
    frames = source.frames
    if isinstance(request, Extend):
        frames = request.left + request.span.length + request.right
    encoding = encoding_of_subtype(source.subtype)
    check_size(WaveForm(rate=source.rate, layout=layout, encoding=encoding, frames=frames))


def _bar_phase(request: Rendered, first: Section) -> float:
    """Seconds from the last bar line to the start of the first section, ≥ 0.

    A right extension begins one clip later than the span, a left one earlier: the bar's length, known from tempo and
    meter, brings the phase back behind a bar line. Without a tempo there is no bar to count in, and it is kept ≥ 0.
    """
    music = request.music if isinstance(request, Composition) else Music()
    since = music.since_bar + first.start - request.span.start
    seconds = since / request.span.rate
    if since != music.since_bar and music.bpm is not None:
        beats, unit = (int(number) for number in music.meter.split("/"))
        return float(seconds % (60 / music.bpm * beats * 4 / unit))
    return max(seconds, 0.0)


def _kept_under(span: Span, source: Audio, heard: Excerpt, backend: str) -> tuple[Latents, int] | None:
    """What `backend` kept of the take that is heard throughout the span, and the source's sample where it begins."""
    place = (source, 0) if isinstance(source, AudioFile) else source.file_at(span, (heard.start, heard.end))
    if place is None or (found := kept_of(place[0], backend)) is None:
        return None
    return found.arrays, place[1] + found.hull_start


def _placed(kept: Mapping[str, NDArray[np.generic]] | None, hull_start: float) -> Latents:
    return {**kept, HULL_START: np.array(hull_start, np.float64)} if kept else {}


def _notes(source: Audio, layout: Layout) -> tuple[str, ...]:
    if len(layout) > 2:
        return (f"{source.name} has {source.channels} channels; the new audio is on front left and right.",)
    return ()
