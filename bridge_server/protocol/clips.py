"""Sources: audio of the project, as a file or as clips that a DAW plays from files."""

from typing import Annotated

from msgspec import Meta, Struct

from bridge_server.protocol.plain import Count, Path
from bridge_server.protocol.span import LONGEST

MOST_SECONDS = 10_000_000
MOST_BEATS = 2_000_000
MOST_CLIPS = 4_096

Seconds = Annotated[float, Meta(ge=-MOST_SECONDS, le=MOST_SECONDS)]
Beats = Annotated[float, Meta(ge=-MOST_BEATS, le=MOST_BEATS)]
FilePosition = Annotated[float, Meta(ge=0, le=MOST_SECONDS)]
ContentPosition = Annotated[float, Meta(ge=-MOST_SECONDS, le=MOST_SECONDS)]
"""Beats of a warped clip of Live's, seconds of an unwarped one."""


class Clip(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A file as a DAW plays it: where it lies on the timeline, and what of the file sounds there."""

    path: Path
    start: Annotated[
        int, Meta(ge=-LONGEST, le=LONGEST, description="its first sample on the timeline, at the span's rate")
    ]
    length: Annotated[int, Meta(ge=1, le=LONGEST, description="samples on the timeline, at the span's rate")]
    offset: Annotated[
        Seconds,
        Meta(description="seconds of the file at the clip's start; negative: silence comes first"),
    ] = 0.0
    playrate: Annotated[float, Meta(ge=0.02, le=32, description="seconds of the file per second of the timeline")] = 1.0
    keep_pitch: Annotated[bool, Meta(description="true: stretched; false: higher when faster, like tape")] = True
    semitones: Annotated[float, Meta(ge=-48, le=48, description="transposed by so much, at the same speed")] = 0.0
    gain_db: Annotated[float, Meta(ge=-120, le=40, description="of the clip, in decibels")] = 0.0
    file_channel: Annotated[
        int, Meta(ge=0, le=64, description="the one channel of the file that sounds, from 1; 0: all of them")
    ] = 0
    channel: Annotated[
        int,
        Meta(
            ge=0,
            le=8,
            description="the one channel of the source in which that is heard, from 1; 0: in all, as usual."
            " Two mono files of a stereo recording are two clips",
        ),
    ] = 0
    loop_start: (
        Annotated[FilePosition, Meta(description="seconds of the file to which a looped clip goes back")] | None
    ) = None
    loop_end: (
        Annotated[FilePosition, Meta(description="seconds of the file from where it goes back; absent: not looped")]
        | None
    ) = None
    reversed: Annotated[
        bool, Meta(description="plays the file backwards: `offset` and the loop then count from the file's end")
    ] = False
    fade_in: Annotated[Count, Meta(description="samples of the timeline, a straight line")] = 0
    fade_out: Annotated[Count, Meta(description="samples of the timeline, a straight line")] = 0

    def __post_init__(self) -> None:
        if (self.loop_start is None) != (self.loop_end is None):
            raise ValueError("a looped clip has both `loop_start` and `loop_end`, another one neither")
        if self.loop_start is not None and self.loop_end is not None and self.loop_end <= self.loop_start:
            raise ValueError("a clip's `loop_end` must be after its `loop_start`")


class LiveClip(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A clip of Ableton Live, in the raw values of its object model. The bridge makes clips of it.

    Where a field says *content*, it counts in beats if the clip is warped, else in seconds of the file.
    """

    path: Path
    start_time: Annotated[Beats, Meta(description="beats: where it begins in the arrangement")]
    end_time: Annotated[Beats, Meta(description="beats: where it ends there")]
    loop_start: Annotated[ContentPosition, Meta(description="content: where it begins, or where its loop does")]
    loop_end: Annotated[ContentPosition, Meta(description="content: where it, or its loop, ends")]
    start_marker: Annotated[ContentPosition, Meta(description="content: where a looped clip begins")] = 0.0
    end_marker: Annotated[ContentPosition, Meta(description="content: as Live has it, which is not needed")] = 0.0
    looping: Annotated[bool, Meta(description="the clip is looped")] = False
    warping: Annotated[bool, Meta(description="the clip is warped")] = False
    warp_mode: Annotated[int, Meta(ge=0, le=6, description="3 is Re-Pitch, which plays like tape")] = 0
    pitch_coarse: Annotated[float, Meta(ge=-48, le=48, description="semitones")] = 0.0
    pitch_fine: Annotated[float, Meta(ge=-500, le=500, description="cents")] = 0.0
    gain_db: Annotated[float, Meta(ge=-120, le=40, description="of the clip, in decibels")] = 0.0
    muted: Annotated[bool, Meta(description="a muted clip is silent")] = False
    sample_length: Annotated[int, Meta(ge=1, le=LONGEST, description="samples of the file, at its own rate")]
    sample_rate: Annotated[float, Meta(ge=1_000, le=768_000, description="of the file")]
    warp_markers: Annotated[
        tuple[tuple[Seconds, Seconds], ...],
        Meta(max_length=20_000, description="[seconds of the file, beats of content] each, with the hidden last one"),
    ] = ()
    tempo: Annotated[float, Meta(ge=5, le=999, description="of the set, in quarter notes a minute")]

    def __post_init__(self) -> None:
        if self.end_time <= self.start_time:
            raise ValueError("a clip's `end_time` must be after its `start_time`")


class Source(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Audio of the project: exactly one of a file (`path`), `clips` and `live_clips`. Only what is needed is ever read.

    A source of clips is the timeline itself: the request's `span`, and everything else that counts samples, then
    counts on the timeline at the span's rate. Clips that overlap are added.
    """

    path: Annotated[Path, Meta(description="absolute path of a file; left out where there are clips")] = ""
    start: Annotated[
        int,
        Meta(
            ge=-LONGEST,
            le=LONGEST,
            description="where a file's first sample lies on the timeline, at the span's rate; clips are moved by it",
        ),
    ] = 0
    gain_db: Annotated[float, Meta(ge=-120, le=40, description="how loud the project plays it, in decibels")] = 0.0
    clips: Annotated[tuple[Clip, ...], Meta(max_length=MOST_CLIPS, description="files as a DAW plays them")] = ()
    live_clips: Annotated[
        tuple[LiveClip, ...], Meta(max_length=MOST_CLIPS, description="clips as Ableton Live describes them")
    ] = ()

    def __post_init__(self) -> None:
        given = [name for name in ("path", "clips", "live_clips") if getattr(self, name)]
        if len(given) != 1:
            found = " and ".join(f"`{name}`" for name in given) or "none of them"
            raise ValueError(f"a source needs one of `path`, `clips` and `live_clips`, and here is {found}")

    @property
    def is_timeline(self) -> bool:
        """Whether it is made of clips."""
        return not self.path
