"""Every limit in the tables is enforced by the decoder: on the limit is taken, one beyond is refused, on both wires."""

import copy
import typing
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from bridge_server.protocol import codec
from bridge_server.protocol.emit.contract import contract, word
from bridge_server.protocol.emit.examples import examples
from bridge_server.protocol.emit.requests_shown import CLIPS, DRUMS, LIVE
from bridge_server.protocol.errors import BadRequest, BadSpan, BridgeError
from bridge_server.protocol.requests import Request

TABLES = contract()
FULL = {
    word(type(example.message)): msgspec.to_builtins(example.message)
    for example in examples()
    if example.kind == "request" and example.form == "full"
}
TIED = {("start_time", "max"), ("end_time", "min"), ("loop_start", "max"), ("loop_end", "min")}
"""Where a limit cannot be reached, because another field has to lie beyond."""
SOURCES = {"path": DRUMS, "clips": CLIPS, "live_clips": LIVE}
"""A source is one of these, never two of them."""
Place = tuple[str | int, ...]


def places(fields: list[dict[str, Any]], message: Any, at: Place = ()) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Where in a message each field lies, down to the values inside."""
    for field in fields:
        here = (*at, field["name"])
        yield here, field
        inner, down = (field["items"], (*here, 0)) if field["type"] == "list" else (field, here)
        if inner["type"] in TABLES["types"]:
            yield from places(TABLES["types"][inner["type"]]["fields"], message, down)


def with_source(message: dict[str, Any], place: Place) -> dict[str, Any]:
    """The message with the kind of source that has a field at `place`, and the richest clip first in it."""
    changed: Any = copy.deepcopy(message)
    for at in (1, 2):
        kind = place[at] if len(place) > at else None
        if place[0] in ("source", "reference", "sources") and kind in SOURCES:
            source = msgspec.to_builtins(SOURCES[kind])
            if kind != "path":
                source[kind] = source[kind][::-1]
                changed.pop("form", None)  # clips have no file to splice into
            changed[place[0]] = source if at == 1 else [source]
    if "changes" in place:
        changed["music"]["changes"] = [dict(changed["music"]["changes"][0])]
    return changed


def put(message: dict[str, Any], place: Place, value: Any) -> dict[str, Any]:
    changed: Any = with_source(message, place)
    inside = changed
    for step in place[:-1]:
        inside = inside[step]
    inside[place[-1]] = value
    return changed


def get(message: Any, place: Place) -> Any:
    message = with_source(message, place)
    for step in place:
        message = message[step]
    return message


ALL = [
    (request, place, field) for request in FULL for place, field in places(TABLES["requests"][request]["fields"], None)
]


def cases(*limits: str) -> Any:
    chosen = [case for case in ALL if any(limit in case[2] for limit in limits)]
    return pytest.mark.parametrize(
        "request_word, place, field",
        chosen,
        ids=["-".join(map(str, (request, *place))) for request, place, _ in chosen],
    )


def read(message: dict[str, Any]) -> Request:
    by_json = codec.read_request(msgspec.json.encode(message), "json")
    assert codec.read_request(msgspec.msgpack.encode(message), "msgpack") == by_json
    return by_json


def refuse(message: dict[str, Any], error: type[BridgeError] = BadRequest) -> None:
    for wire, module in (("json", msgspec.json), ("msgpack", msgspec.msgpack)):
        with pytest.raises(error):
            codec.read_request(module.encode(message), wire)


@cases("min", "max")
def test_numbers(request_word: str, place: Place, field: dict[str, Any]):
    step = 1 if field["type"] == "integer" else 1e-6
    beyond_limit = BadSpan if place[0] == "span" else BadRequest
    for limit, beyond in (("min", -step), ("max", step)):
        if limit not in field:
            continue
        if place[0] != "span" and (place[-1], limit) not in TIED:
            read(put(FULL[request_word], place, field[limit]))
        refuse(put(FULL[request_word], place, field[limit] + beyond), beyond_limit)
    if field["type"] == "integer":
        for wrong in (1.5, 1.0, "1", True):
            refuse(put(FULL[request_word], place, wrong))
        for huge in (2**63, 2**64 - 1, -(2**63)):
            refuse(put(FULL[request_word], place, huge), beyond_limit)


def repeated(sample: Any, times: int) -> Any:
    """A text or list that is so long; changes of tempo each come after the one before."""
    if sample and isinstance(sample, list) and isinstance(sample[0], dict) and "at" in sample[0]:
        return [{**sample[0], "at": number} for number in range(times)]
    return sample * times


@cases("max_length", "pattern")
def test_texts_and_lists(request_word: str, place: Place, field: dict[str, Any]):
    sample = get(FULL[request_word], place)[:1] if field["type"] == "list" else "a"
    if "max_length" in field:
        read(put(FULL[request_word], place, repeated(sample, field["max_length"])))
        refuse(put(FULL[request_word], place, repeated(sample, field["max_length"] + 1)))
    if field.get("min_length"):
        refuse(put(FULL[request_word], place, sample * (field["min_length"] - 1)))
    if "pattern" in field:
        refuse(put(FULL[request_word], place, "a\0b\n"))
    for wrong in (1, {"a": 1}, *(() if field.get("nullable") else (None,))):
        refuse(put(FULL[request_word], place, wrong))
    with pytest.raises(BadRequest):
        codec.read_request(msgspec.msgpack.encode(put(FULL[request_word], place, b"msgpack bin")), "msgpack")


@cases("choices")
def test_choices(request_word: str, place: Place, field: dict[str, Any]):
    for choice in field["choices"]:
        read(put(FULL[request_word], place, choice))
    for wrong in ("", field["choices"][0].upper(), 0, *(() if field.get("nullable") else (None,))):
        refuse(put(FULL[request_word], place, wrong))


@pytest.mark.parametrize("request_word", list(FULL))
def test_unknown_and_missing_fields_are_refused_by_name(request_word: str):
    with pytest.raises(BadRequest, match="colour"):
        read({**FULL[request_word], "colour": "blue"})
    for field in TABLES["requests"][request_word]["fields"]:
        if field["required"]:
            less = {name: value for name, value in FULL[request_word].items() if name != field["name"]}
            with pytest.raises(BadRequest, match=field["name"]):
                read(less)


def test_every_number_has_both_limits_so_that_nan_stays_out():
    """msgspec refuses NaN only where a limit makes it compare; a number without limits would let it in."""
    for request, place, field in ALL:
        inner = field["items"] if field["type"] == "list" else field
        if inner["type"] == "number":
            assert {"min", "max"} <= set(inner), (request, place)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")], ids=str)
@cases("min", "max")
def test_nan_and_infinity_do_not_get_in(request_word: str, place: Place, field: dict[str, Any], value: float):
    with pytest.raises(BadRequest):
        codec.read_request(msgspec.msgpack.encode(put(FULL[request_word], place, value)), "msgpack")


def test_the_tables_cover_the_union():
    assert set(FULL) == {word(kind) for kind in typing.get_args(Request)}
