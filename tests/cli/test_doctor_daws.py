"""What `doctor` says about the scripts in the DAWs and about start.json, each fault made real."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath

import msgspec
import pytest

from bridge_server.doctor import daws
from bridge_server.doctor.daws import daw_findings
from bridge_server.doctor.finding import Finding
from bridge_server.home import Home
from bridge_server.install.change import carry_out
from bridge_server.install.hosts import HOSTS
from bridge_server.install.installation import installation
from bridge_server.install.surroundings import Surroundings
from bridge_server.install.ui_scripts import EMPTY, Script, with_scripts
from bridge_server.protocol.codec import to_json
from bridge_server.protocol.release import release
from bridge_server.start_file import StartFile, start_file, write_start_file
from daw_scripts import build
from tests.install.conftest import built

REAPER = HOSTS["reaper"]
Check = Callable[[], dict[str, Finding]]


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    """Linux with REAPER on it."""
    settings = tmp_path / "ana" / ".config" / "REAPER" / "reaper.ini"
    settings.parent.mkdir(parents=True)
    settings.touch()
    return Surroundings(system="linux", home=tmp_path / "ana", documents=tmp_path / "ana", root=tmp_path / "root")


@pytest.fixture(autouse=True)
def one_script(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is built is not what is tested here."""
    monkeypatch.setattr("bridge_server.install.installation.files_of", built)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command of start.json is not tried out."""
    monkeypatch.setattr(daws, "_trouble_with", lambda _: None)


@pytest.fixture
def check(home: Path, around: Surroundings) -> Check:
    return lambda: {finding.what: finding for finding in daw_findings(Home(home), around)}


@pytest.fixture
def script(home: Path, around: Surroundings) -> Path:
    """The installed script, and with it start.json."""
    place = REAPER.place_at(around.settings / "REAPER")
    carry_out(installation(REAPER, [place], Home(home), release()), Home(home))
    write_start_file(Home(home))
    return place.folder / "Scripts" / "Dawbridge" / "Dawbridge_Repaint.lua"


def test_a_machine_without_a_daw(home: Path, tmp_path: Path) -> None:
    nothing = Surroundings(system="linux", home=tmp_path / "nobody", documents=tmp_path, root=tmp_path / "root")
    [finding] = daw_findings(Home(home), nothing)
    assert finding.state == "note" and "Ableton Live" in finding.found and "--path" in finding.advice


def test_a_daw_without_our_scripts(check: Check) -> None:
    found = check()
    assert found["REAPER"].state == "note" and "dawbridge install reaper" in found["REAPER"].advice
    assert "start.json" not in found


def test_everything_is_as_it_should_be(check: Check, script: Path) -> None:
    found = check()
    assert (found["REAPER"].state, found["start.json"].state) == ("ok", "ok")
    assert release() in found["REAPER"].found and sys.executable in found["start.json"].found


def test_scripts_of_an_old_version(
    check: Check, home: Path, around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = REAPER.place_at(around.settings / "REAPER")
    carry_out(installation(REAPER, [place], Home(home), "0.0.9"), Home(home))
    finding = check()["REAPER"]
    assert finding.state == "problem" and "0.0.9" in finding.found and "dawbridge install reaper" in finding.advice


@pytest.mark.usefixtures("quick")
def test_scripts_of_the_same_version_with_other_contents(
    check: Check, script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after pulling changes into a checkout."""
    monkeypatch.setattr("bridge_server.install.installation.files_of", lambda host, _: built(host, "next"))
    assert check()["REAPER"].state == "problem"


@pytest.mark.usefixtures("quick")
def test_a_script_that_is_missing(check: Check, script: Path) -> None:
    script.unlink()
    finding = check()["REAPER"]
    assert finding.state == "problem" and script.name in finding.found


@pytest.mark.usefixtures("quick")
def test_a_script_that_the_user_changed(check: Check, script: Path) -> None:
    script.write_text("mine")
    finding = check()["REAPER"]
    assert finding.state == "note" and script.name in finding.found and "--force" in finding.advice


@pytest.mark.usefixtures("quick")
def test_the_same_actions_from_reapack(check: Check, script: Path) -> None:
    package = script.parent / "Dawbridge"
    package.mkdir()
    (package / script.name).touch()
    finding = check()["REAPER, twice"]
    assert finding.state == "note" and str(package) in finding.found and "ReaPack" in finding.advice


