"""Plan: what an installation would do to each file. Making one changes nothing.

A file that was changed since we wrote it, or that we never wrote, belongs to the user: it stays as it is, and ours is
not installed in its place. With `force` ours goes there, and the user's lies beside it under a name that ends in
`.yours`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from bridge_server.install.place import Contents, Place
from bridge_server.install.record import Record, fingerprint
from bridge_server.install.refusal import refusal
from bridge_server.protocol.errors import BadRequest

Kind = Literal["new", "update", "same", "keep", "replace", "remove", "leave", "copy", "register", "unregister"]

MEANINGS: dict[Kind, str] = {
    "new": "new",
    "update": "new version",
    "same": "up to date",
    "keep": "yours: stays as it is",
    "replace": "new; yours is {yours}",
    "remove": "goes",
    "leave": "yours: stays",
    "copy": "copy of the next, as it was",
    "register": "our actions come in",
    "unregister": "our actions go",
}
"""What becomes of a file, as tables say it."""

MUST_ASK: frozenset[Kind] = frozenset({"keep", "leave"})
"""Kinds that leave something undone until the user says `--force`."""

YOURS = ".yours"
LONGEST_WINDOWS_PATH = 259


@dataclass(frozen=True, kw_only=True)
class Step:
    """One file. `data` is what is to stand there afterwards: None for nothing, and for files that stay as they are.

    yours    where the user's version goes; empty unless `kind` is 'replace'
    """

    kind: Kind
    path: PurePosixPath
    data: bytes | None = None
    yours: PurePosixPath | None = None

    @property
    def meaning(self) -> str:
        return MEANINGS[self.kind].format(yours=self.yours.name if self.yours else "")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All steps at one place.

    record   tells of it afterwards; None where nothing of ours remains
    folders  what we once made there and what is to go if it is empty afterwards
    """

    place: Place
    steps: tuple[Step, ...]
    record: Record | None
    folders: tuple[PurePosixPath, ...] = ()

    @property
    def changes(self) -> bool:
        return any(step.kind not in ("same", *MUST_ASK) for step in self.steps)

    @property
    def undone(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.kind in MUST_ASK)


def plan_installation(place: Place, wanted: Contents, known: Record | None, release: str, *, force: bool) -> Plan:
    """Bring the files at a place to `wanted`. Raises ReadOnly and NotFound where they cannot be read, BadRequest."""
    _check_length(place, wanted)
    ours = known.files if known else {}
    steps = [_install_step(place, path, data, ours.get(str(path)), force) for path, data in sorted(wanted.items())]
    steps += [
        _removal_step(place, PurePosixPath(path), ours[path]) for path in sorted(ours.keys() - set(map(str, wanted)))
    ]
    steps = [step for step in steps if not (step.kind == "remove" and current(place.folder / step.path) is None)]
    files = {str(step.path): _kept_print(step, ours) for step in steps if step.kind != "remove"}
    record = Record(
        release=release,
        host=place.host,
        name=place.name,
        folder=str(place.folder),
        files={path: known_print for path, known_print in files.items() if known_print},
        folders=_made(place, steps, known),
    )
    return Plan(place=place, steps=tuple(steps), record=record)


def plan_removal(known: Record) -> Plan:
    """Remove what is ours and unchanged. Raises ReadOnly, NotFound."""
    place = known.place
    steps = [_removal_step(place, PurePosixPath(path), was) for path, was in sorted(known.files.items())]
    steps = [step for step in steps if step.kind == "leave" or current(place.folder / step.path) is not None]
    return Plan(place=place, steps=tuple(steps), record=None, folders=tuple(map(PurePosixPath, known.folders)))


def _install_step(place: Place, path: PurePosixPath, data: bytes, was: str | None, force: bool) -> Step:
    there = current(place.folder / path)
    if there is None:
        return Step(kind="new", path=path, data=data)
    if there == data:
        return Step(kind="same", path=path, data=data)
    if fingerprint(there) == was:
        return Step(kind="update", path=path, data=data)
    if not force:
        return Step(kind="keep", path=path)
    return Step(kind="replace", path=path, data=data, yours=_free_name(place.folder, path))


def _removal_step(place: Place, path: PurePosixPath, was: str) -> Step:
    there = current(place.folder / path)
    changed = there is not None and fingerprint(there) != was
    return Step(kind="leave" if changed else "remove", path=path)


def _kept_print(step: Step, ours: dict[str, str]) -> str:
    """Hash of what we last wrote there; empty where that was never anything."""
    return fingerprint(step.data) if step.data is not None else ours.get(str(step.path), "")


def _made(place: Place, steps: list[Step], known: Record | None) -> tuple[str, ...]:
    """Folders that are ours: made now, or by an installation before."""
    written = {parent for step in steps if step.data is not None for parent in step.path.parents if parent.name}
    missing = {str(parent) for parent in written if not (place.folder / parent).exists()}
    return tuple(sorted(missing.union(known.folders if known else ())))


def current(path: Path) -> bytes | None:
    """What stands in a file now; None where none is there. Raises ReadOnly, NotFound, BadRequest."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise refusal(path, error) from error


def _free_name(folder: Path, path: PurePosixPath) -> PurePosixPath:
    """`NAME.yours`, or `NAME.yours.2` … where that is taken: no version of the user's is ever lost."""
    name = path.with_name(path.name + YOURS)
    number = 2
    while (folder / name).exists():
        name = path.with_name(f"{path.name}{YOURS}.{number}")
        number += 1
    return name


def _check_length(place: Place, wanted: Contents) -> None:
    """Raises BadRequest where a program on Windows could not open the files. Drives give such paths away."""
    if not place.folder.drive:
        return
    longest = max((len(str(place.folder / path)) for path in wanted), default=0)
    if longest > LONGEST_WINDOWS_PATH:
        raise BadRequest(
            f"A path would have {longest} characters; programs on Windows open at most {LONGEST_WINDOWS_PATH}.",
            "Move the folder closer to the top of its disk, then name it with --path.",
        )
