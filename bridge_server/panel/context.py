"""Context: what every part of the panel is given."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from bridge_server.home import Home
from bridge_server.jobs.journal import Journal
from bridge_server.panel.kept import Memory
from bridge_server.panel.references import References
from bridge_server.panel.regions import Regions
from bridge_server.panel.shared import Shared
from bridge_server.panel.tabs import Tabs
from bridge_server.panel.tokens import Tokens
from bridge_server.protocol.events import AnyEvent

T = TypeVar("T")


class Answers(Protocol):
    """A way back to one tab."""

    def send(self, event: AnyEvent) -> None: ...


class BridgeSide(Protocol):
    """What the panel asks of the bridge. All of it belongs to the event loop."""

    @property
    def journal(self) -> Journal: ...

    @property
    def clients(self) -> list[str]: ...

    def hear(self, message: bytes, client: str, door: str, answers: Answers) -> None: ...

    def join(self, client: str, events: Answers) -> None: ...

    def leave(self, client: str) -> None: ...

    def stay(self) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Context:
    """home       where the panel keeps its own things below `home.panel`
    bridge     questions, events and journal; event loop only
    memory     who was let in
    threads    for `in_thread`
    """

    home: Home
    bridge: BridgeSide
    memory: Memory
    tokens: Tokens
    regions: Regions
    references: References
    tabs: Tabs
    shared: Shared
    threads: ThreadPoolExecutor

    @property
    def journal(self) -> Journal:
        """Event loop only."""
        return self.bridge.journal

    async def in_thread(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run what takes longer than a millisecond beside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, function, *arguments)

    def announce(self, **fields: Any) -> None:
        """Tell every tab: `announce(panel="marked", job=…)`."""
        self.tabs.announce(fields)
