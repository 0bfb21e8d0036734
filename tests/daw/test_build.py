"""Every action becomes one installable file: complete, the same each time, with the header that ReaPack reads."""

import os
import re
import shutil
import subprocess
from pathlib import Path, PurePosixPath

import pytest

from daw_scripts.build import build, main
from daw_scripts.bundle import BrokenSource, bundle, modules_of, needed, split_header
from tests.daw.studio import LUAS, REPAINT, SCRIPTS, lua_runtime

ROOT = SCRIPTS.parent
HOSTS = {"reaper.": "daw_scripts/reaper/host", "gfx.": "daw_scripts/reaper/window.lua"}


def lua_files() -> list[Path]:
    return sorted(SCRIPTS.rglob("*.lua"))


def code_of(path: Path) -> str:
    """The source without comments and texts."""
    source = re.sub(r"--[^\n]*", "", path.read_text(encoding="utf-8"))
    return re.sub(r'"[^"\n]*"', '""', source)


def test_the_same_sources_give_the_same_bytes(tmp_path: Path):
    for folder in ("one", "two"):
        assert main([str(tmp_path / folder)]) == 0
    files = [path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file()]
    assert Path("reaper/Dawbridge_Repaint time selection.lua") in files
    assert {path.as_posix() for path in files} == {str(path) for path in build("0.1.0")}
    for path in files:
        assert (tmp_path / "one" / path).read_bytes() == (tmp_path / "two" / path).read_bytes()


def test_check_sees_what_is_stale(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main([str(tmp_path), "--check"]) == 1
    assert "missing" in capsys.readouterr().out
    assert main([str(tmp_path)]) == 0
    assert main([str(tmp_path), "--check"]) == 0
    script = tmp_path / "reaper" / "Dawbridge_Repaint time selection.lua"
    script.write_text(script.read_text() + "\n")
    stranger = tmp_path / "reaper" / "Dawbridge_Old.lua"
    stranger.write_text("")
    capsys.readouterr()
    assert main([str(tmp_path), "--check"]) == 1
    said = capsys.readouterr().out
    assert "differs from its sources" in said
    assert "has no source" in said


def test_the_header_is_reapack_s():
    header, _ = split_header(build("1.2.3")[PurePosixPath("reaper/Dawbridge_Repaint time selection.lua")].decode())
    tags = dict(re.findall(r"^-- @(\w+) ?(.*)$", "\n".join(header), re.MULTILINE))
    assert tags["description"] == "Dawbridge: Repaint time selection"
    assert tags["version"] == "1.2.3"
    assert tags["author"] == "Dawbridge"
    assert tags["provides"] == "[main=main] ."
    assert tags["about"] == "", "a value on several lines is indented below its tag"
    assert "-- SPDX-License-Identifier: Apache-2.0" in header


@pytest.mark.parametrize("lua", LUAS)
def test_the_bundle_asks_for_no_other_file(lua: str):
    runtime = lua_runtime(lua)
    assert runtime.eval("function(text) return load(text) ~= nil end")(REPAINT)
    bundled = set(re.findall(r'^modules\["([^"]+)"\]', REPAINT, re.MULTILINE))
    assert set(needed(REPAINT)) == bundled


@pytest.mark.parametrize("lua", LUAS)
def test_modules_can_stand_inside_a_function_as_ardour_needs_them(lua: str):
    """Ardour keeps the bytecode of `factory` alone: what stands outside it is lost."""
    source = """ardour { ["type"] = "EditorAction" }

function factory()
  -- @modules
  local ids = require("shared.ids")
  return function() return ids ~= nil end
end
"""
    text = bundle(source, "1.2.3")
    assert text.startswith("-- Dawbridge 1.2.3\n")
    run = lua_runtime(lua).execute(
        """
        local text = ...
        ardour = function() end
        assert(load(text))()
        return load(string.dump(factory, true))()()
        """,
        text,
    )
    assert run is True


def test_modules_come_before_those_that_need_them():
    order = list(modules_of((SCRIPTS / "reaper/actions/repaint.lua").read_text(encoding="utf-8")))
    for place, name in enumerate(order):
        source = SCRIPTS.joinpath(*name.split(".")).with_suffix(".lua").read_text(encoding="utf-8")
        assert {order.index(other) for other in needed(source)} <= set(range(place))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("local x = 1\n", "@description"),
        ('-- @description A\nlocal x = require("shared.gone")\n', "no module shared.gone"),
    ],
)
def test_a_source_that_cannot_be_bundled_says_why(source: str, words: str):
    with pytest.raises(BrokenSource, match=words):
        bundle(source, "0.1.0")


