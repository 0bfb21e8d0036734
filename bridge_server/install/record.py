"""Record: what was installed where, in which version, with a hash of each file; one small file a place, in the home.

By the hashes we know our own files again, and see which of them the user has changed since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from bridge_server.home import Home
from bridge_server.install.place import Place
from bridge_server.protocol.codec import from_json, to_json
from bridge_server.protocol.errors import BadMessage

VERSION = 1


class Record(Struct, frozen=True, kw_only=True):
    """files    path below the folder, with slashes → SHA-256 of what we wrote there
    folders  those that we made, with slashes
    """

    version: int = VERSION
    release: str
    host: str
    name: str
    folder: str
    files: dict[str, str]
    folders: tuple[str, ...] = ()

    @property
    def place(self) -> Place:
        return Place(host=self.host, name=self.name, folder=Path(self.folder))


def fingerprint(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def record_path(home: Home, place: Place) -> Path:
    return home.installed / f"{place.host}-{fingerprint(str(place.folder).encode())[:12]}.json"


def read_record(home: Home, place: Place) -> Record | None:
    """None where nothing was installed there from this home, or its record is damaged. Raises OSError."""
    return _read(record_path(home, place))


def records(home: Home, host: str = "") -> Iterator[Record]:
    """All of them, or those of one host, also of folders that are not there at the moment. Raises OSError."""
    for path in sorted(home.installed.glob(f"{host or '*'}-*.json")):
        if (record := _read(path)) is not None:
            yield record


def encoded(record: Record) -> bytes:
    return to_json(record)


def _read(path: Path) -> Record | None:
    """A record of a newer Dawbridge may mean something else by its fields: its files count as the user's."""
    try:
        record = from_json(path.read_bytes(), Record)
    except (FileNotFoundError, BadMessage):
        return None
    return record if record.version == VERSION else None
