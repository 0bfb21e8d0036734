"""One question and one answer over HTTP, which a cancel ends at once, whatever the network does.

A thread of its own talks; the caller looks at it in short intervals, and lets go of the socket when it has had enough.
No redirect is followed, no proxy is asked: what is sent goes to the address that the user has named and nowhere else.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import urlsplit

from bridge_server.protocol.errors import BadAnswer, ServerUnreachable
from bridge_server.protocol.release import release
from bridge_server.protocol.servers import Server
from engine.backends.acestep_api.patience import SLICE_SECONDS, Patience

BLOCK = 1 << 18
SMALL = 4 << 20
"""Bytes that an answer in JSON may have: words of a song and its settings, many times over."""


@dataclass(frozen=True)
class Question:
    """path    below the server's address, with its query
    parts      the body, in pieces that are sent one after the other
    kind       its content type
    most       bytes that the answer may have
    seconds    for all of it
    """

    method: str
    path: str
    parts: Sequence[bytes] = ()
    kind: str = "application/json"
    most: int = SMALL
    seconds: float = 30.0

    @property
    def size(self) -> int:
        return sum(len(part) for part in self.parts)


@dataclass(frozen=True)
class Answer:
    """What came back, whole."""

    status: int
    headers: Message
    body: bytes


@dataclass
class _Talk:
    """What the two threads share. `sent` and `heard` count bytes."""

    question: Question
    sent: int = 0
    heard: int = 0
    connection: HTTPConnection | None = None
    is_dropped: bool = False
    answer: Answer | None = None
    error: Exception | None = None
    done: threading.Event = field(default_factory=threading.Event)

    def drop(self) -> None:
        """Let go: whatever the other thread waits for ends."""
        self.is_dropped = True
        line = self.connection.sock if self.connection else None
        if line is not None:
            with suppress(OSError):  # it may have ended by itself meanwhile
                line.shutdown(socket.SHUT_RDWR)

    def check(self) -> None:
        """Raises ConnectionAbortedError, which nobody hears any more."""
        if self.is_dropped:
            raise ConnectionAbortedError


def ask(server: Server, question: Question, tick: Callable[[float], None], patience: Patience) -> Answer:
    """Ask, and wait for the whole answer.

    tick  called every few hundredths of a second with the share, 0 to 1, that was sent and heard; may raise Cancelled
    Raises ServerUnreachable, BadAnswer for an answer without end, and what `tick` raises.
    """
    talk = _Talk(question)
    end = time.monotonic() + question.seconds
    threading.Thread(target=_converse, args=(talk, server, patience), name="acestep-api", daemon=True).start()
    try:
        while not talk.done.wait(SLICE_SECONDS):
            tick(talk.sent / question.size if question.size else 0.0)
            if time.monotonic() > end:
                raise ServerUnreachable(f"The server at {server.host} took longer than {question.seconds:g} s.")
    finally:
        if not talk.done.is_set():
            talk.drop()
    if talk.error is not None:
        raise talk.error
    assert talk.answer is not None
    return talk.answer


def _converse(talk: _Talk, server: Server, patience: Patience) -> None:
    """Runs in a thread of its own; whatever happens ends up in `talk`."""
    try:
        talk.answer = _spoken(talk, server, patience)
    except BadAnswer as error:
        talk.error = error
    except (OSError, HTTPException, ValueError) as error:
        talk.error = ServerUnreachable(*_reason(error, server))
    finally:
        if talk.connection is not None:
            talk.connection.close()
        talk.done.set()


def _spoken(talk: _Talk, server: Server, patience: Patience) -> Answer:
    question, line = talk.question, _line(server, patience)
    talk.connection = line
    line.connect()
    talk.check()
    line.sock.settimeout(patience.silent)
    line.putrequest(question.method, urlsplit(server.address).path + question.path, skip_accept_encoding=True)
    line.putheader("User-Agent", f"dawbridge/{release()}")
    line.putheader("Accept", "*/*")
    line.putheader("Connection", "close")
    if server.key:
        line.putheader("Authorization", f"Bearer {server.key}")
    if question.parts:
        line.putheader("Content-Type", question.kind)
        line.putheader("Content-Length", str(question.size))
    line.endheaders()
    for block in _blocks(question.parts):
        try:
            line.send(block)
        except (BrokenPipeError, ConnectionResetError):
            break  # a server may refuse before it has heard everything, and then says why
        talk.sent += len(block)
        talk.check()
    response = line.getresponse()
    return Answer(response.status, response.headers, b"".join(_body(response, talk, server)))


def _body(response: HTTPResponse, talk: _Talk, server: Server) -> Iterator[bytes]:
    while block := response.read1(BLOCK):
        talk.heard += len(block)
        if talk.heard > talk.question.most:
            raise BadAnswer(f"The server at {server.host} sends more than the {talk.question.most:,} bytes expected.")
        talk.check()
        yield block
    if response.length:
        raise ConnectionResetError(f"{response.length} bytes of the answer are missing")


def _line(server: Server, patience: Patience) -> HTTPConnection:
    parts = urlsplit(server.address)
    host = parts.hostname or ""
    if server.is_encrypted:
        return HTTPSConnection(host, parts.port, timeout=patience.connect, context=ssl.create_default_context())
    return HTTPConnection(host, parts.port, timeout=patience.connect)


def _blocks(parts: Sequence[bytes]) -> Iterator[memoryview]:
    for part in parts:
        view = memoryview(part)
        for start in range(0, len(view), BLOCK):
            yield view[start : start + BLOCK]


def _reason(error: Exception, server: Server) -> tuple[str, str]:
    """A sentence, and a hint where the usual one would not help."""
    host = server.host
    match error:
        case ssl.SSLCertVerificationError():
            return (
                f"The certificate of {host} cannot be trusted ({error.verify_message}).",
                "Check the date of this machine; for a certificate of your own set SSL_CERT_FILE.",
            )
        case ssl.SSLError():
            return f"{host} does not speak https as it should ({error.reason}).", "Is it http:// perhaps?"
        case ConnectionRefusedError():
            return f"Nothing answers at {host}.", ""
        case socket.gaierror():
            return f"No machine is called {host}.", "Check the address, or write it in numbers."
        case TimeoutError():
            return f"The server at {host} is silent.", ""
        case _:
            return f"The connection to {host} broke off ({str(error) or type(error).__name__}).", ""
