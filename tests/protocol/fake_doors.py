"""The bridge's half of the first conversation on the page, one class a door: enough to try the page's examples."""

import json
import socket
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
import zmq
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from bridge_server.protocol import codec, events
from bridge_server.protocol.emit.doors import CONNECTION, MAILBOX, OSC
from bridge_server.protocol.emit.events_shown import BEYOND, LEAST_TAKE
from bridge_server.protocol.requests import Ack
from tests.protocol.conftest import VECTORS

PATIENCE_SECONDS = 20


def home_with(home: Path, **addresses: Any) -> None:
    """A connection.json as a bridge would leave it."""
    connection = {"version": 1, **CONNECTION, "key": VECTORS["key"], **addresses}
    (home / "connection.json").write_text(json.dumps(connection, separators=(",", ":")), encoding="utf-8")


def life(job: str, last: str) -> list[events.AnyEvent]:
    """What a bridge says about one job that ends in `last`."""
    if last == "refused":
        return [events.Refused(job=job, error=BEYOND)]
    take = msgspec.structs.replace(LEAST_TAKE, job=job)
    ends: dict[str, events.AnyEvent] = {
        "done": events.Done(job=job, seq=4, takes=(take,), seconds=1.5),
        "failed": events.Failed(job=job, seq=4, error=BEYOND),
        "cancelled": events.Cancelled(job=job, seq=4),
    }
    return [
        events.Accepted(job=job, seq=1, backend="sketch"),
        events.Started(job=job, seq=2),
        events.Progress(job=job, fraction=0.5, stage="rendering"),
        events.TakeReady(job=job, seq=3, take=take),
        events.EngineChanged(state="ready"),
        ends[last],
    ]


class FakeDoor:
    """Serves in a thread between `with` and its end. `heard` holds the letters; a fault in there fails the test."""

    def __init__(self, last: str) -> None:
        self.last = last
        self.heard: list[codec.Letter] = []
        self.fault: Exception | None = None
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.guard)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop.set()
        self.thread.join(PATIENCE_SECONDS)
        assert not self.thread.is_alive()
        if self.fault is not None:
            raise self.fault

    def guard(self) -> None:
        try:
            self.serve()
        except Exception as fault:  # noqa: BLE001 - raised again in the test's own thread
            self.fault = fault

    def serve(self) -> None:
        raise NotImplementedError

    def open(self, data: bytes, wire: str) -> codec.Letter:
        envelope = codec.open_envelope(data, wire)
        codec.check_key(envelope.key, VECTORS["key"], envelope.version)
        message = codec.read_request(envelope.message, wire)
        return codec.Letter(key=envelope.key, client=envelope.client, message=message)


class FakeZmq(FakeDoor):
    def __init__(self, last: str) -> None:
        super().__init__(last)
        self.context = zmq.Context()
        self.router = self.context.socket(zmq.ROUTER)
        self.router.linger = 1_000
        self.address = f"tcp://127.0.0.1:{self.router.bind_to_random_port('tcp://127.0.0.1')}"

    def serve(self) -> None:
        while not self.stop.is_set():
            if not self.router.poll(20):
                continue
            peer, frame = self.router.recv_multipart()
            letter = self.open(frame, "msgpack")
            self.heard.append(letter)
            for event in life(letter.message.job, self.last):  # type: ignore[union-attr]
                self.router.send_multipart([peer, codec.to_msgpack(event)])

    def __exit__(self, *reason: Any) -> None:
        super().__exit__(*reason)
        self.context.destroy()


class FakeOsc(FakeDoor):
    """Loses the first `to_lose` datagrams, says every kept event twice, and sends `take` by file."""

    def __init__(self, last: str, folder: Path, to_lose: int) -> None:
        super().__init__(last)
        self.folder = folder
        self.to_lose = to_lose
        self.acks: list[Ack] = []
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.udp.settimeout(0.02)
        self.port = self.udp.getsockname()[1]

    def serve(self) -> None:
        while not self.stop.is_set():
            try:
                datagram, peer = self.udp.recvfrom(65_536)
            except TimeoutError:
                continue
            assert len(datagram) < OSC["largest_datagram"]
            if self.to_lose > 0:
                self.to_lose -= 1
                continue
            letter = self.read(OscMessage(datagram))
            if isinstance(letter.message, Ack):
                self.acks.append(letter.message)
                continue
            self.heard.append(letter)
            if len(self.heard) == 1:
                for event in life(letter.message.job, self.last):  # type: ignore[union-attr]
                    for _ in range(2 if getattr(event, "seq", 0) else 1):
                        self.udp.sendto(self.written(event), peer)

    def read(self, message: OscMessage) -> codec.Letter:
        key, client, text = message.params
        plain = {"request": message.address.removeprefix(OSC["prefix"]), **json.loads(text)}
        letter = {"version": 1, "key": key, "client": client, "message": plain}
        return self.open(json.dumps(letter).encode(), "json")

    def written(self, event: events.AnyEvent) -> bytes:
        word = codec.task_of(event)
        if isinstance(event, events.Progress):
            builder = OscMessageBuilder(address=OSC["prefix"] + word)
            for value, kind in ((event.job, "s"), (event.fraction, "f"), (event.stage, "s")):
                builder.add_arg(value, kind)
        elif word == "take":
            path = self.folder / "event.json"
            # Said twice, and so written twice: the client may be reading the first one by then.
            part = path.with_suffix(".tmp")
            part.write_bytes(codec.to_json(event))
            part.replace(path)
            builder = OscMessageBuilder(address=OSC["file"])
            builder.add_arg(str(path), "s")
        else:
            builder = OscMessageBuilder(address=OSC["prefix"] + word)
            builder.add_arg(codec.to_json(event).decode(), "s")
        return builder.build().dgram

    def __exit__(self, *reason: Any) -> None:
        super().__exit__(*reason)
        self.udp.close()


class FakeMailbox(FakeDoor):
    def __init__(self, last: str, folder: Path) -> None:
        super().__init__(last)
        self.folder = folder
        (folder / MAILBOX["inbox"]).mkdir(parents=True)

    def serve(self) -> None:
        while not self.stop.is_set():
            for path in (self.folder / MAILBOX["inbox"]).glob("*" + MAILBOX["letter"]):
                letter = self.open(path.read_bytes(), "json")
                path.unlink()
                self.heard.append(letter)
                for event in life(letter.message.job, self.last):  # type: ignore[union-attr]
                    self.deliver(letter.client, event)
            time.sleep(0.01)

    def deliver(self, client: str, event: events.AnyEvent) -> None:
        match event:
            case events.Progress(job=job):
                name = MAILBOX["progress"] % job
            case events.Refused(job=job):
                name = MAILBOX["refused"] % job
            case events.EngineChanged():
                return
            case _:
                name = MAILBOX["kept"] % (event.seq, codec.task_of(event))  # type: ignore[union-attr]
        outbox = self.folder / MAILBOX["outbox"] / client
        outbox.mkdir(parents=True, exist_ok=True)
        part = outbox / (name + MAILBOX["temporary"])
        part.write_bytes(codec.to_json(event))
        part.replace(outbox / name)
