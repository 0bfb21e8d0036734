"""What a musician can ask for, and how the answers of a form are read: as in shared/verbs.lua and shared/wishes.lua."""

import re
from dataclasses import dataclass

from daw_scripts.reaper.python.texts import say

MOST_SEED = 2**53 - 1
COMPOSED = ("tags", "lyrics", "variants", "seed", "key", "chords")


@dataclass(frozen=True)
class Verb:
    """`needs`: what has to be selected: "audio", "edge", "room", "tracks" or "take". `fields`: what its form asks."""

    id: str
    request: str
    needs: str
    fields: tuple[str, ...]

    @property
    def title(self) -> str:
        return say(f"verb_{self.id}")


VERBS = (
    Verb("repaint", "repaint", "audio", ("tags", "lyrics", "strength", "variants", "seed", "key", "chords")),
    Verb("extend_left", "extend", "edge", ("length", *COMPOSED)),
    Verb("extend_right", "extend", "edge", ("length", *COMPOSED)),
    Verb("generate", "generate", "room", COMPOSED),
    Verb("retake", "retake", "take", ("variance", "variants", "seed")),
    Verb("layer", "layer", "tracks", ("role", *COMPOSED)),
    Verb("edit", "edit", "audio", ("lyrics", "source_lyrics", "tags", "mode", "variants", "seed", "key")),
    Verb("again", "again", "take", ()),
    Verb("choose", "", "take", ()),
    Verb("keep", "", "take", ()),
    Verb("discard", "", "take", ()),
    Verb("cancel", "", "", ()),
    Verb("status", "", "", ()),
    Verb("open_panel", "", "", ()),
)
BY_ID = {verb.id: verb for verb in VERBS}

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
}
SCALES = {"": "", "m": " minor", "min": " minor", "minor": " minor", "moll": " minor"} | dict.fromkeys(
    ("maj", "major", "dur"), " major"
)
YES, NO = {"yes", "y", "ja", "oui", "1", "true"}, {"no", "n", "nein", "non", "0", "false"}


class Unclear(Exception):
    """An answer that cannot be read; the message is a sentence that says how to write it."""


@dataclass(frozen=True)
class Length:
    """So many bars, or so many seconds; the other is 0."""

    bars: float = 0.0
    seconds: float = 0.0


Wish = str | float | int | Length | None


def read(verb: Verb, answers: dict[str, str]) -> dict[str, Wish]:
    """The wishes of `verb`; what was not answered has its default, `seed` None is one by chance. Raises Unclear."""
    wishes = {name: _read(name, answers.get(name, DEFAULTS[name]).strip()) for name in verb.fields}
    if verb.id == "edit":
        if not wishes["lyrics"] and not wishes["tags"]:
            raise Unclear(say("no_change"))
        if wishes["mode"] == "only_lyrics" and not wishes["lyrics"]:
            raise Unclear(say("no_lyrics"))
    return wishes


def versions(lyrics: str) -> list[str]:
    """The versions in `lyrics`, which a line of `---` separates; one at least."""
    parts = re.split(r"(?m)^[ \t]*---+[ \t]*$", lyrics.replace("\r\n", "\n").replace("\r", "\n"))
    return [part.strip() for part in parts if part.strip()] or [""]


def _read(name: str, answer: str) -> Wish:
    if name in ("strength", "variance"):
        value = _number(answer)
        if value is None or not 0 <= value <= 1:
            raise Unclear(say(f"bad_{name}", given=answer))
        return value
    if name == "variants":
        return _whole(name, answer, 1, 8)
    if name == "seed":
        return _whole(name, answer, 0, MOST_SEED) if answer else None
    if name == "length":
        return _length(answer)
    if name == "key":
        return _key(answer)
    if name == "mode":
        return _mode(answer)
    return re.sub(r"[ \t]*\|[ \t]*", "\n", answer) if "lyrics" in name else answer


def _number(answer: str) -> float | None:
    plain = answer.replace(",", ".")
    return float(plain) if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", plain, re.IGNORECASE) else None


def _whole(name: str, answer: str, least: int, most: int) -> int:
    found = re.fullmatch(r"[+-]?(\d{1,18})(?:\.0*)?", answer)
    value = int(found[1]) if found and not (answer.startswith("-") and int(found[1])) else -1
    if not least <= value <= most:
        raise Unclear(say(f"bad_{name}", given=answer))
    return value


def _length(answer: str) -> Length:
    found = re.fullmatch(r"([\d.,]+)\s*([A-Za-z]*)\.?", answer)
    value = _number(found[1]) if found else None
    unit = found[2].lower() if found else ""
    if value and unit in ("bars", "bar", "b") and value <= 1000:
        return Length(bars=value)
    if value and unit in ("", "s", "sec", "second", "seconds") and value <= 3600:
        return Length(seconds=value)
    raise Unclear(say("bad_length", given=answer))


def _key(answer: str) -> str:
    found = re.fullmatch(r"([A-Ga-g])([#b]?)\s*([A-Za-z]*)", answer.replace("♯", "#").replace("♭", "b"))
    if not answer:
        return ""
    scale = " major" if found and found[3] == "M" else SCALES.get(found[3].lower()) if found else None
    if found is None or scale is None:
        raise Unclear(say("bad_key", given=answer))
    return found[1].upper() + found[2] + scale


def _mode(answer: str) -> str:
    if answer in ("only_lyrics", "remix"):
        return answer
    if answer.lower() in YES | NO:
        return "only_lyrics" if answer.lower() in YES else "remix"
    raise Unclear(say("bad_mode", given=answer))
