"""What the page asks for in its addresses, read with care: nothing in them is a path."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bridge_server.panel.media.records import TakeId
from bridge_server.panel.media.search import Query
from bridge_server.protocol.errors import BadRequest

MOST_LISTED = 1_000
MOST_TAKES = 64
_JOB = r"[a-z0-9][a-z0-9_-]{7,63}"
_TAKE = re.compile(rf"({_JOB})/([1-9][0-9]{{0,3}})")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}

Asked = Mapping[str, str]


def take_ids(text: str) -> list[TakeId]:
    """'JOB/N,JOB/N' as take ids. Raises BadRequest for anything else, and for too many."""
    found = []
    for word in filter(None, text.split(",")):
        match = _TAKE.fullmatch(word)
        if match is None:
            raise BadRequest(f"{word[:80]!r} names no take.", "A take is named JOB/N.")
        found.append(TakeId(match[1], int(match[2])))
    if not 0 < len(found) <= MOST_TAKES:
        raise BadRequest(f"Between 1 and {MOST_TAKES} takes can be named at once.")
    return found


def take_id(job: str, number: str) -> TakeId:
    """Raises BadRequest."""
    return take_ids(f"{job}/{number}")[0]


def job_id(text: str) -> str:
    """Raises BadRequest."""
    if not re.fullmatch(_JOB, text):
        raise BadRequest(f"{text[:80]!r} is no id of a job.")
    return text


def query(asked: Asked) -> Query:
    """The search that an address stands for. Raises BadRequest, naming what is wrong."""
    unknown = set(asked) - set(Query.__dataclass_fields__)
    if unknown:
        raise BadRequest(f"There is nothing to search by called {sorted(unknown)[0][:40]!r}.")
    return Query(
        text=asked.get("text", "")[:1_000],
        tags=asked.get("tags", "")[:1_000],
        seed=whole(asked, "seed"),
        starred=boolean(asked, "starred"),
        discarded=boolean(asked, "discarded"),
        chosen=boolean(asked, "chosen"),
        backend=asked.get("backend", "")[:64],
        project=asked.get("project", "").removeprefix("project:")[:64],
        since=number(asked, "since"),
        until=number(asked, "until"),
        limit=whole(asked, "limit", 100, range(1, MOST_LISTED + 1)) or 100,
        before=asked.get("before", "")[:80],
    )


def number(asked: Asked, name: str, default: float | None = None) -> float | None:
    """Raises BadRequest for what is no number, or an infinite one."""
    if not asked.get(name):
        return default
    try:
        value = float(asked[name])
    except ValueError:
        raise BadRequest(f"`{name}` must be a number.") from None
    if not abs(value) < 1e15:
        raise BadRequest(f"`{name}` must be a number.")
    return value


def whole(asked: Asked, name: str, default: int | None = None, allowed: range = range(2**53)) -> int | None:
    """Raises BadRequest for what is no whole number, or outside of what is allowed."""
    text = asked.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 16 or int(text) not in allowed:
        raise BadRequest(f"`{name}` must be a whole number from {allowed.start} to {allowed.stop - 1}.")
    return int(text)


def boolean(asked: Asked, name: str) -> bool | None:
    """Raises BadRequest for what is neither true nor false."""
    text = asked.get(name, "").lower()
    if text not in ("", *_BOOLEANS):
        raise BadRequest(f"`{name}` must be true or false.")
    return _BOOLEANS.get(text)
