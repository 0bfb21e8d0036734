"""layer, accompany: new tracks that fit what the other tracks play."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bridge_server.cli.app import command
from bridge_server.cli.options import PLACE, FitOptions, JobOptions, Json, MusicOptions, PlaceOptions, SoundOptions
from bridge_server.cli.positions import Ruler
from bridge_server.cli.sampling import SamplingOptions
from bridge_server.cli.session import perform
from bridge_server.cli.words import absolute, open_source
from bridge_server.protocol.requests import Accompany, Layer
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Source

Under = Annotated[
    list[Path],
    typer.Option(
        "--under", help="A track to play along with; give it once for each.", show_default=False, rich_help_panel=PLACE
    ),
]


@command("layer", 0, "dawbridge layer --under drums.wav --under keys.wav --role bass --seed 7 --out takes")
def layer(
    *,
    under: Under,
    place: PlaceOptions,
    music: MusicOptions,
    job: JobOptions,
    fit: FitOptions,
    sound: SoundOptions,
    sampling: SamplingOptions,
    role: Annotated[
        str, typer.Option("--role", help="drums, bass, …; empty lets the tags decide.", rich_help_panel="Music")
    ] = "",
    as_json: Json = False,
) -> None:
    """A new stem that fits the other tracks, which all begin at 0. It fills their whole length unless told where."""
    ruler, span = _timeline(under, place, music)
    request = Layer(
        **job.fields(),
        **sound.fields(),
        **music.fields(span),
        **fit.fields(ruler),
        **sampling.fields(),
        sources=_sources(under),
        span=span,
        role=role,
    )
    perform(request, as_json)


@command("accompany", 0, 'dawbridge accompany keys.wav --tags "rock, 120 bpm" --seed 7 --out takes')
def accompany(
    *,
    file: Annotated[Path, typer.Argument(help="The vocal or solo.", show_default=False)],
    place: PlaceOptions,
    music: MusicOptions,
    job: JobOptions,
    fit: FitOptions,
    sound: SoundOptions,
    sampling: SamplingOptions,
    as_json: Json = False,
) -> None:
    """A full backing for a vocal or solo, as long as that unless told where."""
    ruler, span = _timeline([file], place, music)
    request = Accompany(
        **job.fields(),
        **sound.fields(),
        **music.fields(span),
        **fit.fields(ruler),
        **sampling.fields(),
        sources=_sources([file]),
        span=span,
    )
    perform(request, as_json)


def _timeline(tracks: list[Path], place: PlaceOptions, music: MusicOptions) -> tuple[Ruler, Span]:
    """The first track sets the rate; the longest one, in seconds, the length."""
    files = [open_source(track) for track in tracks]
    rate = files[0].rate
    length = max(file.frames * rate // file.rate for file in files)
    ruler = music.ruler(rate)
    return ruler, place.span(ruler, length)


def _sources(tracks: list[Path]) -> tuple[Source, ...]:
    return tuple(Source(path=absolute(track)) for track in tracks)
