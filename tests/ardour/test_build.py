"""The files that are installed: complete in themselves, and only one folder touches Ardour."""

import re
from typing import Any

from daw_scripts.ardour.build import ACTIONS, files
from tests.ardour.lua import HERE, SCRIPTS, module

HOST_WORDS = re.compile(r"\b(?:ARDOUR|ArdourUI|Editor|Editing|LuaDialog|PBD|Session|Temporal|C)[.:]")


def test_every_script_stands_alone(lua: Any):
    """Ardour has no `require`, `package`, `debug` or `coroutine`, and keeps the bytecode of `factory` alone."""
    for name, data in files("0.1.0").items():
        loaded = lua.eval(
            "function(text) local env = { ardour = function(about) kind = about.type end } "
            "assert(load(text, '=script', 't', env))() "
            "local bare = {} for _, n in ipairs({'pcall','ipairs','pairs','setmetatable','getmetatable','tostring',"
            "'tonumber','type','select','error','assert','math','table','string','utf8','os','io','next','print'}) "
            "do bare[n] = _ENV[n] end "
            "return load(string.dump(env.factory), '=factory', 'b', bare)() ~= nil end"
        )
        assert loaded(data.decode()), name


def test_titles_are_those_of_every_host(lua: Any):
    texts = module(lua, "shared.text_verbs")
    order = [verb.id for verb in module(lua, "shared.verbs").list.values()]
    assert list(ACTIONS) == order
    assert {verb: texts[f"verb_{verb}"] for verb in order} == {verb: title for verb, (title, _) in ACTIONS.items()}


def test_only_the_host_folder_touches_ardour():
    for path in sorted((SCRIPTS / "ardour").glob("*.lua")):
        code = "\n".join(line for line in path.read_text().splitlines() if not line.lstrip().startswith("--"))
        code = re.sub(r'"(?:[^"\\]|\\.)*"', '""', code)
        assert not HOST_WORDS.findall(code), path.name


def test_the_fake_has_what_the_host_has():
    """A function that the scripts call and the fake lacks would be found by chance only."""
    fake = (HERE / "fake_ardour.lua").read_text()
    used = set()
    for path in sorted((SCRIPTS / "ardour").glob("*.lua")):
        used |= set(re.findall(r"\b(?:program|timeline|tracks|changes|dialogs)\.(\w+)\(", path.read_text()))
    real = "\n".join(path.read_text() for path in (SCRIPTS / "ardour" / "host").glob("*.lua"))
    for name in used:
        assert re.search(rf"\bM\.{name}\b", real), f"host has no {name}"
        assert re.search(rf"\bhost\.{name}\b", fake), f"the fake has no {name}"


def test_the_same_sources_give_the_same_files():
    assert files("0.1.0") == files("0.1.0")
