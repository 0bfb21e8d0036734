"""Carries requests to the bridge over its OSC door, and events back; never waits.

Datagrams get lost and come twice: a request is sent again each second until something answers it, and events that carry
a `seq` are acknowledged and taken once. docs/PROTOCOL.md has the rules.
"""

from __future__ import annotations

import json
import socket
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import osc
from .home import read_connection

PREFIX = "/dawbridge/1/"
LARGEST_DATAGRAM = 1_400
LARGEST = 65_507
RESEND_SECONDS = 1.0
LOOK_SECONDS = 2.0
DEAF_SECONDS = 5.0
MOST_A_TICK = 50
MOST_SEEN = 2_000


@dataclass
class Letter:
    """A request on its way, until it is answered."""

    word: str
    message: dict[str, Any]
    sent: float = -1e9
    first_sent: float | None = None
    path: str = ""
    """Of the file that holds it, where it is too long for a datagram."""


class Courier:
    """`tick` is called ten times a second and returns events. `home` is the user's Dawbridge folder."""

    def __init__(self, home: str, client: str, after: Callable[[], int]) -> None:
        """`after()` is the `seq` of the last event that was dealt with: what was missed since comes again."""
        self.home = home
        self.client = client
        self._after = after
        self.welcome: dict[str, Any] | None = None
        self.connected = False
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(("127.0.0.1", 0))
        self._connection: tuple[str, int, str] | None = None
        self._looked = -1e9
        self._letters: dict[str, Letter] = {}
        self._seen: dict[int, None] = {}

    def close(self) -> None:
        self._socket.close()

    @property
    def waiting(self) -> bool:
        """Whether something was asked that has not been answered."""
        return any(letter.word != "hello" for letter in self._letters.values())

    def ask(self, message: dict[str, Any]) -> None:
        """Send a request until it is answered. Those for work have a `job`, questions get an `id` here."""
        message = dict(message)
        if "job" not in message or message["request"] in ("cancel", "choose", "retry"):
            message.setdefault("id", uuid.uuid4().hex[:16])
        self._letters[message.get("id") or message["job"]] = Letter(message["request"], message)

    def drop(self, job: str) -> bool:
        """Take back a request for work that nobody has heard yet; False if it may have been heard."""
        letter = self._letters.get(job)
        if letter is None or letter.first_sent is not None:
            return False
        self._forget(job)
        return True

    def tick(self, now: float) -> list[dict[str, Any]]:
        """Send what is due, and return what has come, each event once."""
        self._look(now)
        events = [event for event in self._receive() if self._is_new(event)]
        for event in events:
            self._answered(event)
        if self._connection is not None:
            for name in list(self._letters):
                self._send_if_due(name, now)
        return events

    def _look(self, now: float) -> None:
        """Read connection.json again while nobody answers."""
        waits = [letter.first_sent for letter in self._letters.values() if letter.first_sent is not None]
        deaf = bool(waits) and now - min(waits) > DEAF_SECONDS
        if (self.connected and not deaf) or now - self._looked < LOOK_SECONDS:
            return
        self._looked = now
        found = read_connection(self.home)
        if found != self._connection or deaf:
            self.connected = False
        self._connection = found
        if found is not None and not self.connected and not self._asks("hello"):
            self.greet()

    def greet(self) -> None:
        """Ask for what was missed."""
        self.ask({"request": "hello", "after": self._after()})

    def _asks(self, word: str) -> bool:
        return any(letter.word == word for letter in self._letters.values())

    def _send_if_due(self, name: str, now: float) -> None:
        letter = self._letters[name]
        if now - letter.sent < RESEND_SECONDS:
            return
        # Until somebody says welcome, nobody is known to listen: a job would be repeated into the void.
        if not self.connected and letter.word != "hello":
            return
        letter.sent = now
        if letter.first_sent is None:
            letter.first_sent = now
        self._transmit(letter)

    def _transmit(self, letter: Letter) -> None:
        if self._connection is None:
            return
        host, port, key = self._connection
        text = json.dumps(letter.message, ensure_ascii=False)
        datagram = osc.encode(PREFIX + letter.word, key, self.client, text)
        if len(datagram) >= LARGEST_DATAGRAM:
            datagram = osc.encode(PREFIX + "file", key, self.client, self._as_file(letter, text))
        try:
            self._socket.sendto(datagram, (host, port))
        except OSError:
            self.connected = False

    def _as_file(self, letter: Letter, text: str) -> str:
        """Raises OSError if the disk is full or read-only."""
        if not letter.path:
            folder = Path(self.home) / "ableton" / "letters"
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / (uuid.uuid4().hex + ".json")
            path.write_text(text, encoding="utf-8")
            letter.path = str(path)
        return letter.path

    def _forget(self, name: str) -> None:
        letter = self._letters.pop(name, None)
        if letter is not None and letter.path and Path(letter.path).exists():
            Path(letter.path).unlink()

    def _receive(self) -> list[dict[str, Any]]:
        events = []
        for _ in range(MOST_A_TICK):
            try:
                data = self._socket.recv(LARGEST)
            except OSError:  # nothing there; on Windows also: nobody listens where we sent
                break
            event = _event(data)
            if event is not None:
                events.append(event)
        return events

    def _is_new(self, event: dict[str, Any]) -> bool:
        seq = event.get("seq", 0)
        if event.get("event") == "welcome" or not isinstance(seq, int) or not seq:
            return True
        self._acknowledge(seq)
        if seq in self._seen:
            return False
        self._seen[seq] = None
        if len(self._seen) > MOST_SEEN:
            del self._seen[next(iter(self._seen))]
        return True

    def _acknowledge(self, seq: int) -> None:
        self._transmit(Letter("ack", {"request": "ack", "id": uuid.uuid4().hex[:16], "seq": seq}))

    def _answered(self, event: dict[str, Any]) -> None:
        kind = event.get("event")
        if kind == "welcome":
            self.welcome, self.connected = event, True
        elif kind == "engine":
            self.greet()
        elif kind == "refused" and event.get("error", {}).get("code") == "wrong_key":
            # The bridge was started anew: ask again with its new key.
            self.connected, self._looked = False, -1e9
            for letter in self._letters.values():
                letter.sent, letter.first_sent = -1e9, None
            return
        for name in (event.get("id"), event.get("job")):
            if name in self._letters:
                self._forget(str(name))


def _event(data: bytes) -> dict[str, Any] | None:
    """One event as a map; None for what is none of ours, or a file that has gone."""
    try:
        address, values = osc.decode(data)
        if not address.startswith(PREFIX) or not values:
            return None
        word = address[len(PREFIX) :]
        if word == "progress":
            job, fraction, stage = values
            return {"event": "progress", "job": job, "fraction": fraction, "stage": stage}
        text = Path(values[0]).read_text(encoding="utf-8") if word == "file" else values[0]
        found = json.loads(text)
    except (OSError, ValueError, TypeError):
        return None
    return found if isinstance(found, dict) else None
