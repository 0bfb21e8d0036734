"""File names that a server or a manifest gives: which are fetched, and which may name a file of ours at all."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from bridge_server.models.trouble import BadServer

FETCHED = (".safetensors", ".json", ".txt", ".model", ".md")
"""What weights, settings and words come in. Everything else, pickles above all, stays where it is."""

LONGEST_NAME = 300
DEEPEST = 6

_STEP = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+=@ -]{0,119}(?<![. ])", re.ASCII)
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.ASCII | re.IGNORECASE)


def is_fetched(name: str) -> bool:
    """True for a file of a kind that we read, unless it is hidden."""
    steps = re.split(r"[/\\]", name)
    is_hidden = any(step.startswith(".") and step.strip(".") for step in steps)
    return name.lower().endswith(FETCHED) and not is_hidden


def check_name(name: str) -> str:
    """The name, if on every system it is a file below the folder that it is meant for. Raises BadServer."""
    steps = name.split("/")
    is_plain = all(_STEP.fullmatch(step) and not _DEVICES.fullmatch(step) for step in steps)
    if not is_plain or len(name) > LONGEST_NAME or len(steps) > DEEPEST:
        raise BadServer(
            f"A file of the model has the name {name[:80]!a}, which does not stay in the model's folder.",
            "Nothing was fetched. Do not use this server.",
        )
    return name


def check_names(names: list[str]) -> None:
    """Raises BadServer for an unsafe name, and where two names would be one file, or file and folder at once."""
    seen: set[str] = set()
    for name in names:
        folded = check_name(name).lower()
        if folded in seen:
            raise BadServer(f"The model's list of files names {name!a} twice.", "Do not use this server.")
        seen.add(folded)
    for name in names:
        for folder in PurePosixPath(name.lower()).parents:
            if str(folder) in seen:
                raise BadServer(f"{str(folder)!a} is both file and folder there.", "Do not use this server.")
