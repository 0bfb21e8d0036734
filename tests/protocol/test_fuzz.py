"""Whatever arrives, the codec either opens the letter or says one of five words."""

import json
from typing import Any

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge_server.protocol import codec
from bridge_server.protocol.errors import BadMessage, BadRequest, BadSpan, TooLarge, WrongKey, WrongVersion
from bridge_server.protocol.requests import Request
from tests.protocol.conftest import VECTORS, open_letter

EXPECTED = (BadMessage, BadRequest, BadSpan, TooLarge, WrongKey, WrongVersion)
MESSAGES = [json.loads(vector["json"]) for vector in VECTORS["messages"] if vector["kind"] == "request"]
LETTERS = [{"version": 1, "key": VECTORS["key"], "client": "fuzz", "message": message} for message in MESSAGES]
WIRES = {"json": lambda letter: json.dumps(letter).encode(), "msgpack": msgpack.packb}
BY_WIRE = pytest.mark.parametrize("wire", list(WIRES))
TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


def survives(data: bytes, wire: str) -> None:
    try:
        request = open_letter(data, wire)
    except EXPECTED as error:
        assert error.message
        assert error.hint
    else:
        assert isinstance(request, Request)
    salvaged = codec.salvage(data, wire)
    assert len(salvaged.id) <= 64
    assert len(salvaged.job) <= 64


@BY_WIRE
@given(data=st.binary(max_size=300))
def test_random_bytes(wire: str, data: bytes):
    survives(data, wire)


@BY_WIRE
@given(data=st.binary(max_size=200))
def test_random_bytes_as_the_message_of_a_good_letter(wire: str, data: bytes):
    letter = WIRES[wire](LETTERS[0])
    message = WIRES[wire](MESSAGES[0])
    assert letter.endswith(message + (b"}" if wire == "json" else b""))
    survives(letter.replace(message, data), wire)


@BY_WIRE
@given(data=st.data())
def test_letters_with_changed_bytes(wire: str, data: st.DataObject):
    letter = bytearray(WIRES[wire](data.draw(st.sampled_from(LETTERS))))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(letter) - 1))
        letter[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
        if not letter:
            break
    survives(bytes(letter), wire)


@BY_WIRE
@settings(max_examples=200)
@given(data=st.data())
def test_letters_with_a_changed_value(wire: str, data: st.DataObject):
    letter: Any = json.loads(json.dumps(data.draw(st.sampled_from(LETTERS))))
    inside = letter
    while True:
        steps = list(inside) if isinstance(inside, dict) else list(range(len(inside)))
        step = data.draw(st.sampled_from(steps))
        if not (isinstance(inside[step], dict | list) and inside[step] and data.draw(st.booleans())):
            break
        inside = inside[step]
    inside[step] = data.draw(TREES)
    survives(WIRES[wire](letter), wire)


@BY_WIRE
def test_nesting_without_end(wire: str):
    opening = b'{"a":' if wire == "json" else b"\x81\xa1a"
    letter = WIRES[wire](LETTERS[0])
    message = WIRES[wire](MESSAGES[0])
    for deep in (opening * 100_000, b"[" * 100_000 if wire == "json" else b"\x91" * 100_000):
        survives(deep, wire)
        survives(letter.replace(message, deep), wire)
