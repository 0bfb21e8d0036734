"""The bridge's side of the mailbox, played by a test: reads letters and writes events with the bridge's own code."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import mido

from bridge_server.connection import Connection, OscAddress
from bridge_server.doors.mailbox import MailboxRoute
from bridge_server.protocol import codec
from bridge_server.protocol.errors import BridgeError
from bridge_server.protocol.events import (
    Accepted,
    AnyEvent,
    Cancelled,
    Done,
    Failed,
    Ok,
    Progress,
    Refused,
    Started,
    Welcome,
)
from bridge_server.protocol.requests import Cancel, Choose, Hello, Repaint, Request
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Midi, Part, Stem, Take


@dataclass
class Desk:
    """A bridge that does what the test says, and nothing else.

    letters   every request that was read, in its order; greetings are answered at once and kept apart, in `greetings`
    abilities what it says about backends in its answer to a greeting
    write     makes the audio file of a take: `write(name, samples, rate)` → path
    """

    home: Path
    write: Callable[[str, int, int], Path]
    key: str = "key-1"
    letters: list[Request] = field(default_factory=list)
    greetings: list[Hello] = field(default_factory=list)
    abilities: dict[str, Any] = field(default_factory=dict)
    client: str = ""
    seq: int = 0
    refusals: list[str] = field(default_factory=list)

    def open(self, key: str = "key-1") -> None:
        """Start (again): leave connection.json, with a new key."""
        self.key = key
        for name in ("in", "out"):
            (self.home / "mailbox" / name).mkdir(parents=True, exist_ok=True)
        Connection(
            release="0.1.0",
            pid=1,
            started="2026-11-22T11:00:00Z",
            key=key,
            zmq="tcp://127.0.0.1:51234",
            osc=OscAddress("127.0.0.1", 39951),
            mailbox=str(self.home / "mailbox"),
            home=str(self.home),
        ).write(self.home / "connection.json")

    def close(self) -> None:
        (self.home / "connection.json").unlink()

    @property
    def unread(self) -> list[Path]:
        return sorted((self.home / "mailbox" / "in").glob("*"))

    @property
    def outbox(self) -> list[str]:
        """Names of the events that the script has not taken yet."""
        return sorted(path.name for path in (self.home / "mailbox" / "out").glob("*/*"))

    def read(self) -> list[Request]:
        """Read what lies in the inbox, as the bridge does. A letter that the bridge would refuse is refused."""
        self.refusals = []
        found = []
        for path in self.unread:
            assert path.suffix == ".json", "a letter is renamed when it is complete"
            envelope = codec.open_envelope(path.read_bytes(), "json")
            path.unlink()
            self.client = envelope.client
            try:
                codec.check_key(envelope.key, self.key, envelope.version)
                found.append(codec.read_request(envelope.message, "json"))
            except BridgeError as error:
                hint = codec.salvage(envelope.message, "json")
                self.refusals.append(error.problem.message)
                self.say(Refused(id=hint.id, job=hint.job, error=error.problem))
        for greeting in hellos(found):
            self.greetings.append(greeting)
            self.welcome(greeting.id)
        found = [request for request in found if not isinstance(request, Hello)]
        self.letters += found
        return found

    def next_job(self) -> Any:
        """The one job that lies in the inbox; None while there is only small talk."""
        found = [request for request in self.read() if not isinstance(request, Cancel | Choose)]
        assert self.refusals == []
        assert len(found) <= 1
        return found[0] if found else None

    def say(self, event: AnyEvent) -> None:
        MailboxRoute(self.home / "mailbox" / "out" / self.client).send(event)

    def next_seq(self) -> int:
        self.seq += 1
        return self.seq

    def accept(self, job: str, position: int = 0) -> None:
        self.say(Accepted(job=job, seq=self.next_seq(), position=position, backend="sketch"))

    def start(self, job: str) -> None:
        self.say(Started(job=job, seq=self.next_seq()))

    def progress(self, job: str, fraction: float, stage: str = "rendering") -> None:
        self.say(Progress(job=job, fraction=fraction, stage=stage))

    def fail(self, job: str, error: BridgeError) -> None:
        self.say(Failed(job=job, seq=self.next_seq(), error=error.problem))

    def cancelled(self, job: str) -> None:
        self.say(Cancelled(job=job, seq=self.next_seq()))

    def ok(self, ask: str) -> None:
        self.say(Ok(id=ask))

    def welcome(self, ask: str) -> None:
        self.say(Welcome(id=ask, version=1, release="0.1.0", engine="ready", seq=self.seq, **self.abilities))

    def takes(
        self,
        request: Any,
        samples: int | None = None,
        roles: tuple[str, ...] = (),
        span: Span | None = None,
        notes: tuple[str, ...] = (),
    ) -> tuple[Take, ...]:
        """The files that `request` asks for, made, as `done` names them. `span` for requests without one."""
        asked = getattr(request, "span", None) or span or Span(0, 96_000, 48_000)
        base = asked.start if request.timeline is None else request.timeline
        left, right = getattr(request, "left", 0), getattr(request, "right", 0)
        length = samples or left + right or asked.length
        timeline = base - left if left else base + asked.length if right else base
        if getattr(request, "form", "") == "whole":
            timeline = 0
        made = []
        for number in range(1, request.variants + 1):
            name = f"{request.job}-take-{number}"
            path = str(self.write(f"{name}.wav", length, asked.rate))
            stems = tuple(
                Stem(role=role, path=str(self.write(f"{name}-{role}.wav", length, asked.rate))) for role in roles
            )
            midi = tuple(self.notes(name, role, timeline) for role in notes)
            part = Part(path=path, samples=length, span=asked, timeline=timeline, stems=stems, midi=midi)
            made.append(take_of(request, number, part))
        return tuple(made)

    def notes(self, name: str, role: str, timeline: int) -> Midi:
        """A MIDI file of three quarter notes, beside the audio."""
        file, track = mido.MidiFile(), mido.MidiTrack()
        track.append(mido.Message("note_on", note=36, velocity=90, time=0))
        track.append(mido.Message("note_off", note=36, time=3 * file.ticks_per_beat))
        file.tracks.append(track)
        path = self.write(f"{name}-{role}.wav", 1, 48_000).with_suffix(".mid")
        file.save(str(path))
        return Midi(role=role, path=str(path), timeline=timeline)

    def done(
        self,
        request: Any,
        samples: int | None = None,
        roles: tuple[str, ...] = (),
        span: Span | None = None,
        notes: tuple[str, ...] = (),
    ) -> tuple[Take, ...]:
        takes = self.takes(request, samples, roles, span, notes)
        self.done_with(request, takes)
        return takes

    def done_with(self, request: Any, takes: tuple[Take, ...]) -> None:
        self.say(Done(job=request.job, seq=self.next_seq(), takes=takes, seconds=1.5))


def take_of(request: Any, number: int, part: Part) -> Take:
    span: Span = part.span
    return Take(
        job=request.job,
        number=number,
        path=part.path,
        seed=number,
        sample_rate=span.rate,
        samples=part.samples,
        channels=2,
        span=span,
        backend="sketch",
        parts=(part,),
    )


def only_repaint(requests: list[Request]) -> Repaint:
    found = [request for request in requests if isinstance(request, Repaint)]
    assert len(found) == 1
    return found[0]


def cancels(requests: list[Request]) -> list[Cancel]:
    return [request for request in requests if isinstance(request, Cancel)]


def hellos(requests: list[Request]) -> list[Hello]:
    return [request for request in requests if isinstance(request, Hello)]
