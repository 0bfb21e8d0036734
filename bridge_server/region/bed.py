"""Bed: what lies beneath new audio, and how the new audio fades in and out over it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bridge_server.protocol.requests import Edit, Extend, Generate, Repaint
from bridge_server.protocol.values import Fade
from bridge_server.region.channels import convert
from bridge_server.region.excerpt import Excerpt, Samples, mirrored
from bridge_server.region.prepared import Prepared, Section
from bridge_server.region.splice import fade_for


@dataclass(frozen=True)
class Bed:
    """Old audio, (C, T) float32 over exactly a section and in the result's channels, and the fades over it."""

    dry: Samples
    fade: Fade


def make_bed(prepared: Prepared, section: Section) -> Bed:
    """The old audio of the file, or silence where there is none.

    Beside a clip that is extended lies no old audio. There it is the file's own continuation where the clip was cut
    out of a longer file, or else the clip's end mirrored, which goes on from the same value.
    """
    fade = _fade(prepared, section)
    if prepared.heard is None or prepared.source is None:
        return Bed(np.zeros((len(prepared.layout), section.length), np.float32), fade)
    if isinstance(prepared.request, Repaint | Edit):
        audio = prepared.heard.between(section.start, section.end)
        return Bed(convert(audio, prepared.source.layout, prepared.layout), fade)
    dry = np.zeros((len(prepared.layout), section.length), np.float32)
    if isinstance(prepared.request, Extend):
        clip = prepared.heard.within(prepared.request.span.start, prepared.request.span.end).audio
        if section.side == "right":
            seam = _continued(prepared.heard, clip, section.start, fade.in_samples)
            dry[:, : fade.in_samples] = convert(seam, prepared.source.layout, prepared.layout)
        else:
            backwards = Excerpt(prepared.heard.audio[:, ::-1], -prepared.heard.end, prepared.rate)
            seam = _continued(backwards, clip[:, ::-1], -section.end, fade.out_samples)[:, ::-1]
            dry[:, section.length - fade.out_samples :] = convert(seam, prepared.source.layout, prepared.layout)
    return Bed(dry, fade)


def _fade(prepared: Prepared, section: Section) -> Fade:
    match prepared.request:
        case Generate():
            return Fade()
        case Repaint() | Edit():
            return fade_for(section.length, prepared.rate, from_silence=False)
        case Extend():
            return fade_for(section.length, prepared.rate, from_silence=section.side == "left")
        case _:
            return fade_for(section.length, prepared.rate, from_silence=True)


def _continued(heard: Excerpt, clip: Samples, seam: int, length: int) -> Samples:
    """What follows the clip at its seam, for `length` samples."""
    follows = heard.within(seam, seam + length).audio
    return follows if follows.shape[1] == length else mirrored(clip, length)
