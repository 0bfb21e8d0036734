"""One script for Max out of many small sources: what `[js]` and `[v8]` run is a single file.

The sources in js/ are modules as Node has them (`require`, `exports`), in ECMAScript 5. Two more are made here:
the protocol's tables without their explanations, which would be two thirds of the file, and from device.toml what its
outlets are called and what its menus mean.
"""

import json
import re
from pathlib import Path
from typing import Any

from daw_scripts.bundle import BrokenSource
from daw_scripts.max.description import read_description

FOLDER = Path(__file__).parent / "js"
PROTOCOL = Path(__file__).parent / "protocol.js"
MAIN = "main"
REQUIRED = re.compile(r'\brequire\("\./([a-z_]+)"\)')
MADE = ("device", "protocol")

HEADER = """\
// Dawbridge {version} for Ableton Live: made by `python -m daw_scripts.build`, do not edit.
inlets = 1;
outlets = {outlets};
autowatch = 0;

var dawbridge = (function (scope) {{
  var modules = {{}};
  var loaded = {{}};

  function require(name) {{
    var key = name.replace("./", "");
    if (!loaded[key]) {{
      loaded[key] = {{ exports: {{}} }};
      modules[key](loaded[key].exports, require, loaded[key]);
    }}
    return loaded[key].exports;
  }}
"""

FOOTER = """
  return require("./main").start(scope);
})(this);

function anything() {
  dawbridge.receive(messagename, Array.prototype.slice.call(arguments));
}

function notifydeleted() {
  dawbridge.close();
}
"""


def needed(source: str) -> list[str]:
    """Names of the modules that a source asks for."""
    return sorted(set(REQUIRED.findall(source)))


def sources() -> dict[str, str]:
    """The text of every module that the script needs, by name; those that need nothing first. Raises BrokenSource."""
    found: dict[str, str] = {}
    open_ones: list[str] = []

    def visit(name: str) -> None:
        if name in found:
            return
        if name in open_ones:
            raise BrokenSource("modules need each other in a circle: " + " → ".join((*open_ones, name)))
        open_ones.append(name)
        text = _read(name)
        for other in needed(text) if name not in MADE else []:
            visit(other)
        open_ones.pop()
        found[name] = text

    visit(MAIN)
    return found


def bundle(version: str) -> str:
    """The text of dawbridge.js. The same sources give the same text. Raises BrokenSource."""
    parts = [HEADER.format(version=version, outlets=len(read_description().outlets))]
    for name, text in sources().items():
        parts.append(f"\n  modules.{name} = function (exports, require, module) {{\n{text.rstrip()}\n  }};\n")
    return "".join([*parts, FOOTER])


def _read(name: str) -> str:
    if name == "device":
        return _device()
    if name == "protocol":
        return _protocol()
    path = FOLDER / f"{name}.js"
    if not path.is_file():
        raise BrokenSource(f"no module {name}: js/{name}.js is not there")
    return path.read_text(encoding="utf-8")


def _device() -> str:
    description = read_description()
    values = {control.id: list(control.values) for control in description.controls if control.values}
    return f"exports.outlets = {json.dumps(list(description.outlets))};\nexports.values = {json.dumps(values)};\n"


def _protocol() -> str:
    text = PROTOCOL.read_text(encoding="utf-8")
    tables = json.loads(text[text.index("= {") + 2 : text.index("\n};") + 2])
    return f"module.exports = {json.dumps(_without_docs(tables), separators=(',', ':'))};\n"


def _without_docs(value: Any) -> Any:
    """The same tables without `doc`."""
    if isinstance(value, list):
        return [_without_docs(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _without_docs(item) for key, item in value.items() if key != "doc"}
