"""Prepared: a request made ready for the engine, with all that is needed to bring its answer home."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bridge_server.protocol.engine import Rendered
from bridge_server.protocol.requests import Extend, Layer, Placed
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Capabilities
from bridge_server.region.channels import Layout, convert, usual_layout
from bridge_server.region.excerpt import Excerpt, Samples
from bridge_server.region.loudness import AROUND_SECONDS, LAYER_BELOW_LU, integrated, load_meter
from bridge_server.region.sources import Audio

Side = Literal["", "left", "right"]

_AHEAD = ThreadPoolExecutor(2, thread_name_prefix="ahead")


@dataclass(frozen=True, kw_only=True)
class Section:
    """One stretch of new audio. An `extend` to both sides has two, every other request one.

    start   where it begins, in samples of the source file (of the timeline where there is none); negative for what
            comes before the file
    """

    side: Side
    start: int
    length: int

    @property
    def end(self) -> int:
        return self.start + self.length


@dataclass(frozen=True)
class Levels:
    """Loudness in LUFS, before anything new is there.

    before       of the audio that is replaced
    surroundings  of what lies around it; of the mix, for a layer
    target       what the new audio should have; None: leave it as it is
    """

    before: float | None = None
    surroundings: float | None = None
    target: float | None = None


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What goes to the engine, and what stays here for the way back.

    context   (C, T) float32, C-contiguous, at capabilities.sample_rate and .channels
    targets   spans of `context` to fill, at its rate; they cover the sections, rounded outwards
    latents   what the backend kept of the source take, by name, and HULL_START; empty without one
    sections  where the new audio belongs, at `rate`
    source    the file or timeline it goes into, if there is one
    heard     audio of the source around the sections, at `rate`, in its own channels; at least as far as the handles
    layout    loudspeakers of the result
    """

    request: Rendered
    capabilities: Capabilities
    context: Samples
    targets: tuple[Span, ...]
    bar_phase_seconds: float
    rate: int
    layout: Layout
    sections: tuple[Section, ...]
    source: Audio | None = None
    heard: Excerpt | None = None
    latents: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    _sha256: Future[str] = field(init=False, repr=False, compare=False)
    _measured: Future[tuple[Levels, ...]] = field(init=False, repr=False, compare=False)

    @property
    def is_whole(self) -> bool:
        return isinstance(self.request, Placed) and self.request.form == "whole"

    @property
    def hull(self) -> Span:
        """What the backend renders, inside the context: from the first target to the end of the last."""
        return Span(self.targets[0].start, self.targets[-1].end, self.targets[0].rate)

    @property
    def context_sha256(self) -> str:
        """Hash of the context's shape, rate and samples."""
        return self._sha256.result()

    @property
    def levels(self) -> tuple[Levels, ...]:
        """For each section, how loud its place is."""
        return self._measured.result()

    def __post_init__(self) -> None:
        """Begin, in threads of their own, what takes time and is not needed before the engine has rendered."""
        object.__setattr__(self, "_sha256", _AHEAD.submit(self._hash))
        object.__setattr__(self, "_measured", _AHEAD.submit(self._measure))

    def _hash(self) -> str:
        digest = hashlib.sha256(struct.pack("<3Q", *self.context.shape, self.capabilities.sample_rate))
        digest.update(np.ascontiguousarray(self.context, "<f4").data)
        return digest.hexdigest()

    def _measure(self) -> tuple[Levels, ...]:
        load_meter()
        return tuple(self._levels(section) for section in self.sections)

    def _levels(self, section: Section) -> Levels:
        if not isinstance(self.request, Placed):
            return Levels()
        if self.heard is None:
            before, surroundings = None, self._loudness_of_mix(section)
            below = LAYER_BELOW_LU if isinstance(self.request, Layer) else 0.0
        else:
            before, surroundings, below = *self._loudness_in_file(section, self.heard), 0.0
        reference = before if surroundings is None else surroundings
        target = None if reference is None or not self.request.match_loudness else reference - below
        return Levels(before, surroundings, target)

    def _loudness_in_file(self, section: Section, heard: Excerpt) -> tuple[float | None, float | None]:
        """Of the audio that a section replaces, and of up to 8 s on either side of it."""
        assert self.source is not None
        around = round(AROUND_SECONDS * self.rate)
        low, high = self.source.begin, self.source.frames
        if isinstance(self.request, Extend):
            low, high = self.request.span.start, self.request.span.end
        sides = (
            heard.within(max(section.start - around, low), section.start).audio,
            heard.within(section.end, min(section.end + around, high)).audio,
        )
        surroundings = self._loudness(np.concatenate(sides, axis=1), self.source.layout)
        if isinstance(self.request, Extend):
            return None, surroundings
        return self._loudness(heard.within(section.start, section.end).audio, self.source.layout), surroundings

    def _loudness_of_mix(self, section: Section) -> float | None:
        """Of what the other tracks play together with a layer, or else around it."""
        layout = usual_layout(self.capabilities.channels)
        target = self.targets[self.sections.index(section)]
        together = self._loudness(self.context[:, target.start : target.end], layout, target.rate)
        return self._loudness(self.context, layout, target.rate) if together is None else together

    def _loudness(self, audio: Samples, layout: Layout, rate: int = 0) -> float | None:
        """As it sounds in the result's channels: the same audio on two loudspeakers is 3 LU louder than on one."""
        return integrated(convert(audio, layout, self.layout), rate or self.rate, self.layout)
