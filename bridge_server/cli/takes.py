"""takes, retake, again, choose: what was made, and what can be made of it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from bridge_server.cli.app import command
from bridge_server.cli.options import MUSIC, JobOptions, Json
from bridge_server.cli.output import print_json, say, show_listed
from bridge_server.cli.session import bridge_client, no_facts, perform
from bridge_server.cli.words import absolute
from bridge_server.protocol.errors import NotFound
from bridge_server.protocol.events import Done
from bridge_server.protocol.requests import Again, Choose, List, Retake

TakeFile = Annotated[Path, typer.Argument(help="A WAV that Dawbridge wrote.", show_default=False)]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1_000, help="As many as this at the most.")]


@command("retake", 0, "dawbridge retake takes/JOB/take-1.wav --variance 0.5 --seed 8")
def retake(
    take: TakeFile,
    job: JobOptions,
    variance: Annotated[
        float,
        typer.Option(
            "--variance", min=0, max=1, help="0: the same take; 1: nothing of it is left.", rich_help_panel=MUSIC
        ),
    ] = 0.5,
    as_json: Json = False,
) -> None:
    """A variation of an earlier take. It goes beside it unless a folder is named."""
    request = Retake(**job.fields(beside_take=True), take=_existing(take), variance=variance)
    perform(request, as_json)


@command("again", 0, "dawbridge again takes/JOB/take-1.wav")
def again(
    take: TakeFile,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the new take; made if needed.")] = None,
    refine: Annotated[bool, typer.Option("--refine", help="Of a draft: the same, in all its steps.")] = False,
    as_json: Json = False,
) -> None:
    """Make a take anew from the recipe inside it, and say whether every sample is the same; or finish a draft."""
    path = _existing(take)

    def compare(done: Done) -> Mapping[str, object]:
        from bridge_server.cli.identical import has_same_samples

        return {"identical": any(has_same_samples(path, part.path) for take in done.takes for part in take.parts)}

    request = Again(**JobOptions(out=out).fields(beside_take=True), take=path, refine=refine)
    perform(request, as_json, no_facts if refine else compare)


@command("takes", 1, "dawbridge takes --project . --limit 20")
def takes(
    project: Annotated[Path | None, typer.Option("--project", help="Only those of this folder.")] = None,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List takes, newest first; a star marks the chosen ones."""
    folder = absolute(project) if project is not None else ""
    with bridge_client() as client:
        listing = client.list(List(id=secrets.token_hex(4), what="takes", project=folder, limit=limit))
    if as_json:
        print_json(listing)
    elif not listing.takes:
        say("There are no takes yet." if project is None else f"There are no takes of the project {folder}.")
    else:
        show_listed(listing.takes)


@command("choose", 1, "dawbridge choose JOB 1")
def choose(
    job: Annotated[str, typer.Argument(help="Its id; `dawbridge jobs` lists them.", show_default=False)],
    number: Annotated[int, typer.Argument(min=1, max=8, help="Number of the take.", show_default=False)],
    as_json: Json = False,
) -> None:
    """Keep one take of a job; the DAW that asked for it lays it on the timeline."""
    with bridge_client() as client:
        answer = client.ask(Choose(id=secrets.token_hex(4), job=job, number=number))
    if as_json:
        print_json(answer)
    else:
        say(f"Take {number} of job {job} is chosen.")


def _existing(take: Path) -> str:
    """Asked for a take that is not there, the bridge would say so only when it is the job's turn. Raises NotFound."""
    path = absolute(take)
    if not Path(path).is_file():
        raise NotFound(f"There is no take {path}.")
    return path
