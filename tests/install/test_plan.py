"""What becomes of each file: ours are brought up to date, the user's stay, and nothing of theirs is ever lost."""

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from bridge_server.home import Home
from bridge_server.install.change import carry_out
from bridge_server.install.place import Contents, Place
from bridge_server.install.plan import Plan, plan_installation, plan_removal
from bridge_server.install.record import read_record, record_path, records
from bridge_server.protocol.errors import BadRequest, ReadOnly
from tests.install.conftest import contents, put, tree

FOLDER = "Scripts/Dawbridge"


def plan(at: Home, place: Place, wanted: Contents, *, force: bool = False, release: str = "1.0") -> Plan:
    return plan_installation(place, wanted, read_record(at, place), release, force=force)


def install(at: Home, place: Place, wanted: Contents, *, force: bool = False, release: str = "1.0") -> Plan:
    made = plan(at, place, wanted, force=force, release=release)
    carry_out([made], at)
    return made


def kinds(made: Plan) -> dict[str, str]:
    return {step.path.stem: step.kind for step in made.steps}


def uninstall(at: Home, place: Place) -> Plan:
    known = read_record(at, place)
    assert known is not None
    made = plan_removal(known)
    carry_out([made], at)
    return made


def test_a_plan_changes_nothing(at: Home, place: Place) -> None:
    before = tree(place.folder)
    made = plan(at, place, contents(a="one"))
    assert kinds(made) == {"a": "new"} and made.changes
    assert tree(place.folder) == before and tree(at.root) == {}


def test_first_install_then_nothing_to_do_then_an_update(at: Home, place: Place) -> None:
    install(at, place, contents(a="one", b="two"))
    assert (place.folder / FOLDER / "a.lua").read_text() == "one"
    again = install(at, place, contents(a="one", b="two"))
    assert kinds(again) == {"a": "same", "b": "same"} and not again.changes
    updated = install(at, place, contents(a="ONE", b="two"), release="1.1")
    assert kinds(updated) == {"a": "update", "b": "same"}
    assert (place.folder / FOLDER / "a.lua").read_text() == "ONE"
    known = read_record(at, place)
    assert known is not None and known.release == "1.1"


def test_what_the_user_changed_stays(at: Home, place: Place) -> None:
    install(at, place, contents(a="one", b="two"))
    mine = put(place.folder / FOLDER / "a.lua", data=b"mine")
    made = install(at, place, contents(a="ONE", b="TWO"), release="1.1")
    assert kinds(made) == {"a": "keep", "b": "update"}
    assert [step.path.name for step in made.undone] == ["a.lua"]
    assert mine.read_bytes() == b"mine"
    assert kinds(install(at, place, contents(a="ONE", b="TWO"), release="1.1")) == {"a": "keep", "b": "same"}


def test_a_file_that_we_never_wrote_stays(at: Home, place: Place) -> None:
    theirs = put(place.folder / FOLDER / "a.lua", data=b"theirs")
    assert kinds(install(at, place, contents(a="one"))) == {"a": "keep"}
    assert theirs.read_bytes() == b"theirs"
    assert uninstall(at, place).steps == ()
    assert theirs.read_bytes() == b"theirs"


def test_a_file_that_is_already_as_we_want_it_becomes_ours(at: Home, place: Place) -> None:
    """Written by hand, or by an installation whose home is gone."""
    put(place.folder / FOLDER / "a.lua", data=b"one")
    assert kinds(install(at, place, contents(a="one"))) == {"a": "same"}
    assert kinds(uninstall(at, place)) == {"a": "remove"}
    assert not (place.folder / FOLDER / "a.lua").exists()


def test_by_force_the_user_s_file_moves_aside_and_is_never_lost(at: Home, place: Place) -> None:
    install(at, place, contents(a="one"))
    script = place.folder / FOLDER / "a.lua"
    for number, text in enumerate((b"mine", b"mine too")):
        script.write_bytes(text)
        made = install(at, place, contents(a="one"), force=True)
        assert kinds(made) == {"a": "replace"}
        assert f"a.lua.yours{'.2' if number else ''}" in made.steps[0].meaning
    assert tree(script.parent) == {"a.lua": b"one", "a.lua.yours": b"mine", "a.lua.yours.2": b"mine too"}
    uninstall(at, place)
    assert tree(script.parent) == {"a.lua.yours": b"mine", "a.lua.yours.2": b"mine too"}


