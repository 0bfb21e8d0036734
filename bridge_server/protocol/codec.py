"""Message ⇄ msgpack and JSON. Nobody else encodes; OSC carries the JSON form.

A *letter* is what a client sends through any door: version, key, its own name, and one request.
"""

import hmac
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

from bridge_server.protocol import VERSION
from bridge_server.protocol.complaints import complaint
from bridge_server.protocol.engine import EngineOrder, EngineWord
from bridge_server.protocol.errors import BadMessage, TooLarge, WrongKey, WrongVersion
from bridge_server.protocol.events import AnyEvent
from bridge_server.protocol.requests import Request
from bridge_server.protocol.values import ClientName

LARGEST = 1 << 20
"""Bytes that a message may have. Audio never rides in a message."""

T = TypeVar("T")


class Letter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The envelope of a request."""

    version: Annotated[int, Meta(description="of this protocol; another one is refused with `wrong_version`")] = VERSION
    key: Annotated[str, Meta(description="from connection.json; without it nothing is done")]
    client: ClientName
    message: Annotated[Request, Meta(description="what is asked")]


class Envelope(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A letter before it may be opened: the message is not looked at until version and key are right."""

    version: int
    key: str
    client: ClientName
    message: msgspec.Raw


class Salvage(Struct, frozen=True, kw_only=True):
    """What can be read of a refused message, so that its refusal finds the one who asked."""

    id: str = ""
    job: str = ""


_decoders: dict[tuple[str, Any], Any] = {}


def _decode(data: bytes | memoryview, kind: Any, wire: str) -> Any:
    decoder = _decoders.get((wire, kind))
    if decoder is None:
        module = msgspec.msgpack if wire == "msgpack" else msgspec.json
        decoder = _decoders[wire, kind] = module.Decoder(kind)
    return decoder.decode(data)


def read_request(data: bytes | memoryview, wire: str) -> Request:
    """Decode a bare request. Raises BadRequest or BadSpan naming the field, BadMessage for what is no message."""
    try:
        request: Request = _decode(data, Request, wire)
    except msgspec.ValidationError as error:
        raise complaint(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadMessage(f"The message could not be decoded: {error}.") from None
    return request


def open_envelope(data: bytes | memoryview, wire: str) -> Envelope:
    """Decode the outside of a letter. Raises TooLarge or BadMessage."""
    if len(data) > LARGEST:
        raise TooLarge(f"The message has {len(data):,} bytes; at most {LARGEST:,} are read.")
    try:
        envelope: Envelope = _decode(data, Envelope, wire)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadMessage(f"The letter could not be decoded: {error}.") from None
    return envelope


def check_key(given: str, key: str, version: int) -> None:
    """Raises WrongKey or WrongVersion. Compares in constant time."""
    if not hmac.compare_digest(given.encode(errors="surrogatepass"), key.encode()):
        raise WrongKey("The key does not belong to this bridge.")
    if version != VERSION:
        raise WrongVersion(f"The script speaks version {version}, this bridge version {VERSION}.")


def salvage(message: bytes | memoryview, wire: str) -> Salvage:
    """The `id` or `job` of a message that was refused; empty strings where even they cannot be read."""
    try:
        found: Salvage = _decode(message, Salvage, wire)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Salvage()
    return Salvage(id=found.id[:64], job=found.job[:64])


def to_msgpack(message: Struct) -> bytes:
    return msgspec.msgpack.encode(message)


def to_json(message: Struct) -> bytes:
    return msgspec.json.encode(message)


def from_json(data: bytes | str, kind: type[T]) -> T:
    """Decode our own JSON files. Raises BadMessage."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadMessage(f"This is not the JSON that was expected: {error}.") from None


def read_event(data: bytes | memoryview) -> AnyEvent:
    """Decode an event from msgpack. Raises BadMessage."""
    try:
        event: AnyEvent = _decode(data, AnyEvent, "msgpack")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadMessage(f"The event could not be decoded: {error}.") from None
    return event


def read_order(data: bytes | memoryview) -> EngineOrder:
    order: EngineOrder = _decode(data, EngineOrder, "msgpack")
    return order


def read_word(data: bytes | memoryview) -> EngineWord:
    word: EngineWord = _decode(data, EngineWord, "msgpack")
    return word


def task_of(request: Struct) -> str:
    """The word of a request, as it stands on the wire: 'repaint'."""
    tag = request.__struct_config__.tag
    assert isinstance(tag, str)
    return tag
