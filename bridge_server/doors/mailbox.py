"""The mailbox door: a folder in which letters and events are JSON files, renamed into place when they are complete."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bridge_server.protocol import codec
from bridge_server.protocol.codec import Envelope
from bridge_server.protocol.errors import BridgeError, BridgeFault, NotFound, TooLarge
from bridge_server.protocol.events import (
    Answer,
    AnyEvent,
    Cancelled,
    Done,
    EngineChanged,
    Failed,
    JobEvent,
    ModelsChanged,
    Progress,
    QueueChanged,
    Refused,
)

log = logging.getLogger(__name__)
wire_in = logging.getLogger("dawbridge.wire.in")
wire_out = logging.getLogger("dawbridge.wire.out")

NAME = "mailbox"
SETTLE_MS = 10
RESCAN_MS = 1_000
LOOK_SECONDS = 0.1
SECOND_LOOK_SECONDS = 0.3
"""A file that cannot be decoded may still be being written by something that does not rename: it is read once more."""
UNCLAIMED_SECONDS = 30 * 24 * 3600


@dataclass(frozen=True)
class MailboxRoute:
    """Back to one client: a folder that it reads whenever it runs."""

    folder: Path

    def send(self, event: AnyEvent) -> None:
        wire_out.debug("mailbox %r", event)
        path = self.folder / file_name(event)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            is_new = not path.exists()
            place(path, codec.to_json(event))
            if isinstance(event, Done | Failed | Cancelled):
                (self.folder / file_name(Progress(job=event.job))).unlink(missing_ok=True)
            if is_new:
                self._list_names()
        except OSError as error:
            log.error("mailbox.unwritable folder=%s error=%s", self.folder, error)

    def _list_names(self) -> None:
        """What waits, one name a line, in a file beside the folder: Ardour's Lua can read files, but list no folder."""
        names = sorted(path.name for path in self.folder.glob("*.json"))
        place(self.folder.with_name(f"{self.folder.name}.txt"), "".join(f"{name}\n" for name in names).encode())


def file_name(event: AnyEvent) -> str:
    """Kept events sort by their number; an answer is named by its question; progress replaces progress."""
    match event:
        case Progress(job=job):
            return f"progress-{job}.json"
        case Refused(id=id_, job=job):
            return f"refused-{_safe(job or id_)}.json"
        case EngineChanged():
            return "engine.json"
        case ModelsChanged():
            return "models.json"
        case QueueChanged():
            return "queue.json"
        case Answer(id=id_):
            return f"answer-{_safe(id_)}.json"
        case JobEvent(seq=seq):
            return f"{seq:012d}-{codec.task_of(event)}.json"
    raise TypeError(f"no file name for {event!r}")


def place(path: Path, data: bytes) -> None:
    """Write a file that nobody can read half of. Raises OSError."""
    part = path.with_name(f".{path.name}.tmp")
    part.write_bytes(data)
    part.replace(path)


def _safe(name: str) -> str:
    """A name of at most 64 letters that every file system takes; the ids that the protocol allows stay as they are."""
    return re.sub(r"[^A-Za-z0-9_.-]|^\.", "_", name[:64]) or "letter"


class MailboxDoor:
    """Watches `<folder>/in`, answers into `<folder>/out/<client>`."""

    def __init__(self, folder: Path, receive: Callable[[Envelope, str, str, MailboxRoute], None]) -> None:
        self._in = folder / "in"
        self._out = folder / "out"
        self._receive = receive
        self._task: asyncio.Task[None] | None = None
        self._second_looks: set[Path] = set()
        self._stuck: set[Path] = set()

    def open(self) -> None:
        """Raises OSError when the folders cannot be made."""
        for folder in (self._in, self._out):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._sweep()
        self._task = asyncio.create_task(self._listen())

    def close(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def route(self, client: str) -> MailboxRoute:
        return MailboxRoute(self._out / client)

    def knows(self, client: str) -> bool:
        """Whether it was ever answered here."""
        return (self._out / client).is_dir()

    async def _listen(self) -> None:
        from watchfiles import awatch

        self._take_in_all()
        changes = awatch(
            self._in, debounce=SETTLE_MS, step=SETTLE_MS, rust_timeout=RESCAN_MS, yield_on_timeout=True, recursive=False
        )
        try:
            async for _ in changes:
                self._take_in_all()
        except (OSError, RuntimeError) as error:
            log.warning("mailbox.unwatched error=%s", error)
        while True:  # the system watches only so many folders: then we look ourselves
            await asyncio.sleep(LOOK_SECONDS)
            self._take_in_all()

    def _take_in_all(self) -> None:
        there = {path for path in self._in.glob("*.json") if path.is_file()}
        self._stuck &= there
        for path in sorted(there - self._stuck):
            try:
                self._take_in(path)
            except Exception as error:
                log.exception("door.broke door=mailbox file=%s", path.name)
                self._refuse(path, b"", BridgeFault(f"The bridge stumbled over this letter: {error!r}."))

    def _take_in(self, path: Path) -> None:
        if path in self._second_looks:
            return
        try:
            if path.stat().st_size > codec.LARGEST:
                raise TooLarge(f"The letter {path.name} is larger than {codec.LARGEST:,} bytes.")
            data = path.read_bytes()
            envelope = codec.open_envelope(data, "json")
        except FileNotFoundError:
            return
        except OSError as error:
            self._doubt(path, NotFound(f"The letter {path.name} could not be read: {error.strerror}."))
            return
        except BridgeError as error:
            self._doubt(path, error)
            return
        wire_in.debug("mailbox %s", path.name)
        route = self.route(envelope.client)
        self._receive(envelope, "json", NAME, route)
        self._remove(path)

    def _doubt(self, path: Path, error: BridgeError) -> None:
        """A letter that makes no sense: look again once, then refuse it."""
        self._second_looks.add(path)
        asyncio.get_running_loop().call_later(SECOND_LOOK_SECONDS, self._refuse_unless_mended, path, error)

    def _refuse_unless_mended(self, path: Path, error: BridgeError) -> None:
        self._second_looks.discard(path)
        data = b""
        try:
            data = path.read_bytes() if path.stat().st_size <= codec.LARGEST else b""
            codec.open_envelope(data, "json")
        except FileNotFoundError:
            return
        except (OSError, BridgeError):
            self._refuse(path, data, error)
            return
        self._take_in_all()

    def _refuse(self, path: Path, data: bytes, error: BridgeError) -> None:
        self._remove(path)
        log.info("letter.refused file=%s code=%s", path.name, error.code)
        self.route(_client_of(data)).send(Refused(id=path.stem, error=error.problem))

    def _remove(self, path: Path) -> None:
        """A letter that cannot be removed, because somebody else holds it open, is passed over until it is gone."""
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("mailbox.stuck file=%s error=%s", path.name, error)
            self._stuck.add(path)

    def _sweep(self) -> None:
        """Drop what no client has fetched for a month."""
        oldest = time.time() - UNCLAIMED_SECONDS
        for path in self._out.glob("*/*.json"):
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)


class _Sender(msgspec.Struct):
    client: str = ""


def _client_of(data: bytes) -> str:
    """The name in a letter that is otherwise unreadable; 'unknown' where even that is."""
    try:
        client = codec.from_json(data, _Sender).client
    except BridgeError:
        client = ""
    return _safe(client) if client else "unknown"
