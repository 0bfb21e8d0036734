"""REAPER's files: one Lua script an action, complete in itself, with the header that ReaPack reads."""

from pathlib import Path

from daw_scripts.bundle import bundle, split_header

ACTIONS = Path(__file__).parent / "actions"


def files(version: str) -> dict[str, bytes]:
    """Every installable file by its path below REAPER's folder. Raises BrokenSource."""
    sources = [path.read_text(encoding="utf-8") for path in sorted(ACTIONS.glob("*.lua"))]
    return {file_name(source): bundle(source, version).encode() for source in sources}


def file_name(source: str) -> str:
    """'Dawbridge: Repaint time selection' → 'Dawbridge_Repaint time selection.lua', as action lists sort by it."""
    title = split_header(source)[0][0].removeprefix("-- @description ").strip()
    return title.replace(": ", "_") + ".lua"
