"""Environment: the `.venv` beside start.py, made, checked and repaired. Imports only the standard library."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, TextIO

from installer.progress import Progress
from installer.trouble import disk_full, from_os, from_output

ROOM_MB = {"": 400, "test": 2600}
"""Free space that an installation needs, by extra: 283 MB and 1.9 GB measured on Linux, and room for pip to unpack."""

OPTIONS = {
    "voice": "Without pyworld, which cannot be had here: sketch will not sing lyrics; everything else is there.",
    "panel": "Without the libraries of the panel, which cannot be had here: everything but `dawbridge panel` is there.",
}
"""Extras of pyproject.toml that are tried by themselves, and what is said where one cannot be had."""

ALONE = {"test": ["tinysoundfont>=0.3.5"]}
"""Extra → packages without what they ask for: this one asks for pyaudio, which has wheels for Windows only and which
nothing here needs. Where there is no wheel, the tests of it are skipped."""

WHAT_NEXT = (
    "For your DAW: `start.py install reaper` (or ableton, ardour); `start.py install --list` shows what is here.\n"
    "To listen and choose in the browser: `start.py panel`."
)
"""Said once, when everything is there."""

PROBE = """
import re, sys
from importlib import metadata, util
for line in metadata.requires("dawbridge") or []:
    extra = re.search("extra == .(\\w+)", line)
    if extra is None or extra[1] in sys.argv[1:]:
        metadata.distribution(re.match("[A-Za-z0-9._-]+", line)[0])
if util.find_spec("bridge_server") is None:
    raise SystemExit("bridge_server is not there")
