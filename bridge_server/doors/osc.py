"""The OSC door: UDP datagrams on loopback, for hosts that speak nothing else. Small and lossy, hence the repeats."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
from pythonosc.osc_message import OscMessage, ParseError
from pythonosc.osc_message_builder import OscMessageBuilder

from bridge_server.protocol import VERSION, codec
from bridge_server.protocol.codec import Envelope
from bridge_server.protocol.errors import (
    BadMessage,
    BadRequest,
    BridgeError,
    BridgeFault,
    NotFound,
    TooLarge,
    WrongVersion,
)
from bridge_server.protocol.events import AnyEvent, JobEvent, Progress, Refused

log = logging.getLogger(__name__)
wire_in = logging.getLogger("dawbridge.wire.in")
wire_out = logging.getLogger("dawbridge.wire.out")

NAME = "osc"
PREFIX = f"/dawbridge/{VERSION}/"
LONGEST_TEXT = 1_300
"""Bytes of JSON that fit a datagram of 1,400 with its address; longer events go by file."""
REPEAT_AFTER_SECONDS = (0.5, 1.0, 2.0)
OUTBOX_SECONDS = 3_600

Address = tuple[str, int]


@dataclass(frozen=True)
class OscRoute:
    """Back to one UDP address, which names a client better than any socket does."""

    door: OscDoor
    client: str
    address: Address

    def send(self, event: AnyEvent) -> None:
        self.door.send(event, self.client, self.address)


class OscDoor(asyncio.DatagramProtocol):
    """`port` is known once the door is open."""

    def __init__(
        self, outbox: Path, admit: Callable[[str], None], receive: Callable[[Envelope, str, str, OscRoute], None]
    ) -> None:
        """`admit` raises WrongKey; it guards what the door does itself. `outbox` holds events too long to send."""
        self._outbox = outbox
        self._admit = admit
        self._receive = receive
        self._transport: asyncio.DatagramTransport | None = None
        self._ports: dict[Address, int] = {}
        self._unacknowledged: dict[tuple[str, int], asyncio.TimerHandle] = {}
        self.port = 0

    async def open(self, wanted_port: int) -> None:
        """Listen on loopback; on another port when `wanted_port` is taken. Raises OSError."""
        loop = asyncio.get_running_loop()
        try:
            transport, _ = await loop.create_datagram_endpoint(lambda: self, ("127.0.0.1", wanted_port))
        except OSError:
            log.warning("osc.port_taken port=%d", wanted_port)
            transport, _ = await loop.create_datagram_endpoint(lambda: self, ("127.0.0.1", 0))
        self._transport = transport
        self.port = transport.get_extra_info("sockname")[1]
        self._sweep()

    def close(self) -> None:
        for timer in self._unacknowledged.values():
            timer.cancel()
        if self._transport is not None:
            self._transport.close()

    # in

    def datagram_received(self, data: bytes, sender: Address) -> None:
        wire_in.debug("osc %d bytes from %s", len(data), sender)
        address = (sender[0], self._ports.get(sender, sender[1]))
        try:
            self._take_in(data, sender)
        except BridgeError as error:
            log.info("datagram.refused code=%s", error.code)
            self.send(Refused(error=error.problem), "", address)
        except Exception as error:
            log.exception("door.broke door=osc")
            fault = BridgeFault(f"The bridge stumbled over this message: {error!r}.")
            self.send(Refused(error=fault.problem), "", address)

    def error_received(self, error: Exception) -> None:
        """A client's port was closed: it comes back with `hello`."""
        wire_in.debug("osc error %s", error)

    def _take_in(self, data: bytes, sender: Address) -> None:
        word, arguments = _parse(data)
        if word == "port":
            self._set_port(arguments, sender)
            return
        key, client, text = _strings(word, arguments)
        if word == "file":
            # Nobody else makes the bridge open a file, or learns from its answer which files there are.
            self._admit(key)
        message = _from_file(text) if word == "file" else _with_request(text, word)
        envelope = _envelope(key, client, message)
        self._hush(envelope)
        route = OscRoute(self, client, (sender[0], self._ports.get(sender, sender[1])))
        self._receive(envelope, "json", NAME, route)

    def _set_port(self, arguments: list[object], sender: Address) -> None:
        match arguments:
            case [str(key), str(), int(port)] if 0 < port < 65_536:
                self._admit(key)
                self._ports[sender] = port
            case _:
                raise BadRequest("`port` takes key, client and a port number.")

    def _hush(self, envelope: Envelope) -> None:
        """An `ack` ends the repeats of its event."""
        try:
            ack = msgspec.json.decode(envelope.message, type=_Ack)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return
        if ack.request != "ack":
            return
        self._admit(envelope.key)
        if (timer := self._unacknowledged.pop((envelope.client, ack.seq), None)) is not None:
            timer.cancel()

    # out

    def send(self, event: AnyEvent, client: str, address: Address) -> None:
        """Send now, and kept events again until they are acknowledged.

        Never raises: an event that has no room on the disk stays in the journal, where `hello {after}` finds it.
        """
        try:
            datagram = self._datagram(event)
        except OSError as error:
            log.error("osc.unwritable folder=%s error=%s", self._outbox, error)
            return
        self._transmit(datagram, address)
        if isinstance(event, JobEvent) and event.seq and client:
            self._repeat(datagram, (client, event.seq), address, 0)

    def _repeat(self, datagram: bytes, name: tuple[str, int], address: Address, turn: int) -> None:
        if turn == len(REPEAT_AFTER_SECONDS):
            self._unacknowledged.pop(name, None)
            return

        def again() -> None:
            self._transmit(datagram, address)
            self._repeat(datagram, name, address, turn + 1)

        loop = asyncio.get_running_loop()
        if turn == 0 and (earlier := self._unacknowledged.get(name)):
            earlier.cancel()
        self._unacknowledged[name] = loop.call_later(REPEAT_AFTER_SECONDS[turn], again)

    def _transmit(self, datagram: bytes, address: Address) -> None:
        if self._transport is not None and not self._transport.is_closing():
            wire_out.debug("osc %d bytes to %s", len(datagram), address)
            self._transport.sendto(datagram, address)

    def _datagram(self, event: AnyEvent) -> bytes:
        if isinstance(event, Progress):
            return _message("progress", (event.job, "s"), (event.fraction, "f"), (event.stage, "s"))
        text = codec.to_json(event)
        if len(text) <= LONGEST_TEXT:
            return _message(codec.task_of(event), (text.decode(), "s"))
        path = self._outbox / f"{secrets.token_hex(8)}.json"
        path.write_bytes(text)
        return _message("file", (str(path), "s"))

    def _sweep(self) -> None:
        """Drop the files of events that have long been read."""
        oldest = time.time() - OUTBOX_SECONDS
        for path in self._outbox.glob("*.json"):
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)


