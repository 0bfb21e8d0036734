"""`dawbridge install` and `uninstall` as people and programs see them, on a machine that is a folder."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge_server.connection import read_connection
from bridge_server.home import Home
from bridge_server.install.surroundings import Surroundings
from bridge_server.launch import find_bridge, stop_bridge
from bridge_server.start_file import read_start_file
from tests.cli.conftest import Said
from tests.fakes.waiting import until
from tests.install.conftest import built, put, read_only, tree

Dawbridge = Callable[..., Said]


@pytest.fixture
def around(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Surroundings:
    """A Linux machine with REAPER and Ardour 8 that the commands take for this one."""
    there = Surroundings(
        system="linux",
        home=tmp_path / "ana",
        documents=tmp_path / "ana" / "Documents",
        root=tmp_path / "root",
    )
    put(there.settings / "REAPER" / "reaper.ini")
    put(there.settings / "ardour8" / "config")
    monkeypatch.setattr(Surroundings, "here", lambda: there)
    monkeypatch.setattr("bridge_server.cli.install.program_names", lambda system: frozenset({"python", "bash"}))
    monkeypatch.setattr("bridge_server.install.installation.files_of", built)
    return there


def scripts_in(around: Surroundings) -> dict[str, bytes]:
    folder = around.settings / "REAPER" / "Scripts" / "Dawbridge"
    return tree(folder) if folder.exists() else {}


def test_a_dry_run_shows_everything_and_changes_nothing(dawbridge: Dawbridge, around: Surroundings, home: Path) -> None:
    said = dawbridge("install", "reaper", "--dry-run")
    assert said.code == 0
    assert "Dawbridge_" in said.out and ".lua" in said.out and "new" in said.out and "dry run" in said.out
    assert "Load ReaScript" in said.out
    assert scripts_in(around) == {} and tree(home) == {}


def test_install_again_and_uninstall(dawbridge: Dawbridge, around: Surroundings, home: Path) -> None:
    before = tree(around.home)
    said = dawbridge("install", "reaper")
    assert said.code == 0 and "is installed in REAPER" in said.out
    assert scripts_in(around)
    assert read_start_file(Home(home)).home == str(home)
    assert "Nothing to do" in dawbridge("install", "reaper").out
    listed = {line["host"]: line for line in dawbridge("install", "--list", "--json").last["places"]}
    assert listed["reaper"]["state"] == "up to date" and listed["ardour"]["state"] == "not installed"
    assert "up to date" in dawbridge("install", "--list").out
    trial = dawbridge("uninstall", "reaper", "--dry-run")
    assert "goes" in trial.out and scripts_in(around)
    assert "no longer installed" in dawbridge("uninstall", "reaper").out
    assert tree(around.home) == before
    assert "Nothing of Dawbridge is installed" in dawbridge("uninstall", "reaper").out


def test_for_programs(dawbridge: Dawbridge, around: Surroundings) -> None:
    said = dawbridge("install", "reaper", "--json")
    [place] = said.last["places"]
    assert (said.code, said.err, said.last["host"], said.last["dry_run"]) == (0, "", "reaper", False)
    assert place["folder"] == str(around.settings / "REAPER") and place["clicks"]
    assert {entry["state"] for entry in place["files"]} == {"new"}
    gone = dawbridge("uninstall", "reaper", "--json").last
    assert {entry["state"] for entry in gone["places"][0]["files"]} == {"remove"}


def test_what_you_changed_is_said_and_kept(dawbridge: Dawbridge, around: Surroundings) -> None:
    dawbridge("install", "reaper")
    name = min(scripts_in(around))
    script = around.settings / "REAPER" / "Scripts" / "Dawbridge" / name
    ours = script.read_bytes()
    script.write_bytes(b"mine")
    said = dawbridge("install", "reaper")
    assert said.code == 0 and "stays as it is" in said.out and "--force" in said.err
    assert script.read_bytes() == b"mine"
    forced = dawbridge("install", "reaper", "--force")
    assert f"{name}.yours" in forced.out.replace("\n", "")
    assert script.read_bytes() == ours and script.with_name(f"{name}.yours").read_bytes() == b"mine"
    script.write_bytes(b"mine again")
    said = dawbridge("uninstall", "reaper")
    assert "still there" in said.err and script.read_bytes() == b"mine again"


def test_a_named_folder(dawbridge: Dawbridge, around: Surroundings, tmp_path: Path) -> None:
    stick = tmp_path / 'Stick \'n "Rock" 🎸, ünïcode'
    put(stick / "reaper.ini")
    assert dawbridge("install", "reaper", "--path", stick).code == 0
    assert scripts_in(around) == {} and list((stick / "Scripts" / "Dawbridge").iterdir())
    listed = dawbridge("install", "--list", "--json").last["places"]
    assert {(line["folder"], line["state"]) for line in listed if line["host"] == "reaper"} == {
        (str(stick), "up to date"),
        (str(around.settings / "REAPER"), "not installed"),
    }
    assert dawbridge("uninstall", "reaper", "--path", stick).code == 0
    assert tree(stick) == {"reaper.ini": b""}


def test_what_lies_on_a_disk_that_is_away_is_not_forgotten(
    dawbridge: Dawbridge, around: Surroundings, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    put(stick / "reaper.ini")
    dawbridge("install", "reaper", "--path", stick)
    stick.rename(tmp_path / "away")
    said = dawbridge("uninstall", "reaper")
    assert said.code == 0 and f"{stick} is not there now" in said.err
    (tmp_path / "away").rename(stick)
    (stick / "reaper.ini").unlink()
    assert "no longer installed" in dawbridge("uninstall", "reaper", "--path", stick).out
    assert tree(stick) == {}


def test_a_running_host_is_told_of(dawbridge: Dawbridge, around: Surroundings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge_server.cli.install.program_names", lambda system: frozenset({"reaper"}))
    assert "REAPER is running" in dawbridge("install", "reaper").err
    assert dawbridge("install", "reaper", "--json").last["running"] is True


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (("install",), 2, "bad_request"),
        (("install", "cubase"), 2, "bad_request"),
        (("uninstall",), 2, "bad_request"),
        (("install", "ableton"), 1, "not_found"),
        (("install", "reaper", "--path", "/no/such/folder"), 1, "not_found"),
        (("install", "reaper", "--path", "/"), 1, "not_found"),
    ],
)
def test_what_cannot_be_done_has_a_code_and_a_hint(
    dawbridge: Dawbridge, around: Surroundings, words: tuple[str, ...], code: int, error: str
) -> None:
    said = dawbridge(*words, "--json")
    assert (said.code, said.last["error"]["code"]) == (code, error)
    assert said.last["error"]["hint"]


def test_a_folder_that_cannot_be_written(dawbridge: Dawbridge, around: Surroundings, home: Path) -> None:
    with read_only(around.settings / "REAPER"):
        said = dawbridge("install", "reaper", "--json")
    assert (said.code, said.last["error"]["code"]) == (1, "read_only")
    assert scripts_in(around) == {} and not list((home / "installed").glob("*.json"))


def test_a_home_that_cannot_be_written(dawbridge: Dawbridge, around: Surroundings, home: Path, tmp_path: Path) -> None:
    with read_only(home):
        said = dawbridge("install", "reaper", "--json")
    assert (said.code, said.last["error"]["code"]) == (1, "read_only")
    assert scripts_in(around) == {}


def test_what_a_script_runs_starts_the_bridge(
    dawbridge: Dawbridge, around: Surroundings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From another folder, which even holds modules of our names, and without our environment variable."""
    home = Home(tmp_path / 'Zuhause \'n "Töne" 🎸')
    monkeypatch.setenv("DAWBRIDGE_HOME", str(home.root))
    assert dawbridge("install", "reaper").code == 0
    project = tmp_path / "project"
    put(project / "bridge_server" / "__init__.py", data=b"raise SystemExit('the wrong one')")
    command = json.loads(home.start.read_text(encoding="utf-8"))["command"]
    environment = {name: value for name, value in os.environ.items() if name != "DAWBRIDGE_HOME"}
    # A double that reaps the bridge: whoever starts it is its parent.
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=60)
    try:
        assert done.returncode == 0, done.stderr
        found = until(lambda: find_bridge(home), 10, "the bridge answers")
        assert read_connection(home).home == str(home.root) == found.connection.home
        again = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=60)
        assert again.returncode == 0 and "already up" in again.stdout
    finally:
        assert stop_bridge(home) == "stopped"


