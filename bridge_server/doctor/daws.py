"""What `doctor` looks at in the DAWs: which are here, are their scripts of this version, can they start the bridge."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from bridge_server.doctor.finding import Finding
from bridge_server.home import Home
from bridge_server.install.ardour_slots import stale_slots
from bridge_server.install.hosts import HOSTS
from bridge_server.install.installation import Standing, standings
from bridge_server.install.reaper import SCRIPTS
from bridge_server.install.surroundings import Surroundings
from bridge_server.protocol.errors import BridgeError
from bridge_server.protocol.release import release
from bridge_server.start_file import StartFile, read_start_file, start_file

PATIENCE_SECONDS = 20.0
ANEW = "`dawbridge up` writes it anew."


def daw_findings(home: Home, around: Surroundings) -> Iterator[Finding]:
    try:
        found = list(standings(home, around, release()))
    except BridgeError as error:
        yield Finding("scripts", "problem", error.message, error.hint)
        return
    for standing in found:
        yield _scripts(standing)
        yield from _slots(standing)
        yield from _doubles(standing)
    yield from _own_home(around.environment.get("DAWBRIDGE_HOME", ""), found)
    if not found:
        names = ", ".join(host.title for host in HOSTS.values())
        yield Finding(
            "scripts", "note", f"no DAW was found: {names}", "`dawbridge install … --path FOLDER` names its folder."
        )
    yield from _start_file(home, is_needed=any(one.release for one in found))


def _scripts(standing: Standing) -> Finding:
    place = standing.place
    what = place.name
    where = f"{standing.state}{f' ({standing.words})' if standing.words else ''}: {place.folder}"
    again = f"`dawbridge install {place.host}`"
    match standing.state:
        case "up to date":
            return Finding(what, "ok", f"version {standing.release} is installed: {place.folder}")
        case "not installed":
            return Finding(what, "note", f"found, without our scripts: {place.folder}", f"{again} puts them there.")
        case "outdated":
            return Finding(what, "problem", f"version {standing.release} is {where}", f"{again} brings it up to date.")
        case "damaged":
            return Finding(what, "problem", f"installed, but {where}", f"{again} puts back what is missing.")
        case "changed":
            advice = f"They stay as they are; {again[:-1]} --force` replaces them and keeps yours beside them."
            return Finding(what, "note", where, advice)
        case "unreachable":
            advice = f"Connect the disk; if the folder has moved, {again[:-1]} --path FOLDER` installs there."
            return Finding(what, "note", where, advice)


def _slots(standing: Standing) -> Iterator[Finding]:
    """Ardour copies a script that is put into a slot by hand, and the copy stays old."""
    place = standing.place
    if place.host != "ardour" or not standing.release or standing.state == "unreachable":
        return
    try:
        stale = stale_slots(place)
    except BridgeError as error:
        yield Finding(f"{place.name}, slots", "note", error.message, error.hint)
        return
    if stale:
        advice = "Close Ardour, then `dawbridge install ardour --register`; or set them again in the Script Manager."
        yield Finding(f"{place.name}, slots", "problem", f"they hold another version of {', '.join(stale)}", advice)


def _doubles(standing: Standing) -> Iterator[Finding]:
    """The same actions once more, put there by hand or by ReaPack: each key may run the other version."""
    place = standing.place
    if place.host != "reaper" or not standing.release or standing.state == "unreachable":
        return
    own = place.folder / SCRIPTS
    others = [path for path in sorted((place.folder / "Scripts").rglob("Dawbridge_*.lua")) if path.parent != own]
    if others:
        yield Finding(
            f"{place.name}, twice",
            "note",
            f"the actions are in {others[0].parent} too: two versions may run side by side",
            "Keep one: uninstall the package in ReaPack or remove those files, or `dawbridge uninstall reaper`.",
        )


def _own_home(variable: str, found: list[Standing]) -> Iterator[Finding]:
    """A program that is started from the desktop does not see the variables of a terminal."""
    hosts = {one.place.host for one in found if one.release} - {"ableton"}
    if hosts and variable:
        names = " and ".join(HOSTS[host].title for host in sorted(hosts))
        yield Finding(
            "DAWBRIDGE_HOME",
            "note",
            f"{variable} is not the usual folder: {names} will find it only if the variable is set for them too",
            "Start the DAW from this terminal, or set the variable for your whole account.",
        )


def _start_file(home: Home, *, is_needed: bool) -> Iterator[Finding]:
    """Scripts run what stands in it, so whatever is wrong with it shows only when the bridge is not there."""
    if not home.start.exists():
        if is_needed:
            yield Finding("start.json", "problem", f"{home.start} is not there: scripts cannot start the bridge", ANEW)
        return
    try:
        found = read_start_file(home)
    except (BridgeError, OSError) as error:
        reason = error.message if isinstance(error, BridgeError) else str(error)
        yield Finding("start.json", "problem", f"{home.start} makes no sense: {reason}", ANEW)
        return
    yield _judged(home, found)


def _judged(home: Home, found: StartFile) -> Finding:
    own = start_file(home)
    program = Path(found.command[0]) if found.command else Path()
    if found.version != own.version:
        return Finding("start.json", "problem", f"it is of version {found.version}, not {own.version}", ANEW)
    if not program.is_absolute() or not program.is_file():
        return Finding("start.json", "problem", f"it names a program that is not there: {program}", ANEW)
    if found.home != own.home:
        return Finding("start.json", "problem", f"it starts a bridge for another folder: {found.home}", ANEW)
    if found.command != own.command:
        said = f"it starts another installation of Dawbridge (version {found.release or 'unknown'}): {program}"
        return Finding("start.json", "note", said, f"{ANEW} Then scripts start this one.")
    if (trouble := _trouble_with(found.command)) is not None:
        return Finding("start.json", "problem", f"its command fails: {trouble}", "Install Dawbridge again.")
    return Finding("start.json", "ok", f"scripts can start the bridge with {program}")


def _trouble_with(command: tuple[str, ...]) -> str | None:
    """The last words of the command, asked for its help only; None if that works."""
    try:
        done = subprocess.run(
            [*command, "--help"], capture_output=True, check=False, timeout=PATIENCE_SECONDS, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if done.returncode == 0:
        return None
    return (done.stderr.decode("utf-8", "replace").strip().splitlines() or ["it ends without a word"])[-1]
