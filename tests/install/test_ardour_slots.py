"""Ardour's slots: ours come in, keep their numbers, and go; everybody else's stay. Read back by a real Lua."""

import base64
import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import lupa.lua53
import pytest

from bridge_server.home import Home
from bridge_server.install.ardour_slots import bits_of, registered, stale_slots, unregistered
from bridge_server.install.change import carry_out
from bridge_server.install.place import Place
from bridge_server.install.plan import plan_installation, plan_removal
from bridge_server.install.record import read_record
from bridge_server.install.ui_scripts import EMPTY, SLOTS, Script, quoted, slots_of, with_scripts, without_scripts
from bridge_server.protocol.errors import BadRequest
from tests.install.conftest import put

AS_ARDOUR_SAVES = """
local function basic(o)
  if type(o) == "number" then return tostring(o) end
  return string.format("%q", o)
end
local function serialize(name, value)
  local rv = name .. " = "
  if type(value) == "number" or type(value) == "string" then return rv .. basic(value) .. " " end
  if type(value) == "function" then return rv .. string.format("%q", string.dump(value, true)) end
  if type(value) == "boolean" then return rv .. tostring(value) end
  rv = rv .. "{} "
  for k, v in pairs(value) do rv = rv .. serialize(string.format("%s[%s]", name, basic(k)), v) .. " " end
  return rv
end
return serialize("scripts", ...)
"""
"""The way in which Ardour writes its slots down, as its documentation of scripts and its file show it."""

TRICKY = 'local a = "x\\n\\"y\\\\"\n-- scripts[5] = {} scripts[5]["n"] = "no"\r\nreturn function() return "theirs" end'
ACTION = (
    'ardour {{ ["type"] = "EditorAction", name = "{}", license = "x" }}\nfunction factory() return function() end end\n'
)
HOOK = """ardour { ["type"] = "EditorHook", name = "Dawbridge: Watcher" }
function signals() return LuaSignal.Set():add({ [LuaSignal.LuaTimerDS] = true, [LuaSignal.SessionClose] = true }) end
function factory() return function() end end
"""
LONE = "scripts/dawbridge_repaint.lua"


@pytest.fixture
def lua() -> Any:
    return lupa.lua53.LuaRuntime(encoding=None)


@pytest.fixture
def saved(lua: Any) -> Callable[..., bytes]:
    """`saved({3: "Name"})`: the file of an Ardour with those slots."""

    def make(names: dict[int, str], hooks: bytes = b"<ActionHooks/>") -> bytes:
        slots = lua.table()
        for number, name in names.items():
            function = lua.execute(TRICKY.encode())
            slots[number] = lua.table_from(
                {b"n": name.encode(), b"s": TRICKY.encode(), b"f": function, b"c": True, b"a": lua.table()}
            )
        text = lua.execute(AS_ARDOUR_SAVES.encode(), slots)
        inside = b'<ActionScript lua="Lua 5.3">' + base64.b64encode(text) + b"</ActionScript>"
        return b'<?xml version="1.0" encoding="UTF-8"?>\n<UIScripts>\n  ' + inside + hooks + b"\n</UIScripts>\n"

    return make


def script(name: str, says: str = "ours") -> Script:
    return Script(name=name, source=f"-- {name}", chunk=f"return function() return {quoted(says)} end", origin="/Größe")


def run(lua: Any, file: bytes) -> dict[int, tuple[str, str]]:
    """What a real Lua makes of the slots: name, and what the script says when it is called."""
    found = SLOTS.search(file)
    assert found is not None
    called = lua.execute(
        b"""
        load(...)()
        local out = {}
        for number, slot in pairs(scripts) do
          local made = load(slot.f)(slot.a)
          out[#out + 1] = number .. "|" .. slot.n .. "|" .. tostring(type(made) == "function" and made() or made)
        end
        return table.concat(out, "\\n")
        """,
        base64.b64decode(found[2]),
    )
    lines = [line.split("|") for line in called.decode().splitlines()]
    return {int(number): (name, says) for number, name, says in lines}


