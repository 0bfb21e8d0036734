"""Reveal: a take shown in its folder, in the file browser of the system."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from bridge_server.protocol.errors import NotFound, Unsupported

log = logging.getLogger(__name__)

_ANSWER_SECONDS = 5.0
_ANSWERING = ("gdbus", "open")
_FILE_BROWSER = "org.freedesktop.FileManager1"

Which = Callable[[str], str | None]


def reveal(path: Path, system: str = sys.platform, which: Which = shutil.which) -> None:
    """Open the folder of a file, with the file selected where the system can do that.

    Raises NotFound, Unsupported where there is no program for it.
    """
    if not path.is_file():
        raise NotFound(f"The file {path} is not there any more.")
    for command in commands(path, system):
        program = which(command[0])
        if program is not None and _works(program, command):
            return
    raise Unsupported("This system has no program to show a folder with.", f"The take lies at {path}.")


def commands(path: Path, system: str) -> list[list[str]]:
    """What to try, the best first. No shell reads it, so a file's name is only ever a name."""
    if system == "win32":
        return [["explorer.exe", f"/select,{path}"]]
    if system == "darwin":
        return [["open", "-R", str(path)]]
    address = f"file://{quote(str(path))}"
    ask = ["gdbus", "call", "--session", "--dest", _FILE_BROWSER, "--object-path", "/org/freedesktop/FileManager1"]
    return [[*ask, "--method", f"{_FILE_BROWSER}.ShowItems", f"['{address}']", ""], ["xdg-open", str(path.parent)]]


def _works(program: str, command: list[str]) -> bool:
    whole: str | list[str] = [program, *command[1:]]
    if command[0] == "explorer.exe":
        # Explorer reads its line by itself and wants the path in quotes, not the whole word.
        option, _, path = command[1].partition(",")
        whole = f'"{program}" {option},"{path}"'
    try:
        process = subprocess.Popen(
            whole,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        log.info("reveal.failed program=%s error=%s", program, error)
        return False
    if command[0] in _ANSWERING:
        try:
            return process.wait(_ANSWER_SECONDS) == 0
        except subprocess.TimeoutExpired:
            process.kill()
    # The others are the file browser itself and stay open: somebody has to hear when they end.
    threading.Thread(target=process.wait, daemon=True, name="reveal").start()
    return command[0] not in _ANSWERING
