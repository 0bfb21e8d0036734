"""The Python script finds what it needs from REAPER's Python, or says what to do."""

import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from bridge_server.home import Home
from bridge_server.start_file import write_start_file
from daw_scripts.reaper.build import PYTHON as SCRIPT

STRANGER = """
import os
def RPR_MB(message, title, kind): print(message)
def RPR_GetResourcePath(): return os.environ["DAWBRIDGE_HOME"]
def RPR_GetUserInputs(*arguments): return (0, *arguments)
def __getattr__(name): return lambda *arguments: None
"""


def start_as_a_stranger(folder: Path) -> str:
    """What the script says in a Python that knows nothing of this environment, but what start.json tells it."""
    (folder / "reaper_python.py").write_text(STRANGER)
    environment = {"DAWBRIDGE_HOME": str(folder), "PATH": os.environ["PATH"]}
    script = f"exec(open({str(SCRIPT)!r}, encoding='utf-8').read()); print(type(SESSION).__name__)"
    command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(folder)!r}); {script}"]
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_without_its_packages_it_says_what_to_do(tmp_path: Path):
    said = start_as_a_stranger(tmp_path)
    assert "Install Dawbridge with the same version" in said
    assert "start.json" in said
    assert "NoneType" in said


def test_its_packages_are_found_where_start_json_leads(tmp_path: Path):
    try:
        distribution("dawbridge")
    except PackageNotFoundError:
        pytest.skip("Dawbridge is not installed here, only run from its folder")
    write_start_file(Home(tmp_path))
    assert start_as_a_stranger(tmp_path).strip() == "Session"


@pytest.mark.parametrize("text", ["", "[]", '{"command": []}', '{"command": [7]}'])
def test_a_start_file_that_makes_no_sense_is_told_of(tmp_path: Path, text: str):
    (tmp_path / "start.json").write_text(text)
    assert "start.json" in start_as_a_stranger(tmp_path)