class _Ack(msgspec.Struct):
    request: str = ""
    seq: int = 0


def _message(word: str, *arguments: tuple[str | float, str]) -> bytes:
    builder = OscMessageBuilder(address=PREFIX + word)
    for value, kind in arguments:
        builder.add_arg(value, kind)
    datagram: bytes = builder.build().dgram
    return datagram


def _parse(data: bytes) -> tuple[str, list[object]]:
    try:
        message = OscMessage(data)
    except (ParseError, IndexError, ValueError) as error:
        raise BadMessage(f"This is not an OSC message: {error}.") from None
    address: str = message.address
    if not address.startswith(PREFIX):
        if address.startswith("/dawbridge/"):
            raise WrongVersion(f"The address {address} belongs to another version; this bridge has {PREFIX}….")
        raise BadMessage(f"The address {address!r} is not one of {PREFIX}….")
    return address.removeprefix(PREFIX), list(message.params)


def _strings(word: str, arguments: list[object]) -> tuple[str, str, str]:
    match arguments:
        case [str(key), str(client), str(text)]:
            return key, client, text
        case _:
            kinds = ", ".join(type(argument).__name__ for argument in arguments) or "nothing"
            raise BadRequest(f"`{word}` takes three strings, key, client and JSON; it got {kinds}.")


def _from_file(text: str) -> bytes:
    path = Path(text)
    try:
        if not path.is_file():
            raise NotFound(f"There is no message file {text!r}.")
        if path.stat().st_size > codec.LARGEST:
            raise TooLarge(f"The file {path.name} is larger than {codec.LARGEST:,} bytes.")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise NotFound(f"The message file {text!r} could not be read: {error}.") from None


def _with_request(text: str, word: str) -> bytes:
    """The JSON with `request` set from the address, where a client left it out."""
    if len(text) > codec.LARGEST:
        raise TooLarge("The message is too large.")
    try:
        fields = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadMessage(f"The message is not a JSON object: {error}.") from None
    fields.setdefault("request", msgspec.Raw(msgspec.json.encode(word)))
    return msgspec.json.encode(fields)


def _envelope(key: str, client: str, message: bytes) -> Envelope:
    fields = {"version": VERSION, "key": key, "client": client, "message": msgspec.Raw(message)}
    try:
        return msgspec.convert(fields, Envelope)
    except msgspec.ValidationError as error:
        raise BadRequest(f"The letter was not understood: {error}.") from None
