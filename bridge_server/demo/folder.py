"""The folder in which the demo leaves its takes. A second run takes away what the first one made, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

from bridge_server.protocol.errors import OutsideProject, ReadOnly

LIST = ".dawbridge-demo.json"
OURS = ("song", "takes")


def clean_folder(folder: Path) -> Path:
    """Make the folder, or empty it of a former demo's files. Returns its absolute path.

    Raises OutsideProject for a folder with somebody else's things in it, ReadOnly.
    """
    folder = folder.expanduser().resolve()
    try:
        if folder.is_dir() and any(folder.iterdir()):
            _take_away(folder)
        folder.mkdir(parents=True, exist_ok=True)
        _write_list(folder, [])
    except OSError as error:
        raise ReadOnly(f"The folder {folder} cannot be used: {error.strerror or error}.") from error
    return folder


def remember_contents(folder: Path) -> None:
    """Write down which files are the demo's; call it when all of them are there, or when it is broken off."""
    known = set(_read_list(folder))
    files = (path for name in OURS for path in (folder / name).rglob("*") if path.is_file())
    made = {path.relative_to(folder).as_posix() for path in files}
    _write_list(folder, sorted(known | made))


def _take_away(folder: Path) -> None:
    if not (folder / LIST).is_file():
        raise OutsideProject(
            f"The folder {folder} is not empty, and no demo made what is in it.",
            "Name another folder: `dawbridge demo --keep FOLDER`.",
        )
    for name in _read_list(folder):
        path = folder / name
        # The list is a file like any other: whoever changed it shall not make us delete something else.
        if path.resolve().is_relative_to(folder):
            path.unlink(missing_ok=True)
    below = [path for name in OURS for path in (folder / name, *(folder / name).rglob("*"))]
    for path in sorted(below, reverse=True):
        if path.is_dir() and not path.is_symlink() and not any(path.iterdir()):
            path.rmdir()


def _read_list(folder: Path) -> list[str]:
    """No names from a list that is damaged: then nothing is deleted."""
    try:
        names = json.loads((folder / LIST).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return []
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _write_list(folder: Path, names: list[str]) -> None:
    (folder / LIST).write_text(json.dumps(names, indent=0), encoding="utf-8")
