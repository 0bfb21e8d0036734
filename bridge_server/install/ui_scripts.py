"""Ardour's file `ui_scripts`: which Lua actions stand in its slots, and which scripts it calls by itself.

An `ActionScript` holds, in base64, Lua that builds a table of slots; an `ActionHooks` holds a `LuaCallback` each, with
the signals that it hears as a row of bits. Read and written byte for byte, so that whatever else stands there stays.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import unescape
from xml.sax.saxutils import quoteattr

from bridge_server.protocol.errors import BadRequest

EMPTY = b"""<?xml version="1.0" encoding="UTF-8"?>
<UIScripts>
  <ActionScript lua="Lua 5.3"></ActionScript>
  <ActionHooks></ActionHooks>
</UIScripts>
"""
SLOTS = re.compile(rb"(<ActionScript\b[^>]*>)([^<]*)(</ActionScript>)")
HOOKS = re.compile(rb"<ActionHooks\s*/>|(<ActionHooks\b[^>]*>)(.*?)(</ActionHooks>)", re.DOTALL)
HOOK = re.compile(rb'[ \t]*<LuaCallback\b[^>]*\bname="([^"]*)"[^>]*>[^<]*</LuaCallback>\n?')
TEXT = re.compile(rb'"(?:\\.|[^"\\])*"', re.DOTALL)
STATEMENT = re.compile(rb"scripts\[(\d+)\]((?:\[[^\]]*\])*) = (?:\{\}|\x00\d+\x00|\w+)\s*")
"""One line of the table's Lua, with its texts taken out: `scripts[3][\\0 4 \\0] = \\0 5 \\0`."""

ESCAPE = re.compile(rb"\\(\d{1,3}|\r\n|.)", re.DOTALL)
PLAIN = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"0": b"\0", b"\n": b"\n", b"\r\n": b"\n"}


@dataclass(frozen=True, kw_only=True)
class Script:
    """name     by which Ardour shows it
    source  what Ardour shows as its text
    chunk   Lua that gets the script's parameters and returns the function to call
    origin  path that it came from
    """

    name: str
    source: str
    chunk: str
    origin: str


