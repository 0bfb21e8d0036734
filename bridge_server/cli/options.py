"""The options that several commands share, in groups, and how each group becomes fields of a request."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from bridge_server.cli.positions import Bars, Ruler, make_span, read_samples
from bridge_server.cli.trouble import WrongUsage
from bridge_server.cli.words import absolute, made_folder, read_key, read_lyrics
from bridge_server.client import new_job_id
from bridge_server.protocol.errors import NotFound
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Music

JOB, PLACE, MUSIC, SOUND = "The job", "Where", "Music", "Sound"

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object per line, for programs.")]
Strength = Annotated[
    float,
    typer.Option(
        "--strength", min=0, max=1, help="1: all new; towards 0: more of what was there.", rich_help_panel=MUSIC
    ),
]
WholeFile = Annotated[
    bool,
    typer.Option("--whole-file", help="Write a copy of the file with the new audio in it.", rich_help_panel=SOUND),
]


@dataclass(frozen=True)
class JobOptions:
    """Who does it, how often, and where the takes go."""

    seed: Annotated[
        int | None,
        typer.Option("--seed", min=0, max=2**53 - 1, help="The same seed gives the same audio.", rich_help_panel=JOB),
    ] = None
    variants: Annotated[int, typer.Option("--variants", min=1, max=8, help="How many takes.", rich_help_panel=JOB)] = 1
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the takes; made if it is not there.", rich_help_panel=JOB)
    ] = None
    project: Annotated[
        Path | None,
        typer.Option(
            "--project",
            help="Folder of the project; takes go to Dawbridge/ in it. Without it: the current folder.",
            rich_help_panel=JOB,
        ),
    ] = None
    backend: Annotated[
        str, typer.Option("--backend", help="Who shall do it; `dawbridge doctor` lists them.", rich_help_panel=JOB)
    ] = ""

    def fields(self, *, beside_take: bool = False) -> dict[str, Any]:
        """With a fresh id. `beside_take`: where no folder is named, the bridge puts takes beside the one they vary.

        Raises NotFound, ReadOnly.
        """
        if self.project is not None and not self.project.expanduser().is_dir():
            raise NotFound(f"There is no project folder {self.project}.", "Name a folder that exists after --project.")
        fields = {"job": new_job_id(), "seed": self.seed, "variants": self.variants, "backend": self.backend}
        if self.out is not None:
            folder = made_folder(self.out)
            return fields | {"project": absolute(self.project) if self.project else folder, "folder": folder}
        if self.project is None and beside_take:
            return fields
        return fields | {"project": absolute(self.project or Path())}


@dataclass(frozen=True)
class SoundOptions:
    """What the files are like."""

    float32: Annotated[
        bool, typer.Option("--float32", help="32-bit float instead of 24-bit.", rich_help_panel=SOUND)
    ] = False
    channels: Annotated[
        int,
        typer.Option("--channels", min=0, max=8, help="Of the result; 0: as the source.", rich_help_panel=SOUND),
    ] = 0
    timeline: Annotated[
        int | None,
        typer.Option("--timeline", min=0, help="Sample of the timeline where the span begins.", rich_help_panel=PLACE),
    ] = None

    def fields(self) -> dict[str, Any]:
        sample_format = "float32" if self.float32 else "pcm24"
        return {"sample_format": sample_format, "channels": self.channels, "timeline": self.timeline}


@dataclass(frozen=True)
class MusicOptions:
    """What shall be heard, and the project's tempo, meter and key."""

    tags: Annotated[
        str, typer.Option("--tags", help="Style, mood, instruments, separated by commas.", rich_help_panel=MUSIC)
    ] = ""
    lyrics: Annotated[str, typer.Option("--lyrics", help="The words to sing.", rich_help_panel=MUSIC)] = ""
    lyrics_file: Annotated[
        Path | None, typer.Option("--lyrics-file", help="A text file with the words.", rich_help_panel=MUSIC)
    ] = None
    bpm: Annotated[
        float | None,
        typer.Option("--bpm", min=20, max=400, help="Quarter notes a minute.", rich_help_panel=MUSIC),
    ] = None
    meter: Annotated[str, typer.Option("--meter", help="4/4, 3/4, 7/8, 12/8 …", rich_help_panel=MUSIC)] = "4/4"
    key: Annotated[str, typer.Option("--key", help="'D major', 'F# minor', 'Bb'.", rich_help_panel=MUSIC)] = ""
    chords: Annotated[
        str,
        typer.Option("--chords", help="To follow: 'Am F C G', or 'Am | F G | C . . G7'.", rich_help_panel=MUSIC),
    ] = ""
    section: Annotated[
        str,
        typer.Option("--section", help="Part of the song: 'Verse 1', 'Chorus'.", rich_help_panel=MUSIC),
    ] = ""
    bar_offset: Annotated[
        float, typer.Option("--bar-offset", help="Seconds into the file where bar 1 begins.", rich_help_panel=PLACE)
    ] = 0.0

    def ruler(self, rate: int) -> Ruler:
        """Raises WrongUsage for a meter that is none."""
        bars = Bars.read(self.bpm or 120.0, self.meter, self.bar_offset)
        return Ruler(rate=rate, bars=bars if self.bpm else None)

    def fields(self, span: Span) -> dict[str, Any]:
        """Raises WrongUsage, NotFound."""
        music = Music(
            bpm=self.bpm,
            meter=self.meter,
            key=read_key(self.key),
            since_bar=self.ruler(span.rate).since_bar(span.start),
            section=self.section,
            chords=self.chords,
        )
        return {
            "tags": self.tags,
            "lyrics": read_lyrics(self.lyrics, self.lyrics_file),
            "music": music,
        }


