"""panel.json: what the panel remembers over a restart of the bridge: its port, and who was let in."""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import time
from pathlib import Path

from msgspec import Struct, structs

from bridge_server.protocol.codec import from_json, to_json
from bridge_server.protocol.errors import BadMessage

log = logging.getLogger(__name__)

LOCAL_SECONDS = 90 * 24 * 3600.0
DEVICE_SECONDS = 30 * 24 * 3600.0
"""How long a browser on this machine, or on another, may stay away until it has to ask again."""

SEEN_EVERY_SECONDS = 600.0
MOST_SESSIONS = 64


class Session(Struct, frozen=True, kw_only=True):
    """One browser that was let in. Its secret lies in its cookie; here lies only the secret's hash.

    created, seen   seconds since 1970
    is_local        entered with a link on this machine; otherwise it was paired
    """

    id: str
    mark: str
    name: str
    created: float
    seen: float
    is_local: bool = True

    @property
    def client(self) -> str:
        """Its name in the protocol."""
        return f"panel-{self.id}"

    @property
    def is_fresh(self) -> bool:
        return time.time() - self.seen < (LOCAL_SECONDS if self.is_local else DEVICE_SECONDS)


class Kept(Struct, frozen=True, kw_only=True):
    """port, lan_port  where the panel was last; 0 for never
    realm           ends the cookie's name, so that two homes on one machine do not meet
    """

    port: int = 0
    lan_port: int = 0
    realm: str = ""
    sessions: tuple[Session, ...] = ()


def mark_of(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class Memory:
    """The file, and what it says. Where it cannot be written the panel works on, and forgets with the bridge."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept = _read(path)
        if not self._kept.realm:
            self._change(realm=secrets.token_hex(4))
        self._by_mark = {session.mark: session for session in self._kept.sessions if session.is_fresh}

    @property
    def port(self) -> int:
        return self._kept.port

    @property
    def lan_port(self) -> int:
        return self._kept.lan_port

    @property
    def cookie(self) -> str:
        return f"dawbridge-{self._kept.realm}"

    def note_port(self, port: int) -> None:
        if port != self._kept.port:
            self._change(port=port)

    def note_lan_port(self, port: int) -> None:
        if port != self._kept.lan_port:
            self._change(lan_port=port)

    @property
    def sessions(self) -> list[Session]:
        """Who may come in, newest first."""
        return sorted(self._by_mark.values(), key=lambda session: -session.created)

    def let_in(self, name: str, is_local: bool) -> tuple[Session, str]:
        """A new session and the secret of its cookie, which is nowhere else."""
        secret, now = secrets.token_urlsafe(32), time.time()
        session = Session(
            id=secrets.token_hex(6), mark=mark_of(secret), name=name[:80], created=now, seen=now, is_local=is_local
        )
        self._by_mark[session.mark] = session
        for old in sorted(self._by_mark.values(), key=lambda each: each.seen)[:-MOST_SESSIONS]:
            del self._by_mark[old.mark]
        self._save_sessions()
        return session, secret

    def find(self, secret: str) -> Session | None:
        """The session of a cookie; None where there is none, or it was away for too long."""
        session = self._by_mark.get(mark_of(secret))
        if session is None:
            return None
        if not session.is_fresh:
            self.shut_out(session.id)
            return None
        if time.time() - session.seen > SEEN_EVERY_SECONDS:
            session = structs.replace(session, seen=time.time())
            self._by_mark[session.mark] = session
            self._save_sessions()
        return session

    def shut_out(self, session_id: str) -> bool:
        """End a session; False where there is none of that id."""
        marks = [mark for mark, session in self._by_mark.items() if session.id == session_id]
        for mark in marks:
            del self._by_mark[mark]
        if marks:
            self._save_sessions()
        return bool(marks)

    def _save_sessions(self) -> None:
        self._change(sessions=tuple(self._by_mark.values()))

    def _change(self, **fields: object) -> None:
        self._kept = structs.replace(self._kept, **fields)
        try:
            write_owner_only(self._path, to_json(self._kept))
        except OSError as error:
            log.warning("panel.not_kept path=%s error=%s", self._path, error)


def write_owner_only(path: Path, data: bytes) -> None:
    """Write a file that nobody but its owner can ever read, and nobody half of. Raises OSError."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    part.replace(path)


def _read(path: Path) -> Kept:
    try:
        return from_json(path.read_bytes(), Kept)
    except FileNotFoundError:
        return Kept()
    except (OSError, BadMessage) as error:
        log.warning("panel.forgotten path=%s error=%s", path, error)
        return Kept()
