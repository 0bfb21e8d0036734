"""Installation: from a host's name to plans, and from records to what stands where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bridge_server.home import Home
from bridge_server.install.hosts import HOSTS, all_places, places
from bridge_server.install.place import Contents, Host, Place
from bridge_server.install.plan import Plan, plan_installation, plan_removal
from bridge_server.install.record import Record, read_record, records
from bridge_server.install.refusal import refusal
from bridge_server.install.surroundings import Surroundings
from bridge_server.protocol.errors import BridgeError, BridgeFault, NotFound, Unsupported
from daw_scripts.build import files_of
from daw_scripts.bundle import BrokenSource

State = Literal["not installed", "up to date", "outdated", "damaged", "changed", "unreachable"]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How one place stands.

    release  of what is installed there; empty for none
    words    what exactly is the matter; empty where nothing is
    """

    place: Place
    state: State
    release: str = ""
    words: str = ""


def built_files(host: Host, release: str) -> Contents:
    """What this version of Dawbridge has for a host. Raises Unsupported, BridgeFault."""
    try:
        files = files_of(host.id, release)
    except BrokenSource as fault:
        raise BridgeFault(
            f"The scripts for {host.title} cannot be made: {fault}.", "Install Dawbridge again."
        ) from fault
    if not files:
        raise Unsupported(f"This version of Dawbridge has no scripts for {host.title}.", "Update Dawbridge.")
    return files


def chosen_places(host: Host, around: Surroundings, path: Path | None) -> list[Place]:
    """The place at `path`, or all that are found. Raises NotFound, ReadOnly."""
    if path is not None:
        try:
            return [host.place_at(path.expanduser().absolute())]
        except OSError as error:
            raise refusal(path, error) from error
    found = places(host, around)
    if not found:
        raise NotFound(
            f"{host.title} was not found on this computer.",
            f"Start it once, or name its folder: `dawbridge install {host.id} --path FOLDER`. {host.where}",
        )
    return found


def installation(host: Host, chosen: Sequence[Place], home: Home, release: str, *, force: bool = False) -> list[Plan]:
    """What installing into those places would do. Raises ReadOnly, NotFound, BadRequest, Unsupported, BridgeFault."""
    wanted = host.lay_out(built_files(host, release), home.root.absolute())
    return [plan_installation(place, wanted, _known(home, place), release, force=force) for place in chosen]


def removal(host: Host, home: Home, path: Path | None) -> list[Plan]:
    """What taking our files out again would do: at `path`, or wherever they are. Raises ReadOnly, NotFound.

    A place that is not there at the moment is left alone: its files will still be ours when its disk is back.
    """
    known = _records(home, host.id)
    if path is not None:
        named = path.expanduser().absolute()
        if all(Path(record.folder) != named for record in known):
            named = host.place_at(named).folder
        known = [record for record in known if Path(record.folder) == named]
    return [plan_removal(record) for record in known if Path(record.folder).is_dir()]


def out_of_reach(host: Host, home: Home) -> list[Path]:
    """Folders of that host with files of ours that are not there at the moment. Raises ReadOnly."""
    folders = [Path(record.folder) for record in _records(home, host.id)]
    return [folder for folder in folders if not folder.is_dir()]


def standings(home: Home, around: Surroundings, release: str) -> Iterator[Standing]:
    """Every place that was found or was installed into. Raises ReadOnly."""
    seen = set()
    for record in _records(home, ""):
        if record.host in HOSTS:
            seen.add((record.host, Path(record.folder)))
            yield _standing(HOSTS[record.host], record, home, release)
    for place in all_places(around):
        if (place.host, place.folder) not in seen:
            yield Standing(place=place, state="not installed")


def _standing(host: Host, record: Record, home: Home, release: str) -> Standing:
    place = record.place
    if not place.folder.is_dir():
        words = f"{place.folder} is not there: its disk is not connected, or it was moved"
        return Standing(place=place, state="unreachable", release=record.release, words=words)
    try:
        [plan] = installation(host, [place], home, release)
    except BridgeError as error:
        return Standing(place=place, state="unreachable", release=record.release, words=error.message)
    by_kind = {kind: [step.path.name for step in plan.steps if step.kind == kind] for kind in ("new", "keep", "leave")}
    gone = [name for name in by_kind["new"] if any(name == Path(path).name for path in record.files)]
    if record.release != release:
        return Standing(place=place, state="outdated", release=record.release, words=f"this is {release}")
    if gone:
        return Standing(place=place, state="damaged", release=record.release, words=f"missing: {', '.join(gone)}")
    if plan.changes:
        words = "its files are not those of this version"
        return Standing(place=place, state="outdated", release=record.release, words=words)
    if mine := by_kind["keep"] + by_kind["leave"]:
        return Standing(
            place=place, state="changed", release=record.release, words=f"changed by you: {', '.join(mine)}"
        )
    return Standing(place=place, state="up to date", release=record.release)


def _known(home: Home, place: Place) -> Record | None:
    try:
        return read_record(home, place)
    except OSError as error:
        raise refusal(home.installed, error) from error


def _records(home: Home, host: str) -> list[Record]:
    try:
        return list(records(home, host))
    except OSError as error:
        raise refusal(home.installed, error) from error
