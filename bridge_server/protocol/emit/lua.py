"""Plain data → Lua source that stock Lua 5.3 and 5.4 read."""

import re
from typing import Any

KEYWORDS = frozenset(
    """and break do else elseif end false for function goto if in local nil not or repeat return then true until
    while""".split()  # noqa: SIM905 - a list of words reads better as words
)
WIDTH = 100


def lua_module(data: dict[str, Any], headline: str, notes: str) -> str:
    """A Lua module that returns `data`. `headline` becomes the first line, `notes` the comment below it."""
    comment = "".join(f"--- {line}".rstrip() + "\n" for line in notes.splitlines())
    body = "".join(f"  {_key(key)} = {lua(value, 1)},\n" for key, value in data.items())
    return f"-- {headline}\n{comment}\nreturn {{\n{body}}}\n"


def lua(value: Any, depth: int = 0) -> str:
    """`value` as a Lua expression; short tables stay on one line. Raises TypeError for None: Lua has no such value."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str():
            return _string(value)
        case dict():
            return _table([f"{_key(key)} = {lua(item, depth + 1)}" for key, item in value.items()], depth)
        case list() | tuple():
            return _table([lua(item, depth + 1) for item in value], depth)
    raise TypeError(f"{value!r} has no form in Lua")


def _table(items: list[str], depth: int) -> str:
    line = "{" + ", ".join(items) + "}"
    if "\n" not in line and 2 * depth + len(line) < WIDTH:
        return line
    indent = "  " * (depth + 1)
    return "{\n" + "".join(f"{indent}{item},\n" for item in items) + "  " * depth + "}"


def _key(key: str) -> str:
    plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", key) and key not in KEYWORDS
    return key if plain else f"[{_string(key)}]"


def _string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'
