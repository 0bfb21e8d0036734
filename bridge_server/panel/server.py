"""The web server, in the bridge's own event loop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from bridge_server.panel.app import guarded, make_app
from bridge_server.panel.context import Context
from bridge_server.panel.door import listen
from bridge_server.panel.guard import Place
from bridge_server.panel.shared import own_addresses, own_names
from bridge_server.protocol.codec import LARGEST

log = logging.getLogger(__name__)

CLOSE_SECONDS = 2
MOST_CONNECTIONS = 512


class _Quiet(uvicorn.Server):
    """Signals are the bridge's affair."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class PanelServer:
    """One server for each place where the panel listens, all with the same application."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._app = make_app(context)
        self._running: list[tuple[uvicorn.Server, asyncio.Task[None]]] = []

    async def open(self, listening: socket.socket, share: str) -> None:
        """Serve loopback at `listening`. Returns when requests are answered."""
        place = Place("http", listening.getsockname()[1], is_local=True)
        await self._serve(guarded(self._app, self._context, place), listening)
        if share:
            try:
                await self._share(share)
            except (OSError, ValueError) as error:  # this machine has its panel all the same
                log.warning("panel.not_shared address=%s error=%s", share, error)
                self._context.shared.problem = f"The panel could not be shared at {share}: {error}."

    async def _share(self, address: str) -> None:
        """Serve paired devices, encrypted. Raises OSError, ValueError."""
        from bridge_server.panel.certificate import certificate_for  # 10 MB that only this needs

        shared, memory = self._context.shared, self._context.memory
        host, _, port = address.rpartition(":")
        addresses = own_addresses(host)
        certificate = await self._context.in_thread(
            certificate_for, self._context.home.panel / "lan", own_names(), addresses
        )
        listening = listen(host, [memory.lan_port, int(port)])
        number = listening.getsockname()[1]
        memory.note_lan_port(number)
        place = Place("https", number, is_local=False)
        app = guarded(self._app, self._context, place)
        await self._serve(app, listening, str(certificate.chain), str(certificate.key))
        shared.address = f"https://{addresses[0]}:{number}"
        shared.fingerprint = certificate.fingerprint
        shared.authority = certificate.authority
        log.info("panel.shared address=%s", shared.address)

    async def close(self) -> None:
        for server, _ in self._running:
            server.should_exit = True
        if self._running:
            await asyncio.wait([task for _, task in self._running], timeout=CLOSE_SECONDS + 1)

    async def _serve(self, app: ASGIApp, listening: socket.socket, certificate: str = "", key: str = "") -> None:
        config = uvicorn.Config(
            app,
            http="h11",
            ws="websockets-sansio",
            ws_max_size=LARGEST,
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=MOST_CONNECTIONS,
            timeout_graceful_shutdown=CLOSE_SECONDS,
            ssl_certfile=certificate or None,
            ssl_keyfile=key or None,
        )
        server = _Quiet(config)
        task = asyncio.create_task(server.serve([listening]))
        self._running.append((server, task))
        while not server.started and not task.done():
            await asyncio.sleep(0.005)
        if task.done():
            task.result()
