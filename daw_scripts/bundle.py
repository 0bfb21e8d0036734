"""Put a Lua script and every module it needs into one text: a musician installs one file, and Ardour has no `require`.

The same sources always give the same text.
"""

import re
from pathlib import Path

SOURCES = Path(__file__).parent
REQUIRED = re.compile(r'\brequire\("([a-z_.0-9]+)"\)')
PLACE = re.compile(r"^[ \t]*-- @modules[ \t]*$", re.MULTILINE)
PRELUDE = """\
local modules, loaded = {}, {}

local function require(name)
  if loaded[name] == nil then loaded[name] = modules[name]() end
  return loaded[name]
end
"""


class BrokenSource(Exception):
    """A source cannot be bundled; the message names it and says why."""


def needed(source: str) -> list[str]:
    """Names of the modules that a source asks for, in its order."""
    return REQUIRED.findall(source)


def read_module(name: str) -> str:
    path = SOURCES.joinpath(*name.split(".")).with_suffix(".lua")
    if not path.is_file():
        raise BrokenSource(f"no module {name}: {path.relative_to(SOURCES.parent)} is not there")
    return path.read_text(encoding="utf-8")


def modules_of(source: str) -> dict[str, str]:
    """All modules behind `source`, those that need nothing first. Raises BrokenSource for a circle or a missing one."""
    found: dict[str, str] = {}

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise BrokenSource("modules need each other in a circle: " + " → ".join((*above, name)))
        if name in found:
            return
        text = read_module(name)
        for other in needed(text):
            visit(other, (*above, name))
        found[name] = text

    for name in needed(source):
        visit(name, ())
    return found


def split_header(source: str) -> tuple[list[str], str]:
    """The comment lines at the top of an action, and the rest. Raises BrokenSource without an `@description`."""
    lines = source.splitlines()
    length = next((index for index, line in enumerate(lines) if not line.startswith("--")), len(lines))
    header = lines[:length]
    if not header or not header[0].startswith("-- @description "):
        raise BrokenSource("an action begins with the line `-- @description …`")
    return header, "\n".join(lines[length:]).strip("\n") + "\n"


def bundle(source: str, version: str) -> str:
    """The text of an installable script. Raises BrokenSource.

    A source whose first line is ReaPack's `-- @description …` gets `-- @version` below it, and the modules below that
    header. A source with a line `-- @modules` gets them in that line's place instead: Ardour keeps the bytecode of
    `factory` alone, so they have to stand inside it. Its first line then names the version.
    """
    modules = [PRELUDE]
    modules += [f'modules["{name}"] = function()\n{text.rstrip()}\nend\n' for name, text in modules_of(source).items()]
    if found := PLACE.search(source):
        return "".join(
            [f"-- Dawbridge {version}\n", source[: found.start()], "\n".join(modules), source[found.end() :]]
        )
    header, body = split_header(source)
    return "\n".join(["\n".join([header[0], f"-- @version {version}", *header[1:]]) + "\n", *modules, body])
