"""Registration: scripts go into the lists of a DAW too, so that nothing is left to do by hand.

The lists are the user's: they are changed only when that is asked for, only while the DAW is closed, and a copy of the
file as it was lies beside it.
"""

from __future__ import annotations

from bridge_server.install import ardour_slots, reaper_actions
from bridge_server.install.flatpak import gate
from bridge_server.install.place import Host, Place
from bridge_server.install.plan import Plan
from bridge_server.install.surroundings import System
from bridge_server.protocol.errors import BadRequest, Unsupported


def register(host: Host, plan: Plan, system: System, *, is_running: bool) -> Plan:
    """The plan, with its scripts in the lists of the DAW. Raises Unsupported, BadRequest."""
    if host.id not in ("reaper", "ardour"):
        raise Unsupported(f"{host.title} has no list that scripts could be put into.", "Leave --register out.")
    if is_running:
        raise BadRequest(
            f"{host.title} is running, and would overwrite what it is told in its files.",
            f"Close {host.title} and do it again; or leave --register out and do it by hand.",
        )
    if host.id == "ardour":
        return ardour_slots.registered(plan)
    return reaper_actions.registered(plan, backslashes=system == "windows")


def unregister(host: Host, plan: Plan, *, is_running: bool) -> Plan:
    """The plan, with what it removes taken out of the lists of the DAW too, unless that runs. Raises BadRequest."""
    if is_running:
        return plan
    if host.id == "ardour":
        return ardour_slots.unregistered(plan)
    return reaper_actions.unregistered(plan) if host.id == "reaper" else plan


def is_registered(host: Host, plan: Plan, system: System) -> bool:
    """Whether REAPER has the scripts of `plan` in its list already, since an earlier installation or by hand."""
    return host.id == "reaper" and reaper_actions.registered(plan, backslashes=system == "windows") == plan


def what_is_left(host: Host, place: Place) -> tuple[str, ...]:
    """After a registration: a sentence for each thing that is still to be done by hand."""
    fence = gate(place.folder)
    if host.id == "reaper":
        return (
            *fence,
            "In REAPER: *Actions → Show action list*, type *Dawbridge*, and give those you use a key.",
        )
    menu = "In Ardour: *Edit → Lua Scripts* has the actions; *Window → Keyboard Shortcuts* gives them keys."
    if ardour_slots.counts_as_7(place):
        return (*fence, menu)
    hook = "*Edit → Lua Scripts → Script Manager → Action Hooks*: add *Dawbridge: Watcher*, which lays results in."
    return (*fence, menu, hook)
