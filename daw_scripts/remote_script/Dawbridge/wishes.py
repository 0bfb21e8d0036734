"""What is asked for beside the verb: texts go in, values that requests can hold come out.

The same fields, limits and spellings as in the other hosts: 0,5 is 0.5, "4 bars" and "8 s" are lengths, ` | ` begins a
new line of lyrics, a line of `---` another version of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .texts import say

MOST_SEED = 2**53 - 1
MOST_TEXT = {"tags": 2000, "lyrics": 40000, "source_lyrics": 40000, "role": 32, "chords": 2000}
DEFAULTS = {
    "tags": "",
    "lyrics": "",
    "source_lyrics": "",
    "role": "",
    "key": "",
    "chords": "",
    "strength": "1",
    "variance": "0.5",
    "variants": "2",
    "seed": "",
    "length": "4 bars",
    "mode": "yes",
    "replace": "no",
    "stems": "no",
    "midi": "no",
    "draft": "no",
    "refine": "yes",
    "reference": "",
    "timbre": "no",
    "source": "auto",
}
YES = ("yes", "y", "ja", "oui", "1", "true")
NO = ("no", "n", "nein", "non", "0", "false")
SCALES = {"": "", "m": " minor", "min": " minor", "minor": " minor", "moll": " minor"}
SCALES.update({"maj": " major", "major": " major", "dur": " major"})
BARS, SECONDS = ("bars", "bar", "b"), ("", "s", "sec", "seconds", "second")


class Refusal(Exception):
    """It cannot be done as asked; the message says why and what to do, to a musician."""


def read_wishes(answers: Mapping[str, object]) -> dict[str, Any]:
    """All wishes, from name → text; what is left out has its default. Raises Refusal."""
    for name in answers:
        if name not in DEFAULTS:
            raise Refusal(say("unknown_wish", given=name, wishes=", ".join(sorted(DEFAULTS))))
    wishes: dict[str, Any] = {}
    for name, default in DEFAULTS.items():
        wishes[name] = READERS[name](str(answers.get(name, default)).strip(), name)
    return wishes


def check_edit(wishes: dict[str, Any]) -> None:
    """Editing needs new words or another style. Raises Refusal."""
    if not wishes["lyrics"] and not wishes["tags"]:
        raise Refusal(say("no_change"))
    if wishes["mode"] == "only_lyrics" and not wishes["lyrics"]:
        raise Refusal(say("no_lyrics"))


def versions(lyrics: str) -> list[str]:
    """The versions that lines of `---` separate; empty ones are left out, but one remains."""
    parts = re.split(r"(?m)^[ \t]*---+[ \t]*$", lyrics.replace("\r\n", "\n").replace("\r", "\n"))
    return [part.strip() for part in parts if part.strip()] or [""]


def unfolded(line: str) -> str:
    """Lyrics typed into a single line."""
    return re.sub(r"[ \t]*\|[ \t]*", "\n", line)


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _line(text: str, name: str) -> str:
    if len(text) > MOST_TEXT[name]:
        raise Refusal(say("long_" + name, count=len(text), most=MOST_TEXT[name]))
    return text


def _lines(text: str, name: str) -> str:
    return _line(unfolded(text), name)


def _fraction(text: str, name: str) -> float:
    found = _number(text)
    if found is not None and 0 <= found <= 1:
        return found
    raise Refusal(say("bad_" + name, given=text))


def _variants(text: str, name: str) -> int:
    found = _number(text)
    if found is not None and found in range(1, 9):
        return int(found)
    raise Refusal(say("bad_" + name, given=text))


def _seed(text: str, name: str) -> int | None:
    if text == "":
        return None
    if re.match(r"\d+$", text) and int(text) <= MOST_SEED:
        return int(text)
    raise Refusal(say("bad_" + name, given=text))


def _length(text: str, name: str) -> tuple[str, float]:
    match = re.match(r"([\d.,]+)\s*([a-z]*)\.?$", text.lower())
    found = _number(match.group(1)) if match else None
    if match and found and found > 0:
        if match.group(2) in BARS and found <= 1000:
            return ("bars", found)
        if match.group(2) in SECONDS and found <= 3600:
            return ("seconds", found)
    raise Refusal(say("bad_" + name, given=text))


def _key(text: str, name: str) -> str:
    if text == "":
        return ""
    match = re.match(r"([A-Ga-g])([#b]?)\s*([a-zA-Z]*)$", text.replace("♯", "#").replace("♭", "b"))
    scale = None
    if match:
        scale = " major" if match.group(3) == "M" else SCALES.get(match.group(3).lower())
    if match is None or scale is None:
        raise Refusal(say("bad_" + name, given=text))
    return match.group(1).upper() + match.group(2) + scale


def _yes_no(text: str, name: str) -> bool:
    if text.lower() in YES + NO:
        return text.lower() in YES
    raise Refusal(say("bad_" + name, given=text))


def _mode(text: str, name: str) -> str:
    if text in ("only_lyrics", "remix"):
        return text
    return "only_lyrics" if _yes_no(text, name) else "remix"


def _file(text: str, name: str) -> str:
    path = text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text
    if path and not re.match(r"[/\\]|[A-Za-z]:[/\\]", path):
        raise Refusal(say("bad_" + name, given=text))
    return path


def _source(text: str, name: str) -> str:
    if text.lower() in ("auto", "brace", "clip"):
        return text.lower()
    raise Refusal(say("bad_" + name, given=text))


READERS: dict[str, Any] = {
    "tags": _line,
    "lyrics": _lines,
    "source_lyrics": _lines,
    "role": _line,
    "key": _key,
    "chords": _line,
    "strength": _fraction,
    "variance": _fraction,
    "variants": _variants,
    "seed": _seed,
    "length": _length,
    "mode": _mode,
    "replace": _yes_no,
    "stems": _yes_no,
    "midi": _yes_no,
    "draft": _yes_no,
    "refine": _yes_no,
    "reference": _file,
    "timbre": _yes_no,
    "source": _source,
}
