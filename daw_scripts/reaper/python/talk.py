"""A conversation with the bridge that never waits: for a program that is called some thirty times a second."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bridge_server.client import Client
from bridge_server.connection import read_connection
from bridge_server.home import Home
from bridge_server.protocol import codec
from bridge_server.protocol.errors import BridgeError
from bridge_server.protocol.events import (
    Accepted,
    AnyEvent,
    Cancelled,
    Done,
    Failed,
    JobEvent,
    PanelLink,
    Refused,
    Started,
)
from bridge_server.protocol.requests import Cancel, Choose, JobRequest, Panel

LOOK_SECONDS = 2.0
LINK_SECONDS = 1.0
MOST_EVENTS = 64
RESEND_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0)


@dataclass
class Job:
    """A request, the host's own words about where its result belongs, and what became of it.

    state  sent, accepted, running, done, failed or cancelled
    said   what to tell about it: progress, or the reason of a failure with what to do
    """

    request: JobRequest
    place: dict[str, Any]
    state: str = "sent"
    fraction: float = 0.0
    said: str = ""
    takes: tuple[Any, ...] = ()
    tries: int = 0
    next_send: float = 0.0

    @property
    def is_over(self) -> bool:
        return self.state in ("done", "failed", "cancelled")


@dataclass
class Talk:
    """`store` is the file in which jobs are remembered while the script, the project or the DAW is closed."""

    home: Home
    name: str
    store: Path
    jobs: dict[str, Job] = field(default_factory=dict)
    client: Client | None = None
    next_look: float = 0.0

    def __post_init__(self) -> None:
        for entry in self._kept():
            request = codec.read_request(json.dumps(entry["request"]).encode(), "json")
            assert isinstance(request, JobRequest)
            self.jobs[request.job] = Job(request, entry["place"])

    def _kept(self) -> list[dict[str, Any]]:
        """What an earlier run has written down; nothing where that is damaged, which is then left as it is."""
        try:
            kept = json.loads(self.store.read_text(encoding="utf-8"))
            for entry in kept:
                codec.read_request(json.dumps(entry["request"]).encode(), "json")
                entry["place"]["verb"]
        except (OSError, ValueError, KeyError, TypeError, BridgeError):
            if self.store.is_file():
                self.store.replace(self.store.with_suffix(".damaged"))
            return []
        return list(kept)

    def submit(self, request: JobRequest, place: dict[str, Any]) -> Job:
        """Remembers a request, to be sent at the next `tick`."""
        job = self.jobs[request.job] = Job(request, place)
        self._save()
        return job

    def forget(self, job: Job) -> None:
        self.jobs.pop(job.request.job, None)
        self._save()

    def cancel(self, job: Job) -> None:
        if self.client is not None and not job.is_over:
            self.client.send(Cancel(id=secrets.token_hex(4), job=job.request.job))

    def choose(self, job: str, number: int) -> bool:
        """Tell the bridge which take is kept. False while there is no bridge."""
        if self.client is not None:
            self.client.send(Choose(id=secrets.token_hex(4), job=job, number=number))
        return self.client is not None

    def panel(self) -> str:
        """An address that opens the panel, once; '' while there is no bridge. Raises BridgeError."""
        if self.client is None:
            return ""
        answer = self.client.ask(Panel(id=secrets.token_hex(4)), LINK_SECONDS)
        return answer.url if isinstance(answer, PanelLink) else ""

    def close(self) -> None:
        if self.client is not None:
            self.client.close()

    def tick(self, now: float) -> list[Job]:
        """One turn: what is due goes out, what has come is taken in. The jobs that something has happened to."""
        if now >= self.next_look:
            self._look(now)
        if self.client is None:
            return []
        for job in self.jobs.values():
            if job.state == "sent" and job.next_send <= now:
                self.client.send(job.request)
                job.next_send = now + RESEND_SECONDS[min(job.tries, len(RESEND_SECONDS) - 1)]
                job.tries += 1
        changed = []
        for _ in range(MOST_EVENTS):
            event = self.client.poll()
            if event is None:
                break
            if (found := self._hear(event)) is not None:
                changed.append(found)
        return changed

    def _look(self, now: float) -> None:
        """Find the bridge, or the one that took its place. It is sent every open job anew: the same id is one job."""
        self.next_look = now + LOOK_SECONDS
        try:
            there = read_connection(self.home)
        except BridgeError:
            return
        if self.client is not None and self.client.connection.key == there.key:
            return
        self.close()
        self.client = Client(there, self.name)
        for job in self.jobs.values():
            if not job.is_over:
                job.state, job.next_send, job.tries = "sent", now, 0

    def _hear(self, event: AnyEvent) -> Job | None:
        name = event.job if isinstance(event, JobEvent | Refused) else ""
        job = self.jobs.get(name)
        if job is None or job.is_over:
            return None
        match event:
            case Accepted():
                job.state = "accepted"
            case Started():
                job.state = "running"
            case Done():
                job.state, job.takes, job.fraction = "done", event.takes, 1.0
            case Failed() | Refused():
                job.state, job.said = "failed", f"{event.error.message} {event.error.hint}".strip()
            case Cancelled():
                job.state = "cancelled"
            case _:
                job.fraction = getattr(event, "fraction", job.fraction)
                job.said = getattr(event, "stage", job.said)
        return job

    def _save(self) -> None:
        kept = [{"request": json.loads(codec.to_json(job.request)), "place": job.place} for job in self.jobs.values()]
        self.store.parent.mkdir(parents=True, exist_ok=True)
        part = self.store.with_suffix(".part")
        part.write_text(json.dumps(kept), encoding="utf-8")
        part.replace(self.store)