def test_into_an_ardour_that_has_none(lua: Any) -> None:
    file = with_scripts(EMPTY, {name: script(name) for name in ("Dawbridge: A", "Dawbridge: B")}, {})
    assert run(lua, file) == {1: ("Dawbridge: A", "ours"), 2: ("Dawbridge: B", "ours")}
    assert without_scripts(file, ["Dawbridge: A", "Dawbridge: B"]).count(b"LuaCallback") == 0


def test_beside_those_of_the_user(lua: Any, saved: Callable[..., bytes]) -> None:
    before = saved({1: "Mixer Screenshot", 3: 'Mine "é" 🎸'})
    assert slots_of(before)[3] == ('Mine "é" 🎸', TRICKY)
    file = with_scripts(before, {"Dawbridge: A": script("Dawbridge: A"), "Dawbridge: B": script("Dawbridge: B")}, {})
    assert run(lua, file) == {
        1: ("Mixer Screenshot", "theirs"),
        2: ("Dawbridge: A", "ours"),
        3: ('Mine "é" 🎸', "theirs"),
        4: ("Dawbridge: B", "ours"),
    }
    gone = without_scripts(file, ["Dawbridge: A", "Dawbridge: B"])
    assert run(lua, gone) == {1: ("Mixer Screenshot", "theirs"), 3: ('Mine "é" 🎸', "theirs")}


def test_a_slot_that_was_set_by_hand_becomes_ours_and_keeps_its_number_and_so_its_key(
    lua: Any, saved: Callable[..., bytes]
) -> None:
    file = with_scripts(saved({2: "Dawbridge: A", 7: "Other"}), {"Dawbridge: A": script("Dawbridge: A", "new")}, {})
    assert run(lua, file) == {2: ("Dawbridge: A", "new"), 7: ("Other", "theirs")}
    again = with_scripts(file, {"Dawbridge: A": script("Dawbridge: A", "new")}, {})
    assert again == file


def test_hooks_of_others_stay(saved: Callable[..., bytes]) -> None:
    theirs = b'<LuaCallback lua="Lua 5.3" id="7" name="A &amp; B" signals="01">eA==</LuaCallback>'
    before = saved({}, b"<ActionHooks>" + theirs + b"</ActionHooks>")
    file = with_scripts(before, {}, {"Dawbridge: Watcher": (script("Dawbridge: Watcher"), "0101")})
    assert theirs in file and b'name="Dawbridge: Watcher" signals="0101"' in file
    twice = with_scripts(file, {}, {"Dawbridge: Watcher": (script("Dawbridge: Watcher"), "0101")})
    assert twice.count(b"<LuaCallback") == 2
    assert without_scripts(twice, ["Dawbridge: Watcher"]).count(b"<LuaCallback") == 1
    assert theirs in without_scripts(twice, ["Dawbridge: Watcher"])


@pytest.mark.parametrize(
    "file", [b"", b"<UIScripts/>", b"\xff\xfe", EMPTY.replace(b"></ActionScript", b">*** no base64 =</ActionScript")]
)
def test_a_file_that_is_not_ardour_s_is_not_touched(file: bytes) -> None:
    with pytest.raises(BadRequest, match="not as Ardour writes it"):
        with_scripts(file, {"Dawbridge: A": script("Dawbridge: A")}, {})


def test_the_bits_of_the_signals_are_those_that_ardour_7_wrote() -> None:
    assert bits_of(HOOK) == "010" + "0" * 46 + "10"


def place_of(folder: Path) -> Place:
    folder.mkdir(parents=True, exist_ok=True)
    return Place(host="ardour", name="Ardour", folder=folder)


def wanted(name: str = "Dawbridge: Repaint") -> dict[PurePosixPath, bytes]:
    return {
        PurePosixPath(LONE): ACTION.format(name).encode(),
        PurePosixPath("scripts/dawbridge_watcher.lua"): HOOK.encode(),
    }


