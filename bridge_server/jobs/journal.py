"""Journal: every accepted job, every event and every take, on disk before anybody hears of it (promise P3).

SQLite in WAL mode: a commit reaches the operating system before the answer goes out, so kill -9 loses nothing.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from bridge_server.jobs.job import ENDED, Job
from bridge_server.protocol.codec import to_json
from bridge_server.protocol.errors import BridgeError, BridgeFault, DiskFull, Problem
from bridge_server.protocol.events import AnyEvent, JobEvent
from bridge_server.protocol.requests import JobRequest
from bridge_server.protocol.values import Capabilities, Take

SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY, client TEXT NOT NULL, door TEXT NOT NULL, request BLOB NOT NULL, fingerprint TEXT NOT NULL,
    state TEXT NOT NULL, attempts INTEGER NOT NULL, created REAL NOT NULL, error BLOB);
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, created);
CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, job TEXT NOT NULL, client TEXT NOT NULL, body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS events_by_client ON events (client, seq);
CREATE INDEX IF NOT EXISTS events_by_job ON events (job, seq);
CREATE TABLE IF NOT EXISTS takes (
    job TEXT NOT NULL, number INTEGER NOT NULL, project TEXT NOT NULL, created REAL NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (job, number));
CREATE INDEX IF NOT EXISTS takes_by_project ON takes (project, created);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, body BLOB NOT NULL);
"""

E = TypeVar("E", bound=JobEvent)

_request_decoder = msgspec.json.Decoder(JobRequest)
_event_decoder = msgspec.json.Decoder(AnyEvent)
_take_decoder = msgspec.json.Decoder(Take)


def fingerprint(request: JobRequest) -> str:
    """Equal for equal requests, whichever door and spelling they came in."""
    return hashlib.sha256(to_json(request)).hexdigest()


