"""REAPER's list of actions, in `reaper-kb.ini`: put our scripts in, so that nobody has to load them by hand.

[U kb-ini]: REAPER reads the file when it starts, and writes it when keys or scripts change; a line
`SCR 4 0 RS… "Custom: NAME" PATH` with any id of its own makes PATH, below `Scripts`, an action of the main section.
Never while REAPER runs, which would overwrite it; and a copy of the file as it was lies beside it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from bridge_server.install.list_file import listed, unlisted
from bridge_server.install.plan import Plan, current
from bridge_server.install.reaper import SCRIPTS

ACTIONS = PurePosixPath("reaper-kb.ini")
LINE = re.compile(r'^SCR[ \t]+\S+[ \t]+\S+[ \t]+(?P<id>\S+)[ \t]+"[^"\r\n]*"[ \t]+(?P<path>"[^"\r\n]*"|\S+)[ \t]*$')


def registered(plan: Plan, *, backslashes: bool) -> Plan:
    """The plan, with all its scripts in REAPER's list; those that are there already, also by hand, stay as they are.

    backslashes  as Windows writes paths
    """
    names = [
        step.path.name for step in plan.steps if step.path.suffix == ".lua" and step.kind not in ("remove", "leave")
    ]
    before = _current(plan)
    rest = without_actions(before, _leaving(plan))
    is_first = without_actions(rest, names) == before
    return listed(plan, ACTIONS, with_actions(rest, names, backslashes=backslashes), is_first=is_first)


def unregistered(plan: Plan) -> Plan:
    """The plan, with the lines that we put in taken out again. Keys that the user gave them stay, for another time."""
    before = _current(plan)
    return unlisted(plan, ACTIONS, without_actions(before, _leaving(plan))) if before else plan


def _current(plan: Plan) -> bytes:
    return current(plan.place.folder / ACTIONS) or b""


def _leaving(plan: Plan) -> list[str]:
    return [step.path.name for step in plan.steps if step.kind == "remove"]


def with_actions(text: bytes, names: Iterable[str], *, backslashes: bool) -> bytes:
    """The file with a line for each script that has none yet.

    >>> with_actions(b"", ["Dawbridge_Repaint.lua"], backslashes=False)[:10]
    b'SCR 4 0 RS'
    """
    known = {_folded(match["path"]) for line in _lines(text) if (match := LINE.match(line))}
    ending = b"\r\n" if b"\r\n" in text or (backslashes and not text) else b"\n"
    whole = text if not text or text.endswith(b"\n") else text + ending
    for name in names:
        path = str(PurePosixPath(SCRIPTS.name, name))
        if _folded(path) in known:
            continue
        written = path.replace("/", "\\") if backslashes else path
        whole += f'SCR 4 0 {action_id(name)} "Custom: {name}" "{written}"'.encode() + ending
    return whole


def without_actions(text: bytes, names: Iterable[str]) -> bytes:
    """The file without the lines that `with_actions` wrote; every other byte stays."""
    ours = {action_id(name) for name in names}
    kept = text.splitlines(keepends=True)
    lines = _lines(text)
    return b"".join(raw for raw, line in zip(kept, lines, strict=True) if _id_of(line) not in ours)


def action_id(name: str) -> str:
    """Ours, and the same each time: keys that the user gave an action find it again after another installation."""
    return "RS" + hashlib.sha1(f"dawbridge/{name}".encode(), usedforsecurity=False).hexdigest()


def _id_of(line: str) -> str:
    match = LINE.match(line)
    return match["id"] if match else ""


def _lines(text: bytes) -> list[str]:
    return [line.decode("utf-8", "replace").rstrip("\r\n") for line in text.splitlines(keepends=True)]


def _folded(path: str) -> str:
    """'"Dawbridge\\\\A.lua"' and 'Dawbridge/A.lua' are the same script; so is a whole path that ends so."""
    parts = path.strip('"').replace("\\", "/").split("/")
    return "/".join(parts[-2:]).lower()
