"""Every message reads the same in msgspec, in plain `msgpack` and in plain JSON; bad letters are refused."""

import json
import math
import typing
from typing import Any

import msgpack
import msgspec
import pytest

from bridge_server.protocol import codec
from bridge_server.protocol.emit.contract import contract, word
from bridge_server.protocol.emit.examples import examples
from bridge_server.protocol.errors import BridgeError
from bridge_server.protocol.events import AnyEvent
from bridge_server.protocol.requests import Request
from tests.protocol.conftest import VECTORS, open_letter

MESSAGES = VECTORS["messages"]
REFUSED = VECTORS["refused"]


@pytest.mark.parametrize("vector", MESSAGES, ids=lambda vector: vector["name"])
def test_json_and_msgpack_say_the_same(vector: dict[str, str]):
    packed = bytes.fromhex(vector["msgpack"])
    by_stranger = msgpack.unpackb(packed)
    assert by_stranger == json.loads(vector["json"])
    if vector["kind"] == "request":
        message = codec.read_request(packed, "msgpack")
        assert codec.read_request(vector["json"].encode(), "json") == message
        assert codec.read_request(msgpack.packb(by_stranger), "msgpack") == message
    else:
        message = codec.read_event(packed)
        assert msgspec.json.decode(vector["json"], type=AnyEvent) == message
        assert codec.read_event(msgpack.packb(by_stranger)) == message
    assert codec.to_json(message).decode() == vector["json"]
    assert codec.to_msgpack(message) == packed


def test_every_message_has_a_minimal_and_a_full_vector():
    kinds = {"request": typing.get_args(Request), "event": typing.get_args(AnyEvent)}
    expected = {f"{kind}.{word(each)}.{form}" for kind in kinds for each in kinds[kind] for form in ("minimal", "full")}
    assert {vector["name"] for vector in MESSAGES} == expected
    assert len(MESSAGES) == len(expected)


def test_minimal_vectors_hold_nothing_that_could_be_left_out():
    tables = {**contract()["requests"], **contract()["events"]}
    for example in examples():
        if example.form == "minimal" and word(type(example.message)) != "extend":
            plain = msgspec.to_builtins(example.message)
            needed = {field["name"] for field in tables[word(type(example.message))]["fields"] if field["required"]}
            assert set(plain) - {"request", "event"} - {"id"} == needed - {"id"}, example.name


def test_full_vectors_show_every_field_there_is():
    """A new field has to enter examples.py, or this fails."""
    tables = contract()
    seen: dict[str, set[str]] = {}

    def note(kind: str, plain: dict[str, Any], fields: list[dict[str, Any]]) -> None:
        seen.setdefault(kind, set()).update(plain)
        for field in fields:
            inner = field["items"] if field["type"] == "list" else field
            values = plain.get(field["name"]) or []
            for value in values if field["type"] == "list" else [values]:
                if inner["type"] in tables["types"] and value:
                    note(inner["type"], value, tables["types"][inner["type"]]["fields"])

    for example in examples():
        name = word(type(example.message))
        note(name, msgspec.to_builtins(example.message), tables[f"{example.kind}s"][name]["fields"])
    never_sent = {("layer", "form"), ("accompany", "form"), ("progress", "seq")}
    for group in ("requests", "events", "types"):
        for name, entry in tables[group].items():
            for field in entry["fields"]:
                assert field["name"] in seen[name] or (name, field["name"]) in never_sent, (name, field["name"])


@pytest.mark.parametrize("vector", REFUSED, ids=lambda vector: f"{vector['name']}-{vector['wire']}")
def test_bad_letters_are_refused_with_their_code(vector: dict[str, str]):
    data = vector["json"].encode() if vector["wire"] == "json" else bytes.fromhex(vector["msgpack"])
    with pytest.raises(BridgeError) as caught:
        open_letter(data, vector["wire"])
    assert caught.value.code == vector["code"]
    assert caught.value.message.endswith(".")
    assert caught.value.hint


def test_a_letter_over_the_limit_is_too_large():
    letter = codec.Letter(key=VECTORS["key"], client="vectors", message=examples()[0].message)  # type: ignore[arg-type]
    packed = codec.to_json(letter)
    at_limit = packed + b" " * (codec.LARGEST - len(packed))
    assert open_letter(at_limit, "json") == examples()[0].message
    with pytest.raises(BridgeError) as caught:
        open_letter(at_limit + b" ", "json")
    assert caught.value.code == "too_large"


def test_vectors_hold_not_a_number_where_they_say_so():
    """msgpack can carry NaN, so the vectors that try it must really do."""
    odd = [vector for vector in REFUSED if vector["name"] == "bpm nan" and vector["wire"] == "msgpack"]
    assert len(odd) == 1
    assert math.isnan(msgpack.unpackb(bytes.fromhex(odd[0]["msgpack"]))["message"]["music"]["bpm"])
