"""The protocol as plain data, read off the structs themselves: there is no second list of fields anywhere."""

import inspect
import re
from typing import Any, get_args

import msgspec
import msgspec.inspect as kinds
from msgspec import NODEFAULT, Struct

from bridge_server.protocol import VERSION
from bridge_server.protocol.codec import LARGEST, Envelope, Letter
from bridge_server.protocol.emit.doors import MAILBOX, OSC, ZMQ
from bridge_server.protocol.errors import ERRORS
from bridge_server.protocol.events import Answer, AnyEvent, Cancelled, Done, Failed, JobEvent, KeptEvent
from bridge_server.protocol.requests import Job, Request

Plain = dict[str, Any]

PLAIN_TYPES: dict[type, str] = {
    kinds.StrType: "string",
    kinds.IntType: "integer",
    kinds.FloatType: "number",
    kinds.BoolType: "boolean",
}
LIMITS = {"ge": "min", "le": "max", "min_length": "min_length", "max_length": "max_length", "pattern": "pattern"}
UNTOLD = ("gt", "lt", "multiple_of")
"""Limits that msgspec knows and our tables have no word for; met in a struct, they stop the generator."""


def contract() -> Plain:
    """Everything that scripts need to know: messages, value types, limits, errors, addresses and file names."""
    return {
        "VERSION": VERSION,
        "LARGEST": LARGEST,
        "letter": letter_entry(),
        "requests": {word(request): request_entry(request) for request in get_args(Request)},
        "events": {word(event): event_entry(event) for event in get_args(AnyEvent)},
        "types": {type_name(kind): _describe_struct(kind) for kind in value_types()},
        "errors": {
            code: {"meaning": error.meaning, "hint": error.default_hint} for code, error in sorted(ERRORS.items())
        },
        "zmq": ZMQ,
        "osc": {
            **OSC,
            "requests": {word(kind): f"{OSC['prefix']}{word(kind)}" for kind in get_args(Request)},
            "events": {word(kind): f"{OSC['prefix']}{word(kind)}" for kind in get_args(AnyEvent)},
        },
        "mailbox": MAILBOX,
    }


def letter_entry() -> Plain:
    """The fields of a Letter, each required if the bridge wants to see it (our own `Letter` fills some in)."""
    required = {field.encode_name for field in _fields(Envelope) if field.required}
    entry = _describe_struct(Letter)
    fields = [{**field, "required": field["name"] in required} for field in entry["fields"]]
    return {**entry, "fields": fields}


def request_entry(request: type[Struct]) -> Plain:
    return {"kind": "job" if issubclass(request, Job) else "ask", **_describe_struct(request)}


def event_entry(event: type[Struct]) -> Plain:
    kind = "job" if issubclass(event, JobEvent) else "answer" if issubclass(event, Answer) else "news"
    return {
        "kind": kind,
        "kept": event in get_args(KeptEvent),
        "last": event in (Done, Failed, Cancelled),
        **_describe_struct(event),
    }


def word(message: type[Struct]) -> str:
    """The name of a message on the wire: 'repaint'."""
    return str(message.__struct_config__.tag)


def type_name(kind: type[Struct]) -> str:
    """JobLine → job_line."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


def docstring(kind: type[Struct]) -> str:
    """The docstring as one line, without its doctest."""
    text = inspect.cleandoc(kind.__doc__ or "").split(">>>")[0]
    return " ".join(text.split())


def value_types() -> list[type[Struct]]:
    """Every struct that a message carries inside, in the order in which a reader meets them."""
    found: dict[type[Struct], None] = {}
    for message in (*get_args(Request), *get_args(AnyEvent)):
        for field in _fields(message):
            _collect(field.type, found)
    return list(found)


def _collect(kind: kinds.Type, found: dict[type[Struct], None]) -> None:
    match kind:
        case kinds.Metadata(type=inner):
            _collect(inner, found)
        case kinds.UnionType(types=inner) | kinds.TupleType(item_types=inner):
            for each in inner:
                _collect(each, found)
        case kinds.VarTupleType(item_type=inner):
            _collect(inner, found)
        case kinds.StructType(cls=cls, fields=fields) if cls not in found:
            found[cls] = None
            for field in fields:
                _collect(field.type, found)


def _fields(struct: type[Struct]) -> tuple[kinds.Field, ...]:
    info = kinds.type_info(struct)
    assert isinstance(info, kinds.StructType)
    return info.fields


def _describe_struct(struct: type[Struct]) -> Plain:
    return {"doc": docstring(struct), "fields": [_describe_field(field) for field in _fields(struct)]}


def _describe_field(field: kinds.Field) -> Plain:
    entry = {"name": field.encode_name, "required": field.required, **_describe(field.type)}
    if not field.required:
        default = field.default if field.default is not NODEFAULT else field.default_factory()
        if default is not None:
            entry["default"] = msgspec.to_builtins(default)
    return entry


def _describe(kind: kinds.Type) -> Plain:
    """type, limits and meaning of one field. Raises TypeError for what the tables have no word for."""
    for limit in UNTOLD:
        if getattr(kind, limit, None) is not None:
            raise TypeError(f"the generator has no word for the limit {limit!r}")
    match kind:
        case kinds.Metadata(type=inner, extra_json_schema=schema):
            return {**_describe(inner), **({"doc": schema["description"]} if schema else {})}
        case kinds.UnionType(types=members):
            return _describe_union(members)
        case kinds.LiteralType(values=values):
            return {"type": "string", "choices": list(values)}
        case kinds.VarTupleType(item_type=item):
            return {"type": "list", "items": _describe(item), **_limits(kind)}
        case kinds.TupleType(item_types=items) if all(item == items[0] for item in items):
            return {"type": "list", "items": _describe(items[0]), "min_length": len(items), "max_length": len(items)}
        case kinds.StructType(cls=cls):
            return {"type": type_name(cls)}
    if type(kind) not in PLAIN_TYPES:
        raise TypeError(f"the generator has no word for {kind}")
    return {"type": PLAIN_TYPES[type(kind)], **_limits(kind)}


def _describe_union(members: tuple[kinds.Type, ...]) -> Plain:
    some = [member for member in members if not isinstance(member, kinds.NoneType)]
    if len(some) == 1:
        return {**_describe(some[0]), "nullable": True}
    if all(isinstance(member, kinds.StructType) and member.tag_field for member in some):
        assert isinstance(some[0], kinds.StructType)
        return {"type": str(some[0].tag_field)}
    raise TypeError(f"the generator has no word for a choice of {some}")


def _limits(kind: kinds.Type) -> Plain:
    given = {ours: getattr(kind, theirs, None) for theirs, ours in LIMITS.items()}
    return {name: limit for name, limit in given.items() if limit is not None}
