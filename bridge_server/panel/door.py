"""The panel's door: its port and its links at once, the web server behind it as soon as it is loaded."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import logging
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Protocol
from urllib.parse import urlencode

from bridge_server.home import Home
from bridge_server.panel.context import BridgeSide, Context
from bridge_server.panel.kept import Memory
from bridge_server.panel.references import References
from bridge_server.panel.regions import Region, Regions
from bridge_server.panel.shared import Shared
from bridge_server.panel.tabs import Tabs
from bridge_server.panel.tokens import Tokens
from bridge_server.protocol.errors import BridgeFault, Unsupported
from bridge_server.protocol.requests import Panel

log = logging.getLogger(__name__)

THREADS = 4
"""Of which two may render what is heard; a history that is asked for meanwhile does not wait for that."""

LIBRARIES = ("starlette", "uvicorn", "websockets", "cryptography")
BACKLOG = 128
LATER_SECONDS = 0.3
SEE_LOG = "`dawbridge doctor` says where the bridge's log lies, which has the details; installing again may help."


class Server(Protocol):
    """`server.PanelServer`, which is not imported before the other doors are open."""

    async def open(self, listening: socket.socket, share: str) -> None: ...

    async def close(self) -> None: ...


def missing_libraries() -> list[str]:
    """Those of the extra `panel` that are not installed."""
    return [name for name in LIBRARIES if importlib.util.find_spec(name) is None]


class PanelDoor:
    """Listens on loopback from the start, so that a link is good at once; who comes before the server is up waits."""

    def __init__(self, home: Home, bridge: BridgeSide) -> None:
        self._missing = missing_libraries()
        self._socket: socket.socket | None = None
        self._server: Server | None = None
        self._opening: asyncio.Task[None] | None = None
        self._is_wanted = asyncio.Event()
        self._broke = ""
        memory, regions = Memory(home.panel_file), Regions(home.panel / "regions")
        self.context = Context(
            home=home,
            bridge=bridge,
            memory=memory,
            tokens=Tokens(),
            regions=regions,
            references=References(home, bridge.journal, regions),
            tabs=Tabs(),
            shared=Shared(),
            threads=ThreadPoolExecutor(THREADS, thread_name_prefix="panel"),
        )

    @property
    def has_tabs(self) -> bool:
        return len(self.context.tabs) > 0

    @property
    def address(self) -> str:
        """'http://127.0.0.1:39953', or empty where the panel is not installed."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}" if self._socket is not None else ""

    def open(self, port: int, share: str = "") -> None:
        """Take the port of last time, or `port`, or any; load the server beside the event loop.

        share  address and port beyond loopback, '0.0.0.0:39954', or empty
        """
        if self._missing:
            log.info("panel.absent missing=%s", ",".join(self._missing))
            return
        self._socket = listen("127.0.0.1", [self.context.memory.port, port])
        self.context.memory.note_port(self._socket.getsockname()[1])
        self._opening = asyncio.create_task(self._load(self._socket, share))

    async def close(self) -> None:
        self.context.tabs.close_all()
        if self._opening is not None:
            if self._server is None:
                self._opening.cancel()
            await asyncio.wait([self._opening])
        if self._server is not None:
            await self._server.close()
        if self._socket is not None:
            self._socket.close()
        self.context.threads.shutdown(wait=False, cancel_futures=True)

    def link(self, ask: Panel, client: str) -> str:
        """A link that lets one browser in, once, and opens what was asked for. Raises Unsupported."""
        if self._broke:
            raise BridgeFault(f"The panel could not be started: {self._broke}.", SEE_LOG)
        if self._socket is None:
            raise Unsupported(
                f"The panel is not installed ({', '.join(self._missing)} missing).",
                f"Stop the bridge, then `{sys.executable} -m pip install {' '.join(self._missing)}`.",
            )
        self._is_wanted.set()
        region = self.context.regions.receive(ask, client)
        page, query = destination(ask, region)
        if region is not None:
            self.context.announce(panel="regions")
        if page:
            self.context.announce(panel="open", page=page, **query)
        target = f"#/{page}{'?' + urlencode(query) if query else ''}" if page else ""
        return f"{self.address}/enter?token={self.context.tokens.mint(target)}"

    async def _load(self, listening: socket.socket, share: str) -> None:
        """The libraries take a tenth of a second to load: unless somebody wants a link, the other doors go first."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LATER_SECONDS):
                await self._is_wanted.wait()
        try:
            module = await asyncio.to_thread(import_module, "bridge_server.panel.server")
            self._server = module.PanelServer(self.context)
            await self._server.open(listening, share)
        except Exception as error:  # without its panel the bridge serves every DAW as before
            log.exception("panel.unable")
            self._broke = f"{type(error).__name__}: {error}".rstrip(".")
            self._socket = None
            listening.close()
            return
        log.info("panel.open address=%s", self.address)


def destination(ask: Panel, region: Region | None) -> tuple[str, dict[str, str]]:
    """The page of a question, and what it is told: ('lyrics', {'region': '3f2a'})."""
    query = {"job": ask.job} if ask.job else {}
    if region is not None:
        query["region"] = region.id
    if ask.page != "any":
        return ask.page, query
    if ask.job:
        return "audition", query
    if region is not None:
        return ("lyrics" if region.lyrics else "studio"), query
    return "", {}


def listen(host: str, ports: list[int]) -> socket.socket:
    """A socket at the first of these ports that is free, else at any. Raises OSError."""
    for port in [*(port for port in ports if port), 0]:
        # Only where the protocol is named does asyncio send at once; else each answer waits 40 ms for nothing.
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        opened = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if sys.platform == "win32":
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            opened.bind((host, port))
            opened.listen(BACKLOG)
        except OSError:
            opened.close()
            if port == 0:
                raise
            continue
        opened.setblocking(False)
        return opened
    raise AssertionError("port 0 is always tried")