def test_a_script_that_a_new_version_no_longer_has_goes(at: Home, place: Place) -> None:
    install(at, place, contents(a="one", b="two", c="three"))
    put(place.folder / FOLDER / "c.lua", data=b"mine")
    made = install(at, place, contents(a="one"), release="1.1")
    assert kinds(made) == {"a": "same", "b": "remove", "c": "leave"}
    assert tree(place.folder / FOLDER) == {"a.lua": b"one", "c.lua": b"mine"}


def test_a_script_that_the_user_deleted_comes_back(at: Home, place: Place) -> None:
    install(at, place, contents(a="one"))
    (place.folder / FOLDER / "a.lua").unlink()
    assert kinds(install(at, place, contents(a="one"))) == {"a": "new"}


def test_uninstall_leaves_the_folder_as_it_was(at: Home, place: Place) -> None:
    before = tree(place.folder)
    install(at, place, contents(a="one"))
    assert kinds(uninstall(at, place)) == {"a": "remove"}
    assert tree(place.folder) == before and not (place.folder / "Scripts").exists()
    assert list(records(at)) == [] and read_record(at, place) is None


def test_uninstall_leaves_folders_that_others_use_or_made(at: Home, place: Place) -> None:
    put(place.folder / "Scripts" / "empty", is_folder=True)
    install(at, place, contents(a="one"))
    put(place.folder / FOLDER / "note.txt")
    uninstall(at, place)
    assert (place.folder / "Scripts" / "empty").is_dir()
    assert tree(place.folder / FOLDER) == {"note.txt": b""}


def test_uninstall_takes_along_what_live_s_python_compiled(at: Home, place: Place) -> None:
    path = PurePosixPath("Remote Scripts/Dawbridge/__init__.py")
    install(at, place, {path: b"pass"})
    put(place.folder / path.parent / "__pycache__" / "__init__.cpython-311.pyc")
    uninstall(at, place)
    assert not (place.folder / "Remote Scripts").exists()


def test_two_places_have_records_of_their_own(at: Home, place: Place, tmp_path: Path) -> None:
    other = Place(host="reaper", name="REAPER, portable", folder=tmp_path / "Zweites 'REAPER' 🎸")
    other.folder.mkdir()
    for each in (place, other):
        install(at, each, contents(a="one"))
    assert {record.folder for record in records(at, "reaper")} == {str(place.folder), str(other.folder)}
    assert list(records(at, "ableton")) == []
    uninstall(at, other)
    assert [record.place for record in records(at)] == [place]


@pytest.mark.parametrize("text", [b"", b"{}", b"not json", b'{"version": 2}'])
def test_a_damaged_record_makes_files_the_user_s(at: Home, place: Place, text: bytes) -> None:
    install(at, place, contents(a="one"))
    record_path(at, place).write_bytes(text)
    assert read_record(at, place) is None
    assert kinds(plan(at, place, contents(a="two"))) == {"a": "keep"}


def test_a_record_of_a_newer_dawbridge_is_not_understood(at: Home, place: Place) -> None:
    install(at, place, contents(a="one"))
    path = record_path(at, place)
    path.write_text(path.read_text().replace('"version":1', '"version":2'))
    assert read_record(at, place) is None


def test_a_folder_where_a_file_has_to_go_is_named(at: Home, place: Place) -> None:
    put(place.folder / FOLDER / "a.lua", is_folder=True)
    with pytest.raises(ReadOnly, match="is a folder"):
        plan(at, place, contents(a="one"))


def test_a_name_that_the_system_does_not_take_is_refused(at: Home, place: Place) -> None:
    before = tree(place.folder)
    with pytest.raises(BadRequest, match="takes no file of that name") as caught:
        install(at, place, contents(**{"a" * 300: "one"}))
    assert "shorter" in caught.value.hint
    assert tree(place.folder) == before and not (place.folder / "Scripts").exists()


def test_a_path_that_programs_on_windows_cannot_open_is_refused(at: Home) -> None:
    deep = PureWindowsPath("C:/Users/ana") / ("Musik" * 50)
    place = Place(host="reaper", name="REAPER", folder=deep)  # type: ignore[arg-type]
    with pytest.raises(BadRequest, match="programs on Windows open at most 259") as caught:
        plan(at, place, contents(a="one"))
    assert "closer to the top" in caught.value.hint


def test_a_path_of_300_characters_is_fine(at: Home, tmp_path: Path) -> None:
    folder = tmp_path
    while len(str(folder)) < 300:
        folder /= "ein langer Name, mit 'Quotes' & Ümläuten"
    folder.mkdir(parents=True)
    place = Place(host="reaper", name="REAPER", folder=folder)
    install(at, place, contents(a="one"))
    assert tree(folder) == {f"{FOLDER}/a.lua": b"one"}
    uninstall(at, place)
    assert tree(folder) == {}
