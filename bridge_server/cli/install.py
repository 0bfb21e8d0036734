"""install, uninstall: scripts into a DAW's folders, and out again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

import typer

from bridge_server.cli.app import command
from bridge_server.cli.options import Json
from bridge_server.cli.output import console, plain_table, print_json, say, tell
from bridge_server.cli.trouble import WrongUsage
from bridge_server.home import Home
from bridge_server.install.change import carry_out
from bridge_server.install.hosts import HOSTS
from bridge_server.install.installation import Standing, chosen_places, installation, out_of_reach, removal, standings
from bridge_server.install.place import Host, Place
from bridge_server.install.plan import Plan
from bridge_server.install.registration import is_registered, register, unregister, what_is_left
from bridge_server.install.running import is_running, program_names
from bridge_server.install.surroundings import Surroundings
from bridge_server.launch import unusable
from bridge_server.protocol.release import release
from bridge_server.start_file import write_start_file


class Daw(StrEnum):
    """The hosts, as they are typed."""

    reaper = "reaper"
    ableton = "ableton"
    ardour = "ardour"


Folder = Annotated[
    Path | None,
    typer.Option(
        "--path",
        help="REAPER: resource folder; Live: User Library; Ardour: configuration folder. Without it: all found.",
    ),
]
Clicks = Callable[[Place], tuple[str, ...]]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would be done.")]


@dataclass(frozen=True)
class HowToInstall:
    """Where to, and what may be changed."""

    path: Folder = None
    dry_run: DryRun = False
    force: Annotated[
        bool, typer.Option("--force", help="Replace files that you changed; yours are kept as NAME.yours.")
    ] = False
    register: Annotated[
        bool, typer.Option("--register", help="REAPER and Ardour, closed: put the scripts into their lists as well.")
    ] = False


@command("install", 2, "dawbridge install reaper --dry-run")
def install(
    how: HowToInstall,
    daw: Annotated[Daw | None, typer.Argument(help="Into which.", show_default=False)] = None,
    show: Annotated[bool, typer.Option("--list", help="What is found here, and what is installed in it.")] = False,
    as_json: Json = False,
) -> None:
    """Put the scripts into your DAW, or bring them up to date; files that you changed stay as they are."""
    home = Home.find()
    if show or daw is None:
        if daw is None and not show:
            raise WrongUsage("Say into which DAW.", "`dawbridge install reaper`, `ableton` or `ardour`; or `--list`.")
        _list(home, as_json)
        return
    host = HOSTS[daw.value]
    around = Surroundings.here()
    plans = installation(host, chosen_places(host, around, how.path), home, release(), force=how.force)
    running = is_running(host, program_names(around.system))
    if how.register:
        plans = [register(host, plan, around.system, is_running=running) for plan in plans]
    else:
        plans = [unregister(host, plan, is_running=running) for plan in plans]
    is_listed = how.register or all(is_registered(host, plan, around.system) for plan in plans)
    clicks = partial(what_is_left, host) if is_listed else host.clicks
    if not how.dry_run:
        _prepare(home)
        carry_out(plans, home)
        _write_start(home)
    if as_json:
        print_json(_facts("install", host, plans, clicks, dry_run=how.dry_run, running=running))
        return
    _show(plans)
    _tell_ending(host, plans, dry_run=how.dry_run, running=running)
    tell("What is left to do:")
    for sentence in dict.fromkeys(sentence for plan in plans for sentence in clicks(plan.place)):
        tell(f"  • {sentence}")


@command("uninstall", 2, "dawbridge uninstall reaper --dry-run")
def uninstall(
    daw: Annotated[Daw, typer.Argument(help="Out of which.", show_default=False)],
    path: Folder = None,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Take the scripts out of your DAW again; files that you changed stay, and so does all you made with them."""
    home = Home.find()
    host = HOSTS[daw.value]
    plans = removal(host, home, path)
    running = is_running(host, program_names(Surroundings.here().system))
    plans = [unregister(host, plan, is_running=running) for plan in plans]
    if not dry_run:
        carry_out(plans, home)
    if as_json:
        print_json(_facts("uninstall", host, plans, None, dry_run=dry_run, running=running))
        return
    for folder in out_of_reach(host, home):
        say(f"{folder} is not there now: connect its disk and do this again, to take our files out of it too.")
    if not plans:
        tell(f"Nothing of Dawbridge is installed in {host.title}{f' at {path}' if path else ''}.")
        return
    _show(plans)
    if dry_run:
        tell("Nothing was changed: this was a dry run.")
        return
    tell(f"Dawbridge is no longer installed in {host.title}.")
    for step in (step for plan in plans for step in plan.undone):
        say(f"{step.path.name} was changed by you and is still there.")


