"""server add, check, remove: an ACE-Step 1.5 server of the user's own as the backend `acestep-api`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from msgspec.structs import replace

from bridge_server.cli.app import GROUPS, app
from bridge_server.cli.options import Json
from bridge_server.cli.output import print_json, say, tell
from bridge_server.cli.session import FAILED
from bridge_server.cli.trouble import WrongUsage
from bridge_server.home import Home
from bridge_server.music_server import ask_server, read_server, remove_server, write_server
from bridge_server.protocol.errors import BadRequest
from bridge_server.protocol.servers import NAME, Offer, Server, check_address, check_key

group = typer.Typer(no_args_is_help=False, help="Use an ACE-Step 1.5 server of your own, here or on another machine.")
app.add_typer(group, name="server", rich_help_panel=GROUPS[2])


@group.callback(invoke_without_command=True)
def server(context: typer.Context) -> None:
    """Name the ACE-Step 1.5 server that the backend `acestep-api` asks, try it, or forget it."""
    if context.invoked_subcommand is None:
        tell(context.get_help())


@group.command("add", epilog="Example: dawbridge server add http://192.168.1.20:8001")
def add(
    address: Annotated[str, typer.Argument(help="Where it is, like http://192.168.1.20:8001.")],
    key: Annotated[bool, typer.Option("--key", help="It wants a key; ask me for it, or read it from input.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="What I select may leave this computer.")] = False,
    as_json: Json = False,
) -> None:
    """Use this server from now on, in place of one added before. It is asked at once what it can do."""
    try:
        there = Server(address=check_address(address), key=check_key(_key()) if key else "")
    except BadRequest as error:
        raise WrongUsage(error.message, error.hint) from error
    if not there.is_here:
        _agree(there, yes, as_json)
    offer = ask_server(there)
    write_server(Home.find(), replace(there, offer=offer))
    _show(there, offer, as_json)


@group.command("check", epilog="Example: dawbridge server check")
def check(as_json: Json = False) -> None:
    """Ask the server what it can do now; after you have loaded another model there, for example."""
    home = Home.find()
    there = read_server(home)
    offer = ask_server(there)
    if offer != there.offer:
        write_server(home, replace(there, offer=offer))
    _show(there, offer, as_json)


@group.command("remove", epilog="Example: dawbridge server remove")
def remove(as_json: Json = False) -> None:
    """Forget the server and its key."""
    remove_server(Home.find())
    if as_json:
        print_json({"event": "server removed"})
    else:
        say("The server and its key are forgotten.")


def _key() -> str:
    """Typed unseen, or the first line of the input: on a command line others could read it."""
    if sys.stdin.isatty():
        return str(typer.prompt("Key of the server", hide_input=True, err=True)).strip()
    return sys.stdin.readline().strip()


def _agree(there: Server, yes: bool, as_json: bool) -> None:
    """Leaving this computer is the user's own decision. Raises WrongUsage where nobody can be asked."""
    if not as_json:
        say(f"Whatever you select for {NAME}, and the words that you give it, will be sent to {there.host}.")
        if not there.is_encrypted:
            say(f"The way there is not encrypted{'; the key is sent with it' if there.key else ''}.")
    if yes:
        return
    if as_json or not sys.stdin.isatty():
        raise WrongUsage("This has to be agreed to, and nobody can be asked here.", "Add --yes to agree.")
    if not typer.confirm("Use this server?", err=True):
        say("Nothing was changed.")
        raise typer.Exit(FAILED)


def _show(there: Server, offer: Offer, as_json: bool) -> None:
    if as_json:
        models = [{"name": model.name, "loaded": model.is_loaded} for model in offer.models]
        facts = {"address": there.address, "release": offer.release, "models": models, "requests": offer.requests}
        print_json({"event": "server", "backend": NAME, **facts})
        return
    tell(f"{there.address} is an ACE-Step 1.5 server{f', version {offer.release}' if offer.release else ''}.")
    for model in offer.models:
        how = {True: "loaded", False: "not loaded", None: "there"}[model.is_loaded]
        tell(f"  {model.name}: {how}")
    tell(f"As the backend {NAME} it can: {', '.join(offer.requests)}.")
