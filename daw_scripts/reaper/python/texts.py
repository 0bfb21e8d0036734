"""The sentences of the Lua scripts, read from their files: a musician reads the same words, whichever script speaks."""

import re
from functools import cache
from pathlib import Path

SHARED = Path(__file__).parent.parent.parent / "shared"
SUBJECTS = ("verbs", "wishes", "progress", "results", "bridge", "reaper")
ENTRY = re.compile(r'^  (\w+) = ("(?:[^"\\]|\\.)*"(?:\s*\.\. "(?:[^"\\]|\\.)*")*),$', re.MULTILINE)
PIECE = re.compile(r'"((?:[^"\\]|\\.)*)"')


@cache
def sentences() -> dict[str, str]:
    """Name → sentence, with values in braces."""
    found: dict[str, str] = {}
    for subject in SUBJECTS:
        for name, value in ENTRY.findall((SHARED / f"text_{subject}.lua").read_text(encoding="utf-8")):
            found[name] = "".join(PIECE.findall(value)).replace('\\"', '"').replace("\\n", "\n")
    return found


def say(name: str, **values: object) -> str:
    """The sentence `name` with `values` put in."""
    return re.sub(r"\{(\w+)\}", lambda found: str(values[found[1]]), sentences()[name])