def _prepare(home: Home) -> None:
    """Raises ReadOnly, DiskFull."""
    try:
        home.make()
    except OSError as error:
        raise unusable(home, error) from error


def _write_start(home: Home) -> None:
    """Raises ReadOnly, DiskFull."""
    try:
        write_start_file(home)
    except OSError as error:
        raise unusable(home, error) from error


def _list(home: Home, as_json: bool) -> None:
    found = list(standings(home, Surroundings.here(), release()))
    if as_json:
        print_json({"event": "installed", "release": release(), "places": [_standing_facts(one) for one in found]})
        return
    table = plain_table("DAW", "state", "version", "folder")
    for one in found:
        words = f"{one.state}\n{one.words}" if one.words else one.state
        table.add_row(one.place.name, words, one.release or "-", str(one.place.folder))
    if found:
        console().print(table)
    missing = [host.title for host in HOSTS.values() if all(one.place.host != host.id for one in found)]
    if missing:
        tell(f"Not found here: {', '.join(missing)}. `dawbridge install … --path FOLDER` names a folder.")


def _standing_facts(one: Standing) -> dict[str, Any]:
    place = one.place
    words = {"state": one.state, "version": one.release, "words": one.words}
    return {"host": place.host, "name": place.name, "folder": str(place.folder), **words}


def _facts(
    event: str, host: Host, plans: Sequence[Plan], clicks: Clicks | None, *, dry_run: bool, running: bool
) -> dict[str, Any]:
    places = [
        {
            "folder": str(plan.place.folder),
            "name": plan.place.name,
            "files": [{"path": str(step.path), "state": step.kind} for step in plan.steps],
            "clicks": list(clicks(plan.place)) if clicks else [],
        }
        for plan in plans
    ]
    return {"event": event, "host": host.id, "dry_run": dry_run, "running": running, "places": places}


def _show(plans: Iterable[Plan]) -> None:
    for plan in plans:
        parents = [step.path.parent for step in plan.steps]
        below = PurePosixPath(os.path.commonpath(parents)) if parents else PurePosixPath()
        tell(f"{plan.place.name}: {plan.place.folder / below}")
        table = plain_table("", "file")
        table.show_header = False
        for step in plan.steps:
            table.add_row(step.meaning, str(step.path.relative_to(below)))
        if plan.steps:
            console().print(table)


def _tell_ending(host: Host, plans: Sequence[Plan], *, dry_run: bool, running: bool) -> None:
    undone = sum(len(plan.undone) for plan in plans)
    if dry_run:
        tell("Nothing was changed: this was a dry run.")
    elif any(plan.changes for plan in plans):
        tell(f"Dawbridge {release()} is installed in {host.title}.")
    else:
        tell(f"Nothing to do in {host.title}.")
    if undone:
        say(f"{undone} file{'s' if undone > 1 else ''} of yours {'were' if undone > 1 else 'was'} left as it is.")
        say("  → `--force` installs ours in its place, and keeps yours beside it as NAME.yours.")
    if running:
        say(f"{host.title} is running: what it has loaded already stays as it was until it is started again.")
