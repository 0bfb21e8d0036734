"""Tabs: the open pages, one WebSocket each, and what is said to them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec

from bridge_server.protocol import codec
from bridge_server.protocol.events import AnyEvent

MOST_WAITING = 5_000
"""Messages that a tab may be behind before it is hung up on; it comes back and asks for what it missed."""


class Tab:
    """One page. `send` never waits; `next` gives what is to be sent, None when the tab is to be closed."""

    def __init__(self, session: str) -> None:
        self.session = session
        self.is_listening = False
        self.close_code = 0
        self._waiting: asyncio.Queue[bytes | None] = asyncio.Queue()

    def send(self, event: AnyEvent) -> None:
        self.say(codec.to_json(event))

    def say(self, text: bytes) -> None:
        if self.close_code:
            return
        if self._waiting.qsize() >= MOST_WAITING:
            self.close(1013)
        else:
            self._waiting.put_nowait(text)

    def close(self, code: int) -> None:
        """1008 shut out, 1012 the bridge stops, 1013 too far behind."""
        if not self.close_code:
            self.close_code = code
            self._waiting.put_nowait(None)

    async def next(self) -> bytes | None:
        return None if self.close_code == 1013 else await self._waiting.get()


class Listeners:
    """All tabs of one session that said hello: they are one client of the bridge."""

    def __init__(self, tabs: set[Tab]) -> None:
        self._tabs = tabs

    def send(self, event: AnyEvent) -> None:
        text = codec.to_json(event)
        for tab in self._tabs:
            if tab.is_listening:
                tab.say(text)


class Tabs:
    """Every open page, by session."""

    def __init__(self) -> None:
        self._by_session: dict[str, set[Tab]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._by_session.values()))

    def open(self, session: str) -> Tab:
        tab = Tab(session)
        self._by_session.setdefault(session, set()).add(tab)
        return tab

    def gone(self, tab: Tab) -> bool:
        """True where that was the last one of its session."""
        tabs = self._by_session.get(tab.session, set())
        tabs.discard(tab)
        if not tabs:
            self._by_session.pop(tab.session, None)
        return not tabs

    def listeners(self, session: str) -> Listeners:
        return Listeners(self._by_session.setdefault(session, set()))

    def announce(self, fields: Mapping[str, Any]) -> None:
        text = msgspec.json.encode(fields)
        for tabs in self._by_session.values():
            for tab in tabs:
                tab.say(text)

    def close_session(self, session: str) -> None:
        for tab in self._by_session.get(session, ()):
            tab.close(1008)

    def close_all(self) -> None:
        for tabs in self._by_session.values():
            for tab in tabs:
                tab.close(1012)
