"""The scripts' modules in a stock Lua, and Python's values in and out of it."""

from pathlib import Path
from typing import Any

import lupa.lua53
import lupa.lua54

HERE = Path(__file__).parent
SCRIPTS = HERE.parent.parent / "daw_scripts"
RATE = 48_000
LUAS = {"5.3": lupa.lua53.LuaRuntime, "5.4": lupa.lua54.LuaRuntime}


def runtime(version: str) -> Any:
    """An interpreter that finds the scripts' modules and the fake Ardour."""
    found = LUAS[version](unpack_returned_tuples=True)
    found.execute("package.path = ...", f"{SCRIPTS}/?.lua;{HERE}/?.lua")
    return found


def module(lua: Any, name: str) -> Any:
    return lua.eval(f'(require("{name}"))')


def plain(value: Any) -> Any:
    """A Lua table as Python's."""
    if not hasattr(value, "items"):
        return value
    entries = dict(value.items())
    if entries and set(entries) == set(range(1, len(entries) + 1)):
        return [plain(entries[index]) for index in sorted(entries)]
    return {name: plain(entry) for name, entry in entries.items()}


def given(lua: Any, value: Any) -> Any:
    return lua.table_from(value, recursive=True)


def region(position: int, length: int, **more: Any) -> dict[str, Any]:
    usual = {
        "id": f"r{position}",
        "position": position,
        "length": length,
        "start": 0,
        "gain": 1.0,
        "fade_in": 0,
        "fade_out": 0,
        "is_opaque": True,
        "is_muted": False,
        "sources": [
            {"path": "/a%L.wav", "channel": 1, "is_own": True},
            {"path": "/a%R.wav", "channel": 1, "is_own": True},
        ],
    }
    return usual | more
