"""Is the script ECMAScript 5? Max's `[js]` reads nothing newer, and says so only in its console.

The parser is acorn, as Node carries it inside. Only tests ask it: an installation needs no Node.
"""

import json
import shutil
import subprocess

PARSE = """
var acorn = require("internal/deps/acorn/acorn/dist/acorn");
var source = require("fs").readFileSync(0, "utf8");
var told = [];
try {
  acorn.parse(source, { ecmaVersion: 5, locations: true });
} catch (fault) {
  if (!fault.loc) throw fault;
  told.push("line " + fault.loc.line + ": " + fault.message);
}
console.log(JSON.stringify(told));
"""


class NoParser(Exception):
    """There is no Node on this machine, or it carries no acorn; the message says which."""


def es5_faults(source: str) -> list[str]:
    """What in the script is not ECMAScript 5, with its line; empty if nothing. Raises NoParser."""
    node = shutil.which("node")
    if node is None:
        raise NoParser("Node is not installed; its parser tells whether the script is ECMAScript 5")
    command = [node, "--expose-internals", "-e", PARSE]
    told = subprocess.run(command, input=source, capture_output=True, text=True, encoding="utf-8", check=False)
    if told.returncode != 0:
        raise NoParser(f"this Node carries no acorn: {told.stderr.strip().splitlines()[-1:]}")
    faults: list[str] = json.loads(told.stdout)
    return faults
