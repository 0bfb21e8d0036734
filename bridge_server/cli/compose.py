"""generate, repaint, extend: new music for a span, inside a clip, beside a clip."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bridge_server.cli.app import command
from bridge_server.cli.options import (
    PLACE,
    SOUND,
    FitOptions,
    JobOptions,
    Json,
    MusicOptions,
    PlaceOptions,
    SoundOptions,
    Strength,
    WholeFile,
)
from bridge_server.cli.sampling import MODEL, SamplingOptions
from bridge_server.cli.session import perform
from bridge_server.cli.trouble import WrongUsage
from bridge_server.cli.words import absolute, open_source
from bridge_server.protocol.requests import Extend, Generate, Repaint
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Source

File = Annotated[Path, typer.Argument(help="WAV, AIFF, FLAC, MP3 or OGG.", show_default=False)]


@command("generate", 0, 'dawbridge generate --seconds 16 --tags "lofi, 82 bpm, D major, rhodes" --seed 11 --out takes')
def generate(
    *,
    music: MusicOptions,
    job: JobOptions,
    sound: SoundOptions,
    sampling: SamplingOptions,
    reference: Annotated[
        Path | None, typer.Option("--reference", help="Audio to follow.", rich_help_panel=MODEL)
    ] = None,
    reference_strength: Annotated[
        float,
        typer.Option("--reference-strength", min=0, max=1, help="1: the reference itself.", rich_help_panel=MODEL),
    ] = 0.5,
    timbre: Annotated[
        bool, typer.Option("--timbre", help="Sound like the reference; follow nothing of it.", rich_help_panel=MODEL)
    ] = False,
    seconds: Annotated[float | None, typer.Option("--seconds", help="Length.", rich_help_panel=PLACE)] = None,
    bars: Annotated[
        int | None, typer.Option("--bars", min=1, help="Length, with --bpm.", rich_help_panel=PLACE)
    ] = None,
    rate: Annotated[
        int, typer.Option("--rate", min=1_000, max=768_000, help="Samples a second.", rich_help_panel=SOUND)
    ] = 48_000,
    as_json: Json = False,
) -> None:
    """New music: a mix and its stems."""
    if (seconds is None) == (bars is None):
        raise WrongUsage("Say how long it shall be.", "Either --seconds 16, or --bars 8 --bpm 96.")
    length = music.ruler(rate).length(str(seconds) if bars is None else f"{bars}bars")
    if length < 1:
        raise WrongUsage("The length is nothing at all.", "Give a length above 0 seconds.")
    span = Span(0, length, rate)
    request = Generate(
        **job.fields(),
        **sound.fields(),
        **music.fields(span),
        **sampling.fields(),
        span=span,
        reference=Source(path=_heard(reference)) if reference is not None else None,
        reference_strength=reference_strength,
        reference_use="timbre" if timbre else "follow",
    )
    perform(request, as_json)


def _heard(reference: Path) -> str:
    """Raises NotFound, UnreadableAudio."""
    return str(open_source(reference).path)


@command("repaint", 0, 'dawbridge repaint song.wav --start 4.0 --end 8.0 --tags "rock, 120 bpm" --seed 7 --out takes')
def repaint(
    *,
    file: File,
    place: PlaceOptions,
    music: MusicOptions,
    job: JobOptions,
    fit: FitOptions,
    sound: SoundOptions,
    sampling: SamplingOptions,
    strength: Strength = 1.0,
    whole_file: WholeFile = False,
    as_json: Json = False,
) -> None:
    """Compose a part of a file anew from its surroundings; every other sample stays as it is."""
    ruler = music.ruler(open_source(file).rate)
    span = place.span(ruler)
    request = Repaint(
        **job.fields(),
        **sound.fields(),
        **music.fields(span),
        **fit.fields(ruler),
        **sampling.fields(),
        source=Source(path=absolute(file)),
        span=span,
        strength=strength,
        form="whole" if whole_file else "region",
    )
    perform(request, as_json)


@command("extend", 0, 'dawbridge extend song.wav --right 8.0 --tags "rock, 120 bpm" --seed 7 --out takes')
def extend(
    *,
    file: File,
    music: MusicOptions,
    job: JobOptions,
    fit: FitOptions,
    sound: SoundOptions,
    sampling: SamplingOptions,
    right: Annotated[
        str, typer.Option("--right", help="How much after it: seconds, or 2bars with --bpm.", rich_help_panel=PLACE)
    ] = "0",
    left: Annotated[str, typer.Option("--left", help="How much before it.", rich_help_panel=PLACE)] = "0",
    start: Annotated[str | None, typer.Option("--from", help="Where the clip begins.", rich_help_panel=PLACE)] = None,
    end: Annotated[str | None, typer.Option("--to", help="Where the clip ends.", rich_help_panel=PLACE)] = None,
    samples: Annotated[
        str | None, typer.Option("--span", help="The clip in whole samples.", rich_help_panel=PLACE)
    ] = None,
    whole_file: WholeFile = False,
    as_json: Json = False,
) -> None:
    """Continue a clip to the left, to the right, or both. It is the whole file unless --from and --to say less."""
    source = open_source(file)
    ruler = music.ruler(source.rate)
    span = PlaceOptions(start, end, samples).span(ruler, source.frames)
    before, after = ruler.length(left), ruler.length(right)
    if not before + after:
        raise WrongUsage("Say how far the clip shall go on.", "For instance --right 8.0, --left 4, or --right 2bars.")
    request = Extend(
        **job.fields(),
        **sound.fields(),
        **music.fields(span),
        **fit.fields(ruler),
        **sampling.fields(),
        left=before,
        right=after,
        source=Source(path=absolute(file)),
        span=span,
        form="whole" if whole_file else "region",
    )
    perform(request, as_json)