@pytest.mark.usefixtures("quick")
def test_a_home_that_only_the_terminal_knows(home: Path, around: Surroundings, script: Path) -> None:
    told = replace(around, environment={"DAWBRIDGE_HOME": str(home)})
    [finding] = [one for one in daw_findings(Home(home), told) if one.what == "DAWBRIDGE_HOME"]
    assert finding.state == "note" and "REAPER will find it only if" in finding.found


@pytest.mark.usefixtures("quick")
def test_a_disk_that_is_not_connected(check: Check, script: Path, around: Surroundings) -> None:
    (around.settings / "REAPER").rename(around.settings / "elsewhere")
    finding = check()["REAPER"]
    assert finding.state == "note" and "is not there" in finding.found and "Connect the disk" in finding.advice


def test_ardour_s_slots_with_an_old_copy(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'ardour { ["type"] = "EditorAction", name = "Dawbridge: Repaint" }\nfunction factory() end\n'
    files = {PurePosixPath("dawbridge_repaint.lua"): text.encode()}
    monkeypatch.setattr("bridge_server.install.installation.files_of", lambda host, version: files)
    (tmp_path / "ana" / ".config" / "ardour7").mkdir(parents=True)
    around = Surroundings(system="linux", home=tmp_path / "ana", documents=tmp_path, root=tmp_path / "root")
    ardour = HOSTS["ardour"]
    place = ardour.place_at(around.settings / "ardour7")
    carry_out(installation(ardour, [place], Home(home), release()), Home(home))
    copy = Script(name="Dawbridge: Repaint", source=text + "-- old", chunk="", origin="")
    slots = place.folder / "ui_scripts"
    slots.write_bytes(with_scripts(EMPTY, {copy.name: copy}, {}))

    def check() -> dict[str, Finding]:
        return {finding.what: finding for finding in daw_findings(Home(home), around)}

    found = check()
    assert found["Ardour 7"].state == "ok"
    assert found["Ardour 7, slots"].state == "problem" and "--register" in found["Ardour 7, slots"].advice
    slots.write_text("?")
    assert check()["Ardour 7, slots"].state == "note"
    slots.unlink()
    assert "Ardour 7, slots" not in check()


def test_records_that_cannot_be_read(check: Check, script: Path, home: Path) -> None:
    for record in Home(home).installed.iterdir():
        record.unlink()
        record.mkdir()
    assert check()["scripts"].state == "problem"


def test_start_json_is_missing(check: Check, script: Path, home: Path) -> None:
    Home(home).start.unlink()
    finding = check()["start.json"]
    assert finding.state == "problem" and "dawbridge up" in finding.advice


@pytest.mark.parametrize("text", ["", "{", '{"version":1}', '{"version":1,"command":"python","home":""}'])
def test_start_json_makes_no_sense(check: Check, home: Path, text: str) -> None:
    Home(home).start.write_text(text)
    finding = check()["start.json"]
    assert finding.state == "problem" and "makes no sense" in finding.found


@pytest.mark.parametrize(
    ("change", "state", "words"),
    [
        ({"version": 2}, "problem", "version 2"),
        ({"command": ("/gone/python", "-m", "x", "up")}, "problem", "/gone/python"),
        ({"command": ("python", "-m", "x", "up")}, "problem", "not there: python"),
        ({"command": ()}, "problem", "not there"),
        ({"home": "/another/home"}, "problem", "/another/home"),
        ({"command": (sys.executable, "-m", "other", "up"), "release": "0.0.9"}, "note", "0.0.9"),
    ],
)
def test_start_json_starts_something_else(
    check: Check, home: Path, change: dict[str, object], state: str, words: str
) -> None:
    changed: StartFile = msgspec.structs.replace(start_file(Home(home)), **change)
    Home(home).start.write_bytes(to_json(changed))
    finding = check()["start.json"]
    assert finding.state == state and words in finding.found and "dawbridge up" in finding.advice


def test_a_command_that_fails_when_it_is_run(check: Check, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment has lost its packages, say."""
    broken = StartFile(command=(sys.executable, "-c", "raise SystemExit('no module')"), home=str(home))
    monkeypatch.setattr(daws, "start_file", lambda _: broken)
    Home(home).start.write_bytes(to_json(broken))
    finding = check()["start.json"]
    assert finding.state == "problem" and "no module" in finding.found


@pytest.mark.usefixtures("quick")
def test_scripts_that_cannot_be_made_are_told(check: Check, script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(host: str, version: str) -> dict[object, bytes]:
        raise build.BrokenSource("no module shared.gone")

    monkeypatch.setattr("bridge_server.install.installation.files_of", broken)
    assert "shared.gone" in check()["REAPER"].found
