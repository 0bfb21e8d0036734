"""Make one installable file of each DAW action: `python -m daw_scripts.build OUT [--check]`.

A musician installs one file, so every module that an action needs is put into it. The same sources always give the same
bytes. The header is the one that ReaPack reads (`@description`, `@version`, …); the version is that of Dawbridge.
"""

import argparse
import re
import sys
from pathlib import Path

from bridge_server.protocol.release import release

SOURCES = Path(__file__).parent
ACTIONS = {"reaper": SOURCES / "reaper" / "actions"}
REQUIRED = re.compile(r'\brequire\("([a-z_.0-9]+)"\)')
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
    """The text of an installable action: header, modules, action."""
    header, body = split_header(source)
    parts = ["\n".join([header[0], f"-- @version {version}", *header[1:]]) + "\n", PRELUDE]
    for name, text in modules_of(source).items():
        parts.append(f'modules["{name}"] = function()\n{text.rstrip()}\nend\n')
    return "\n".join([*parts, body])


def file_name(source: str) -> str:
    """'Dawbridge: Repaint time selection' → 'Dawbridge_Repaint time selection.lua', as action lists sort by it."""
    title = split_header(source)[0][0].removeprefix("-- @description ").strip()
    return title.replace(": ", "_") + ".lua"


def build(version: str) -> dict[Path, str]:
    """Every installable file by its path below the output folder."""
    files = {}
    for host, folder in ACTIONS.items():
        for path in sorted(folder.glob("*.lua")):
            source = path.read_text(encoding="utf-8")
            files[Path(host) / file_name(source)] = bundle(source, version)
    return files


def stale(out: Path, files: dict[Path, str]) -> list[str]:
    """What differs between the folder `out` and `files`, one line each; strangers among the scripts count too."""
    faults = []
    for path, text in files.items():
        there = out / path
        if not there.is_file():
            faults.append(f"{there}: missing")
        elif there.read_bytes() != text.encode():
            faults.append(f"{there}: differs from its sources")
    for host in ACTIONS:
        extra = {path.relative_to(out) for path in (out / host).glob("*.lua")} - files.keys()
        faults += [f"{out / path}: has no source" for path in sorted(extra)]
    return faults


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m daw_scripts.build", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("out", type=Path, help="folder for the installable files")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a file there is not up to date")
    options = parser.parse_args(arguments)
    try:
        files = build(release())
    except BrokenSource as fault:
        print(f"daw_scripts: {fault}", file=sys.stderr)
        return 1
    if options.check:
        faults = stale(options.out, files)
        print("\n".join(faults) or f"{options.out}: up to date")
        return 1 if faults else 0
    for path, text in files.items():
        target = options.out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
        print(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
