"""What is wrong with a request, as a sentence: msgspec says it to programmers, here it is said to people."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from bridge_server.protocol.errors import BadRequest, BadSpan, BridgeError

_WHERE = re.compile(r"^(?P<what>.*?)(?: - at `\$\.?(?P<where>[^`]*)`)?$", re.DOTALL)

_OUT_OF_RANGE = re.compile(r"span end must be|Expected `int` [<>]=")

_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
}

Sentence = Callable[[re.Match[str], str], str]

_SENTENCES: tuple[tuple[re.Pattern[str], Sentence], ...] = tuple(
    (re.compile(pattern, re.DOTALL), sentence)
    for pattern, sentence in (
        (
            r"Object contains unknown field `(.*)`",
            lambda m, at: f"`{_inside(at, m[1])}` is not a field of this request",
        ),
        (r"Object missing required field `(.*)`", lambda m, at: f"`{_inside(at, m[1])}` is missing"),
        (r"Invalid value '(.*)'", lambda m, at: f"there is no {at or 'value'} called {m[1][:80]!r}"),
        (r"Invalid enum value '(.*)'", lambda m, at: f"`{at}` cannot be {m[1][:80]!r}"),
        (r"Expected `(str|array)` of length <= (\d+)", lambda m, at: f"`{at}` may have at most {_count(m)}"),
        (r"Expected `(str|array)` of length >= (\d+)", lambda m, at: f"`{at}` must have at least {_count(m)}"),
        (r"Expected `str` matching regex .*", lambda m, at: f"`{at}` is not written as it must be"),
        (r"Expected `(?:int|float)` <= (\S+)", lambda m, at: f"`{at}` may be at most {m[1]}"),
        (r"Expected `(?:int|float)` >= (\S+)", lambda m, at: f"`{at}` must be at least {m[1]}"),
        (r"Expected `(.*)`, got `(.*)`", lambda m, at: f"`{at}` must be {_kinds(m[1])}, not {_kinds(m[2])}"),
    )
)


def complaint(error: msgspec.ValidationError) -> BridgeError:
    """The error of ours: a BadSpan for one that is empty, backwards or out of range, else a BadRequest with the field.

    >>> complaint(msgspec.ValidationError("Expected `int` <= 8 - at `$.variants`")).message
    'Something in the request is wrong: `variants` may be at most 8.'
    """
    found = _WHERE.match(str(error))
    assert found is not None
    what, at = found["what"], found["where"] or ""
    said = next((say(m, at) for pattern, say in _SENTENCES if (m := pattern.fullmatch(what))), _ours(what, at))
    is_span = (at == "span" or at.startswith("span.")) and _OUT_OF_RANGE.match(what)
    kind = BadSpan if is_span else BadRequest
    return kind(f"Something in the request is wrong: {said}.")


def _ours(sentence: str, at: str) -> str:
    """What one of our own structs says about itself, which is a sentence already."""
    return f"{sentence} (`{at}`)" if at else sentence


def _inside(at: str, field: str) -> str:
    return f"{at}.{field}" if at else field


def _count(match: re.Match[str]) -> str:
    return f"{int(match[2]):,} {'characters' if match[1] == 'str' else 'entries'}"


def _kinds(kinds: str) -> str:
    return " or ".join(_KINDS.get(kind.strip(), kind.strip()) for kind in kinds.split("|"))