@dataclass(frozen=True)
class PlaceOptions:
    """Which part of the file, or of the timeline, is meant."""

    start: Annotated[
        str | None,
        typer.Option("--start", help="Seconds (4.0), or bar|beat ('5|1') with --bpm.", rich_help_panel=PLACE),
    ] = None
    end: Annotated[
        str | None, typer.Option("--end", help="Like --start; the first that is not meant.", rich_help_panel=PLACE)
    ] = None
    samples: Annotated[
        str | None,
        typer.Option("--span", help="Whole samples, 192000:384000, instead of the two.", rich_help_panel=PLACE),
    ] = None

    def span(self, ruler: Ruler, length: int | None = None) -> Span:
        """The span that is meant. Where `length`, in samples, is known, a side that was left out is the edge.

        Raises WrongUsage, BadSpan.
        """
        if self.samples is not None:
            if self.start is not None or self.end is not None:
                raise WrongUsage("The span is given twice.", "Use either --span, or --start and --end.")
            return read_samples(self.samples, ruler.rate)
        if length is None and (self.start is None or self.end is None):
            sides = (("--start", self.start), ("--end", self.end))
            missing = " and ".join(name for name, text in sides if text is None)
            raise WrongUsage(
                f"Say which part of the file is meant: {missing} is missing.",
                "For instance `--start 4.0 --end 8.0`, `--bpm 120 --start '3|1' --end '5|1'` or `--span 0:96000`.",
            )
        start = ruler.position(self.start) if self.start is not None else 0
        end = ruler.position(self.end) if self.end is not None else length or 0
        return make_span(start, end, ruler.rate)


@dataclass(frozen=True)
class FitOptions:
    """How the new audio meets what lies around it."""

    handles: Annotated[
        str, typer.Option("--handles", help="Unchanged source on each side; a length.", rich_help_panel=SOUND)
    ] = "0"
    no_match_loudness: Annotated[
        bool,
        typer.Option("--no-match-loudness", help="Leave the new audio as loud as it came.", rich_help_panel=SOUND),
    ] = False

    def fields(self, ruler: Ruler) -> dict[str, Any]:
        """Raises WrongUsage."""
        return {"handles": ruler.length(self.handles), "match_loudness": not self.no_match_loudness}
