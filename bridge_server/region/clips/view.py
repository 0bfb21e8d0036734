"""View: a file forwards, backwards, or unrolled from its loop."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bridge_server.protocol.errors import BadRequest
from bridge_server.region.channels import Layout, usual_layout
from bridge_server.region.clips.strand import Strand
from bridge_server.region.excerpt import Samples
from bridge_server.region.read import AudioFile, read

_HELD_SECONDS = 60.0
"""A loop up to this long is read once and kept; of a longer one only what is needed is read, again and again."""


class View:
    """A file as a strand sees it. Positions are samples of the file; before and after it there is silence."""

    def __init__(self, file: AudioFile, strand: Strand) -> None:
        """Repetitions of a loop begin on whole samples; errors do not add up. Raises BadRequest for no such channel."""
        if strand.file_channel > file.channels:
            raise BadRequest(f"{file.name} has no channel {strand.file_channel}, but {file.channels}.")
        self.rate = file.rate
        self.layout: Layout = usual_layout(1) if strand.file_channel else file.layout
        self.file = file
        self._channel = strand.file_channel
        self._loop = None if strand.loop is None else (strand.loop[0] * file.rate, strand.loop[1] * file.rate)
        self._is_reversed = strand.is_reversed
        self._held: Samples | None = None

    def read(self, start: int, end: int) -> Samples:
        """(C, end - start) float32. Raises what `region.read.read` raises."""
        if self._loop is None:
            return self._straight(start, end)
        parts = [self._in_loop(first, last) for first, last in self._runs(start, end)]
        return np.concatenate(parts, axis=1) if len(parts) != 1 else parts[0]

    def _straight(self, start: int, end: int) -> Samples:
        if self._is_reversed:
            audio = read(self.file, self.file.frames - end, self.file.frames - start).audio[:, ::-1]
        else:
            audio = read(self.file, start, end).audio
        return audio[self._channel - 1 : self._channel] if self._channel else audio

    def _runs(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """What of the file follows on what, for the unrolled samples [start, end)."""
        assert self._loop is not None
        loop_start, loop_end = self._loop
        length = loop_end - loop_start
        at = start
        while at < end or at == start == end:
            turn = max(int((at + 0.5 - loop_end) // length) + 1, 0)
            seam = round(loop_end + turn * length)
            if at >= seam:  # rounding put it just behind the seam
                turn += 1
                seam = round(loop_end + turn * length)
            until = min(end, seam)
            back = 0 if turn == 0 else round(loop_end + (turn - 1) * length) - round(loop_start)
            yield at - back, until - back
            if until == end:
                return
            at = until

    def _in_loop(self, start: int, end: int) -> Samples:
        assert self._loop is not None
        first, last = round(self._loop[0]), round(self._loop[1]) + 2
        if start < first or end > last or last - first > _HELD_SECONDS * self.rate:
            return self._straight(start, end)
        if self._held is None:
            self._held = self._straight(first, last)
        return self._held[:, start - first : end - first]
