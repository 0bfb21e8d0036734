"""jobs, cancel, retry, move: what waits and runs, and in which order."""

from __future__ import annotations

import re
import secrets
import time
from typing import Annotated

import typer

from bridge_server.cli.app import command
from bridge_server.cli.options import Json
from bridge_server.cli.output import console, plain_table, print_json, say, view_of
from bridge_server.cli.session import bridge_client, follow
from bridge_server.cli.takes import Limit
from bridge_server.client import Client
from bridge_server.protocol.errors import BadRequest, UnknownJob
from bridge_server.protocol.events import JobLine
from bridge_server.protocol.requests import Cancel, Hello, List, Move, Retry

JobName = Annotated[str, typer.Argument(help="Its id; `dawbridge jobs` lists them.", show_default=False)]

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{7,63}")
_ENDED = ("done", "failed", "cancelled")


@command("jobs", 1, "dawbridge jobs --limit 20")
def jobs(limit: Limit = 100, as_json: Json = False) -> None:
    """List jobs, newest first: those that wait, run and have ended."""
    with bridge_client() as client:
        listing = client.list(List(id=secrets.token_hex(4), limit=limit))
    if as_json:
        print_json(listing)
    elif not listing.jobs:
        say("There are no jobs yet.")
    else:
        _show(listing.jobs)


@command("cancel", 1, "dawbridge cancel JOB")
def cancel(job: JobName, as_json: Json = False) -> None:
    """Stop a job, whether it waits or runs; it can be retried."""
    with bridge_client() as client:
        before = _line(client, job)
        answer = client.ask(Cancel(id=secrets.token_hex(4), job=job))
    if as_json:
        print_json(answer)
    elif before is not None and before.state in _ENDED:
        say(f"Job {job} had already ended: {before.state}.")
    else:
        say(f"Job {job} is cancelled.")


@command("retry", 1, "dawbridge retry JOB")
def retry(job: JobName, as_json: Json = False) -> None:
    """Run a failed or cancelled job again, under its old id, and follow it."""
    with bridge_client() as client:
        line = _line(client, job)
        if line is not None and line.state == "done":
            raise BadRequest(f"Job {job} is done.", "`dawbridge again TAKE` makes one of its takes anew.")
        # The events of a job go to the client that handed it in; this one asks for everybody's.
        client.ask(Hello(id=secrets.token_hex(4), watch="all"))
        answer = client.ask(Retry(id=secrets.token_hex(4), job=job))
        with view_of(line.task if line else "retry", as_json) as view:
            view.show(answer)
            follow(client, client.follow(job), job, view)


@command("move", 1, "dawbridge move JOB")
def move(
    job: JobName,
    behind: Annotated[int, typer.Option("--behind", min=0, max=100_000, help="Let so many others go before it.")] = 0,
    as_json: Json = False,
) -> None:
    """Let a waiting job come next, or after some others; what waits before it keeps its order."""
    with bridge_client() as client:
        _line(client, job)
        answer = client.ask(Move(id=secrets.token_hex(4), job=job, position=behind))
        line = _line(client, job)
    if as_json:
        print_json(answer)
    elif line is None or line.position is None:
        say(f"Job {job} does not wait{f': it is {line.state}' if line else ''}.")
    else:
        say(f"Job {job} is {_place(line.position)}.")


def _line(client: Client, job: str) -> JobLine | None:
    """The job as lists show it; None for one that is too old for the list. Raises UnknownJob for what is no id."""
    if not _ID.fullmatch(job):
        raise UnknownJob(f"There is no job {job}.")
    listing = client.list(List(id=secrets.token_hex(4), limit=1_000))
    return next((line for line in listing.jobs if line.job == job), None)


def _show(lines: tuple[JobLine, ...]) -> None:
    table = plain_table("job", "what", "state", ">span", ">ago", "tags")
    for line in lines:
        state = f"running {line.fraction:.0%}" if line.state == "running" else line.state
        if line.position is not None:
            state = f"behind {line.position}" if line.position else "next"
        span = f"{line.span.seconds:.2f} s" if line.span else ""
        words = line.error.message if line.error else line.tags
        table.add_row(line.job, line.task, state, span, _ago(time.time() - line.created), words)
    console().print(table)


def _place(position: int) -> str:
    """'next', 'behind 2 others'."""
    return f"behind {position} other{'s' if position > 1 else ''}" if position else "next"


def _ago(seconds: float) -> str:
    """'40 s', '12 min', '3 h', '5 d'."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"
