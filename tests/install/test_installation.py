"""From a host's name to files, with what the build really makes; and all of it is in an installed Dawbridge."""

import tomllib
from pathlib import Path

import pytest

import daw_scripts
from bridge_server.home import Home
from bridge_server.install.change import carry_out
from bridge_server.install.hosts import HOSTS
from bridge_server.install.installation import built_files, chosen_places, installation, removal
from bridge_server.install.place import Host
from bridge_server.install.running import is_running, program_names
from bridge_server.install.surroundings import Surroundings
from bridge_server.protocol.errors import BridgeFault, NotFound, Unsupported
from daw_scripts.build import BrokenSource
from tests.install.conftest import Machine, put, tree

SOURCES = Path(daw_scripts.__file__).parent
PAGES = {".md"}

MACHINES = {
    "reaper": ("linux", ".config/REAPER/reaper.ini"),
    "ableton": ("macos", "Music/Ableton/User Library/"),
    "ardour": ("linux", ".config/ardour8/"),
}


def test_every_source_goes_into_the_wheel() -> None:
    """`dawbridge install` has to work where there is no checkout."""
    project = tomllib.loads((SOURCES.parent / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["daw_scripts"]
    packed = {path for pattern in patterns for path in SOURCES.glob(pattern)} | set(SOURCES.rglob("*.py"))
    sources = {path for path in SOURCES.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert {path.name for path in sources - packed if path.suffix not in PAGES} == set()


@pytest.mark.parametrize("host", HOSTS.values(), ids=lambda host: host.id)
def test_what_is_built_goes_in_and_out_again(host: Host, machine: Machine, at: Home) -> None:
    try:
        files = built_files(host, "1.0")
    except Unsupported:
        pytest.skip(f"no scripts for {host.title} yet")
    system, path = MACHINES[host.id]
    around = machine(system, path)
    before = tree(around.home)
    plans = installation(host, chosen_places(host, around, None), at, "1.0")
    carry_out(plans, at)
    written = set(tree(around.home).values())
    assert set(files.values()) <= written
    assert not any(plan.changes for plan in installation(host, chosen_places(host, around, None), at, "1.0"))
    carry_out(removal(host, at, None), at)
    assert tree(around.home) == before


@pytest.mark.parametrize("host", HOSTS.values(), ids=lambda host: host.id)
def test_every_host_says_what_is_left_to_do_and_where_its_folder_is(host: Host, machine: Machine) -> None:
    system, path = MACHINES[host.id]
    [place] = chosen_places(host, machine(system, path), None)
    assert all(sentence[0].isupper() and sentence.endswith(".") for sentence in host.clicks(place))
    assert host.where.endswith(".")


def test_a_host_that_is_not_here(machine: Machine) -> None:
    with pytest.raises(NotFound, match="Ableton Live was not found") as caught:
        chosen_places(HOSTS["ableton"], machine("linux"), None)
    assert "dawbridge install ableton --path" in caught.value.hint


def test_a_version_without_scripts_for_a_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge_server.install.installation.files_of", lambda host, version: {})
    with pytest.raises(Unsupported, match="no scripts for Ardour"):
        built_files(HOSTS["ardour"], "1.0")


def test_sources_that_cannot_be_built(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(host: str, version: str) -> None:
        raise BrokenSource("no module shared.gone")

    monkeypatch.setattr("bridge_server.install.installation.files_of", broken)
    with pytest.raises(BridgeFault, match=r"shared\.gone"):
        built_files(HOSTS["reaper"], "1.0")


def test_a_place_whose_disk_is_away_is_left_alone(machine: Machine, at: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge_server.install.installation.files_of", lambda host, version: {Path("a.lua"): b"x"})
    around = machine("linux", "/stick/REAPER/reaper.ini", "/stick/REAPER/reaper")
    reaper = HOSTS["reaper"]
    carry_out(installation(reaper, chosen_places(reaper, around, None), at, "1.0"), at)
    stick = around.root / "stick"
    stick.rename(around.root / "away")
    assert removal(reaper, at, None) == []
    (around.root / "away").rename(stick)
    assert len(removal(reaper, at, None)) == 1


@pytest.mark.parametrize(
    ("host", "name", "is_it"),
    [
        ("reaper", "reaper", True),
        ("reaper", "reaper_host_x86", True),
        ("reaper", "reaperbridge", False),
        ("ardour", "ardour-7.3.0~ds", True),
        ("ardour", "ardour8", True),
        ("ardour", "ardourtool", False),
        ("ableton", "ableton live 12 suite", True),
        ("ableton", "live", True),
        ("ableton", "livecaptions", False),
    ],
)
def test_a_running_host_is_known_by_its_process(host: str, name: str, is_it: bool) -> None:
    assert is_running(HOSTS[host], {"bash", name}) is is_it


def test_the_processes_of_this_machine_can_be_listed() -> None:
    names = program_names(Surroundings.here().system)
    assert any("python" in name or "pytest" in name for name in names)


def test_this_machine_has_surroundings() -> None:
    here = Surroundings.here()
    assert here.home.is_absolute() and here.settings.is_absolute()


def test_a_path_in_the_user_s_folder(machine: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    put(tmp_path / "mine" / "reaper.ini")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    [place] = chosen_places(HOSTS["reaper"], machine("linux"), Path("~/mine"))
    assert place.folder == tmp_path / "mine"
