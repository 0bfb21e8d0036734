"""Ring at each door of a running bridge and time the answer, as a script in a DAW would experience it."""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pythonosc.osc_message import OscMessage, ParseError
from pythonosc.osc_message_builder import OscMessageBuilder

from bridge_server.client import Client
from bridge_server.connection import Connection
from bridge_server.protocol import VERSION, codec
from bridge_server.protocol.codec import Letter
from bridge_server.protocol.errors import BadMessage, NoBridge, NotFound, ReadOnly, from_problem
from bridge_server.protocol.events import Refused, Welcome
from bridge_server.protocol.requests import Hello

PATIENCE_SECONDS = 3.0
LOOK_SECONDS = 0.002
REPEAT_SECONDS = 0.5
NAME = "doctor"
ANSWER: Any = Welcome | Refused

Ring = Callable[[Connection], float]


def ring_zeromq(there: Connection, within_seconds: float = PATIENCE_SECONDS) -> float:
    """Seconds from question to answer. Raises NoBridge, WrongKey and whatever else the bridge refuses with."""
    began = time.perf_counter()
    with Client(there, f"{NAME}-zeromq") as client:
        client.hello(within_seconds=within_seconds)
    return time.perf_counter() - began


def ring_osc(there: Connection, within_seconds: float = PATIENCE_SECONDS) -> float:
    """Seconds from the first datagram to the answer; one that gets lost is sent again. Raises as `ring_zeromq`."""
    question = Hello(id=secrets.token_hex(4))
    builder = OscMessageBuilder(address=f"/dawbridge/{VERSION}/hello")
    for argument in (there.key, f"{NAME}-osc", codec.to_json(question).decode()):
        builder.add_arg(argument, "s")
    datagram = builder.build().dgram
    began = time.perf_counter()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        udp.settimeout(min(REPEAT_SECONDS, within_seconds))
        while time.perf_counter() - began < within_seconds:
            try:
                udp.sendto(datagram, (there.osc.host, there.osc.port))
                event = _event_in(udp.recv(65_536))
            except (TimeoutError, ConnectionError):
                continue
            if event is not None and _answers(event, question):
                return time.perf_counter() - began
    raise NoBridge(f"Nobody answers at the OSC door, UDP port {there.osc.port} of {there.osc.host}.")


def ring_mailbox(there: Connection, within_seconds: float = PATIENCE_SECONDS) -> float:
    """Seconds from the letter to the answer. Raises ReadOnly and NotFound too, where no letter can be left."""
    question = Hello(id=secrets.token_hex(4))
    client = f"{NAME}-mailbox"
    letter = Path(there.mailbox, "in", f"{client}-{question.id}.json")
    folder = Path(there.mailbox, "out", client)
    began = time.perf_counter()
    _leave(letter, codec.to_json(Letter(key=there.key, client=client, message=question)))
    try:
        while time.perf_counter() - began < within_seconds:
            for event in _answers_in(folder, question, letter):
                if _answers(event, question):
                    return time.perf_counter() - began
            time.sleep(LOOK_SECONDS)
    finally:
        _clear(letter, folder)
    raise NoBridge("The bridge reads no letters in its mailbox.", "`dawbridge down`, then `dawbridge up`.")


DOORS: dict[str, Ring] = {"ZeroMQ": ring_zeromq, "OSC": ring_osc, "mailbox": ring_mailbox}


def _answers(event: Welcome | Refused, question: Hello) -> bool:
    """True if this is what was asked for. Raises what the question is refused with."""
    if isinstance(event, Refused):
        raise from_problem(event.error)
    return event.id == question.id


def _event_in(datagram: bytes) -> Welcome | Refused | None:
    """None for a datagram that is none of ours, and for an answer whose file is not there."""
    try:
        message = OscMessage(datagram)
        text = message.params[0]
        if message.address.endswith("/file"):
            text = Path(text).read_text(encoding="utf-8")
        event: Welcome | Refused = codec.from_json(text, ANSWER)
    except (ParseError, IndexError, TypeError, OSError, BadMessage):
        return None
    return event


def _leave(letter: Path, data: bytes) -> None:
    part = letter.with_suffix(".tmp")
    try:
        part.write_bytes(data)
        part.replace(letter)
    except FileNotFoundError:
        raise NotFound(f"{letter.parent} is not there.", "`dawbridge down`, then `dawbridge up` makes it.") from None
    except OSError as error:
        raise ReadOnly(
            f"{letter.parent} cannot be written to: {error.strerror or error}.",
            "Make the folder writable for you, or name another home in the environment variable DAWBRIDGE_HOME.",
        ) from error


def _answers_in(folder: Path, question: Hello, letter: Path) -> Iterator[Welcome | Refused]:
    names = (f"answer-{question.id}.json", f"refused-{question.id}.json", f"refused-{letter.stem}.json")
    for path in (folder / name for name in names):
        try:
            yield codec.from_json(path.read_bytes(), ANSWER)
        except (FileNotFoundError, BadMessage):
            continue


def _clear(letter: Path, folder: Path) -> None:
    """Nobody else reads what was meant for us."""
    for path in (letter, *folder.glob("*.json")):
        path.unlink(missing_ok=True)