@dataclass
class Slots:
    """The slots of one file, by number from 1. `found` are name and source of each; `_lua` is what builds them all."""

    _lua: bytes
    found: dict[int, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def read(cls, lua: bytes) -> Slots:
        texts = TEXT.findall(lua)
        slots = cls(lua)
        fields: dict[int, dict[str, str]] = {}
        for match in STATEMENT.finditer(_without_texts(lua)):
            number, keys, value = int(match[1]), re.findall(rb"\x00(\d+)\x00", match[2]), match[0].split(b" = ", 1)[1]
            slot = fields.setdefault(number, {})
            if len(keys) == 1 and (text := re.match(rb"\x00(\d+)\x00", value)):
                slot[_unquoted(texts[int(keys[0])])] = _unquoted(texts[int(text[1])])
        slots.found = {number: (slot.get("n", ""), slot.get("s", "")) for number, slot in fields.items() if slot}
        return slots

    def without(self, numbers: Iterable[int]) -> bytes:
        """The Lua without those slots."""
        gone, texts = set(numbers), TEXT.findall(self._lua)
        kept = STATEMENT.sub(lambda match: b"" if int(match[1]) in gone else match[0], _without_texts(self._lua))
        return re.sub(rb"\x00(\d+)\x00", lambda match: texts[int(match[1])], kept)


def _without_texts(lua: bytes) -> bytes:
    numbers = iter(range(len(lua)))
    return TEXT.sub(lambda _: b"\x00%d\x00" % next(numbers), lua)


def slots_of(file: bytes) -> dict[int, tuple[str, str]]:
    """Name and source of the scripts in its slots. Raises BadRequest."""
    return Slots.read(_decoded(file)).found


def with_scripts(file: bytes, actions: Mapping[str, Script], hooks: Mapping[str, tuple[Script, str]]) -> bytes:
    """The file with those scripts in it, by their names; one of the same name gives its slot to the new one.

    `hooks` come with the bits of their signals. Raises BadRequest.
    """
    slots = Slots.read(_decoded(file))
    ours = {name: number for number, (name, _) in slots.found.items() if name in actions}
    lua = slots.without(ours.values()).rstrip() or b"scripts = {}"
    free = (number for number in range(1, 10_000) if number not in slots.found)
    for name, script in actions.items():
        lua += b" " + _slot(f"scripts[{ours.get(name) or next(free)}]", script) + b" "
    file = SLOTS.sub(lambda match: match[1] + base64.b64encode(lua) + match[3], file, count=1)
    lines = [_hook(90_000 + index, script, bits) for index, (script, bits) in enumerate(hooks.values())]
    return _with_hooks(file, set(hooks), b"".join(lines))


def without_scripts(file: bytes, names: Iterable[str]) -> bytes:
    """The file without the scripts of those names. Raises BadRequest."""
    gone = set(names)
    slots = Slots.read(_decoded(file))
    numbers = {number for number, (name, _) in slots.found.items() if name in gone}
    if numbers:
        lua = slots.without(numbers)
        file = SLOTS.sub(lambda match: match[1] + base64.b64encode(lua) + match[3], file, count=1)
    return _with_hooks(file, gone, b"")


def _decoded(file: bytes) -> bytes:
    """The Lua that builds the slots. Raises BadRequest."""
    found = SLOTS.search(file)
    if found is None or HOOKS.search(file) is None:
        raise _not_understood()
    try:
        return base64.b64decode(b"".join(found[2].split()), validate=True)
    except binascii.Error:
        raise _not_understood() from None


def _not_understood() -> BadRequest:
    return BadRequest(
        "Ardour's file `ui_scripts` is not as Ardour writes it.",
        "Leave --register out, and set the scripts in Ardour's Script Manager by hand.",
    )


def _with_hooks(file: bytes, gone: set[str], added: bytes) -> bytes:
    def swap(match: re.Match[bytes]) -> bytes:
        inside = match[2] or b""
        kept = HOOK.sub(lambda hook: b"" if unescape(hook[1].decode("utf-8", "replace")) in gone else hook[0], inside)
        return (match[1] or b"<ActionHooks>") + kept + added + (match[3] or b"</ActionHooks>")

    return HOOKS.sub(swap, file, count=1)


def _slot(name: str, script: Script) -> bytes:
    fields = {"n": script.name, "s": script.source, "f": script.chunk, "c": ""}
    lua = f"{name} = {{}} " + " ".join(f'{name}["{key}"] = {quoted(value)}' for key, value in fields.items())
    return f'{lua} {name}["a"] = {{}} {name}["a"]["x-script-origin"] = {quoted(script.origin)}'.encode("ascii")


def _hook(number: int, script: Script, bits: str) -> bytes:
    lua = base64.b64encode(_slot("s", script)).decode()
    name = quoteattr(script.name, {'"': "&quot;"})
    return f'<LuaCallback lua="Lua 5.3" id="{number}" name={name} signals="{bits}">{lua}</LuaCallback>\n'.encode()


def quoted(text: str) -> str:
    """A text of Lua, in ASCII.

    >>> quoted('Töne "a"')
    '"T\\\\195\\\\182ne \\\\"a\\\\""'
    """
    return '"' + "".join(_escaped(byte) for byte in text.encode()) + '"'


def _escaped(byte: int) -> str:
    if byte in b'"\\':
        return f"\\{byte:c}"
    return chr(byte) if 32 <= byte <= 126 else f"\\{byte:03d}"


def _unquoted(text: bytes) -> str:
    def plain(match: re.Match[bytes]) -> bytes:
        escaped = match[1]
        return bytes([int(escaped) & 255]) if escaped.isdigit() else PLAIN.get(escaped, escaped)

    return ESCAPE.sub(plain, text[1:-1]).decode("utf-8", "replace")
