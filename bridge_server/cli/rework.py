"""edit, separate: other words or another style for a performance; one stem out of a mix."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bridge_server.cli.app import command
from bridge_server.cli.options import FitOptions, JobOptions, Json, MusicOptions, PlaceOptions, SoundOptions, WholeFile
from bridge_server.cli.positions import Ruler
from bridge_server.cli.sampling import SamplingOptions
from bridge_server.cli.session import perform
from bridge_server.cli.words import absolute, open_source
from bridge_server.protocol.requests import Edit, Separate
from bridge_server.protocol.values import Source


class EditMode(StrEnum):
    """What an edit keeps."""

    ONLY_LYRICS = "only_lyrics"
    REMIX = "remix"


@command("edit", 0, 'dawbridge edit song.wav --start 4.0 --end 8.0 --lyrics "another line" --out takes')
def edit(
    *,
    file: Annotated[Path, typer.Argument(help="The performance.", show_default=False)],
    place: PlaceOptions,
    music: MusicOptions,
    job: JobOptions,
    fit: FitOptions,
    sound: SoundOptions,
    sampling: SamplingOptions,
    mode: Annotated[
        EditMode, typer.Option("--mode", help="only_lyrics keeps the melody.", rich_help_panel="Music")
    ] = EditMode.ONLY_LYRICS,
    source_tags: Annotated[
        str, typer.Option("--source-tags", help="The style as it is now.", rich_help_panel="Music")
    ] = "",
    source_lyrics: Annotated[
        str, typer.Option("--source-lyrics", help="The words as they are now.", rich_help_panel="Music")
    ] = "",
    whole_file: WholeFile = False,
    as_json: Json = False,
) -> None:
    """The same performance with other words or in another style. `sketch` does so with takes of its own."""
    source = open_source(file)
    ruler = music.ruler(source.rate)
    span = place.span(ruler, source.frames)
    request = Edit(
        **job.fields(),
        **sound.fields(),
        **music.fields(span),
        **fit.fields(ruler),
        **sampling.fields(),
        source=Source(path=absolute(file)),
        span=span,
        mode=mode.value,
        source_tags=source_tags,
        source_lyrics=source_lyrics,
        form="whole" if whole_file else "region",
    )
    perform(request, as_json)


@command("separate", 0, "dawbridge separate song.wav --role vocals --out takes")
def separate(
    *,
    file: Annotated[Path, typer.Argument(help="The mix.", show_default=False)],
    role: Annotated[str, typer.Option("--role", help="vocals, drums, bass, …", show_default=False)],
    place: PlaceOptions,
    job: JobOptions,
    sound: SoundOptions,
    as_json: Json = False,
) -> None:
    """Take one stem out of a mix. Needs a backend that can; `sketch` cannot."""
    source = open_source(file)
    span = place.span(Ruler(rate=source.rate), source.frames)
    request = Separate(**job.fields(), **sound.fields(), source=Source(path=absolute(file)), span=span, role=role)
    perform(request, as_json)
