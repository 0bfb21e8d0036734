"""Raw ways through the three doors, made of nothing that belongs to the bridge: they can also send what is wrong."""

from __future__ import annotations

import itertools
import json
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import msgpack
import zmq
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from bridge_server.connection import Connection

Event = dict[str, Any]

_count = itertools.count(1)


class Knock(Protocol):
    """One client at one door."""

    name: str

    def letter(self, message: Any, key: str | None = None, version: int = 1) -> None:
        """Send a well-formed letter around `message`; the bridge's own key if none is given."""

    def receive(self, within_seconds: float = 5.0) -> Event:
        """The next event. Fails the test when none comes."""

    def close(self) -> None: ...


def answer(knock: Knock, is_wanted: Callable[[Event], bool], within_seconds: float = 5.0) -> Event:
    """The first event that is wanted; others are passed over."""
    deadline = time.monotonic() + within_seconds
    while True:
        event = knock.receive(max(deadline - time.monotonic(), 0.001))
        if is_wanted(event):
            return event


def answer_to(knock: Knock, message: dict[str, Any], **letter: Any) -> Event:
    """Send a message; returns what is said about its job or to its id."""
    knock.letter(message, **letter)
    job, ask = message.get("job"), message.get("id")
    if ask is not None:
        return answer(knock, lambda event: event.get("id") == ask)
    return answer(knock, lambda event: event.get("job") == job)


class ZmqKnock:
    def __init__(self, connection: Connection, name: str = "") -> None:
        self.name = name or f"zmq-{next(_count)}"
        self.key = connection.key
        self._context = zmq.Context()
        self.socket = self._context.socket(zmq.DEALER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.connect(connection.zmq)

    def letter(self, message: Any, key: str | None = None, version: int = 1) -> None:
        whole = {"version": version, "key": self.key if key is None else key, "client": self.name, "message": message}
        self.frames(msgpack.packb(whole))

    def frames(self, *frames: bytes) -> None:
        self.socket.send_multipart(frames)

    def receive(self, within_seconds: float = 5.0) -> Event:
        assert self.socket.poll(round(within_seconds * 1000)), "nobody answers at the ZeroMQ door"
        event: Event = msgpack.unpackb(self.socket.recv())
        return event

    def close(self) -> None:
        self.socket.close()
        self._context.term()


class OscKnock:
    def __init__(self, connection: Connection, name: str = "") -> None:
        self.name = name or f"osc-{next(_count)}"
        self.key = connection.key
        self._bridge = (connection.osc.host, connection.osc.port)
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.datagrams = 0

    def letter(self, message: Any, key: str | None = None, version: int = 1) -> None:
        word = message.get("request", "nothing") if isinstance(message, dict) else "nothing"
        text = json.dumps(message)
        self.message(f"/dawbridge/{version}/{word}", self.key if key is None else key, self.name, text)

    def message(self, address: str, *arguments: Any) -> None:
        builder = OscMessageBuilder(address=address)
        for argument in arguments:
            builder.add_arg(argument)
        self.bytes(builder.build().dgram)

    def bytes(self, datagram: bytes) -> None:
        self.udp.sendto(datagram, self._bridge)

    def receive(self, within_seconds: float = 5.0) -> Event:
        self.udp.settimeout(within_seconds)
        try:
            datagram = self.udp.recv(65_536)
        except TimeoutError:
            raise AssertionError("nobody answers at the OSC door") from None
        assert len(datagram) < 1_400
        self.datagrams += 1
        return self.read(OscMessage(datagram))

    def read(self, message: OscMessage) -> Event:
        word = message.address.removeprefix("/dawbridge/1/")
        match word, *message.params:
            case "progress", job, fraction, stage:
                return {"event": "progress", "job": job, "fraction": fraction, "stage": stage}
            case "file", path:
                event: Event = json.loads(Path(path).read_text("utf-8"))
            case _, text:
                event = json.loads(text)
                assert event["event"] == word
            case other:
                raise AssertionError(f"unexpected: {other}")
        if seq := event.get("seq"):
            self.letter({"request": "ack", "id": f"ack-{seq}", "seq": seq})
        return event

    def close(self) -> None:
        self.udp.close()


class MailboxKnock:
    def __init__(self, connection: Connection, name: str = "") -> None:
        self.name = name or f"mailbox-{next(_count)}"
        self.key = connection.key
        self.folder = Path(connection.mailbox)
        self._waiting: list[Event] = []

    def letter(self, message: Any, key: str | None = None, version: int = 1) -> None:
        whole = {"version": version, "key": self.key if key is None else key, "client": self.name, "message": message}
        self.file(json.dumps(whole).encode())

    def file(self, content: bytes, name: str = "") -> Path:
        """Renamed into place, as the page asks for."""
        name = name or f"{self.name}-{next(_count):06d}"
        part = self.folder / "in" / f"{name}.tmp"
        part.write_bytes(content)
        return part.rename(part.with_suffix(".json"))

    def receive(self, within_seconds: float = 5.0, client: str = "") -> Event:
        deadline = time.monotonic() + within_seconds
        while not self._waiting:
            for path in sorted((self.folder / "out" / (client or self.name)).glob("*.json")):
                if path.name.startswith("."):
                    continue
                try:
                    self._waiting.append(json.loads(path.read_text("utf-8")))
                except FileNotFoundError:
                    continue  # progress goes when its job ends
                path.unlink(missing_ok=True)
            assert self._waiting or time.monotonic() < deadline, "no answer in the mailbox"
            time.sleep(0.002)
        return self._waiting.pop(0)

    def close(self) -> None:
        self._waiting.clear()


KNOCKS: dict[str, type[ZmqKnock] | type[OscKnock] | type[MailboxKnock]] = {
    "zmq": ZmqKnock,
    "osc": OscKnock,
    "mailbox": MailboxKnock,
}