def test_installed_and_registered_in_one_go(at: Home, tmp_path: Path, lua: Any) -> None:
    place = place_of(tmp_path / "Töne 'n' \"Zeug\"" / "ardour7")
    carry_out([registered(plan_installation(place, wanted(), None, "1.0", force=False))], at)
    file = (place.folder / "ui_scripts").read_bytes()
    assert slots_of(file)[1][0] == "Dawbridge: Repaint" and b'name="Dawbridge: Watcher"' in file
    assert stale_slots(place) == []
    known = read_record(at, place)
    assert known is not None and set(known.files) == {LONE, "scripts/dawbridge_watcher.lua"}
    assert not registered(plan_installation(place, wanted(), known, "1.0", force=False)).changes
    carry_out([unregistered(plan_removal(known))], at)
    file = (place.folder / "ui_scripts").read_bytes()
    assert slots_of(file) == {} and b"LuaCallback" not in file
    assert not (place.folder / "ui_scripts.before-dawbridge").exists(), "there was nothing to copy"


def test_a_script_that_a_new_version_no_longer_has_leaves_its_slot(at: Home, tmp_path: Path) -> None:
    place = place_of(tmp_path / "ardour7")
    old = wanted() | {PurePosixPath("scripts/dawbridge_old.lua"): ACTION.format("Dawbridge: Old").encode()}
    carry_out([registered(plan_installation(place, old, None, "1.0", force=False))], at)
    update = plan_installation(place, wanted(), read_record(at, place), "1.1", force=False)
    carry_out([unregistered(update)], at)
    slots = slots_of((place.folder / "ui_scripts").read_bytes())
    assert [name for name, _ in slots.values()] == ["Dawbridge: Repaint"]


def test_the_loader_runs_the_installed_file_as_it_is_now(at: Home, tmp_path: Path, lua: Any) -> None:
    place = place_of(tmp_path / "Größe" / "ardour8")
    carry_out([registered(plan_installation(place, wanted(), None, "1.0", force=False))], at)
    file = (place.folder / "ui_scripts").read_bytes()
    assert b"LuaCallback" not in file, "the bits of version 8 are not known"
    says = 'function factory(a) local n = 0 return function(x) n = n + 1 return "new " .. n .. x end end'
    put(place.folder / LONE, data=(ACTION.format("Dawbridge: Repaint").split("\n")[0] + "\n" + says).encode())
    found = SLOTS.search(file)
    assert found is not None
    out = lua.execute(
        b'load(...)() local run = load(scripts[1].f)(scripts[1].a) return run("!") .. run("!")',
        base64.b64decode(found[2]),
    )
    assert out == b"new 1!new 2!"
    (place.folder / LONE).unlink()
    with pytest.raises(lupa.lua53.LuaError, match="dawbridge install ardour"):
        lua.execute(b"load(...)() load(scripts[1].f)(scripts[1].a)()", base64.b64decode(found[2]))


def test_a_slot_that_was_set_by_hand_grows_old(at: Home, tmp_path: Path) -> None:
    place = place_of(tmp_path / "ardour7")
    carry_out([plan_installation(place, wanted(), None, "1.0", force=False)], at)
    text = (place.folder / LONE).read_text()

    def by_hand(source: str) -> bytes:
        copy = Script(name="Dawbridge: Repaint", source=source, chunk=source, origin="")
        return with_scripts(EMPTY, {"Dawbridge: Repaint": copy}, {})

    assert stale_slots(place) == []
    put(place.folder / "ui_scripts", data=by_hand(text))
    assert stale_slots(place) == []
    put(place.folder / "ui_scripts", data=by_hand(text + "-- old"))
    assert stale_slots(place) == ["Dawbridge: Repaint"]


def test_texts_are_quoted_so_that_lua_reads_them_back(lua: Any) -> None:
    text = "".join(map(chr, range(1, 256))) + '"\\ 9 \\9 é 🎸 \r\n123'
    assert lua.execute(f"return {quoted(text)}".encode()).decode() == text
    assert re.fullmatch(r"[ -~]*", quoted(text))
