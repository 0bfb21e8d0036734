"""REAPER: its resource path, also that of portable installs, where `reaper.ini` lies beside the program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from bridge_server.install.flatpak import gate, settings_of
from bridge_server.install.place import Contents, Host, Place
from bridge_server.install.surroundings import Surroundings, folders_in
from bridge_server.protocol.errors import NotFound

SETTINGS = "reaper.ini"
SCRIPTS = PurePosixPath("Scripts/Dawbridge")
PROGRAMS = ("reaper.exe", "reaper", "REAPER.app")
HINT = "In REAPER, *Options → Show REAPER resource path* opens the folder. Start REAPER once if it never ran."


def find(around: Surroundings) -> Iterator[Place]:
    """The resource path, those beside it that were made with `-cfgfile`, then portable ones."""
    for folder in folders_in(around.settings, "REAPER*"):
        if (folder / SETTINGS).is_file():
            name = "REAPER" if folder.name == "REAPER" else f"REAPER ({folder.name})"
            yield Place(host="reaper", name=name, folder=folder)
    flatpak = settings_of(around, "fm.reaper.Reaper") / "REAPER"
    if around.system == "linux" and (flatpak / SETTINGS).is_file():
        yield Place(host="reaper", name="REAPER, Flatpak", folder=flatpak)
    for folder in _beside_programs(around):
        if (folder / SETTINGS).is_file() and any((folder / program).exists() for program in PROGRAMS):
            yield Place(host="reaper", name="REAPER, portable", folder=folder)


def _beside_programs(around: Surroundings) -> Iterator[Path]:
    """Folders in which people put a portable REAPER. [U reaper-portable]: `reaper.ini` lies beside the program."""
    home = around.home
    parents = [home, home / "Desktop", around.documents, home / "Applications", *around.disks]
    match around.system:
        case "windows":
            parents += [around.folder("ProgramFiles", around.root / "Program Files")]
        case "macos":
            parents += [around.root / "Applications"]
        case "linux":
            parents += [around.root / "opt", home / "opt"]
    for parent in parents:
        yield from folders_in(parent, "[Rr][Ee][Aa][Pp][Ee][Rr]*")
        yield from (folder / "REAPER" for folder in folders_in(parent, "[Rr]eaper*") if (folder / "REAPER").is_dir())


def place_at(path: Path) -> Place:
    """The resource folder, its `Scripts`, or `reaper.ini` itself. Raises NotFound."""
    folder = path.parent if path.name == SETTINGS else path
    if folder.name == "Scripts" and not (folder / SETTINGS).is_file():
        folder = folder.parent
    if not folder.is_dir():
        raise NotFound(f"There is no folder {folder}.", f"If it lies on another disk, connect it. {HINT}")
    if not (folder / SETTINGS).is_file():
        raise NotFound(f"There is no {SETTINGS} in {folder}, so it is not REAPER's resource folder.", HINT)
    return Place(host="reaper", name="REAPER", folder=folder)


def lay_out(files: Contents, _: Path) -> Contents:
    return {SCRIPTS / path: data for path, data in files.items()}


def clicks(place: Place) -> tuple[str, ...]:
    return (
        *gate(place.folder),
        f"In REAPER: *Actions → Show action list → New action → Load ReaScript…*, in {place.folder / SCRIPTS} choose"
        " *Dawbridge_Panel.lua*, which has everything, and those that you want a key for.",
        "Or close REAPER and let `dawbridge install reaper --register` put all of them into the list.",
    )


HOST = Host(
    id="reaper",
    title="REAPER",
    programs=r"reaper(_host.*)?",
    where=HINT,
    find=find,
    place_at=place_at,
    lay_out=lay_out,
    clicks=clicks,
)
