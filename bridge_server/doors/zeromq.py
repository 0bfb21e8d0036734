"""The ZeroMQ door: a ROUTER socket that takes one msgpack letter a message and gives one msgpack event a message."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

import zmq
import zmq.asyncio

from bridge_server.doors.curve import Curve, is_loopback
from bridge_server.protocol import codec
from bridge_server.protocol.codec import Envelope
from bridge_server.protocol.errors import BadMessage, BridgeError, BridgeFault
from bridge_server.protocol.events import AnyEvent, Refused

log = logging.getLogger(__name__)
wire_in = logging.getLogger("dawbridge.wire.in")
wire_out = logging.getLogger("dawbridge.wire.out")

NAME = "zmq"
HARD_LIMIT = 16 << 20
"""Bytes above which ZeroMQ closes the connection instead of reading on; `codec.LARGEST` is answered with an error."""
QUEUED_FOR_SLOW_CLIENT = 10_000


@dataclass(frozen=True)
class ZmqRoute:
    """Back to one connection. What a slow or vanished client does not take is dropped; the journal still has it."""

    outgoing: asyncio.Queue[list[bytes]]
    identity: bytes

    def send(self, event: AnyEvent) -> None:
        wire_out.debug("zmq %r", event)
        self.outgoing.put_nowait([self.identity, codec.to_msgpack(event)])


class ZmqDoor:
    """`address` is where clients connect to. On this machine only, unless there are CURVE keys."""

    def __init__(
        self,
        context: zmq.asyncio.Context,
        receive: Callable[[Envelope, str, str, ZmqRoute], None],
        address: str = "tcp://127.0.0.1:*",
        curve: Curve | None = None,
    ) -> None:
        """Raises zmq.ZMQError when the address is taken, ValueError when it leaves this machine without keys."""
        if curve is None and not is_loopback(address.removesuffix("*") + "0"):
            raise ValueError(f"{address} can be reached from other machines; that needs CURVE keys")
        self._receive = receive
        self._socket = context.socket(zmq.ROUTER)
        self._socket.setsockopt(zmq.LINGER, 200)
        self._socket.setsockopt(zmq.MAXMSGSIZE, HARD_LIMIT)
        self._socket.setsockopt(zmq.SNDHWM, QUEUED_FOR_SLOW_CLIENT)
        self._authenticator = curve.guard(context, self._socket) if curve is not None else None
        self._socket.bind(address)
        self.address = str(self._socket.getsockopt_string(zmq.LAST_ENDPOINT))
        self._outgoing: asyncio.Queue[list[bytes]] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    def open(self) -> None:
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._speak())]

    async def close(self) -> None:
        """Say what is still to be said, then hang up."""
        if self._tasks:
            await self._outgoing.join()
        for task in self._tasks:
            task.cancel()
        if self._authenticator is not None:
            self._authenticator.stop()
        self._socket.close()

    async def _speak(self) -> None:
        """A ROUTER never waits for a peer: what a full or vanished one cannot take is dropped."""
        while True:
            await self._socket.send_multipart(await self._outgoing.get())
            self._outgoing.task_done()

    async def _listen(self) -> None:
        while True:
            identity, *frames = await self._socket.recv_multipart()
            route = ZmqRoute(self._outgoing, identity)
            try:
                self._take_in(frames, route)
            except BridgeError as error:
                route.send(Refused(error=error.problem))
            except Exception as error:
                log.exception("door.broke door=zmq")
                route.send(Refused(error=BridgeFault(f"The bridge stumbled over this message: {error!r}.").problem))

    def _take_in(self, frames: list[bytes], route: ZmqRoute) -> None:
        if len(frames) != 1:
            raise BadMessage(f"A message has one frame, this one had {len(frames)}.")
        wire_in.debug("zmq %d bytes", len(frames[0]))
        self._receive(codec.open_envelope(frames[0], "msgpack"), "msgpack", NAME, route)
