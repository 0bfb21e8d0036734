"""Ableton Live: its User Library, also a moved one, which Live names in `Library.cfg`."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from bridge_server.install.place import Contents, Host, Place
from bridge_server.install.surroundings import Surroundings, folders_in
from bridge_server.protocol.errors import NotFound

LIBRARY = "User Library"
DEVICES = PurePosixPath("Presets/Audio Effects/Max Audio Effect")
UNFROZEN = "Dawbridge (unfrozen)"
HOME_FILE = "dawbridge-home.json"
SIGNS = ("Ableton Folder Info", "Presets", "Remote Scripts", "Defaults", "Clips", "Templates", "Grooves")
"""Live makes these in every User Library."""

LONGEST_SETTINGS = 4_000_000
HINT = "In Live, *Settings → Library → Location of User Library* shows the folder; name it with --path."


def find(around: Surroundings) -> Iterator[Place]:
    """The libraries that Live's settings name, the newest Live first; then the place where Live puts it by itself."""
    seen = set()
    for folder in (*_named(around), *_usual(around)):
        if folder not in seen and folder.is_dir():
            seen.add(folder)
            yield Place(host="ableton", name="Ableton Live", folder=folder)


def _usual(around: Surroundings) -> Iterator[Path]:
    match around.system:
        case "macos":
            yield around.home / "Music" / "Ableton" / LIBRARY
        case "windows":
            yield around.documents / "Ableton" / LIBRARY


def _named(around: Surroundings) -> Iterator[Path]:
    """Folders of moved libraries. [U library-cfg]: names and places of this file are read from others' programs."""
    if around.system == "linux":
        return
    if around.system == "macos":
        settings = around.home / "Library" / "Preferences" / "Ableton"
        files = [(live, live / "Library.cfg") for live in folders_in(settings, "Live *")]
    else:
        settings = around.settings / "Ableton"
        files = [(live, live / "Preferences" / "Library.cfg") for live in folders_in(settings, "Live *")]
    for _, path in sorted(files, key=lambda pair: version_of(pair[0].name), reverse=True):
        if (library := library_named_in(path)) is not None:
            yield library


def version_of(name: str) -> tuple[int, ...]:
    """'Live 12.0.5' → (12, 0, 5), so that 12.10 comes after 12.9."""
    return tuple(int(number) for number in re.findall(r"\d+", name))


def library_named_in(path: Path) -> Path | None:
    """The User Library of a `Library.cfg`; None where it names none or cannot be read."""
    try:
        if path.stat().st_size > LONGEST_SETTINGS:
            return None
        text = path.read_bytes()
        if b"<!ENTITY" in text:  # nothing of Live's has any, and expanding them can eat a machine
            return None
        found = ET.fromstring(text).find(".//UserLibrary/LibraryProject")
    except (OSError, ET.ParseError):
        return None
    if found is None:
        return None
    parent, name = (found.find(tag) for tag in ("ProjectPath", "ProjectName"))
    if parent is None or not parent.get("Value"):
        return None
    folder = Path(parent.get("Value", ""))
    own_name = (name.get("Value") if name is not None else "") or LIBRARY
    inside = folder / own_name
    return folder if folder.name == own_name and not inside.is_dir() else inside


def place_at(path: Path) -> Place:
    """A User Library, or the folder that holds it. Raises NotFound."""
    folder = path / LIBRARY if (path / LIBRARY).is_dir() else path
    if not folder.is_dir():
        raise NotFound(f"There is no folder {folder}.", f"If it lies on another disk, connect it. {HINT}")
    if folder.name != LIBRARY and not any((folder / sign).is_dir() for sign in SIGNS):
        raise NotFound(f"{folder} is not a User Library: it has none of Live's folders.", HINT)
    return Place(host="ableton", name="Ableton Live", folder=folder)


def lay_out(files: Contents, home: Path) -> Contents:
    """Beside each device and in the Remote Script lies a file that says where the user's Dawbridge folder is."""
    laid = {}
    for path, data in files.items():
        match path.parts:
            case ("Remote Scripts", *_):
                laid[path] = data
            case ("unfrozen", *below):
                laid[DEVICES.joinpath(UNFROZEN, *below)] = data
            case _:
                laid[DEVICES / path] = data
    where = (json.dumps({"home": str(home)}, ensure_ascii=False) + "\n").encode()
    beside = {path.parent for path in laid if path.suffix == ".amxd" or path.name == "__init__.py"}
    return {**laid, **{folder / HOME_FILE: where for folder in sorted(beside)}}


def clicks(place: Place) -> tuple[str, ...]:
    return (
        "With Max for Live: in Live's browser, *User Library → Presets → Audio Effects → Max Audio Effect*, drag"
        " *Dawbridge* (or, for an older Live, *Dawbridge (before Live 12.2)*) onto any audio track.",
        "Without Max for Live: start Live anew, then *Settings → Link, Tempo & MIDI → Control Surface → Dawbridge*.",
        f"Sets that have the device already show the new one when they are opened again. It lies in {place.folder}.",
    )


HOST = Host(
    id="ableton",
    title="Ableton Live",
    # [U live-process]: "Live" on macOS, "Ableton Live 12 Suite.exe" and its like on Windows
    programs=r"live|ableton live.*",
    where=HINT,
    find=find,
    place_at=place_at,
    lay_out=lay_out,
    clicks=clicks,
)
