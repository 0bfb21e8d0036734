"""docs/PROTOCOL.md: fixed prose from page.md, with tables and examples made from the structs."""

import json
import re
from pathlib import Path
from typing import get_args

import msgspec
from msgspec import Struct

from bridge_server.protocol import VERSION, requests
from bridge_server.protocol.codec import Letter
from bridge_server.protocol.emit.contract import Plain, docstring, event_entry, word
from bridge_server.protocol.emit.doors import CONNECTION
from bridge_server.protocol.emit.examples import examples
from bridge_server.protocol.emit.markdown import error_table, field_table, json_block
from bridge_server.protocol.emit.vectors import KEY
from bridge_server.protocol.events import Answer, AnyEvent, Event, JobEvent

TEMPLATE = Path(__file__).with_name("page.md")
SHARED: dict[type[Struct], str] = {
    requests.Job: "Fields of every job",
    requests.Composition: "Fields of every composition",
    requests.Placed: "Fields of music with surroundings",
    requests.Ask: "Fields of every question",
    JobEvent: "Fields of every event of a job",
    Answer: "Fields of every answer",
}
"""Bases whose fields are told once, under this heading."""

SHOWN_FULL = frozenset({"request.repaint.full"})


def page(data: Plain, headline: str) -> str:
    """The page, for the contract `data`. Raises KeyError for a `{{name}}` in the template that nobody fills in."""
    osc, mailbox = data["osc"], data["mailbox"]
    letter = Letter(key=KEY, client="reaper", message=requests.Cancel(id="1", job="3f2a9c01-repaint"))
    filled = {
        "headline": headline,
        "version": str(VERSION),
        "connection": json.dumps({"version": VERSION, **CONNECTION}, indent=2),
        "letter": json.dumps(msgspec.to_builtins(letter), indent=2),
        "letter_table": field_table(data["letter"]["fields"]),
        "requests": _requests(data),
        "events": _events(data),
        "types": "\n\n".join(_value(name, entry) for name, entry in data["types"].items()),
        "errors": error_table(data["errors"]),
        "largest": f"{data['LARGEST']:,}",
        "zmq_limit": f"{data['zmq']['answered_up_to']:,}",
        "prefix": osc["prefix"],
        "file": osc["file"],
        "port": osc["port"],
        "largest_datagram": f"{osc['largest_datagram']:,}",
        "largest_event": f"{osc['largest_event']:,}",
        "resend": "{:g}, {:g} and {:g}".format(*osc["resend_seconds"]),
        "inbox": mailbox["inbox"],
        "outbox": mailbox["outbox"],
        "temporary": mailbox["temporary"],
        "kept": mailbox["kept"] % (42, "done"),
        "progress": mailbox["progress"] % "<job>",
        "answer": mailbox["answer"] % "<id>",
        "refused": mailbox["refused"] % "<job or id>",
        "engine": mailbox["engine"],
        "models": mailbox["models"],
        "queue": mailbox["queue"],
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda match: filled[match[1]], TEMPLATE.read_text(encoding="utf-8"))


def _requests(data: Plain) -> str:
    kinds: tuple[type[Struct], ...] = get_args(requests.Request)
    sections = [_shared(base, data["requests"], kinds) for base in SHARED if issubclass(base, requests.Message)]
    for kind in kinds:
        entry = data["requests"][word(kind)]
        sections.append(_section(kind, entry, [entry["doc"]]))
    return "\n\n".join(sections)


def _events(data: Plain) -> str:
    kinds: tuple[type[Struct], ...] = get_args(AnyEvent)
    sections = [_shared(base, data["events"], kinds) for base in SHARED if issubclass(base, Event)]
    for kind in kinds:
        entry = data["events"][word(kind)]
        sections.append(_section(kind, entry, [entry["doc"], _fate(kind)]))
    return "\n\n".join(sections)


def _fate(kind: type[Struct]) -> str:
    entry = event_entry(kind)
    ends = " Ends the job." if entry["last"] else ""
    return f"{'Kept' if entry['kept'] else 'Not kept'}.{ends}"


def _shared(base: type[Struct], entries: Plain, kinds: tuple[type[Struct], ...]) -> str:
    """A heading, and the fields that all messages below `base` have from it."""
    heirs = [kind for kind in kinds if issubclass(kind, base)]
    fields = _own(base, entries[word(heirs[0])]["fields"])
    names = ", ".join(f"`{word(heir)}`" for heir in heirs)
    return f"### {SHARED[base]}\n\n{docstring(base)}\n\nFor {names}.\n\n{field_table(fields)}"


def _section(kind: type[Struct], entry: Plain, sentences: list[str]) -> str:
    parts = [f"### `{word(kind)}`", " ".join(sentences)]
    own = _own(kind, entry["fields"])
    if own:
        parts.append(field_table(own))
    links = [
        f"[{title[0].lower()}{title[1:]}](#{_anchor(title)})" for base, title in SHARED.items() if base in kind.mro()
    ]
    if links:
        parts.append(f"{'It also' if own else 'It'} has the {' and the '.join(links)}.")
    parts += [
        json_block(msgspec.to_builtins(example.message))
        for example in examples()
        if type(example.message) is kind and _is_shown(example.kind, example.form, example.name)
    ]
    return "\n\n".join(parts)


def _is_shown(kind: str, form: str, name: str) -> bool:
    """Of requests the least that must be sent, of events all that may come."""
    return form == ("minimal" if kind == "request" else "full") or name in SHOWN_FULL


def _own(kind: type[Struct], fields: list[Plain]) -> list[Plain]:
    """Those of `fields` that `kind` itself declares."""
    return [field for field in fields if field["name"] in kind.__annotations__]


def _value(name: str, entry: Plain) -> str:
    return f"### {name} (value)\n\n{entry['doc']}\n\n{field_table(entry['fields'])}"


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")
