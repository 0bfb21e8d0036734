"""Ardour: the user's configuration folder, one for each major version."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from bridge_server.install.flatpak import gate, settings_of
from bridge_server.install.place import Contents, Host, Place
from bridge_server.install.surroundings import Surroundings, folders_in
from bridge_server.protocol.errors import NotFound

NAME = re.compile(r"ardour([6-9]|[1-9]\d)", re.IGNORECASE)
SCRIPTS = PurePosixPath("scripts")
SIGNS = ("config", "ui_config", "ardour.keys", "scripts", "plugin_metadata", "recent")
HINT = "Its folder is called like ~/.config/ardour8; start Ardour once if it never ran."


def find(around: Surroundings) -> Iterator[Place]:
    """The newest version first."""
    found = [
        (int(match[1]), where, folder) for where, folder in _folders(around) if (match := NAME.fullmatch(folder.name))
    ]
    for version, where, folder in sorted(found, key=lambda entry: entry[0], reverse=True):
        yield Place(host="ardour", name=f"Ardour {version}{where}", folder=folder)


def _folders(around: Surroundings) -> Iterator[tuple[str, Path]]:
    match around.system:
        case "macos":
            parents = [("", around.home / "Library" / "Preferences")]
        case "windows":
            # [U ardour-windows]: by Ardour's manual "the system's folder"; elsewhere %localappdata% is named.
            parents = [("", around.folder("LOCALAPPDATA", around.home / "AppData" / "Local"))]
        case "linux":
            parents = [("", around.settings), (", Flatpak", settings_of(around, "org.ardour.Ardour"))]
    for where, parent in parents:
        for folder in folders_in(parent, "[Aa]rdour*"):
            yield where, folder


def place_at(path: Path) -> Place:
    """A configuration folder, or its `scripts`. Raises NotFound."""
    folder = path.parent if path.name == SCRIPTS.name and NAME.fullmatch(path.parent.name) else path
    if not folder.is_dir():
        raise NotFound(f"There is no folder {folder}.", f"If it lies on another disk, connect it. {HINT}")
    known = NAME.fullmatch(folder.name)
    if known is None and not any((folder / sign).exists() for sign in SIGNS):
        raise NotFound(f"{folder} is not a configuration folder of Ardour.", HINT)
    return Place(host="ardour", name=f"Ardour {known[1]}" if known else "Ardour", folder=folder)


def lay_out(files: Contents, _: Path) -> Contents:
    return {SCRIPTS / path: data for path, data in files.items()}


def clicks(place: Place) -> tuple[str, ...]:
    return (
        *gate(place.folder),
        "Close Ardour, then `dawbridge install ardour --register` puts the scripts into its slots.",
        "Or by hand: *Edit → Lua Scripts → Script Manager*, choose an action slot, *Add/Set*, pick a script that begins"
        " with *Dawbridge*, for each that you use; on the page *Action Hooks* add *Dawbridge: Watcher*, which lays"
        " results in. Do it again after an update: a slot that was set by hand holds a copy.",
    )


HOST = Host(
    id="ardour",
    title="Ardour",
    programs=r"ardour([-0-9].*)?",
    where=HINT,
    find=find,
    place_at=place_at,
    lay_out=lay_out,
    clicks=clicks,
)
