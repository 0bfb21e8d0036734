"""Where Live's User Library is: the usual place, moved ones, damaged settings, what the user names."""

import json
from pathlib import Path, PurePosixPath

import pytest

from bridge_server.install.ableton import DEVICES, library_named_in, version_of
from bridge_server.install.hosts import HOSTS, places
from bridge_server.install.surroundings import System
from bridge_server.protocol.errors import NotFound
from tests.install.conftest import Machine, put

LIVE = HOSTS["ableton"]
SETTINGS: dict[System, str] = {
    "macos": "Library/Preferences/Ableton/Live {}/Library.cfg",
    "windows": "AppData/Roaming/Ableton/Live {}/Preferences/Library.cfg",
}
USUAL: dict[System, str] = {"macos": "Music/Ableton/User Library/", "windows": "Documents/Ableton/User Library/"}


def library_cfg(parent: Path | str, name: str = "User Library") -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Ableton MajorVersion="5" MinorVersion="12.0_12049">
  <ContentLibrary>
    <UserLibrary>
      <LibraryProject Id="0">
        <ProjectName Value="{name}" />
        <ProjectPath Value="{parent}" />
      </LibraryProject>
    </UserLibrary>
  </ContentLibrary>
</Ableton>
""".encode()


@pytest.mark.parametrize("system", ["macos", "windows"])
def test_the_usual_place(machine: Machine, system: System) -> None:
    around = machine(system, USUAL[system])
    [place] = places(LIVE, around)
    assert place.folder == around.home / USUAL[system]


@pytest.mark.parametrize("system", ["macos", "windows"])
def test_a_moved_library_is_read_from_the_settings_of_the_newest_live(
    machine: Machine, system: System, tmp_path: Path
) -> None:
    around = machine(system, USUAL[system])
    for version, folder in (("11.3.25", "old"), ("12.9.5", "nine"), ("12.10.1", "Größe & Töne")):
        put(tmp_path / folder / "User Library", is_folder=True)
        parent = str(tmp_path / folder).replace("&", "&amp;")
        put(around.home / SETTINGS[system].format(version), data=library_cfg(parent))
    found = [place.folder.parent.name for place in places(LIVE, around)]
    assert found == ["Größe & Töne", "nine", "old", "Ableton"]


def test_a_library_on_a_disk_that_is_not_there_is_passed_over(machine: Machine, tmp_path: Path) -> None:
    around = machine("macos", USUAL["macos"])
    put(around.home / SETTINGS["macos"].format("12.1"), data=library_cfg(tmp_path / "unplugged"))
    assert [place.folder for place in places(LIVE, around)] == [around.home / USUAL["macos"]]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\x00\xff not xml",
        b"<Ableton><ContentLibrary/></Ableton>",
        b"<Ableton><UserLibrary><LibraryProject><ProjectPath/></LibraryProject></UserLibrary></Ableton>",
        b'<!DOCTYPE a [<!ENTITY b "c">]>' + library_cfg("&b;"),
    ],
)
def test_settings_that_cannot_be_read_name_nothing(tmp_path: Path, text: bytes) -> None:
    assert library_named_in(put(tmp_path / "Library.cfg", data=text)) is None
    assert library_named_in(tmp_path / "gone") is None


def test_settings_that_name_the_library_itself(tmp_path: Path) -> None:
    library = put(tmp_path / "User Library", is_folder=True)
    assert library_named_in(put(tmp_path / "a.cfg", data=library_cfg(library))) == library
    assert library_named_in(put(tmp_path / "b.cfg", data=library_cfg(tmp_path))) == library
    assert library_named_in(put(tmp_path / "c.cfg", data=library_cfg(tmp_path, "Meine"))) == tmp_path / "Meine"


def test_versions_are_counted_not_spelled() -> None:
    assert version_of("Live 12.10") > version_of("Live 12.9.5") > version_of("Live 11.3.25")


def test_live_is_not_looked_for_on_linux(machine: Machine) -> None:
    assert places(LIVE, machine("linux", "Music/Ableton/User Library/")) == []


def test_the_user_names_the_library_or_what_holds_it(tmp_path: Path) -> None:
    library = put(tmp_path / "User Library", is_folder=True)
    assert LIVE.place_at(library).folder == library
    assert LIVE.place_at(tmp_path).folder == library
    own = put(tmp_path / "Mine" / "Presets", is_folder=True).parent
    assert LIVE.place_at(own).folder == own
    with pytest.raises(NotFound, match="not a User Library"):
        LIVE.place_at(put(tmp_path / "Music", is_folder=True))


def test_every_device_and_the_remote_script_know_the_home() -> None:
    built = (
        "Dawbridge.amxd",
        "unfrozen/Dawbridge.amxd",
        "unfrozen/dawbridge.js",
        "Remote Scripts/Dawbridge/__init__.py",
    )
    laid = LIVE.lay_out({PurePosixPath(path): b"x" for path in built}, Path("/home/ana/Töne 'n' \"Zeug\""))
    folders = (DEVICES, DEVICES / "Dawbridge (unfrozen)", PurePosixPath("Remote Scripts/Dawbridge"))
    for folder in folders:
        assert json.loads(laid[folder / "dawbridge-home.json"]) == {"home": "/home/ana/Töne 'n' \"Zeug\""}
    assert set(laid) == {
        *(folder / "dawbridge-home.json" for folder in folders),
        DEVICES / "Dawbridge.amxd",
        DEVICES / "Dawbridge (unfrozen)/Dawbridge.amxd",
        DEVICES / "Dawbridge (unfrozen)/dawbridge.js",
        PurePosixPath("Remote Scripts/Dawbridge/__init__.py"),
    }
