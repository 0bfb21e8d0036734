"""REAPER's files: one Lua script an action, complete in itself, and one in Python; all with a header for ReaPack."""

from pathlib import Path

from daw_scripts.bundle import bundle, split_header

ACTIONS = Path(__file__).parent / "actions"
PYTHON = Path(__file__).parent / "python" / "Dawbridge.py"


def files(version: str) -> dict[str, bytes]:
    """Every installable file by its path below REAPER's folder. Raises BrokenSource."""
    sources = [path.read_text(encoding="utf-8") for path in sorted(ACTIONS.glob("*.lua"))]
    found = {file_name(source): bundle(source, version).encode() for source in sources}
    title, rest = PYTHON.read_text(encoding="utf-8").split("\n", 1)
    return found | {PYTHON.name: f"{title}\n# @version {version}\n{rest}".encode()}


def file_name(source: str) -> str:
    """'Dawbridge: Repaint time selection' → 'Dawbridge_Repaint time selection.lua', as action lists sort by it."""
    title = split_header(source)[0][0].removeprefix("-- @description ").strip()
    return title.replace(": ", "_") + ".lua"
