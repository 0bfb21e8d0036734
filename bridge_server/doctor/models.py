"""What `doctor` says about models: the one for this machine, and the music server if one was added."""

from __future__ import annotations

from collections.abc import Iterator

from bridge_server.doctor.finding import Finding
from bridge_server.home import Home
from bridge_server.models.catalogue import CATALOGUE
from bridge_server.models.machine import Machine, this_machine
from bridge_server.models.recommend import recommend
from bridge_server.models.state import COMPLETE, state_of
from bridge_server.models.trouble import DamagedModel
from bridge_server.music_server import ask_server, read_server
from bridge_server.protocol.errors import BridgeError, NotFound
from bridge_server.protocol.servers import NAME

LIBRARIES = 'Its libraries first: pip install "dawbridge[engine]". '


def model_findings(home: Home) -> Iterator[Finding]:
    yield _recommended(home, this_machine())
    yield from _music_server(home)


def _recommended(home: Home, machine: Machine) -> Finding:
    found = recommend(machine)
    if not found.models:
        return Finding("model for here", "ok", f"none; {found.why}")
    said = f"{' and '.join(found.models)}; {found.why}"
    try:
        lacking = [name for name in found.models if state_of(CATALOGUE[name], home).state != COMPLETE]
    except DamagedModel as error:
        return Finding("model for here", "problem", error.message, error.hint)
    if not lacking:
        return Finding("model for here", "ok", f"{said}; here already")
    first = f"{'' if machine.has_engine else LIBRARIES}`dawbridge models pull {lacking[0]}`, if you want one."
    return Finding("model for here", "note", said, first)


def _music_server(home: Home) -> Iterator[Finding]:
    """A server that is switched off is no fault of this machine."""
    try:
        there = read_server(home)
    except NotFound:
        return
    except BridgeError as error:
        yield Finding("music server", "problem", error.message, error.hint)
        return
    try:
        offer = ask_server(there)
    except BridgeError as error:
        yield Finding("music server", "note", error.message, error.hint)
        return
    models = ", ".join(model.name for model in offer.models if model.is_loaded is not False)
    said = f"{there.address} as {NAME}: {', '.join(offer.requests)}{f' with {models}' if models else ''}"
    if offer != there.offer:
        yield Finding("music server", "note", said, "It has changed: `dawbridge server check` takes note of it.")
    else:
        yield Finding("music server", "ok", said)