def test_up_writes_how_it_was_started(dawbridge: Dawbridge, home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bridge_server.cli", "up", "--osc-port", "0"], timeout=60, capture_output=True
    )
    try:
        assert done.returncode == 0
        found = read_start_file(Home(home))
    finally:
        stop_bridge(Home(home))
    assert found.command[0] == sys.executable and found.command[-3:] == ("up", "--home", str(home))


def test_a_bridge_that_runs_is_more_than_its_start_file(home: Path) -> None:
    up = [sys.executable, "-m", "bridge_server.cli", "up", "--osc-port", "0"]
    assert subprocess.run(up, timeout=60, capture_output=True).returncode == 0
    Home(home).start.unlink()
    Home(home).start.mkdir()
    try:
        done = subprocess.run(up, timeout=60, capture_output=True, text=True)
    finally:
        stop_bridge(Home(home))
    assert done.returncode == 0 and "already up" in done.stdout
    assert "will not be able to start the bridge" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="pythonw is for Windows alone")
def test_without_anybody_to_speak_to_the_command_still_works(home: Path) -> None:
    """As pythonw starts us on Windows: no stdout, no stderr."""
    code = "import sys; sys.stdout = sys.stderr = None; from bridge_server.cli import main; sys.exit(main())"
    assert subprocess.run([sys.executable, "-c", code, "install", "--list"], timeout=60).returncode == 0


def test_reaper_s_list_of_actions_is_only_touched_while_reaper_is_closed(
    dawbridge: Dawbridge, around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions = around.settings / "REAPER" / "reaper-kb.ini"
    with monkeypatch.context() as patch:
        patch.setattr("bridge_server.cli.install.program_names", lambda system: frozenset({"reaper"}))
        said = dawbridge("install", "reaper", "--register", "--json")
        assert (said.code, said.last["error"]["code"]) == (1, "bad_request")
        assert scripts_in(around) == {} and not actions.exists()
    assert dawbridge("install", "reaper", "--register").code == 0
    assert actions.read_text().count("SCR 4 0 RS") == 2
    updated = dawbridge("install", "reaper").out
    assert "give those you use a key" in updated and "Load ReaScript" not in updated, "they are in the list since then"
    assert dawbridge("uninstall", "reaper").code == 0
    assert actions.read_text() == ""
    library = put(around.home / "User Library", is_folder=True)
    said = dawbridge("install", "ableton", "--path", library, "--register", "--json")
    assert (said.code, said.last["error"]["code"]) == (1, "unsupported")


def test_ardour_s_slots(dawbridge: Dawbridge, around: Surroundings) -> None:
    assert "Script Manager" in dawbridge("install", "ardour", "--dry-run").out
    said = dawbridge("install", "ardour", "--register", "--json")
    assert said.code == 0 and (around.settings / "ardour8" / "ui_scripts").exists()
    assert any("Watcher" in sentence for sentence in said.last["places"][0]["clicks"])
    assert dawbridge("uninstall", "ardour").code == 0
