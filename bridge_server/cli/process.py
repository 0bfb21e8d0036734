"""up, down: the bridge's process."""

from __future__ import annotations

import contextlib
import re
import secrets
import subprocess
from pathlib import Path
from typing import Annotated, Any

import typer

from bridge_server.cli.app import command
from bridge_server.cli.options import Json
from bridge_server.cli.output import print_json, say, tell
from bridge_server.cli.panel import ask_for_link
from bridge_server.cli.session import warn_of_other_release
from bridge_server.cli.trouble import WrongUsage
from bridge_server.client import Client
from bridge_server.home import Home
from bridge_server.launch import Found, find_bridge, start_bridge, stop_bridge
from bridge_server.protocol.errors import AlreadyRunning, BridgeError
from bridge_server.protocol.requests import List, Panel
from bridge_server.start_file import write_start_file

LAN = "0.0.0.0:39954"
"""Where paired devices reach the panel, unless the port is taken."""

HOW_IT_ENDED = {
    "none": "No bridge is running.",
    "stopped": "The bridge has stopped.",
    "killed": "The bridge did not stop when it was asked to, and was ended by force. Its jobs are safe in the journal.",
}


@command("up", 2, "dawbridge up")
def up(
    foreground: Annotated[bool, typer.Option("--foreground", help="Run here, until Ctrl-C.")] = False,
    osc_port: Annotated[
        int, typer.Option("--osc-port", min=0, max=65_535, help="UDP port for OSC; another if it is taken.")
    ] = 39_951,
    share: Annotated[
        str, typer.Option("--share", help="Also listen for other machines, encrypted: tcp://0.0.0.0:39952.")
    ] = "",
    share_lan: Annotated[
        bool, typer.Option("--share-lan", help="Let paired tablets and phones reach the panel, encrypted.")
    ] = False,
    folder: Annotated[
        Path | None, typer.Option("--home", help="Dawbridge's folder, where it is not the usual one.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Start the bridge for your DAW and leave it running; says so if one already runs."""
    _check_share(share)
    home = Home(folder.expanduser().absolute()) if folder is not None else Home.find()
    found = find_bridge(home)
    if found is not None and foreground:
        raise AlreadyRunning(f"A bridge is already running: process {found.connection.pid}.")
    is_new = found is None
    if found is None:
        words = ("--osc-port", str(osc_port), *(("--share", share) if share else ()))
        if share_lan:
            words += ("--share-lan", LAN)
        found = start_bridge(home, *words, detached=not foreground)
    _note_how_to_start(home)
    warn_of_other_release(found)
    try:
        link = _panel_link(found)
        if as_json:
            print_json({**_facts(found, is_new), "panel": link})
        else:
            _tell(found, is_new)
            _tell_of_panel(link, share_lan, is_new)
    except KeyboardInterrupt:
        # In the foreground the bridge heard it as well, and is stopping.
        if not foreground:
            raise
    if foreground and found.process is not None:
        _stay(found.process)


@command("down", 2, "dawbridge down")
def down(as_json: Json = False) -> None:
    """Stop the bridge. Jobs that wait or run go on when it is started again."""
    home = Home.find()
    waiting = _unfinished(home)
    ending = stop_bridge(home, on_wait=lambda: say("It is still writing a take, and is waited for."))
    if as_json:
        print_json({"event": "down", "ended": ending, "unfinished": waiting})
        return
    say(HOW_IT_ENDED[ending])
    if waiting:
        say(f"{waiting} job{'s' if waiting > 1 else ''} will go on when it is started again.")


def _note_how_to_start(home: Home) -> None:
    """For scripts in DAWs, which start the bridge when it is not there. The bridge that runs is more than this file."""
    try:
        write_start_file(home)
    except OSError as error:
        reason = error.strerror or error
        say(f"{home.start} cannot be written ({reason}): scripts in your DAW will not be able to start the bridge.")


def _check_share(share: str) -> None:
    """Raises WrongUsage. ZeroMQ itself would take port 99999 for 34463."""
    found = re.fullmatch(r"tcp://[^/\s]+:([0-9]{1,5})", share)
    if share and (found is None or not 0 < int(found[1]) < 65_536):
        raise WrongUsage(f"{share!r} is not an address to share.", "Write it like tcp://0.0.0.0:39952.")


def _facts(found: Found, is_new: bool) -> dict[str, Any]:
    """For programs. The key stays in connection.json, which only its owner can read."""
    there, welcome = found.connection, found.welcome
    return {
        "event": "up",
        "started": is_new,
        "pid": there.pid,
        "release": welcome.release,
        "since": there.started,
        "zmq": there.zmq,
        "osc": {"host": there.osc.host, "port": there.osc.port},
        "mailbox": there.mailbox,
        "shared": there.shared,
        "home": there.home,
        "engine": welcome.engine,
        "backends": [known.backend for known in welcome.backends],
    }


def _tell(found: Found, is_new: bool) -> None:
    there, welcome = found.connection, found.welcome
    state = "is up" if is_new else f"was already up, since {there.started}"
    tell(f"Dawbridge {welcome.release} {state} (process {there.pid}).")
    shared = f", for other machines {there.shared}" if there.shared else ""
    tell(f"It listens: ZeroMQ {there.zmq}, OSC {there.osc.host}:{there.osc.port}, mailbox {there.mailbox}{shared}.")
    names = ", ".join(known.backend for known in welcome.backends) or "known in a moment"
    tell(f"Engine: {welcome.engine}; backends: {names}.")
    if welcome.engine_problem is not None:
        tell(f"{welcome.engine_problem.message} {welcome.engine_problem.hint}")


def _panel_link(found: Found) -> str:
    """A link into the panel; empty where there is none, or the bridge that runs is too old to know it."""
    with Client(found.connection, f"cli-{secrets.token_hex(4)}") as client:
        try:
            return ask_for_link(client, Panel(id=secrets.token_hex(4)))
        except BridgeError:
            return ""


def _tell_of_panel(link: str, share_lan: bool, is_new: bool) -> None:
    if share_lan and not is_new:
        say("The bridge ran already, and shares its panel or not as it was started: `dawbridge down` stops it.")
    if link:
        tell(f"Panel: {link}")
        tell("  This link lets one browser in, once; `dawbridge panel` opens it with a new one.")
        if share_lan:
            tell("  `dawbridge panel --pair` lets another device in.")
    else:
        tell("Panel: not here. `dawbridge panel` says why.")


def _stay(process: subprocess.Popen[bytes]) -> None:
    """Wait for the bridge, which hears the terminal's Ctrl-C itself."""
    while process.poll() is None:
        with contextlib.suppress(KeyboardInterrupt):
            process.wait()
    say("The bridge has stopped.")


def _unfinished(home: Home) -> int:
    """How many jobs wait or run; 0 where nobody can say."""
    try:
        if find_bridge(home) is None:
            return 0
        with Client.connect(f"cli-{secrets.token_hex(4)}", home) as client:
            lines = client.list(List(id=secrets.token_hex(4), limit=1_000)).jobs
    except BridgeError:
        return 0
    return sum(line.state in ("queued", "running") for line in lines)
