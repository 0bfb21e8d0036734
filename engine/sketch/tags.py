"""Tags: what the words of a request ask for. Nothing is dropped in silence."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from engine.sketch.contradictions import contradictions
from engine.sketch.meter import Meter
from engine.sketch.score import Feel
from engine.sketch.theory import read_key
from engine.sketch.vocabulary import (
    FILLERS,
    MOOD_WORDS,
    STYLE_OF_FEEL,
    TEMPO_WORDS,
    VOICES,
    role_of,
    spellings,
)  # fmt: skip

_BPM = re.compile(r"\b(\d{2,3}(?:\.\d+)?)\s*bpm\b|\bbpm\s*[:=]?\s*(\d{2,3}(?:\.\d+)?)\b")
_METER = re.compile(r"(?<!\d)(\d{1,2})/(2|4|8|16)(?!\d)")
_KEY = re.compile(
    r"^(?:in |key of |in the key of |key:? )?([A-Ga-g](?: ?[#b♯♭]| sharp| flat)?(?: ?(?:major|minor|maj|min|m))?)$"
)
_SPLIT = re.compile(r"[,;\n.]+(?!\d)")
LONGEST_PHRASE = 4

NOTHING_SUNG = "nothing is sung without lyrics"


@dataclass
class Wishes:
    """Tags, understood. `instruments` in the order they were named; `roles` and `without` name roles.

    `meanings` are all words that were understood; `hinted_style` is what a time feel suggests where no style is named.
    """

    style: str = ""
    bpm: float | None = None
    meter: Meter | None = None
    key: tuple[int, str] | None = None
    mode: str = ""
    tempo: float = 1.0
    feel: Feel = field(default_factory=Feel)
    instruments: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    time_feel: str = ""
    alone: bool = False
    unknown: list[str] = field(default_factory=list)
    voices: list[str] = field(default_factory=list)
    spare: list[str] = field(default_factory=list)
    against: list[str] = field(default_factory=list)
    meanings: list[tuple[str, str]] = field(default_factory=list)
    hinted_style: str = ""

    @property
    def named_roles(self) -> list[str]:
        """Roles asked for by name or through an instrument, without repeats."""
        return list(dict.fromkeys([*(role_of(name) for name in self.instruments), *self.roles]))

    def notes(self) -> list[str]:
        """Sentences about what was not understood or cannot be done."""
        said = [f"tag not known: {word}" for word in dict.fromkeys(self.unknown)]
        said += [f"more than one style named, not used: {name}" for name in dict.fromkeys(self.spare)]
        said += list(dict.fromkeys(self.against))
        if self.voices:
            said.append(f"{NOTHING_SUNG}, left out: {', '.join(dict.fromkeys(self.voices))}")
        return said


@lru_cache(maxsize=1)
def _spellings() -> dict[str, tuple[str, str]]:
    return spellings()


def read_tags(text: str) -> Wishes:
    """Understand 'lofi, 82 bpm, D major, rhodes, no drums'."""
    wishes = Wishes()
    for raw in _SPLIT.split(text):
        phrase = " ".join(raw.split())
        if not phrase:
            continue
        phrase = _take_numbers(phrase, wishes)
        key = _KEY.match(phrase)
        found = read_key(key.group(1)) if key else None
        if found and (found[1] or len(phrase) > 1):
            _first("key", wishes.key, found, phrase, wishes)
            wishes.key = wishes.key or found
        elif phrase:
            _take_words(phrase.lower(), wishes)
    wishes.against += contradictions(wishes.meanings, wishes.without)
    return wishes


def _take_numbers(phrase: str, wishes: Wishes) -> str:
    if found := _BPM.search(phrase.lower()):
        bpm = float(found.group(1) or found.group(2))
        if 20 <= bpm <= 400:
            _first("tempo", wishes.bpm, bpm, f"{bpm:g} bpm", wishes)
            wishes.bpm = wishes.bpm or bpm
        else:
            wishes.unknown.append(f"{bpm:g} bpm (20 to 400 can be played)")
        phrase = phrase[: found.start()] + phrase[found.end() :]
    if found := _METER.search(phrase):
        count, unit = int(found.group(1)), int(found.group(2))
        if 1 <= count <= 32:
            _first("meter", wishes.meter, Meter(count, unit), found.group(0), wishes)
            wishes.meter = wishes.meter or Meter(count, unit)
        else:
            wishes.unknown.append(found.group(0))
        phrase = phrase[: found.start()] + phrase[found.end() :]
    return phrase.strip()


def _first(what: str, before: object, now: object, text: str, wishes: Wishes) -> None:
    if before is not None and before != now:
        wishes.against.append(f"more than one {what} named, not used: {text}")


def _take_words(phrase: str, wishes: Wishes) -> None:
    words = re.findall(r"[^\s()\"!?]+", phrase)
    at, negated = 0, False
    while at < len(words):
        if words[at] in ("no", "without", "minus"):
            negated, at = True, at + 1
            continue
        size, meaning = _longest(words[at : at + LONGEST_PHRASE])
        if size == 1 and words[at] in ("only", "just", "solo") and len(words) > 1:
            wishes.alone, at = True, at + 1
            continue
        if meaning:
            _apply(meaning, negated, wishes)
            if not negated:
                wishes.meanings.append(meaning)
                wishes.hinted_style = wishes.hinted_style or STYLE_OF_FEEL.get(" ".join(words[at : at + size]), "")
            negated = False
        elif words[at] in VOICES:
            if not negated:
                wishes.voices.append(words[at])
            negated = False
        elif words[at] not in FILLERS and not re.fullmatch(r"\W+", words[at]):
            wishes.unknown.append(words[at])
        at += size
    if negated:
        wishes.unknown.append(phrase)


def _longest(words: list[str]) -> tuple[int, tuple[str, str] | None]:
    for size in range(len(words), 0, -1):
        if meaning := _spellings().get(" ".join(words[:size])):
            return size, meaning
    return 1, None


def _apply(meaning: tuple[str, str], negated: bool, wishes: Wishes) -> None:
    kind, name = meaning
    if negated:
        role = name if kind == "role" else role_of(name) if kind == "instrument" else ""
        if role:
            wishes.without.append(role)
        else:
            wishes.unknown.append(f"no {name}")
    elif kind == "style":
        if wishes.style and wishes.style != name:
            wishes.spare.append(name)
        wishes.style = wishes.style or name
    elif kind == "instrument":
        wishes.instruments.append(name)
    elif kind == "role":
        wishes.roles.append(name)
    elif kind == "form":
        wishes.forms.append(name)
    elif kind == "time feel":
        wishes.time_feel = wishes.time_feel or name
    elif kind == "tempo":
        wishes.tempo *= TEMPO_WORDS[name][1]
    else:
        _, mode, feel = MOOD_WORDS[name]
        wishes.mode = wishes.mode or mode
        wishes.feel = _sum(wishes.feel, feel)


def _sum(one: Feel, other: Feel) -> Feel:
    def both(name: str) -> float:
        return float(min(1.0, max(-1.0, getattr(one, name) + getattr(other, name))))

    return Feel(**{name: both(name) for name in Feel.__struct_fields__})
