"""Which programs run at the moment: a DAW that is open reads some scripts only when it starts again."""

from __future__ import annotations

import csv
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from bridge_server.install.place import Host
from bridge_server.install.surroundings import System

PATIENCE_SECONDS = 5.0


def is_running(host: Host, names: Iterable[str]) -> bool:
    """`names` as `program_names` gives them."""
    return any(re.fullmatch(host.programs, name) for name in names)


def program_names(system: System) -> frozenset[str]:
    """Names of all processes of this machine that we may see, lower case, without '.exe'; none where nobody tells."""
    match system:
        case "linux":
            names = _from_proc(Path("/proc"))
        case "macos":
            names = [Path(line).name for line in _lines("ps", "-axo", "comm=")]
        case "windows":
            names = [row[0] for row in csv.reader(_lines("tasklist", "/fo", "csv", "/nh")) if row]
    return frozenset(name.strip().lower().removesuffix(".exe") for name in names)


def _from_proc(folder: Path) -> list[str]:
    names = []
    for process in folder.iterdir() if folder.is_dir() else ():
        if process.name.isdigit():
            try:
                names.append((process / "comm").read_text(encoding="utf-8", errors="replace"))
            except OSError:  # it has just ended
                continue
    return names


def _lines(*command: str) -> list[str]:
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=PATIENCE_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return done.stdout.decode("utf-8", "replace").splitlines()
