"""A browser without its window: a cookie, an origin, and the wire. It says what a page would, ours or a stranger's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

from bridge_server.protocol.requests import Panel
from tests.fakes.bridge import RunningBridge

PATIENCE_SECONDS = 10.0


class Wire:
    """One tab's WebSocket."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def say(self, **message: Any) -> None:
        self.connection.send(json.dumps(message))

    def hear(self) -> dict[str, Any]:
        heard: dict[str, Any] = json.loads(self.connection.recv(PATIENCE_SECONDS))
        return heard

    def until(self, is_wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The next event like that; those before it are dropped."""
        while not is_wanted(event := self.hear()):
            pass
        return event

    def ask(self, **message: Any) -> dict[str, Any]:
        """The answer to a question, or what a job is told first."""
        self.say(**message)
        key = "id" if "id" in message else "job"
        return self.until(lambda event: event.get(key) == message[key] and event.get("event") != "progress")


class Caller:
    """`Caller(bridge)` has been let in by a link; `Caller(bridge, is_in=False)` has not."""

    def __init__(self, bridge: RunningBridge, is_in: bool = True) -> None:
        self.bridge = bridge
        link = link_into(bridge)
        self.base = link.split("/enter")[0]
        self.http = httpx.Client(base_url=self.base, headers={"Origin": self.base}, timeout=PATIENCE_SECONDS)
        if is_in:
            assert self.http.get(link).status_code == 303

    def __enter__(self) -> Caller:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.close()

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())

    @contextmanager
    def wire(self, hello: bool = True, **headers: str) -> Iterator[Wire]:
        """A tab; with `hello`, one that has greeted and been welcomed."""
        sent = {"Cookie": self.cookie, "Origin": self.base, **headers}
        with connect(
            f"ws{self.base[4:]}/wire", additional_headers={name: value for name, value in sent.items() if value}
        ) as connection:
            wire = Wire(connection)
            if hello:
                assert wire.ask(request="hello", id="hi", watch="all")["event"] == "welcome"
            yield wire


def link_into(bridge: RunningBridge, client: str = "tests", **where: Any) -> str:
    """A fresh link; `where` is what the protocol's `panel` takes."""
    with bridge.client(client) as asking:
        return str(asking.ask(Panel(id="link", **where)).url)  # type: ignore[union-attr]