@pytest.mark.parametrize("name", HOSTS)
def test_one_place_alone_names_the_host(name: str):
    naming = [path for path in lua_files() if re.search(rf"(?<![\w.\"]){re.escape(name)}", code_of(path))]
    places = {path.relative_to(ROOT).as_posix() for path in naming}
    assert places
    assert {place for place in places if not place.startswith(HOSTS[name])} == set()


@pytest.mark.parametrize("path", sorted((SCRIPTS / "shared").glob("*.lua")), ids=lambda path: path.stem)
@pytest.mark.parametrize("lua", LUAS)
def test_shared_modules_load_where_ardour_would_run_them(path: Path, lua: str):
    """Ardour's Lua has no `require`, `package`, `debug` or `coroutine`: only the bundle's own `require` is there."""
    runtime = lua_runtime(lua)
    before = set(runtime.globals().keys())
    module = runtime.execute(
        """
        local folder, name = ...
        local open, loaded = io.open, {}
        local absent = {package = true, debug = true, coroutine = true, dofile = true, loadfile = true}
        local stock = setmetatable({}, {
          __index = function(_, key) return not absent[key] and _G[key] or nil end,
          __newindex = function(_, key) error("the global " .. key .. " was set") end,
        })
        local function bring(other)
          if loaded[other] == nil then
            local file = open(folder .. "/" .. other:gsub("%.", "/") .. ".lua")
            loaded[other] = assert(load(file:read("a"), "=" .. other, "t", stock))()
            file:close()
          end
          return loaded[other]
        end
        rawset(stock, "require", bring)
        return bring(name)
        """,
        str(SCRIPTS),
        f"shared.{path.stem}",
    )
    assert module is not None
    assert set(runtime.globals().keys()) == before


def test_luacheck_finds_nothing():
    program = shutil.which("luacheck")
    if program is None:
        assert os.environ.get("CI") != "true", "CI installs luacheck (apt-get install lua-check)"
        pytest.skip("luacheck is not installed (Debian: lua-check)")
    done = subprocess.run(
        [program, "--quiet", "--no-color", "daw_scripts", "tests"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_every_unproven_fact_is_listed_with_a_way_to_check_it():
    folders = (SCRIPTS, ROOT / "bridge_server" / "install", ROOT / "bridge_server" / "region" / "clips")
    sources = [path for folder in folders for path in folder.rglob("*") if path.suffix in (".lua", ".js", ".py")]
    texts = {path: path.read_text(encoding="utf-8") for path in sources}
    marked = {name for text in texts.values() for name in re.findall(r"\[U ([\w-]+)\]", text)}
    rows = re.findall(r"^\| `([\w-]+)` \| `([^`]+)` ", (SCRIPTS / "HOST_FACTS.md").read_text("utf-8"), re.MULTILINE)
    assert marked == {name for name, _ in rows}
    for name, place in rows:
        end = place.rsplit("…", 1)[-1]
        assert any(f"[U {name}]" in text for path, text in texts.items() if path.as_posix().endswith(end)), name
    assert not any("[U]" in text for text in texts.values())


def test_luacheck_s_rules_allow_no_implicit_global():
    rules = (ROOT / ".luacheckrc").read_text(encoding="utf-8")
    assert "allow_defined" not in rules
    assert "ignore" not in rules
