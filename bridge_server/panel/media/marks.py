"""Marks: which takes somebody starred or put away. Beside the journal, which only the bridge's own thread writes."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from bridge_server.panel.media.records import TakeId
from bridge_server.protocol.errors import BridgeFault, DiskFull

log = logging.getLogger(__name__)

_DAMAGED = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS marks (
    job TEXT NOT NULL, number INTEGER NOT NULL, starred INTEGER NOT NULL, discarded INTEGER NOT NULL,
    changed REAL NOT NULL, PRIMARY KEY (job, number))
"""


class Mark(msgspec.Struct, frozen=True):
    """What somebody thinks of a take. A discarded one is only put out of sight: its files stay."""

    starred: bool = False
    discarded: bool = False


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What shall change of a mark; what is absent stays."""

    starred: bool | None = None
    discarded: bool | None = None


class Marks:
    """Any thread may ask and write. Methods raise DiskFull or BridgeFault."""

    def __init__(self, path: Path) -> None:
        """A file that is damaged is laid aside, so that the panel opens all the same."""
        self._path = path
        try:
            self._make()
        except BridgeFault as error:
            if getattr(error.__cause__, "sqlite_errorcode", 0) not in _DAMAGED:
                raise
            aside = path.with_name(f"{path.name}.damaged-{int(time.time())}")
            path.replace(aside)
            log.warning("marks.damaged laid_aside=%s", aside)
            self._make()

    def _make(self) -> None:
        with self._opened() as base:
            base.execute("PRAGMA journal_mode=WAL")
            base.execute(_SCHEMA)

    def all(self) -> dict[TakeId, Mark]:
        """The marks of all takes that have one."""
        with self._opened() as base:
            rows = base.execute("SELECT job, number, starred, discarded FROM marks").fetchall()
        return {TakeId(job, number): Mark(bool(starred), bool(away)) for job, number, starred, away in rows}

    def of(self, take: TakeId) -> Mark:
        with self._opened() as base:
            row = base.execute("SELECT starred, discarded FROM marks WHERE job = ? AND number = ?", take).fetchone()
        return Mark(bool(row[0]), bool(row[1])) if row else Mark()

    def change(self, take: TakeId, change: Change) -> Mark:
        """Returns the mark as it is now. A star takes a take back from where it was put away, unless both are said."""
        with self._opened() as base:
            base.execute("BEGIN IMMEDIATE")
            row = base.execute("SELECT starred, discarded FROM marks WHERE job = ? AND number = ?", take).fetchone()
            starred, discarded = (bool(row[0]), bool(row[1])) if row else (False, False)
            if change.starred is not None:
                starred = change.starred
                discarded = discarded and not starred
            if change.discarded is not None:
                discarded = change.discarded
            base.execute(
                "INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?, ?)", (*take, starred, discarded, time.time())
            )
            base.execute("COMMIT")
        return Mark(starred, discarded)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, isolation_level=None, timeout=5.0)) as base:
                yield base
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL:
                raise DiskFull("The mark could not be kept: the disk is full.") from error
            raise BridgeFault(f"The marks could not be used: {error}.") from error
