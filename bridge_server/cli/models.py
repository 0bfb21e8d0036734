"""models list, pull, verify, path, remove: what the engine needs to have on this machine before it can sing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bridge_server.cli.app import GROUPS, app
from bridge_server.cli.model_views import TransferBar, print_struct, show_checked, show_list, show_plan, size_text
from bridge_server.cli.options import Json
from bridge_server.cli.output import print_json, print_path, say, tell
from bridge_server.cli.session import FAILED, INTERRUPTED
from bridge_server.cli.trouble import WrongUsage
from bridge_server.home import Home
from bridge_server.models.catalogue import CATALOGUE, Model
from bridge_server.models.contents import missing_files, pickles
from bridge_server.models.disk import only_one
from bridge_server.models.machine import this_machine
from bridge_server.models.manifest import read_manifest
from bridge_server.models.notices import Checking, Fetching
from bridge_server.models.patience import USUAL
from bridge_server.models.places import Place, find_place
from bridge_server.models.pull import Plan, Source, carry_out, is_offline, plan_pull, plan_repair, register, with_needs
from bridge_server.models.recommend import recommend
from bridge_server.models.registry import Entry, read_registry, write_entry
from bridge_server.models.remove import carry_out_removal, plan_removal
from bridge_server.models.state import state_of
from bridge_server.models.verify import FileState, verify
from bridge_server.models.web import check_base
from bridge_server.protocol.errors import BadRequest, NotFound

Name = Annotated[str, typer.Argument(help="As `dawbridge models list` names it.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]
From = Annotated[str, typer.Option("--from", metavar="URL", help="Another server that is laid out like the usual one.")]
OfflineSwitch = Annotated[bool, typer.Option("--offline", help="Ask no server; HF_HUB_OFFLINE=1 does the same.")]

group = typer.Typer(no_args_is_help=False, help="What models there are, which are here, and fetching them.")
app.add_typer(group, name="models", rich_help_panel=GROUPS[2])


@group.callback(invoke_without_command=True)
def models(context: typer.Context) -> None:
    """List, fetch, check and remove the models that the engine works with."""
    if context.invoked_subcommand is None:
        tell(context.get_help())


@group.command("list", epilog="Example: dawbridge models list")
def list_models(as_json: Json = False) -> None:
    """List the models: what each can do, its licence and size, and whether it is here."""
    states = [state_of(model, Home.find()) for model in CATALOGUE.values()]
    if as_json:
        for state in states:
            print_struct(state)
    else:
        show_list(states)
        found = recommend(this_machine())
        tell(f"For this machine: {' and '.join(found.models) or 'none'}; {found.why}.")


@group.command("pull", epilog="Example: dawbridge models pull ace-step-v1")
def pull(
    name: Name = "ace-step-v1",
    yes: Yes = False,
    server: From = "",
    to: Annotated[Path | None, typer.Option("--to", help="Folder for it, on another disk for example.")] = None,
    offline: OfflineSwitch = False,
    as_json: Json = False,
) -> None:
    """Fetch a model, after saying how much it is and asking; goes on where an earlier call stopped."""
    model, home, source = _model(name), Home.find(), _source(server, offline)
    try:
        with only_one(home):
            if not as_json:
                say("Looking up what is to be fetched …")
            folder = to.expanduser().absolute() if to else None
            plans = [plan_pull(each, home, source, folder if each is model else None) for each in with_needs(model)]
            wanted = [plan for plan in plans if plan is not None]
            for plan in wanted:
                show_plan(plan, as_json)
            if wanted and not (yes or _agreed("Fetch it?", as_json)):
                say("Nothing was fetched.")
                raise typer.Exit(FAILED)
            for plan in wanted:
                _fetch(plan, home, source, plan.model is not model, as_json)
            for each in with_needs(model):
                _tell_pulled(each, home, as_json)
    except KeyboardInterrupt:
        say("Stopped. What has come in stays; the same command goes on from there.")
        raise typer.Exit(INTERRUPTED) from None


@group.command("verify", epilog="Example: dawbridge models verify ace-step-v1")
def verify_model(
    name: Name = "ace-step-v1",
    repair: Annotated[bool, typer.Option("--repair", help="Fetch what is missing or damaged.")] = False,
    server: From = "",
    offline: OfflineSwitch = False,
    as_json: Json = False,
) -> None:
    """Read a whole model again and say what is missing or damaged."""
    model, home = _model(name), Home.find()
    place = find_place(model, home)
    if place is None:
        raise NotFound(f"{model.name} is not on this machine.", f"`dawbridge models pull {model.name}` fetches it.")
    try:
        states = _checked(model, place, home, as_json)
        if repair and any(state.is_bad for state in states):
            _repair(model, place, home, _source(server, offline), as_json)
            states = _checked(model, place, home, as_json)
    except KeyboardInterrupt:
        say("Stopped.")
        raise typer.Exit(INTERRUPTED) from None
    if any(state.is_bad for state in states):
        if not as_json and place.kind == "pulled":
            say(f"  → `dawbridge models verify {model.name} --repair` fetches what is missing or damaged.")
        raise typer.Exit(FAILED)


@group.command("path", epilog="Example: dawbridge models path ace-step-v1 ~/weights/ace-step")
def path(
    name: Name,
    folder: Annotated[Path | None, typer.Argument(help="A folder of yours that holds the model.")] = None,
    forget: Annotated[bool, typer.Option("--forget", help="Do not use a folder of yours any more.")] = False,
    as_json: Json = False,
) -> None:
    """Use a folder of your own for a model, or say where it is. Nothing in your folder is ever changed."""
    model, home = _model(name), Home.find()
    if folder is not None and forget:
        raise WrongUsage("A folder is named and to be forgotten.", "Leave out either the folder or --forget.")
    with only_one(home):
        if folder is not None:
            _register(model, folder.expanduser().absolute(), home)
        elif forget:
            entry = read_registry(home).get(model.name)
            if entry is not None and entry.kind == "own":
                write_entry(home, model.name, None)
                register(model, home)
    place = find_place(model, home)
    if as_json:
        there = {"folder": str(place.folder), "kind": place.kind} if place else {"folder": "", "kind": ""}
        print_json({"event": "path", "model": model.name, **there})
    elif place is not None:
        print_path(place.folder)
        if place.kind == "environment" and folder is not None:
            say(f"The environment variable {model.variable} wins over the folder that you named.")
    elif forget:
        say(f"{model.name} is not on this machine now.")
    else:
        raise NotFound(f"{model.name} is not on this machine.", f"`dawbridge models pull {model.name}` fetches it.")


@group.command("remove", epilog="Example: dawbridge models remove ace-step-v1")
def remove(name: Name, yes: Yes = False, as_json: Json = False) -> None:
    """Delete what `pull` has fetched; never a folder of yours, nor the Hugging Face cache."""
    model, home = _model(name), Home.find()
    with only_one(home):
        removal = plan_removal(model, home)
        if removal is None:
            raise NotFound(
                f"`dawbridge models pull` has fetched nothing of {model.name}.",
                "Folders of your own and the Hugging Face cache are yours to delete.",
            )
        if not as_json:
            say(f"{model.name}: {len(removal.files)} files, {size_text(removal.size)}, in {removal.folder}")
        if not (yes or _agreed("Delete them?", as_json)):
            say("Nothing was deleted.")
            raise typer.Exit(FAILED)
        size = removal.size
        carry_out_removal(removal, home)
    left = [str(path) for path in removal.left]
    if as_json:
        facts = {"folder": str(removal.folder), "files": len(removal.files), "size": size, "left": left}
        print_json({"event": "removed", "model": model.name, **facts})
        return
    tell(f"{size_text(size)} were deleted.")
    for kept in left:
        say(f"  left, for somebody has changed it: {kept}")


def _model(name: str) -> Model:
    if name not in CATALOGUE:
        raise WrongUsage(f"There is no model {name!r}.", f"These are known: {', '.join(CATALOGUE)}.")
    return CATALOGUE[name]


def _source(server: str, offline: bool) -> Source:
    try:
        return Source(check_base(server) if server else "", offline or is_offline(), USUAL)
    except BadRequest as error:
        raise WrongUsage(error.message, error.hint) from error


def _agreed(question: str, as_json: bool) -> bool:
    """Ask at a terminal; a program has to say --yes. Raises WrongUsage."""
    if as_json or not sys.stdin.isatty():
        raise WrongUsage("This has to be agreed to, and nobody can be asked here.", "Add --yes to agree.")
    return typer.confirm(question, err=True)


def _fetch(plan: Plan, home: Home, source: Source, is_need: bool, as_json: bool) -> None:
    with TransferBar(sum(file.size for file in plan.wanted), Fetching, as_json) as bar:
        try:
            carry_out(plan, home, bar.show, source.patience)
        except NotFound as error:
            if not (is_need and source.base):
                raise
            hint = f"First fetch it from where it is published: `dawbridge models pull {plan.model.name}`."
            raise NotFound(error.message, hint) from error


def _tell_pulled(model: Model, home: Home, as_json: bool) -> None:
    register(model, home)
    place = find_place(model, home)
    assert place is not None
    if as_json:
        print_json({"event": "pulled", "model": model.name, "folder": str(place.folder), "kind": place.kind})
    else:
        say(f"{model.name} is complete:")
        print_path(place.folder)


def _checked(model: Model, place: Place, home: Home, as_json: bool) -> list[FileState]:
    with TransferBar(state_of(model, home).here, Checking, as_json) as bar:
        states = verify(model, place, bar.show)
    register(model, home)
    if as_json:
        for state in states:
            print_struct(state)
        bad = sum(state.is_bad for state in states)
        print_json({"event": "verified", "model": model.name, "folder": str(place.folder), "bad": bad})
    else:
        show_checked(states)
    return states


def _repair(model: Model, place: Place, home: Home, source: Source, as_json: bool) -> None:
    """Raises BadRequest for a folder that is not ours to change, and what a download raises."""
    manifest = read_manifest(place.folder)
    if place.kind != "pulled" or manifest is None:
        raise BadRequest(
            f"{place.folder} was not fetched by Dawbridge, so nothing in it is changed.",
            f"Replace the files yourself, or `dawbridge models path {model.name} --forget`, then pull.",
        )
    with only_one(home):
        _fetch(plan_repair(model, place.folder, manifest, source), home, source, False, as_json)


def _register(model: Model, folder: Path, home: Home) -> None:
    """Raises NotFound for a folder that does not hold the whole model."""
    missing = missing_files(model, folder)
    if missing:
        found = pickles(model, folder) if folder.is_dir() else []
        why = f" It has {found[0]}, a pickle, which is never read." if found else ""
        raise NotFound(
            f"{folder} {f'lacks {missing[0]}' if folder.is_dir() else 'is not there'}.{why}",
            f"{model.name} needs: {', '.join(_needs(model))}.",
        )
    write_entry(home, model.name, Entry(str(folder), "own"))


def _needs(model: Model) -> list[str]:
    """Names of the files that a whole model has."""
    return [
        f"{part.folder}/{name}" if part.folder else name
        for part in model.parts
        if not part.optional
        for name in (*part.files, *((f"{part.weights}.safetensors",) if part.weights else ()), *part.one_of[:1])
    ]
