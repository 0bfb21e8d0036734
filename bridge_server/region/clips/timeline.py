"""Timeline: clips behind what a file offers to the rest of region work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Source
from bridge_server.region.channels import Layout, usual_layout
from bridge_server.region.clips.live import strand_of_live
from bridge_server.region.clips.sounding import Sounding
from bridge_server.region.clips.strand import Strand, strand_of
from bridge_server.region.clips.view import View
from bridge_server.region.excerpt import Excerpt
from bridge_server.region.read import AudioFile, open_audio


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """Clips, added up. Its samples are those of the project's timeline, at the rate that the request's span has.

    begin, frames  first and last+1 sample where a clip sounds; the span lies between them too
    layout         loudspeakers of the clip with the most channels; stereo where there is no clip
    """

    rate: int
    begin: int
    frames: int
    layout: Layout
    soundings: tuple[Sounding, ...]

    @property
    def channels(self) -> int:
        return len(self.layout)

    @property
    def name(self) -> str:
        return "The timeline"

    def __str__(self) -> str:
        return f"the timeline ({len(self.soundings)} clips at {self.rate:,} Hz)"

    def read(self, start: int, end: int) -> Excerpt:
        """Samples [start, end) of the timeline, silence where there is no clip. Raises what reading a file raises."""
        audio = np.zeros((self.channels, max(end - start, 0)), np.float32)
        for sounding in self.soundings:
            first, last = max(start, sounding.strand.start), min(end, sounding.strand.end)
            if first < last:
                sounding.add(audio[:, first - start : last - start], first, last, self.layout)
        return Excerpt(audio, start, self.rate)

    def file_at(self, span: Span, window: tuple[int, int]) -> tuple[AudioFile, int] | None:
        """The file that is heard throughout `span`, and nothing but it, with the timeline's sample where it begins.

        window  samples of the timeline; as far as they go, the file is heard with all that it has
        """
        under = _overlapping(self.soundings, span.start, span.end)
        start = under[0].file_start if len(under) == 1 else None
        if start is None:
            return None
        first, last = max(start, window[0]), min(start + under[0].view.file.frames, window[1])
        strand = under[0].strand
        is_whole = strand.start <= first and last <= strand.end
        if not is_whole or len(_overlapping(self.soundings, first, last)) > 1:
            return None
        return under[0].view.file, start


def _overlapping(soundings: Sequence[Sounding], start: int, end: int) -> list[Sounding]:
    return [sounding for sounding in soundings if sounding.strand.start < end and sounding.strand.end > start]


def open_timeline(source: Source, span: Span, window: tuple[int, int]) -> Timeline:
    """The clips of a source. Of those that lie outside `window`, in samples of the timeline, no file is looked at.

    Raises NotFound or UnreadableAudio, naming the file; BadRequest for warp markers that lead nowhere.
    """
    every = _strands(source, span.rate)
    near = [strand for strand in every if strand.start < window[1] and strand.end > window[0]]
    files = {path: open_audio(Path(path)) for path in dict.fromkeys(strand.path for strand in near)}
    soundings = tuple(Sounding(strand, View(files[strand.path], strand), span.rate) for strand in near)
    return Timeline(
        rate=span.rate,
        begin=min([span.start, *(max(strand.start, 0) for strand in every)]),
        frames=max([span.end, *(strand.end for strand in every)]),
        layout=_widest(soundings),
        soundings=soundings,
    )


def _strands(source: Source, rate: int) -> list[Strand]:
    if source.clips:
        return [strand_of(clip, rate, source.start) for clip in source.clips]
    return [strand_of_live(clip, rate, source.start) for clip in source.live_clips if not clip.muted]


def _widest(soundings: Sequence[Sounding]) -> Layout:
    """Of the clips with the most channels; or as many as are named, if that is more; stereo without any clip."""
    if not soundings:
        return usual_layout(2)
    widest = max((sounding.view.layout for sounding in soundings), key=len)
    named = max(sounding.strand.channel for sounding in soundings)
    return widest if len(widest) >= named else usual_layout(named)