class Journal:
    """Used by one thread. Every method commits before it returns; methods raise DiskFull or BridgeFault."""

    def __init__(self, path: Path) -> None:
        """Raises BridgeFault for a file that is damaged or no journal, DiskFull when it cannot be made."""
        self._base = sqlite3.connect(path, isolation_level=None)
        try:
            self._base.execute("PRAGMA journal_mode=WAL")
            self._base.execute("PRAGMA synchronous=NORMAL")
            self._base.executescript(SCHEMA)
        except sqlite3.DatabaseError as error:
            self._base.close()
            hint = f"Move {path} away and start again: takes stay where they are, jobs that waited are lost."
            raise _translated(error, hint) from error

    def close(self) -> None:
        self._base.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; may not be nested."""
        self._execute("BEGIN IMMEDIATE")
        try:
            yield
            self._execute("COMMIT")
        except BaseException:
            if self._base.in_transaction:  # SQLite rolls back by itself when the disk is full
                self._execute("ROLLBACK")
            raise

    def _execute(self, statement: str, values: tuple[object, ...] = ()) -> sqlite3.Cursor:
        try:
            return self._base.execute(statement, values)
        except sqlite3.Error as error:
            raise _translated(error) from error

    def _rows(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._base.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise _translated(error) from error

    # jobs

    def add(self, job: Job, mark: str) -> None:
        """`mark` is the fingerprint of the request as the client sent it, before the seed was settled."""
        self._execute(
            "INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)",
            (job.id, job.client, job.door, to_json(job.request), mark, job.state, job.attempts, job.created),
        )

    def save(self, job: Job) -> None:
        error = to_json(job.error) if job.error else None
        self._execute(
            "UPDATE jobs SET state = ?, attempts = ?, error = ? WHERE id = ?",
            (job.state, job.attempts, error, job.id),
        )

    def job(self, job_id: str) -> Job | None:
        rows = self._rows(f"SELECT {_JOB} FROM jobs WHERE id = ?", (job_id,))
        return _job(rows[0]) if rows else None

    def mark(self, job_id: str) -> str:
        """The fingerprint under which a job was accepted; empty when there is no such job."""
        rows = self._rows("SELECT fingerprint FROM jobs WHERE id = ?", (job_id,))
        return str(rows[0][0]) if rows else ""

    def unfinished(self) -> list[Job]:
        """Jobs that were queued or running when the bridge ended, oldest first."""
        rows = self._rows(f"SELECT {_JOB} FROM jobs WHERE state IN ('queued', 'running') ORDER BY created")
        return [_job(row) for row in rows]

    def latest(self, limit: int) -> list[Job]:
        rows = self._rows(f"SELECT {_JOB} FROM jobs ORDER BY created DESC LIMIT ?", (limit,))
        return [_job(row) for row in rows]

    def door_of(self, client: str) -> str:
        """The door through which its newest job came; empty where it never sent one."""
        rows = self._rows("SELECT door FROM jobs WHERE client = ? ORDER BY created DESC LIMIT 1", (client,))
        return str(rows[0][0]) if rows else ""

    def projects(self) -> list[str]:
        """Folders of the projects that have takes."""
        return [str(folder) for (folder,) in self._rows("SELECT DISTINCT project FROM takes WHERE project != ''")]

    def folder_of(self, project: str) -> str:
        """The `folder` that the newest job with a take named for that project; empty for the usual one."""
        rows = self._rows(
            "SELECT request FROM jobs JOIN takes ON takes.job = jobs.id WHERE takes.project = ?"
            " ORDER BY takes.created DESC LIMIT 1",
            (project,),
        )
        return _request_decoder.decode(rows[0][0]).folder if rows else ""

    # events

    def append(self, event: E, client: str) -> E:
        """Keep an event; returns it with its `seq`."""
        cursor = self._execute("INSERT INTO events (job, client, body) VALUES (?, ?, ?)", (event.job, client, b""))
        assert cursor.lastrowid is not None
        numbered = msgspec.structs.replace(event, seq=cursor.lastrowid)
        self._execute("UPDATE events SET body = ? WHERE seq = ?", (to_json(numbered), numbered.seq))
        return numbered

    def events_after(self, seq: int, client: str | None) -> list[AnyEvent]:
        """Kept events newer than `seq`, of one client's jobs or of all."""
        rows = self._rows(
            "SELECT body FROM events WHERE seq > ? AND (? IS NULL OR client = ?) ORDER BY seq", (seq, client, client)
        )
        return [_event_decoder.decode(body) for (body,) in rows]

    def events_of(self, job_id: str) -> list[AnyEvent]:
        rows = self._rows("SELECT body FROM events WHERE job = ? ORDER BY seq", (job_id,))
        return [_event_decoder.decode(body) for (body,) in rows]

    def newest_seq(self) -> int:
        return int(self._rows("SELECT coalesce(max(seq), 0) FROM events")[0][0])

    # takes

    def keep_take(self, take: Take, project: str) -> None:
        """Write a take down, or what is new about it: its age stays."""
        self._execute(
            "INSERT INTO takes VALUES (?, ?, ?, ?, ?) ON CONFLICT (job, number) DO UPDATE SET body = excluded.body",
            (take.job, take.number, project, time.time(), to_json(take)),
        )

    def takes(self, *, job: str | None = None, project: str = "", limit: int = 1_000) -> list[Take]:
        """Newest first; of one job in the order of their numbers."""
        if job is not None:
            rows = self._rows("SELECT body FROM takes WHERE job = ? ORDER BY number", (job,))
        else:
            rows = self._rows(
                "SELECT body FROM takes WHERE ? IN ('', project) ORDER BY created DESC, number LIMIT ?",
                (project, limit),
            )
        return [_take_decoder.decode(body) for (body,) in rows]

    # facts that help the next start

    def remember_backends(self, backends: tuple[Capabilities, ...]) -> None:
        self._execute("INSERT OR REPLACE INTO facts VALUES ('backends', ?)", (msgspec.json.encode(backends),))

    def known_backends(self) -> tuple[Capabilities, ...]:
        """What the engine could do when it was last up; empty before its first start or after a change of format."""
        rows = self._rows("SELECT body FROM facts WHERE name = 'backends'")
        try:
            return msgspec.json.decode(rows[0][0], type=tuple[Capabilities, ...]) if rows else ()
        except msgspec.DecodeError:
            return ()

    def remember_order(self, jobs: Sequence[str]) -> None:
        """In which the user wants the jobs that wait."""
        self._execute("INSERT OR REPLACE INTO facts VALUES ('order', ?)", (msgspec.json.encode(jobs),))

    def known_order(self) -> tuple[str, ...]:
        rows = self._rows("SELECT body FROM facts WHERE name = 'order'")
        return msgspec.json.decode(rows[0][0], type=tuple[str, ...]) if rows else ()

    def forget_before(self, moment: float) -> None:
        """Drop the events of jobs that ended and were made before `moment` (seconds since 1970); takes stay."""
        marks = ", ".join("?" for _ in ENDED)
        self._execute(
            f"DELETE FROM events WHERE job IN (SELECT id FROM jobs WHERE created < ? AND state IN ({marks}))",
            (moment, *ENDED),
        )


_NO_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE)
"""The second is what a full disk is called while the write-ahead log's index is made."""

_JOB = "request, client, door, state, attempts, created, error"


def _job(row: tuple[bytes, str, str, str, int, float, bytes | None]) -> Job:
    request, client, door, state, attempts, created, error = row
    return Job(
        request=_request_decoder.decode(request),
        client=client,
        door=door,
        state=state,  # type: ignore[arg-type]
        attempts=attempts,
        created=created,
        error=msgspec.json.decode(error, type=Problem) if error else None,
    )


def _translated(error: sqlite3.Error, hint: str = "") -> BridgeError:
    if getattr(error, "sqlite_errorcode", 0) in _NO_ROOM:
        return DiskFull("The journal could not be written: the disk is full.")
    return BridgeFault(f"The journal could not be used: {error}.", hint)
