"""A DAW's side of the mailbox, with nothing but the standard library: what a script in REAPER does, in Python."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Event = dict[str, Any]

LOOK_SECONDS = 0.005
PATIENCE_SECONDS = 60.0
LAST_WORDS = ("done", "failed", "cancelled", "refused")


class NoAnswer(Exception):
    """The bridge did not write what was waited for."""


class Daw:
    """Writes letters to the bridge's mailbox and reads the events that it leaves for `name`."""

    def __init__(self, home: Path, name: str) -> None:
        """`home` is the folder with connection.json. Raises OSError where no bridge has left its address."""
        connection = json.loads((home / "connection.json").read_text(encoding="utf-8"))
        self._key: str = connection["key"]
        self._version: int = connection["version"]
        self._in = Path(connection["mailbox"]) / "in"
        self._out = Path(connection["mailbox"]) / "out" / name
        self._name = name

    def send(self, message: Event) -> None:
        """Post a request, in the JSON form of docs/PROTOCOL.md. Raises OSError."""
        letter = {"version": self._version, "key": self._key, "client": self._name, "message": message}
        name = f"{self._name}-{secrets.token_hex(8)}"
        part = self._in / f"{name}.tmp"
        part.write_text(json.dumps(letter), encoding="utf-8")
        part.replace(self._in / f"{name}.json")

    def ask(self, question: Event) -> Event:
        """Send a question and wait for its answer. Raises NoAnswer."""
        asked = {**question, "id": secrets.token_hex(4)}
        self.send(asked)
        return self._first(lambda event: event.get("id") == asked["id"])

    def run(self, request: Event) -> Iterator[Event]:
        """Send a job and yield its events up to the last, which may be a refusal. Raises NoAnswer."""
        self.send(request)
        while True:
            event = self._first(lambda event: event.get("job") == request["job"])
            yield event
            if event["event"] in LAST_WORDS:
                (self._out / f"progress-{request['job']}.json").unlink(missing_ok=True)
                return

    def _first(self, is_wanted: Callable[[Event], bool]) -> Event:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            for path in self._letters():
                event = self._take(path, is_wanted)
                if event is not None:
                    return event
            time.sleep(LOOK_SECONDS)
        raise NoAnswer(f"the bridge was silent for {PATIENCE_SECONDS:.0f} seconds")

    def _letters(self) -> list[Path]:
        """Events in their order, then the latest progress."""
        return sorted(self._out.glob("*.json"))

    def _take(self, path: Path, is_wanted: Callable[[Event], bool]) -> Event | None:
        """An event leaves the mailbox when it is read. Progress may be replaced by newer progress meanwhile."""
        try:
            event: Event = json.loads(path.read_bytes())
            if not is_wanted(event):
                return None
            path.unlink()
        except FileNotFoundError:
            return None
        return event
