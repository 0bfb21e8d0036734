"""engine: what the engine can do and what lies in its memory; load and unload a model."""

from __future__ import annotations

import secrets
from typing import Annotated

import typer

from bridge_server.cli.app import GROUPS, app
from bridge_server.cli.model_views import size_text
from bridge_server.cli.options import Json
from bridge_server.cli.output import console, plain_table, print_json, say, say_problem, tell
from bridge_server.cli.session import FAILED, bridge_client
from bridge_server.client import Client
from bridge_server.protocol.errors import EngineLost
from bridge_server.protocol.events import EngineChanged, ModelsChanged, Ok, Welcome
from bridge_server.protocol.requests import Hello, Load, Unload
from bridge_server.protocol.values import HeldModel

Name = Annotated[str, typer.Argument(help="As `dawbridge engine` names it.")]

group = typer.Typer(no_args_is_help=False, help="What the engine can do, and which model lies in its memory.")
app.add_typer(group, name="engine", rich_help_panel=GROUPS[2])


@group.callback(invoke_without_command=True, epilog="Example: dawbridge engine")
def engine(context: typer.Context, as_json: Json = False) -> None:
    """Say how the engine is, what can play, and what lies in its memory."""
    if context.invoked_subcommand is not None:
        return
    with bridge_client() as client:
        welcome = _greet(client)
    if as_json:
        print_json(welcome)
    else:
        _show(welcome)


@group.command("load", epilog="Example: dawbridge engine load sketch")
def load(backend: Name = "", as_json: Json = False) -> None:
    """Read a model into memory now, so that the first job need not wait for it."""
    with bridge_client() as client:
        name = backend or _greet(client).default_backend
        client.ask(Load(id=secrets.token_hex(4), backend=backend))
        held = _wait_for(client, name)
    if as_json:
        print_json(ModelsChanged(models=(held,)))
    elif held.problem is not None:
        say_problem(held.problem)
    else:
        say(f"{name} is loaded{_where(held)}.")
    if held.state == "failed":
        raise typer.Exit(FAILED)


@group.command("unload", epilog="Example: dawbridge engine unload")
def unload(backend: Name = "", as_json: Json = False) -> None:
    """Free the engine's memory, once the running job has ended."""
    with bridge_client() as client:
        answer = client.ask(Unload(id=secrets.token_hex(4), backend=backend))
    assert isinstance(answer, Ok)
    if as_json:
        print_json(answer)
    else:
        say(f"{backend or 'Every model'} leaves the memory, at once or when the running job has ended.")


def _greet(client: Client) -> Welcome:
    """Watches everything from here on."""
    welcome = client.ask(Hello(id=secrets.token_hex(4), watch="all"))
    assert isinstance(welcome, Welcome)
    return welcome


def _wait_for(client: Client, name: str) -> HeldModel:
    """Until that model is loaded or could not be. Raises EngineLost."""
    for held in _greet(client).models:
        if held.backend == name and held.state == "loaded":
            return held
    stage = ""
    for event in client.events():
        if isinstance(event, EngineChanged) and event.state != "ready":
            break
        for held in event.models if isinstance(event, ModelsChanged) else ():
            if held.backend == name and held.state != "loading":
                return held
            if held.backend == name and held.stage and held.stage != stage:
                say(f"{name}: {(stage := held.stage)}")
    raise EngineLost(f"The engine stopped while it loaded {name}.")


def _show(welcome: Welcome) -> None:
    if welcome.engine_problem is not None:
        say_problem(welcome.engine_problem)
    tell(f"The engine is {welcome.engine}.")
    there = {held.backend: held for held in welcome.models}
    table = plain_table("backend", "in memory", "what it is")
    for backend in welcome.backends:
        default = " (default)" if backend.backend == welcome.default_backend else ""
        held = there.get(backend.backend)
        table.add_row(
            f"{backend.backend}{default}", _state(held) if held or backend.loads else "needs none", backend.about
        )
    for absent in welcome.absent:
        table.add_row(
            absent.backend, "not here", f"{absent.problem.message} {absent.problem.hint}".strip(), style="dim"
        )
    console().print(table)


def _state(held: HeldModel | None) -> str:
    if held is None:
        return "no"
    if held.state == "loaded":
        return f"yes{_where(held)}"
    return f"loading {held.fraction:.0%}" if held.state == "loading" else "could not be loaded"


def _where(held: HeldModel) -> str:
    """' on cuda, 8.05 GB'; nothing where there is nothing to say."""
    device = f" on {held.device}" if held.device else ""
    return device + (f", {size_text(held.bytes)}" if held.bytes else "")
