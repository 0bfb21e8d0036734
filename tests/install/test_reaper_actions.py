"""REAPER's list of actions: ours come in once, ours alone go out, and everything else stays byte for byte."""

from pathlib import Path, PurePosixPath

import pytest

from bridge_server.home import Home
from bridge_server.install.change import carry_out
from bridge_server.install.place import Place
from bridge_server.install.plan import plan_installation, plan_removal
from bridge_server.install.reaper_actions import action_id, registered, unregistered, with_actions, without_actions
from bridge_server.install.record import read_record
from tests.install.conftest import contents, put, tree

NAMES = ["Dawbridge_Repaint.lua", "Dawbridge_Extend right.lua"]
LIST = (
    'ACT 1 0 "abc" "Custom: two actions" _RS1 40001\n'
    'SCR 4 0 RS0123 "Custom: song — Größe.lua" "Cockos/song — Größe.lua"\n'
    "KEY 1 65 _RS0123 0\n"
).encode()


def test_the_first_time() -> None:
    whole = with_actions(LIST, NAMES, backslashes=False)
    assert whole.startswith(LIST)
    added = whole[len(LIST) :].decode().splitlines()
    assert added == [
        f'SCR 4 0 {action_id(NAMES[0])} "Custom: {NAMES[0]}" "Dawbridge/{NAMES[0]}"',
        f'SCR 4 0 {action_id(NAMES[1])} "Custom: {NAMES[1]}" "Dawbridge/{NAMES[1]}"',
    ]
    assert all(len(action_id(name)) == 42 for name in NAMES)


def test_the_second_time_nothing_changes() -> None:
    once = with_actions(LIST, NAMES, backslashes=False)
    assert with_actions(once, NAMES, backslashes=False) == once


@pytest.mark.parametrize(
    "path",
    [
        '"Dawbridge/Dawbridge_Repaint.lua"',
        "Dawbridge/Dawbridge_Repaint.lua",
        '"Dawbridge\\Dawbridge_Repaint.lua"',
        '"C:\\Users\\ana\\REAPER\\Scripts\\Dawbridge\\Dawbridge_Repaint.lua"',
    ],
)
def test_a_script_that_was_loaded_by_hand_is_not_loaded_twice(path: str) -> None:
    by_hand = LIST + f'SCR 4 0 RSffff "Custom: Dawbridge_Repaint.lua" {path}\n'.encode()
    assert with_actions(by_hand, NAMES[:1], backslashes=False) == by_hand
    assert without_actions(by_hand, NAMES) == by_hand, "what was loaded by hand is not ours to unload"


def test_windows_writes_paths_and_lines_in_its_own_way() -> None:
    windows = LIST.replace(b"\n", b"\r\n")
    whole = with_actions(windows, NAMES, backslashes=True)
    assert whole.count(b"\r\n") == whole.count(b"\n") == windows.count(b"\n") + 2
    assert b'"Dawbridge\\Dawbridge_Repaint.lua"\r\n' in whole
    assert without_actions(whole, NAMES) == windows


@pytest.mark.parametrize("text", [LIST, b"", b"\xff\xfe not text\n", b"KEY 1 65 40044 0"])
def test_out_again_byte_for_byte(text: bytes) -> None:
    whole = with_actions(text, NAMES, backslashes=False)
    gone = without_actions(whole, NAMES)
    assert gone == (text + b"\n" if text and not text.endswith(b"\n") else text)


def test_keys_that_the_user_gave_our_actions_stay_for_another_time() -> None:
    key = f"KEY 9 82 _{action_id(NAMES[0])} 0\n".encode()
    assert without_actions(with_actions(LIST + key, NAMES, backslashes=False), NAMES) == LIST + key


def test_in_one_go_with_the_scripts_and_with_a_copy_beside_it(at: Home, place: Place) -> None:
    put(place.folder / "reaper-kb.ini", data=LIST)
    before = tree(place.folder)
    wanted = contents(Dawbridge_Repaint="one")
    plan = registered(plan_installation(place, wanted, None, "1.0", force=False), backslashes=False)
    assert [(step.kind, step.path.name) for step in plan.steps] == [
        ("new", "Dawbridge_Repaint.lua"),
        ("copy", "reaper-kb.ini.before-dawbridge"),
        ("register", "reaper-kb.ini"),
    ]
    carry_out([plan], at)
    assert (place.folder / "reaper-kb.ini.before-dawbridge").read_bytes() == LIST
    assert action_id("Dawbridge_Repaint.lua").encode() in (place.folder / "reaper-kb.ini").read_bytes()
    known = read_record(at, place)
    assert known is not None and set(known.files) == {"Scripts/Dawbridge/Dawbridge_Repaint.lua"}
    again = registered(plan_installation(place, wanted, known, "1.0", force=False), backslashes=False)
    assert not again.changes
    carry_out([unregistered(plan_removal(known))], at)
    assert tree(place.folder) == before, "the copy says nothing that the list does not"


def test_the_copy_is_of_the_list_before_we_ever_came(at: Home, place: Place) -> None:
    actions, copy = place.folder / "reaper-kb.ini", place.folder / "reaper-kb.ini.before-dawbridge"
    put(actions, data=LIST)
    for release in ("1.0", "1.1"):
        names = ("Dawbridge_A", "Dawbridge_B") if release == "1.1" else ("Dawbridge_A",)
        wanted = contents(**dict.fromkeys(names, release))
        plan = plan_installation(place, wanted, read_record(at, place), release, force=False)
        carry_out([registered(plan, backslashes=False)], at)
        assert copy.read_bytes() == LIST and actions.read_bytes().count(b"SCR 4 0 RS") == len(names) + 1
    actions.write_bytes(actions.read_bytes() + b"KEY 5 5 5 0\n")
    known = read_record(at, place)
    assert known is not None
    carry_out([unregistered(plan_removal(known))], at)
    assert actions.read_bytes() == LIST + b"KEY 5 5 5 0\n" and copy.read_bytes() == LIST


def test_a_script_that_a_new_version_no_longer_has_leaves_the_list(at: Home, place: Place) -> None:
    put(place.folder / "reaper-kb.ini", data=LIST)
    first = plan_installation(place, contents(Dawbridge_A="1", Dawbridge_B="1"), None, "1.0", force=False)
    carry_out([registered(first, backslashes=False)], at)
    update = plan_installation(place, contents(Dawbridge_A="2"), read_record(at, place), "1.1", force=False)
    carry_out([unregistered(update)], at)
    text = (place.folder / "reaper-kb.ini").read_text()
    assert "Dawbridge_A" in text and "Dawbridge_B" not in text


def test_a_reaper_without_a_list_gets_one(at: Home, place: Place) -> None:
    made = plan_installation(place, {PurePosixPath("Scripts/Dawbridge/a.lua"): b"x"}, None, "1.0", force=False)
    carry_out([registered(made, backslashes=False)], at)
    assert Path(place.folder, "reaper-kb.ini").read_text().count("SCR 4 0") == 1
    assert not Path(place.folder, "reaper-kb.ini.before-dawbridge").exists()
