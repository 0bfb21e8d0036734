"""One command's conversation with the bridge: find or start it, hand in a job, follow it, stop it on Ctrl-C."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

import typer

from bridge_server.cli.output import JobView, say, view_of
from bridge_server.client import Client
from bridge_server.home import Home
from bridge_server.launch import IDLE_EXIT_SECONDS, Found, find_bridge, start_bridge
from bridge_server.protocol.codec import task_of
from bridge_server.protocol.errors import UnknownJob
from bridge_server.protocol.events import AnyEvent, Cancelled, Done, Failed
from bridge_server.protocol.release import release
from bridge_server.protocol.requests import JobRequest

FAILED = 1
INTERRUPTED = 130

Finish = Callable[[Done], Mapping[str, object]]
"""Finds out what the command line adds to the last line of a job."""


def no_facts(_: Done) -> Mapping[str, object]:
    return {}


@contextmanager
def bridge_client() -> Iterator[Client]:
    """A client of the bridge, which is started where none runs. Raises NoBridge, ReadOnly."""
    with Client(ensure_bridge().connection, f"cli-{secrets.token_hex(4)}") as client:
        client.hello()
        yield client


def ensure_bridge() -> Found:
    """The bridge of this user; says so where it had to be started. Raises NoBridge where it cannot be, ReadOnly."""
    home = Home.find()
    found = find_bridge(home)
    if found is None:
        say("No bridge is running: starting one. It stops by itself when it has had nothing to do for a while.")
        found = start_bridge(home, "--idle-exit", f"{IDLE_EXIT_SECONDS:.0f}")
    warn_of_other_release(found)
    return found


def warn_of_other_release(found: Found) -> None:
    if found.welcome.release != release():
        say(
            f"The bridge that runs is version {found.welcome.release}; installed is {release()}."
            " `dawbridge down` stops the old one."
        )


def perform(request: JobRequest, as_json: bool, finish: Finish = no_facts) -> None:
    """Hand in a job and show it to its end. Raises what it is refused with; exits with 1 or 130 if it does not work."""
    with bridge_client() as client, view_of(task_of(request), as_json) as view:
        follow(client, client.run(request), request.job, view, finish)


def follow(client: Client, events: Iterable[AnyEvent], job: str, view: JobView, finish: Finish = no_facts) -> None:
    """Show the events of a job. Ctrl-C cancels it."""
    has_ended = False
    try:
        for event in events:
            has_ended = isinstance(event, Done | Failed | Cancelled)
            view.show(event, **(finish(event) if isinstance(event, Done) else {}))
            if isinstance(event, Failed | Cancelled):
                raise typer.Exit(FAILED)
    except KeyboardInterrupt:
        if not has_ended:
            _stop(client, job, view)
        raise typer.Exit(INTERRUPTED) from None


def _stop(client: Client, job: str, view: JobView) -> None:
    """After Ctrl-C: the job shall not go on behind the user's back. A second Ctrl-C does not wait for it."""
    say("Stopping the job …")
    try:
        client.cancel(job)
        for event in client.follow(job):
            if isinstance(event, Done | Failed | Cancelled):
                view.show(event)
    except UnknownJob:
        say("Stopped before the job was handed in.")
