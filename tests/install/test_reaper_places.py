"""Where REAPER is: resource paths of three systems, several, portable ones, and what the user names."""

from pathlib import Path

import pytest

from bridge_server.install.hosts import HOSTS, places
from bridge_server.install.registration import what_is_left
from bridge_server.install.surroundings import System
from bridge_server.protocol.errors import NotFound
from tests.install.conftest import Machine, put

REAPER = HOSTS["reaper"]


@pytest.mark.parametrize(
    ("system", "folder"),
    [
        ("linux", ".config/REAPER"),
        ("macos", "Library/Application Support/REAPER"),
        ("windows", "AppData/Roaming/REAPER"),
    ],
)
def test_the_usual_folder(machine: Machine, system: System, folder: str) -> None:
    around = machine(system, f"{folder}/reaper.ini")
    [place] = places(REAPER, around)
    assert (place.name, place.folder) == ("REAPER", around.home / folder)


def test_the_environment_moves_it(machine: Machine, tmp_path: Path) -> None:
    put(tmp_path / "xdg" / "REAPER" / "reaper.ini")
    [place] = places(REAPER, machine("linux", XDG_CONFIG_HOME=str(tmp_path / "xdg")))
    assert place.folder == tmp_path / "xdg" / "REAPER"
    put(tmp_path / "roaming" / "REAPER" / "reaper.ini")
    [place] = places(REAPER, machine("windows", APPDATA=str(tmp_path / "roaming")))
    assert place.folder == tmp_path / "roaming" / "REAPER"
    assert places(REAPER, machine("linux", XDG_CONFIG_HOME="relative/path")) == []


def test_a_folder_without_settings_is_not_reaper_s(machine: Machine) -> None:
    assert places(REAPER, machine("linux", ".config/REAPER/Scripts/")) == []


@pytest.mark.parametrize(
    ("system", "program", "settings"),
    [
        ("windows", "/Program Files/REAPER (x64)/reaper.exe", "/Program Files/REAPER (x64)/reaper.ini"),
        ("windows", "/stick/REAPER/reaper.exe", "/stick/REAPER/reaper.ini"),
        ("macos", "/Applications/REAPER 7/REAPER.app/", "/Applications/REAPER 7/reaper.ini"),
        ("macos", "Desktop/Reaper portable/REAPER.app/", "Desktop/Reaper portable/reaper.ini"),
        ("linux", "opt/REAPER/reaper", "opt/REAPER/reaper.ini"),
        ("linux", "reaper_linux_x86_64/REAPER/reaper", "reaper_linux_x86_64/REAPER/reaper.ini"),
        ("linux", "/stick/REAPER/reaper", "/stick/REAPER/reaper.ini"),
    ],
)
def test_a_portable_one_has_its_settings_beside_the_program(
    machine: Machine, system: System, program: str, settings: str
) -> None:
    assert places(REAPER, machine(system, program)) == []
    [place] = places(REAPER, machine(system, settings))
    assert place.name == "REAPER, portable"
    assert (place.folder / "reaper.ini").is_file()


def test_one_from_flatpak_is_told_how_to_reach_the_bridge(machine: Machine, home: Path) -> None:
    around = machine("linux", ".var/app/fm.reaper.Reaper/config/REAPER/reaper.ini", ".config/REAPER/reaper.ini")
    usual, fenced = places(REAPER, around)
    assert fenced.name == "REAPER, Flatpak"
    assert "flatpak override" not in " ".join(REAPER.clicks(usual))
    assert f'--filesystem="{home}"' in REAPER.clicks(fenced)[0] and "fm.reaper.Reaper`" in REAPER.clicks(fenced)[0]
    assert REAPER.clicks(fenced)[0] in what_is_left(REAPER, fenced)


def test_several_are_all_found_and_each_once(machine: Machine, tmp_path: Path) -> None:
    around = machine(
        "linux",
        ".config/REAPER/reaper.ini",
        ".config/REAPER-test/reaper.ini",
        "opt/REAPER/reaper",
        "opt/REAPER/reaper.ini",
    )
    (around.home / "REAPER").symlink_to(around.home / "opt" / "REAPER")
    found = places(REAPER, around)
    assert [place.name for place in found] == ["REAPER", "REAPER (REAPER-test)", "REAPER, portable"]


@pytest.mark.parametrize("named", [".", "Scripts", "reaper.ini"])
def test_the_user_may_name_what_is_at_hand(tmp_path: Path, named: str) -> None:
    folder = tmp_path / 'Höhle \'n "Raum" 🎸'
    put(folder / "reaper.ini")
    put(folder / "Scripts", is_folder=True)
    assert REAPER.place_at(folder / named).folder == folder


def test_a_folder_that_is_not_reaper_s_is_refused_with_the_way_to_the_right_one(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"no reaper\.ini") as caught:
        REAPER.place_at(tmp_path)
    assert "Show REAPER resource path" in caught.value.hint
    with pytest.raises(NotFound, match="There is no folder") as caught:
        REAPER.place_at(tmp_path / "gone")
    assert "connect it" in caught.value.hint


def test_where_files_go() -> None:
    from pathlib import PurePosixPath

    laid = REAPER.lay_out({PurePosixPath("Dawbridge_Repaint.lua"): b"x"}, Path("/home"))
    assert laid == {PurePosixPath("Scripts/Dawbridge/Dawbridge_Repaint.lua"): b"x"}
