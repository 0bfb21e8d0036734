"""The device's script as one file: the modules of `js/`, each in a function of its own, and `js/main.js` after them.

Max sends messages to global functions, so `main.js` is not wrapped: what it declares is what Max can call. Its own
`require` has another name, because `[js]` has one already, which looks for files.
"""

import re
from pathlib import Path

from daw_scripts.bundle import BrokenSource

FOLDER = Path(__file__).parent
MODULES = FOLDER / "js"
MAIN = "main"
GENERATED = {"protocol": FOLDER / "protocol.js"}
REQUIRED = re.compile(r'\brequire\("\./([a-z_]+)"\)')
PRELUDE = """\
var dawbridgeModules = {};
var dawbridgeLoaded = {};

function dawbridgeRequire(name) {
  if (!dawbridgeLoaded[name]) {
    var module = { exports: {} };
    dawbridgeLoaded[name] = module;
    dawbridgeModules[name](module, module.exports, dawbridgeRequire);
  }
  return dawbridgeLoaded[name].exports;
}
"""


def script(version: str) -> str:
    """The whole script, for Dawbridge's `version`. The same sources give the same text. Raises BrokenSource."""
    parts = [f"// Dawbridge {version} for Max for Live. Made of daw_scripts/max/js; change it there.\n", PRELUDE]
    main = read_module(MAIN)
    for name in in_order(main):
        body = REQUIRED.sub(r'require("\1")', read_module(name)).rstrip()
        parts.append(f'dawbridgeModules["{name}"] = function (module, exports, require) {{\n{body}\n}};\n')
    parts.append(REQUIRED.sub(r'dawbridgeRequire("\1")', main))
    return "\n".join(parts)


def read_module(name: str) -> str:
    path = GENERATED.get(name, MODULES / f"{name}.js")
    if not path.is_file():
        raise BrokenSource(f"no script module {name}: {path.name} is not there")
    return path.read_text(encoding="utf-8")


def in_order(main: str) -> list[str]:
    """Names of all modules behind `main`, those that need nothing first. Raises BrokenSource for a circle."""
    found: list[str] = []

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise BrokenSource("script modules need each other in a circle: " + " → ".join((*above, name)))
        if name in found:
            return
        for other in REQUIRED.findall(read_module(name)):
            visit(other, (*above, name))
        found.append(name)

    for name in REQUIRED.findall(main):
        visit(name, ())
    return found
