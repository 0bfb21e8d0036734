"""Where audio comes from: a file, or a timeline of clips. The rest of region work asks here and need not know which."""

from __future__ import annotations

from pathlib import Path

from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Source
from bridge_server.region.clips.timeline import Timeline, open_timeline
from bridge_server.region.excerpt import Excerpt
from bridge_server.region.read import AudioFile, check_span, open_audio, read

Audio = AudioFile | Timeline
"""Both have `rate`, `layout`, `channels` and `name`, and audio from `begin` to `frames`."""


def open_source(source: Source, span: Span, around: int) -> Audio:
    """Look at a source's files. Of clips, at those that sound within `around` samples of the span.

    Raises NotFound, UnreadableAudio; BadSpan for a span that leaves the file or counts at another rate.
    """
    if source.is_timeline:
        return open_timeline(source, span, (span.start - around, span.end + around))
    file = open_audio(Path(source.path))
    check_span(file, span)
    return file


def read_source(audio: Audio, start: int, end: int) -> Excerpt:
    """Samples [start, end), with silence where there is nothing. Raises what `read` raises."""
    return audio.read(start, end) if isinstance(audio, Timeline) else read(audio, start, end)
