"""Machines of three systems as folders, with hosts in them; and disks that refuse."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import pytest

from bridge_server.home import Home
from bridge_server.install.place import Place
from bridge_server.install.surroundings import Surroundings, System
from tests.fakes.small_disk import small_disk

Machine = Callable[..., Surroundings]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """`machine("macos", "Music/Ableton/User Library/")`: paths are below the user's folder; `/…` below the root.

    A path that ends in a slash is a folder, others are empty files.
    """

    def make(system: System, *paths: str, **environment: str) -> Surroundings:
        root = tmp_path / "machine"
        home = root / ("Users" if system != "linux" else "home") / "ana"
        home.mkdir(parents=True, exist_ok=True)
        for path in paths:
            put(root / path[1:] if path.startswith("/") else home / path, is_folder=path.endswith("/"))
        return Surroundings(
            system=system,
            home=home,
            documents=home / "Documents",
            environment=environment,
            root=root,
            disks=(root / "stick",),
        )

    return make


def put(path: Path, *, is_folder: bool = False, data: bytes = b"") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if is_folder:
        path.mkdir(exist_ok=True)
    else:
        path.write_bytes(data)
    return path


@pytest.fixture
def at(home: Path) -> Home:
    return Home(home)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    folder = tmp_path / "REAPER"
    put(folder / "reaper.ini")
    return Place(host="reaper", name="REAPER", folder=folder)


def contents(**files: str) -> dict[PurePosixPath, bytes]:
    """`contents(a="one")` → 'Scripts/Dawbridge/a.lua' with that text."""
    return {PurePosixPath(f"Scripts/Dawbridge/{name}.lua"): text.encode() for name, text in files.items()}


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, but for the lock of installations."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "install.lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nothing can be written into the folder. Root may write anywhere, so for root it becomes a mounted disk."""
    if sys.platform == "win32":
        pytest.skip("Windows refuses in another way")
    if os.geteuid():
        folder.chmod(0o555)
        yield
        folder.chmod(0o755)
        return
    if subprocess.run(["mount", "--bind", str(folder), str(folder)], capture_output=True).returncode:
        pytest.skip("no mount here")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 kB."""
    with small_disk(tmp_path / "disk", 1 << 18) as folder:
        yield folder


def built(_: str, version: str) -> dict[PurePosixPath, bytes]:
    """In place of what the build makes of the sources: two scripts."""
    names = ("Dawbridge_Repaint.lua", "Dawbridge_Extend right.lua")
    return {PurePosixPath(name): f"-- @version {version}".encode() for name in names}