"""
"""Run by the environment's Python, with the names of extras. Looks for names only: to import everything would cost
every start a second."""

State = Literal["ready", "outdated", "unusable"]


class Environment:
    """The virtual environment of the project in `root`.

    Its stamp file is written last of all, so an environment without one was never completed. The stamp holds what
    the environment depends on: its place (scripts carry absolute paths), the Python that made it, and pyproject.toml.
    """

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root)
        self.folder = self.root / ".venv"
        self.log = self.folder / "install.log"
        self.stamp = self.folder / "dawbridge.json"

    @property
    def python(self) -> Path:
        return self.tool("python")

    def tool(self, name: str) -> Path:
        """Where a program of the environment lies on this system."""
        return self.folder / "Scripts" / f"{name}.exe" if os.name == "nt" else self.folder / "bin" / name

    def prepare(self, extra: str, stream: TextIO) -> None:
        """See that everything is installed that `extra` needs; says nothing if it is. Raises Trouble."""
        try:
            state = self.state(extra)
            if state == "ready":
                return
            self.check_room(extra)
            extras = {extra, *(self.read_stamp().get("extras", ()) if state == "outdated" else ())} - {""}
            stream.write(f"Installing Dawbridge into {self.folder}\n")
            progress = Progress(stream, 3)
            try:
                lacking = self.install(sorted(extras), state == "unusable", progress)
            finally:
                progress.close()
            stream.write(f"Installed in {progress.seconds:.0f} s\n")
            for option in lacking:
                stream.write(f"{OPTIONS[option]}\n")
            if not extra:
                stream.write(f"{WHAT_NEXT}\n")
        except OSError as error:
            raise from_os(error, self.root, ROOM_MB[extra]) from error

    def state(self, extra: str) -> State:
        """'outdated' asks for packages, 'unusable' for all anew: absent, half made, moved, or of another Python."""
        stamp, wanted = self.read_stamp(), self.wanted_stamp()
        extras = stamp.get("extras", ())
        if any(stamp.get(key) != wanted[key] for key in ("place", "python")) or not self.works(extras):
            return "unusable"
        if stamp.get("project") != wanted["project"] or (extra and extra not in extras):
            return "outdated"
        return "ready"

    def wanted_stamp(self) -> dict[str, str]:
        project = hashlib.sha256((self.root / "pyproject.toml").read_bytes()).hexdigest()
        return {"place": str(self.root), "python": f"{sys.version} in {sys.base_prefix}", "project": project}

    def read_stamp(self) -> dict[str, Any]:
        """What the last complete installation noted; empty if there was none."""
        try:
            stamp = json.loads(self.stamp.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return stamp if isinstance(stamp, dict) else {}

    def works(self, extras: Sequence[str] = ()) -> bool:
        """True if the environment's Python starts and has the packages that the project needs."""
        # -I: what lies in the folder where the user happens to be is not part of the environment.
        if not self.tool("dawbridge").is_file():
            return False
        try:
            probe = subprocess.run([self.python, "-I", "-c", PROBE, *extras], capture_output=True, check=False)
        except OSError:
            return False
        return probe.returncode == 0

    def check_room(self, extra: str) -> None:
        """Raises Trouble if the disk is nearly full, OSError if the folder cannot be written."""
        with tempfile.TemporaryFile(dir=self.root):
            free = shutil.disk_usage(self.root).free
        if free < ROOM_MB[extra] * 1_000_000:
            raise disk_full(self.root, ROOM_MB[extra])

    def install(self, extras: Sequence[str], fresh: bool, progress: Progress) -> list[str]:
        """Make the environment if `fresh`, put the packages into it, stamp it. Raises Trouble or OSError.

        Returns the names of the options that could not be had; everything else works without them.
        """
        self.stamp.unlink(missing_ok=True)
        project = f"{self.root}[{','.join(extras)}]" if extras else str(self.root)
        pip = [str(self.python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
        steps = [(2, "looking for packages", [*pip, "--progress-bar", "off", "--editable", project])]
        if fresh:
            empty_folder(self.folder)
            # Seen from inside a virtual environment, too, build on the Python that it was built on.
            base = getattr(sys, "_base_executable", sys.executable)
            steps.insert(0, (1, "making an environment", [base, "-m", "venv", str(self.folder)]))
        with self.log.open("a", encoding="utf-8", errors="replace") as log:
            for step, text, command in steps:
                progress.say(step, text)
                status, lines = follow(command, log, progress)
                if status:
                    raise from_output(lines, self.root, ROOM_MB["test" if "test" in extras else ""], self.log)
            lacking = self.add_options([*pip, "--progress-bar", "off"], log, progress)
            for packages in (ALONE[extra] for extra in extras if extra in ALONE):
                follow([*pip, "--progress-bar", "off", "--no-deps", "--only-binary", ":all:", *packages], log, progress)
        self.stamp.write_text(json.dumps({**self.wanted_stamp(), "extras": list(extras)}), "utf-8")
        return lacking

    def add_options(self, pip: Sequence[str], log: TextIO, progress: Progress) -> list[str]:
        """All at once, or where that fails one by one. Returns the names of those that could not be had."""
        wanted = self.packages_of_options()
        every = [package for packages in wanted.values() for package in packages]
        if not every or follow([*pip, *every], log, progress)[0] == 0:
            return []
        return [name for name, packages in wanted.items() if follow([*pip, *packages], log, progress)[0]]

    def packages_of_options(self) -> dict[str, list[str]]:
        """Option → its packages, as pyproject.toml has them; an option that it does not have is left out."""
        project = tomllib.loads((self.root / "pyproject.toml").read_text("utf-8"))
        extras = project.get("project", {}).get("optional-dependencies", {})
        return {name: list(extras[name]) for name in OPTIONS if name in extras}


def empty_folder(path: Path) -> None:
    """Make the folder, without whatever was there before."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)
    path.mkdir()


def follow(command: Sequence[str], log: TextIO, progress: Progress) -> tuple[int, list[str]]:
    """Run a command, keep its output in the log, show its progress. Returns its exit status and its lines."""
    log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} $ {' '.join(command)}\n")
    surroundings = {**os.environ, "PIP_USER": "0", "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
    lines: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=surroundings) as process:
        assert process.stdout
        try:
            for raw in process.stdout:
                lines.append(raw.decode("utf-8", "replace").rstrip())
                log.write(f"{lines[-1]}\n")
                log.flush()
                step, text = headline(lines[-1])
                if step:
                    progress.say(step, text)
        except BaseException:
            process.terminate()
            raise
    return process.returncode, lines


def headline(line: str) -> tuple[int, str]:
    """Step and text for the progress line, from a line of pip's output; (0, '') if it tells nothing.

    >>> headline("Collecting numpy>=1.26 (from dawbridge==0.1.0)")
    (2, 'collecting numpy')
    """
    collected = re.match(r"Collecting ([\w.-]+)|Processing (?:.*[/\\])?([\w.]+)-.*\.whl", line)
    if collected:
        return 2, f"collecting {collected[1] or collected[2]}"
    if line.startswith("Installing collected packages:"):
        return 3, f"installing {line.count(',') + 1} packages"
    return 0, ""
