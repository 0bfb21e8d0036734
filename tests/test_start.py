"""start.py is run for real on small projects: it installs, repairs, starts, and says in a sentence why it cannot."""

import ast
import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections import namedtuple
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import start
from installer import environment
from installer.environment import Environment
from installer.trouble import Trouble

ROOT = Path(start.__file__).parent
POSIX_ONLY = pytest.mark.skipif(os.name == "nt", reason="signals and mounts of POSIX")
TMPFS_ONLY = pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.geteuid() != 0, reason="only root on Linux can mount a small disk"
)

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "dawbridge"
version = "0.1.0"
"""

BACKEND = """
import zipfile

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    name, info = "dawbridge-0.1.0-py3-none-any.whl", "dawbridge-0.1.0.dist-info"
    files = {
        "dawbridge.pth": PLACE,
        f"{info}/METADATA": "Metadata-Version: 2.1\\nName: dawbridge\\nVersion: 0.1.0\\nProvides-Extra: test\\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\\nGenerator: tests\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        f"{info}/entry_points.txt": "[console_scripts]\\ndawbridge = bridge_server.cli:main\\n",
    }
    record = "".join(f"{path},,\\n" for path in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(f"{wheel_directory}/{name}", "w") as wheel:
        for path, text in {**files, f"{info}/RECORD": record}.items():
            wheel.writestr(path, text)
    return name
"""

CLI = """
import json, os, sys

def main():
    print(json.dumps({"words": sys.argv[1:], "folder": os.getcwd(), "prefix": sys.prefix}))
    return 7 if "fail" in sys.argv else 0
"""


def small_project(root: Path) -> Path:
    """start.py with its installer beside a project that needs nothing from outside, and whose command echoes."""
    (root / "bridge_server").mkdir(parents=True)
    (root / "tests").mkdir()
    shutil.copy(ROOT / "start.py", root)
    shutil.copytree(ROOT / "installer", root / "installer", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / "backend.py").write_text(f"PLACE = {str(root)!r}\n{BACKEND}")
    (root / "bridge_server" / "__init__.py").touch()
    (root / "bridge_server" / "cli.py").write_text(CLI)
    (root / "tests" / "__init__.py").touch()
    (root / "tests" / "check.py").write_text(CLI + "\nmain()\n")
    return root


def quiet_pip(**more: str) -> dict[str, str]:
    """Our environment without the machine's settings for pip."""
    inherited = {key: value for key, value in os.environ.items() if not key.upper().startswith("PIP_")}
    return {**inherited, "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0", **more}


def run_start(
    root: Path, *words: str, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(root / "start.py"), *words]
    return subprocess.run(
        command, capture_output=True, text=True, env=env or quiet_pip(PIP_NO_INDEX="1"), cwd=cwd or root, timeout=100
    )


def assert_one_sentence(done: subprocess.CompletedProcess[str], *parts: str) -> None:
    assert done.returncode == 1
    for part in parts:
        assert part in done.stderr
    assert "Traceback" not in done.stderr
    assert not done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project after its first run."""
    root = small_project(tmp_path_factory.mktemp("start") / "with space ü")
    first = run_start(root, "up")
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)["words"] == ["up"]
    assert "[1/3] making an environment" in first.stderr
    assert "[3/3] installing 1 packages" in first.stderr
    assert "Installed in " in first.stderr
    return root


def test_second_run_only_starts(installed: Path, tmp_path: Path) -> None:
    log = (installed / ".venv" / "install.log").read_bytes()
    # What an editable installation leaves behind in a checkout must not be taken for the environment's packages.
    (tmp_path / "dawbridge.egg-info").mkdir()
    (tmp_path / "dawbridge.egg-info" / "PKG-INFO").write_text("Name: dawbridge\nRequires-Dist: nobody-has-this\n")
    second = run_start(installed, "repaint", "my song.wav", "--json", cwd=tmp_path)
    assert second.stderr == ""
    seen = json.loads(second.stdout)
    assert seen["words"] == ["repaint", "my song.wav", "--json"]
    assert Path(seen["folder"]).samefile(tmp_path), "paths that the user typed must mean what they meant"
    assert Path(seen["prefix"]).samefile(installed / ".venv")
    assert (installed / ".venv" / "install.log").read_bytes() == log


def test_without_a_word_it_plays_the_demo(installed: Path) -> None:
    assert json.loads(run_start(installed).stdout)["words"] == ["demo"]
    assert json.loads(run_start(installed, "--json").stdout)["words"] == ["demo", "--json"]


def test_exit_status_is_the_commands(installed: Path) -> None:
    assert run_start(installed, "fail").returncode == 7


def test_help_installs_nothing(tmp_path: Path) -> None:
    root = small_project(tmp_path / "fresh")
    done = run_start(root, "--help")
    assert done.returncode == 0
    assert "python3 start.py test" in done.stdout
    assert not (root / ".venv").exists()


def test_an_extra_is_added_to_what_is_there_and_a_broken_environment_is_made_again(installed: Path) -> None:
    there = Environment(installed)
    assert there.state("") == "ready"
    assert there.state("test") == "outdated"
    tested = run_start(installed, "test", "-k", "splice", cwd=installed.parent)
    assert "[1/3]" not in tested.stderr
    assert json.loads(tested.stdout)["words"] == ["-k", "splice"]
    assert Path(json.loads(tested.stdout)["folder"]).samefile(installed)
    assert there.state("") == there.state("test") == "ready"

    there.python.unlink()
    assert there.state("") == "unusable"
    again = run_start(installed, "up")
    assert "[1/3] making an environment" in again.stderr
    assert json.loads(again.stdout)["words"] == ["up"]
    assert there.state("test") == "outdated"


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({"place": "/elsewhere"}, "unusable"),
        ({"python": "3.10.1 in /usr"}, "unusable"),
        ({"project": "0" * 64}, "outdated"),
        ({"extras": ["test"]}, "ready"),
    ],
)
def test_the_stamp_decides(installed: Path, tmp_path: Path, change: dict[str, str], state: str) -> None:
    there = Environment(installed)
    there.stamp = tmp_path / "stamp.json"
    there.stamp.write_text(json.dumps({**there.wanted_stamp(), "extras": [], **change}))
    assert there.state("") == state


@pytest.mark.parametrize("stamp", ["", "{", "[]", "\x00"])
def test_a_stamp_that_cannot_be_read_is_none(installed: Path, tmp_path: Path, stamp: str) -> None:
    there = Environment(installed)
    there.stamp = tmp_path / "stamp.json"
    there.stamp.write_text(stamp)
    assert there.state("") == "unusable"


def test_a_package_that_was_removed_is_missed(installed: Path) -> None:
    there = Environment(installed)
    assert there.works()
    (metadata,) = there.folder.rglob("dawbridge-0.1.0.dist-info/METADATA")
    text = metadata.read_text()
    metadata.write_text(text + "Requires-Dist: nobody-has-this>=1.9\n")
    assert not there.works()
    metadata.write_text(text + "Requires-Dist: nobody-has-this>=1.9; extra == 'test'\n")
    assert there.works()
    assert not there.works(["test"])
    metadata.write_text(text)


def test_unreachable_index(tmp_path: Path) -> None:
    root = small_project(tmp_path / "fresh")
    shutil.copy(ROOT / "pyproject.toml", root)
    done = run_start(root, "up", env=quiet_pip(PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_RETRIES="1"))
    log = root / ".venv" / "install.log"
    assert_one_sentence(done, "pip cannot reach its package index", "network", str(log))
    assert "Failed to establish a new connection" in log.read_text("utf-8")
    assert Environment(root).state("") == "unusable"


def test_no_venv_module(tmp_path: Path) -> None:
    root = small_project(tmp_path / "fresh")
    (tmp_path / "debian").mkdir()
    (tmp_path / "debian" / "venv.py").write_text("raise SystemExit('... because ensurepip is not available. ...')")
    done = run_start(root, "up", env=quiet_pip(PYTHONPATH=str(tmp_path / "debian")))
    assert_one_sentence(done, "apt install python3-venv", "install.log")


def test_no_pyproject(tmp_path: Path) -> None:
    root = small_project(tmp_path / "fresh")
    (root / "pyproject.toml").unlink()
    assert_one_sentence(run_start(root, "up"), "pyproject.toml")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"cannot mount here: {mounted.stderr.decode().strip()}")
    yield disk
    subprocess.run(["umount", disk], check=True)


@TMPFS_ONLY
def test_full_disk_is_seen_before_anything_is_written(small_disk: Path) -> None:
    root = small_project(small_disk / "fresh")
    assert_one_sentence(run_start(root, "up"), "The disk is full: free about 400 MB", str(root))
    assert not (root / ".venv").exists()


@TMPFS_ONLY
def test_disk_that_fills_up_on_the_way(small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "ROOM_MB", {"": 1, "test": 1})
    there = Environment(small_project(small_disk / "fresh"))
    with pytest.raises(Trouble, match="The disk is full"):
        there.prepare("", io.StringIO())
    assert there.state("") == "unusable"


@TMPFS_ONLY
def test_read_only_disk(small_disk: Path) -> None:
    root = small_project(small_disk / "fresh")
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    assert_one_sentence(run_start(root, "up"), "cannot be written", "copy Dawbridge")


def test_full_disk_wherever_tests_cannot_mount(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = Environment(small_project(tmp_path / "fresh"))
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**12, 10**12 - 10**8, 10**8))
    with pytest.raises(Trouble, match="The disk is full: free about 2600 MB"):
        there.prepare("test", io.StringIO())


@POSIX_ONLY
def test_ctrl_c_stops_everything_and_the_next_run_goes_on(tmp_path: Path) -> None:
    root = small_project(tmp_path / "fresh")
    command = [sys.executable, str(root / "start.py"), "up"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stderr
        for line in process.stderr:
            if "[1/3]" in line:
                os.killpg(process.pid, signal.SIGINT)
                break
        rest = process.stderr.read()
    assert process.returncode == 130
    assert "run the same command again" in rest
    assert "Traceback" not in rest
    assert Environment(root).state("") == "unusable"


def test_an_old_python_is_told_so() -> None:
    assert start.too_old((3, 8)).startswith("Dawbridge needs Python 3.11 or newer; this is 3.8. ")
    assert "this is 2.7" in start.too_old((2, 7))
    assert not start.too_old((3, 11))
    assert not start.too_old((4, 0))


def test_an_old_python_can_read_start_py() -> None:
    source = (ROOT / "start.py").read_text("ascii")
    tree = ast.parse(source, feature_version=(3, 6))
    newer = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Starred, ast.Nonlocal, ast.AsyncFunctionDef, ast.Match)
    for node in ast.walk(tree):
        assert not isinstance(node, newer), f"Python 2.7 cannot read line {node.lineno}"
        if isinstance(node, ast.FunctionDef):
            arguments = node.args
            assert not node.returns, f"Python 2.7 cannot read the annotation in line {node.lineno}"
            assert not any(argument.annotation for argument in arguments.args + arguments.kwonlyargs)
            assert not arguments.kwonlyargs
        assert not (isinstance(node, ast.Raise) and node.cause)
    at_once = [name.name for node in tree.body if isinstance(node, ast.Import) for name in node.names]
    assert set(at_once) == {"os", "subprocess", "sys"}, "what is imported before the check must exist in every Python"
