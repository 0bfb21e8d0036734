"""Records: what the journal knows of jobs and takes, read beside the bridge that writes it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from bridge_server.protocol.errors import BridgeFault, NotFound, UnknownJob
from bridge_server.protocol.requests import JobRequest
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Capabilities, Take

_SLIM_PAIRS = """
SELECT takes.body, takes.created, takes.project, jobs.request, jobs.client
FROM takes JOIN jobs ON jobs.id = takes.job ORDER BY takes.created DESC, takes.job, takes.number
"""


class TakeId(NamedTuple):
    """Which take is meant: 'JOB/N' in the panel's addresses."""

    job: str
    number: int

    def __str__(self) -> str:
        return f"{self.job}/{self.number}"


class SlimPart(msgspec.Struct, frozen=True):
    """Of a part, what a list shows."""

    span: Span


class SlimTake(msgspec.Struct, frozen=True):
    """Of a take, what a list shows: a quarter of the time that a whole one takes to decode."""

    job: str
    number: int
    path: str
    seed: int
    sample_rate: int
    backend: str
    parts: tuple[SlimPart, ...]
    chosen: bool = False


class SlimRequest(msgspec.Struct, frozen=True):
    """Of a request, what a list shows. `take` is the path that a `retake` or `again` starts from."""

    request: str
    tags: str = ""
    lyrics: str = ""
    draft: bool = False
    take: str = ""
    role: str = ""


@dataclass(frozen=True)
class Record:
    """A take beside the request that made it. `created`: seconds since 1970, UTC."""

    take: SlimTake
    request: SlimRequest
    created: float
    project: str
    client: str


class SlimEvent(msgspec.Struct, frozen=True):
    """Of an event, what a preview says."""

    event: str
    number: int = 0
    path: str = ""


_slim_event = msgspec.json.Decoder(SlimEvent)
_take_decoder = msgspec.json.Decoder(Take)
_request_decoder = msgspec.json.Decoder(JobRequest)
_slim_take = msgspec.json.Decoder(SlimTake)
_slim_request = msgspec.json.Decoder(SlimRequest)


class Records:
    """Any thread may ask. Each question opens the journal anew, which takes a fifth of a millisecond, to read."""

    def __init__(self, journal: Path) -> None:
        self._address = f"{journal.absolute().as_uri()}?mode=ro"

    def all(self) -> list[Record]:
        """Every take with its request, newest first. Raises BridgeFault where the journal cannot be read."""
        return [
            Record(_slim_take.decode(take), _slim_request.decode(request), created, project, client)
            for take, created, project, request, client in self._rows(_SLIM_PAIRS)
        ]

    def take(self, take: TakeId) -> Take:
        """Raises UnknownJob."""
        rows = self._rows("SELECT body FROM takes WHERE job = ? AND number = ?", tuple(take))
        if not rows:
            raise UnknownJob(f"There is no take {take.number} of a job {take.job}.")
        return _take_decoder.decode(rows[0][0])

    def takes_of(self, job: str) -> list[Take]:
        """In the order of their numbers; none where the job has made none yet."""
        rows = self._rows("SELECT body FROM takes WHERE job = ? ORDER BY number", (job,))
        return [_take_decoder.decode(body) for (body,) in rows]

    def request(self, job: str) -> JobRequest:
        """What was asked for. Raises UnknownJob."""
        rows = self._rows("SELECT request FROM jobs WHERE id = ?", (job,))
        if not rows:
            raise UnknownJob(f"There is no job {job}.")
        request: JobRequest = _request_decoder.decode(rows[0][0])
        return request

    def facts(self, take: TakeId) -> tuple[float, str, str]:
        """When a take was made, in which project's folder, for which client. Raises UnknownJob."""
        rows = self._rows(
            "SELECT takes.created, takes.project, jobs.client FROM takes JOIN jobs ON jobs.id = takes.job"
            " WHERE takes.job = ? AND takes.number = ?",
            tuple(take),
        )
        if not rows:
            raise UnknownJob(f"There is no take {take.number} of a job {take.job}.")
        created, project, client = rows[0]
        return float(created), str(project), str(client)

    def mentions(self, text: str) -> bool:
        """Whether any request that was ever accepted has that text in it."""
        rows = self._rows("SELECT 1 FROM jobs WHERE instr(CAST(request AS TEXT), ?) LIMIT 1", (text,))
        return bool(rows)

    def backends(self) -> tuple[Capabilities, ...]:
        """What the backends could do when the engine was last up."""
        rows = self._rows("SELECT body FROM facts WHERE name = 'backends'")
        try:
            return msgspec.json.decode(rows[0][0], type=tuple[Capabilities, ...]) if rows else ()
        except msgspec.DecodeError:
            return ()  # of another version; the bridge learns it anew

    def preview(self, take: TakeId) -> Path:
        """What was heard half-way of a take, as long as the bridge remembers its events. Raises NotFound."""
        for (body,) in self._rows("SELECT body FROM events WHERE job = ? ORDER BY seq DESC", (take.job,)):
            told = _slim_event.decode(body)
            if (told.event, told.number) == ("preview", take.number):
                return Path(told.path)
        raise NotFound(
            f"There is no preview of take {take.number} of the job {take.job}.", "Ask for one with `preview`."
        )

    def _rows(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        try:
            with self._opened() as base:
                return base.execute(statement, tuple(values)).fetchall()
        except sqlite3.Error as error:
            raise BridgeFault(f"The journal could not be read: {error}.") from error

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._address, uri=True, timeout=2.0)) as base:
            yield base
