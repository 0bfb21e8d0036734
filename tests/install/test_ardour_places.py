"""Where Ardour's configuration is, in which versions, and what the user names."""

from pathlib import Path, PurePosixPath

import pytest

from bridge_server.install.hosts import HOSTS, places
from bridge_server.install.surroundings import System
from bridge_server.protocol.errors import NotFound
from tests.install.conftest import Machine, put

ARDOUR = HOSTS["ardour"]


@pytest.mark.parametrize(
    ("system", "folder"),
    [
        ("linux", ".config/ardour8/"),
        ("macos", "Library/Preferences/Ardour8/"),
        ("windows", "AppData/Local/Ardour8/"),
    ],
)
def test_the_usual_folder(machine: Machine, system: System, folder: str) -> None:
    around = machine(system, folder)
    [place] = places(ARDOUR, around)
    assert (place.name, place.folder) == ("Ardour 8", around.home / folder)


def test_all_versions_the_newest_first_and_no_others(machine: Machine) -> None:
    names = ("ardour6", "ardour7", "ardour9", "ardour10", "ardour5", "ardour", "ardour7-backup", "ardour-keys")
    around = machine("linux", *(f".config/{name}/" for name in names), ".var/app/org.ardour.Ardour/config/ardour8/")
    found = [place.name for place in places(ARDOUR, around)]
    assert found == ["Ardour 10", "Ardour 9", "Ardour 8, Flatpak", "Ardour 7", "Ardour 6"]


def test_the_user_names_a_folder(tmp_path: Path) -> None:
    folder = put(tmp_path / "ardour7" / "scripts", is_folder=True).parent
    assert ARDOUR.place_at(folder).folder == folder
    assert ARDOUR.place_at(folder / "scripts").folder == folder
    own = put(tmp_path / "mine" / "ui_config").parent
    assert ARDOUR.place_at(own).name == "Ardour"
    with pytest.raises(NotFound, match="not a configuration folder"):
        ARDOUR.place_at(tmp_path)


def test_where_files_go() -> None:
    laid = ARDOUR.lay_out({PurePosixPath("dawbridge_repaint.lua"): b"x"}, Path("/home"))
    assert laid == {PurePosixPath("scripts/dawbridge_repaint.lua"): b"x"}
