"""Contradictions: tags that want opposite things are told, with what was made of them."""

from __future__ import annotations

from itertools import combinations

from engine.sketch.vocabulary import MOOD_WORDS

Meaning = tuple[str, str]
"""(kind, name), as `vocabulary.spellings` has them."""

CLEAR = 0.3
"""How far a mood must bend something for its opposite to contradict it."""
_OPPOSITE_TEMPI = frozenset({"slow", "fast"})


def contradictions(meanings: list[Meaning], without: list[str]) -> list[str]:
    """Sentences about each pair of `meanings` that cannot both be had; `without` are roles that the tags send home."""
    found = []
    for (kind, name), (other_kind, other) in combinations(dict.fromkeys(meanings), 2):
        if kind == other_kind == "mood":
            found += _moods(name, other)
        elif kind == other_kind == "time feel":
            found.append(f"tags contradict each other: {name} and {other}; {name} was played")
        elif kind == other_kind == "tempo" and {name, other} == _OPPOSITE_TEMPI:
            found.append(f"tags contradict each other: {name} and {other}; the tempo is between them")
        elif kind == other_kind == "form" and "loop" in (name, other) and {name, other} & {"intro", "ending"}:
            edge = other if name == "loop" else name
            found.append(f"tags contradict each other: loop and {edge}; it has the {edge}")
    named = {name for kind, name in meanings if kind == "role"}
    return [
        *found,
        *(f"tags contradict each other: {role} and no {role}; there is none" for role in without if role in named),
    ]


def _moods(name: str, other: str) -> list[str]:
    (_, mode, feel), (_, other_mode, other_feel) = MOOD_WORDS[name], MOOD_WORDS[other]
    if mode and other_mode and mode != other_mode:
        return [f"tags contradict each other: {name} and {other}; the key is {mode}"]
    for field in ("energy", "density", "brightness", "space"):
        one, two = getattr(feel, field), getattr(other_feel, field)
        if one * two < 0 and min(abs(one), abs(two)) >= CLEAR:
            return [f"tags contradict each other: {name} and {other}; the {field} is between them"]
    return []
