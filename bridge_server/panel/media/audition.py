"""Audition: what is played so that takes, and what was there before, can be heard in turn at the same beat.

All audio of one audition has the same length, rate and channels. The *bed* plays under everything, with a hole where
something else takes its place; *original* and takes are silent but there. So bed and one of the others, added, are what
the DAW plays, and to switch is to change two gains.
"""

from __future__ import annotations

import msgspec

from bridge_server.protocol.errors import Problem
from bridge_server.protocol.values import Music


class Range(msgspec.Struct, frozen=True):
    """Frames of the audition, [start, end)."""

    start: int
    end: int


class Sound(msgspec.Struct, frozen=True):
    """One track. `lufs` is None where it was not measured, or is silence."""

    url: str
    peaks: str
    lufs: float | None = None


class StemSound(msgspec.Struct, frozen=True):
    role: str
    url: str
    peaks: str


class TakeSound(msgspec.Struct, frozen=True, kw_only=True):
    """One take. `file` downloads it under the name `name`."""

    job: str
    number: int
    seed: int
    task: str
    url: str
    peaks: str
    lufs: float | None
    stems: tuple[StemSound, ...]
    notes: tuple[str, ...]
    starred: bool
    discarded: bool
    chosen: bool
    draft: bool
    backend: str
    tags: str
    lyrics: str
    language: str
    source_lyrics: str
    file: str
    name: str


class MissingSound(msgspec.Struct, frozen=True):
    job: str
    number: int
    error: Problem


class Audition(msgspec.Struct, frozen=True, kw_only=True):
    """rate, frames  of every track
    kind      as `Place.kind`
    span      what is new, in frames of the tracks: what the page loops
    since_bar  samples from a bar line to the start of `span`; below 0 where the bar line comes later
    timeline  where frame 0 lies on the project's timeline, at `rate`
    bed       None where nothing plays besides
    original  None where nothing was there before
    problem   why the source cannot be heard, where it cannot; the takes can
    missing   takes whose files are gone
    """

    rate: int
    frames: int
    kind: str
    span: Range
    timeline: int
    bed: Sound | None
    original: Sound | None
    takes: tuple[TakeSound, ...] = ()
    missing: tuple[MissingSound, ...] = ()
    problem: Problem | None = None
    bpm: float | None = None
    meter: str = "4/4"
    since_bar: int = 0
    music: Music = Music()
