"""The Lua JSON and Python's agree both ways, on stock Lua 5.3 and 5.4."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.daw.studio import LUAS, lua_runtime

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
INTEGERS = st.integers(-(2**63), 2**63 - 1)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | FLOATS | TEXTS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=5),
    max_leaves=20,
)
RUNTIMES = {name: lua_runtime(name) for name in LUAS}
JSONS = {
    name: runtime.execute('local json = require("shared.json"); return json') for name, runtime in RUNTIMES.items()
}
each_lua = pytest.mark.parametrize("name", LUAS)


def same(one: Any, other: Any) -> bool:
    """Equal in value and type: 1 is not 1.0, and 0.0 is not -0.0."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        return one == other and math.copysign(1, one) == math.copysign(1, other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def decoded(name: str, text: str) -> Any:
    found = JSONS[name].decode(text)
    assert not isinstance(found, tuple), found
    return found


def error(found: Any) -> str:
    assert isinstance(found, tuple)
    assert found[0] is None
    return str(found[1])


@each_lua
@given(value=VALUES, pretty=st.booleans(), escaped=st.booleans())
def test_what_python_writes_comes_back_the_same(name: str, value: Any, pretty: bool, escaped: bool):
    text = json.dumps(value, ensure_ascii=escaped, indent=2 if pretty else None)
    assert same(json.loads(JSONS[name].encode(decoded(name, text))), value)


@each_lua
@given(text=st.text(max_size=30) | st.text('{}[]",:0123456789.eE+-truefalsn\\u \n', max_size=20))
def test_what_python_refuses_is_refused_and_nothing_raises(name: str, text: str):
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return
    try:
        json.loads(data, parse_constant=refuse, parse_float=finite)
        accepted = True
    except ValueError:
        accepted = False
    found = JSONS[name].decode(data.decode())
    if not accepted:
        assert error(found).startswith("JSON: ")
    elif isinstance(found, tuple):
        assert "surrogate" in error(found), text


def refuse(word: str) -> None:
    raise ValueError(word)


def finite(digits: str) -> float:
    return float(digits)


@each_lua
@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("48000", "48000"),
        ("48000.0", "48000.0"),
        ("0.1 + 0.2", "0.30000000000000004"),
        ("1e300", "1e+300"),
        ("math.maxinteger", "9223372036854775807"),
        ("json.list()", "[]"),
        ("json.object()", "{}"),
        ("{1, 2}", "[1,2]"),
        ("{b = json.null, a = true}", '{"a":true,"b":null}'),
        (r"'\0\1\127/\"\\\n'", '"\\u0000\\u0001\\u007f/\\"\\\\\\n"'),
        ("'שלום 🎷'", '"שלום 🎷"'),
    ],
)
def test_how_values_are_written(name: str, expression: str, text: str):
    value = RUNTIMES[name].execute(f'local json = require("shared.json"); return json.encode({expression})')
    assert value == text


@each_lua
@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("{}", "neither list nor object"),
        ("0 / 0", "not finite"),
        ("{1, nil, 3}", "holes"),
        ("{1, x = 2}", "holes or named"),
        ("{[0.5] = 1}", "no text"),
        ("print", "function"),
        (r"'\xff'", "UTF-8"),
        ("(function() local t = {} t.t = t return t end)()", "deeply"),
    ],
)
def test_what_cannot_be_written_says_why(name: str, expression: str, words: str):
    found = RUNTIMES[name].execute(f'local json = require("shared.json"); return json.encode({expression})')
    assert words in error(found)


@each_lua
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "a value was expected at byte 1"),
        ('{"a":1,}', "a name in quotes was expected at byte 8"),
        ("[1 2]", "',' or ']' was expected at byte 4"),
        ('"abc', "closing quote at byte 1"),
        (r'"\ud83c"', "half of a surrogate pair at byte 2"),
        (r'"\udfb7"', "half of a surrogate pair at byte 2"),
        (r'"\u12"', "four hex digits at byte 2"),
        (r'"\q"', "unknown escape at byte 2"),
        ('"a\nb"', "control character inside a text at byte 3"),
        ("01", "leading zero"),
        ("1 1", "something follows the value at byte 3"),
        ("NaN", "a value was expected"),
        ("[" * 200, "nested too deeply"),
    ],
)
def test_what_cannot_be_read_says_where(name: str, text: str, words: str):
    assert words in error(JSONS[name].decode(text))


@each_lua
def test_a_pair_of_escapes_is_one_character(name: str):
    assert decoded(name, r'"\ud83c\udfb7"') == "🎷"


@each_lua
def test_a_host_with_a_decimal_comma_writes_points(name: str):
    runtime = lua_runtime(name)
    runtime.execute("local real = string.format; string.format = function(...) return (real(...):gsub('%.', ',')) end")
    assert runtime.execute('local json = require("shared.json"); return json.encode({0.5})') == "[0.5]"
