"""Surroundings: system, environment variables and disks, as those see them who look for a host's folders."""

from __future__ import annotations

import os
import string
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import platformdirs

System = Literal["linux", "macos", "windows"]


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """home       the user's folder
    documents  the user's documents, which Windows lets people move
    root       where `/opt` and `/Applications` lie
    disks      disks that come and go, and the drives of Windows: portable programs lie there
    """

    system: System
    home: Path
    documents: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    root: Path = Path("/")
    disks: tuple[Path, ...] = ()

    @classmethod
    def here(cls) -> Surroundings:
        """Those of this machine and this user."""
        home = Path.home()
        system = _system()
        documents = Path(platformdirs.user_documents_dir()) if system == "windows" else home / "Documents"
        return cls(
            system=system,
            home=home,
            documents=documents,
            environment=dict(os.environ),
            disks=tuple(_disks(system, home)),
        )

    def folder(self, variable: str, otherwise: Path) -> Path:
        """What an environment variable names; `otherwise` where it is not set, empty, or no absolute path."""
        named = Path(self.environment.get(variable, ""))
        return named if named.is_absolute() else otherwise

    @property
    def settings(self) -> Path:
        """Where programs of this system keep what the user set."""
        match self.system:
            case "windows":
                return self.folder("APPDATA", self.home / "AppData" / "Roaming")
            case "macos":
                return self.home / "Library" / "Application Support"
            case "linux":
                return self.folder("XDG_CONFIG_HOME", self.home / ".config")


def _system() -> System:
    if sys.platform == "win32":
        return "windows"
    return "macos" if sys.platform == "darwin" else "linux"


def _disks(system: System, home: Path) -> Iterator[Path]:
    if system == "windows":
        drives = (Path(f"{letter}:/") for letter in string.ascii_uppercase)
        yield from (drive for drive in drives if drive.exists())
    elif system == "macos":
        yield from folders_in(Path("/Volumes"))
    else:
        for mounts in (Path("/media") / home.name, Path("/run/media") / home.name, Path("/mnt")):
            yield from folders_in(mounts)


def folders_in(folder: Path, pattern: str = "*") -> list[Path]:
    """Folders of that name in `folder`, sorted; none where it is not there or may not be read."""
    try:
        return sorted(path for path in folder.glob(pattern) if path.is_dir())
    except OSError:
        return []
