"""panel: open the page in the browser where variants are heard and chosen; pair other devices with it."""

from __future__ import annotations

import secrets
import time
import webbrowser
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import typer

from bridge_server.cli.app import command
from bridge_server.cli.options import Json
from bridge_server.cli.output import console, plain_table, print_json, say, tell
from bridge_server.cli.panel_door import PanelVisit
from bridge_server.cli.session import bridge_client
from bridge_server.client import Client
from bridge_server.protocol.events import PanelLink
from bridge_server.protocol.requests import Panel

Page = Literal["any", "audition", "lyrics", "studio", "queue", "history", "engine"]
DEVICES = "Other devices"


@dataclass(frozen=True)
class DeviceOptions:
    """Who else may come in."""

    pair: Annotated[
        bool, typer.Option("--pair", help="Show a code that lets a tablet or phone in.", rich_help_panel=DEVICES)
    ] = False
    devices: Annotated[
        bool, typer.Option("--devices", help="List the browsers that were let in.", rich_help_panel=DEVICES)
    ] = False
    forget: Annotated[
        str, typer.Option("--forget", metavar="ID", help="Shut one of them out.", rich_help_panel=DEVICES)
    ] = ""


@command("panel", 2, "dawbridge panel --page history --print")
def panel(
    other: DeviceOptions,
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
    if other.pair:
        _pair(link, as_json)
    elif other.devices:
        _list(link, as_json)
    elif other.forget:
        _forget(link, other.forget, as_json)
    elif as_json:
        print_json(PanelLink(url=link))
    elif only_print:
        tell(link)
    elif webbrowser.open(link):
        say("The panel opens in your browser; if nothing happens, `dawbridge panel --print` gives you the link.")
    else:
        say("No browser could be started here. Open this link in one; it works once:")
        tell(link)


def ask_for_link(client: Client, ask: Panel) -> str:
    """Raises Unsupported where the panel is not installed."""
    answer = client.ask(ask)
    assert isinstance(answer, PanelLink)
    return answer.url


def _pair(link: str, as_json: bool) -> None:
    with PanelVisit(link) as visit:
        code = visit.ask("POST", "/api/devices/pair")
    if as_json:
        print_json({"event": "pair", **code})
        return
    tell(f"On the other device, open {code['address']} and type this code:\n\n    {code['code']}\n")
    tell(
        f"It is good for {code['seconds'] / 60:.0f} minutes and one device. The device will warn that it does not know"
    )
    tell(f"the certificate. It is the right one if its SHA-256 fingerprint is\n{code['fingerprint']}")


def _list(link: str, as_json: bool) -> None:
    with PanelVisit(link) as visit:
        known = visit.ask("GET", "/api/devices")
    known["devices"] = [device for device in known["devices"] if not device["is_this"]]
    if as_json:
        print_json({"event": "devices", **known})
        return
    tell(f"Other devices reach the panel at {known['address']}." if known["address"] else "It is not shared.")
    if not known["devices"]:
        say("No browser was let in yet.")
        return
    table = plain_table("id", "browser", "where", "last seen")
    for device in known["devices"]:
        table.add_row(device["id"], device["name"], "here" if device["is_local"] else "paired", _when(device))
    console().print(table)


def _forget(link: str, device: str, as_json: bool) -> None:
    with PanelVisit(link) as visit:
        visit.ask("POST", f"/api/devices/{device}/revoke")
    if as_json:
        print_json({"event": "forgotten", "id": device})
    else:
        say("It is shut out.")


def _when(device: dict[str, Any]) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(device["seen"]))
