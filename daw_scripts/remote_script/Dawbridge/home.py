"""Where the user's Dawbridge folder is, and how to reach or start the bridge from there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

VERSION = 1
HOME_FILE = "dawbridge-home.json"
PAGE = re.compile(r"https?://[\w.:\[\]-]+/[!#-;=?-Z_a-z~]*$")


def home_folder(here: Path, environ: Mapping[str, str] | None = None, platform: str | None = None) -> str:
    """`DAWBRIDGE_HOME`; what the installer wrote beside this script; or the system's usual folder."""
    environ = os.environ if environ is None else environ
    platform = sys.platform if platform is None else platform
    if environ.get("DAWBRIDGE_HOME"):
        return environ["DAWBRIDGE_HOME"]
    written = read_json(here / HOME_FILE)
    if isinstance(written, dict) and isinstance(written.get("home"), str) and written["home"]:
        return str(written["home"])
    user = Path.home()
    if platform == "win32":
        folder = Path(environ.get("LOCALAPPDATA") or user / "AppData" / "Local")
    elif platform == "darwin":
        folder = user / "Library" / "Application Support"
    else:
        folder = Path(environ.get("XDG_DATA_HOME") or user / ".local" / "share")
    return str(folder / "dawbridge")


def read_json(path: Path) -> Any:
    """What the file holds; None if it is missing, being written, or no JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def write_json(path: Path, value: Any) -> None:
    """Swap the file in whole, so that nobody reads half of it. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    part.replace(path)


def read_connection(home: str) -> tuple[str, int, str] | None:
    """`(host, port, key)` of a bridge that has left its address; None if there is none of our version."""
    found = read_json(Path(home) / "connection.json")
    try:
        if found["version"] != VERSION:
            return None
        return str(found["osc"]["host"]), int(found["osc"]["port"]), str(found["key"])
    except (TypeError, KeyError, ValueError):
        return None


def start_command(home: str) -> list[str] | None:
    """The words that start a bridge, as `dawbridge install` wrote them; None if nobody did."""
    found = read_json(Path(home) / "start.json")
    command = found.get("command") if isinstance(found, dict) and found.get("version") == 1 else None
    if not isinstance(command, list) or not command or not all(isinstance(word, str) and word for word in command):
        return None
    return command


def open_page(address: str) -> None:
    """Open a page in the browser. Raises OSError, ValueError for what is no page."""
    if not PAGE.match(address):
        raise ValueError(address)
    if sys.platform == "win32":
        os.startfile(address)  # [U open-page] Windows' own way; elsewhere a program that the system brings
    else:
        start_bridge(["open" if sys.platform == "darwin" else "xdg-open", address])


def start_bridge(command: list[str]) -> Any:
    """Start it and let go of it: it outlives Live. Raises OSError."""
    silent = subprocess.DEVNULL
    options: dict[str, Any] = {"stdin": silent, "stdout": silent, "stderr": silent, "close_fds": True}
    if sys.platform == "win32":
        options["creationflags"] = 0x00000008 | 0x00000200  # no console, a group of its own
    else:
        options["start_new_session"] = True
    # [U subprocess] Live's own Python can start a program.
    return subprocess.Popen(command, **options)
