"""The mix of other tracks, as a layer or a backing has to fit it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Source
from bridge_server.region.channels import Layout, convert
from bridge_server.region.clips.timeline import Timeline, open_timeline
from bridge_server.region.excerpt import Excerpt, Samples
from bridge_server.region.read import open_audio
from bridge_server.region.resample import MARGIN, TO_ENGINE, resample
from bridge_server.region.sources import Audio, read_source

Track = tuple[Source, Audio]


def open_tracks(sources: Sequence[Source], span: Span, around: int) -> list[Track]:
    """Look at every file before any is read; of clips, at those that sound within `around` samples of the span.

    Raises NotFound or UnreadableAudio.
    """
    window = (span.start - around, span.end + around)
    return [
        (source, open_timeline(source, span, window) if source.is_timeline else open_audio(Path(source.path)))
        for source in sources
    ]


def extent(tracks: Sequence[Track], span: Span) -> tuple[int, int]:
    """First and last+1 sample of the timeline, at the span's rate, where any track or the span has something."""
    starts = [_start(source, audio) + audio.begin for source, audio in tracks]
    ends = [_start(source, audio) + -(-audio.frames * span.rate // audio.rate) for source, audio in tracks]
    return min(span.start, *starts), max(span.end, *ends)


def _start(source: Source, audio: Audio) -> int:
    """Where its sample 0 lies on the timeline; a timeline's own clips are moved already."""
    return 0 if isinstance(audio, Timeline) else source.start


def mix(tracks: Sequence[Track], span: Span, rate: int, layout: Layout, window: tuple[int, int]) -> Samples:
    """All tracks together, with the gain that the project gives them.

    window  first and last+1 sample to mix, at `rate`, counted from the start of `span`
    Returns (C, T) float32 at `rate` in `layout`. Tracks of one rate are added before they are resampled, so a project
    of many tracks needs one resampling. A file at another rate than the project's is placed to the nearest of its own
    samples (10 µs): this mix is heard by a model and lands in no file.
    Raises what `read` raises.
    """
    start, end = window
    out = np.zeros((len(layout), end - start), np.float32)
    for file_rate in sorted({audio.rate for _, audio in tracks}):
        same = [track for track in tracks if track[1].rate == file_rate]
        reach = MARGIN * max(1, -(-file_rate // rate)) if file_rate != rate else 0
        first = start * file_rate // rate - reach
        last = -(-end * file_rate // rate) + reach
        total = np.zeros((len(layout), last - first), np.float32)
        for source, audio in same:
            _add(source, audio, span, Excerpt(total, first, file_rate), layout)
        out += resample(Excerpt(total, first, file_rate), rate, start, end, TO_ENGINE)
    return out


def _add(source: Source, audio: Audio, span: Span, total: Excerpt, layout: Layout) -> None:
    """Add one track into `total`, which counts from the start of the span at the file's rate."""
    origin = round(Fraction((_start(source, audio) - span.start) * audio.rate, span.rate))
    first, last = max(total.start, origin + audio.begin), min(total.end, origin + audio.frames)
    if first >= last:
        return
    heard = convert(read_source(audio, first - origin, last - origin).audio, audio.layout, layout)
    total.audio[:, first - total.start : last - total.start] += heard * np.float32(10 ** (source.gain_db / 20))
