"""panel: open the page in the browser where variants are heard and chosen."""

from __future__ import annotations

import secrets
import webbrowser
from typing import Annotated, Literal

import typer

from bridge_server.cli.app import command
from bridge_server.cli.options import Json
from bridge_server.cli.output import print_json, say, tell
from bridge_server.cli.session import bridge_client
from bridge_server.client import Client
from bridge_server.protocol.events import PanelLink
from bridge_server.protocol.requests import Panel

Page = Literal["any", "audition", "lyrics", "studio", "queue", "history", "engine"]


@command("panel", 2, "dawbridge panel --page history --print")
def panel(
    page: Annotated[Page, typer.Option("--page", help="What it opens on.")] = "any",
    job: Annotated[
        str | None, typer.Option("--job", help="Hear the takes of this job; `dawbridge jobs` lists them.")
    ] = None,
    only_print: Annotated[
        bool, typer.Option("--print", help="Print the link, and leave it to you to open it.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Open the panel in your browser: hear variants, choose one, try other words."""
    with bridge_client() as client:
        link = ask_for_link(client, Panel(id=secrets.token_hex(4), page=page, job=job))
    if as_json:
        print_json(PanelLink(url=link))
    elif only_print:
        tell(link)
    elif webbrowser.open(link):
        say("The panel opens in your browser.")
    else:
        say("No browser could be started here. Open this link in one; it works once:")
        tell(link)


def ask_for_link(client: Client, ask: Panel) -> str:
    """Raises Unsupported where the panel is not installed."""
    answer = client.ask(ask)
    assert isinstance(answer, PanelLink)
    return answer.url
