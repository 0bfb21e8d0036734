"""Client: the Python side of the ZeroMQ door, used by command line, demo and tests. Light: no numpy, no asyncio."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import zmq

from bridge_server.connection import Connection, read_connection
from bridge_server.home import Home
from bridge_server.protocol import codec
from bridge_server.protocol.codec import Letter
from bridge_server.protocol.errors import BadMessage, BridgeError, NoBridge, TooLarge, from_problem
from bridge_server.protocol.events import (
    Accepted,
    Answer,
    AnyEvent,
    Cancelled,
    Done,
    Failed,
    JobEvent,
    Listing,
    Refused,
    Welcome,
)
from bridge_server.protocol.requests import AskRequest, Cancel, Hello, JobRequest, List, Request

if TYPE_CHECKING:
    from bridge_server.doors.curve import Curve

PATIENCE_SECONDS = 5.0
SILENT_SECONDS = 5.0


def new_job_id() -> str:
    """Fresh, and fit for a folder name on every system."""
    return secrets.token_hex(8)


class Client:
    """A conversation with a bridge. Use it as a context manager, from one thread.

    >>> with Client.connect("my-tool") as client:                                    # doctest: +SKIP
    ...     for event in client.run(Generate(job=new_job_id(), span=Span(0, 480_000, 48_000), tags="lofi")):
    ...         print(event)
    """

    def __init__(self, connection: Connection, name: str, curve: Curve | None = None) -> None:
        """`curve` holds the keys for a bridge on another machine, whose connection.json was copied here."""
        self.connection = connection
        self.name = name
        self._context = zmq.Context()
        self._curve = curve
        self._socket = self._dial()
        self._kept_back: list[AnyEvent] = []
        self._last_seq = 0

    @classmethod
    def connect(cls, name: str = "", home: Home | None = None, within_seconds: float = PATIENCE_SECONDS) -> Client:
        """Find the bridge of this user and greet it. Raises NoBridge when none answers."""
        client = cls(read_connection(home or Home.find()), name or f"python-{secrets.token_hex(4)}")
        try:
            client.hello(within_seconds=within_seconds)
        except BridgeError:
            client.close()
            raise
        return client

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()
        self._context.term()

    def _dial(self) -> zmq.Socket[bytes]:
        socket = self._context.socket(zmq.DEALER)
        socket.setsockopt(zmq.LINGER, 200)
        if self._curve is not None:
            self._curve.open_as_client(socket)
        socket.connect(self.connection.shared if self._curve is not None else self.connection.zmq)
        return socket

    # asking

    def send(self, message: Request) -> None:
        """Post a message and do not wait. Raises TooLarge."""
        letter = codec.to_msgpack(Letter(key=self.connection.key, client=self.name, message=message))
        if len(letter) > codec.LARGEST:
            raise TooLarge(f"The message has {len(letter):,} bytes; at most {codec.LARGEST:,} are read.")
        self._socket.send(letter)

    def ask(self, question: AskRequest, within_seconds: float = PATIENCE_SECONDS) -> AnyEvent:
        """Ask, and wait for the answer; events that arrive meanwhile are kept for `events`. Raises what is refused."""
        self.send(question)
        return self._await(lambda event: isinstance(event, Answer) and event.id == question.id, within_seconds)

    def hello(self, after: int = -1, within_seconds: float = PATIENCE_SECONDS) -> Welcome:
        answer = self.ask(Hello(id=_ask_id(), after=after), within_seconds)
        assert isinstance(answer, Welcome)
        return answer

    def cancel(self, job: str) -> None:
        """Raises UnknownJob."""
        self.ask(Cancel(id=_ask_id(), job=job))

    def list(self, question: List) -> Listing:
        answer = self.ask(question)
        assert isinstance(answer, Listing)
        return answer

    # jobs

    def submit(self, request: JobRequest, within_seconds: float = PATIENCE_SECONDS) -> Accepted:
        """Hand in a job; returns when it is written down. Raises the error with which it is refused."""
        self.send(request)

        def is_answer(event: AnyEvent) -> bool:
            return isinstance(event, Accepted | Refused) and event.job == request.job

        answer = self._await(is_answer, within_seconds)
        assert isinstance(answer, Accepted)
        return answer

    def run(self, request: JobRequest) -> Iterator[AnyEvent]:
        """Hand in a job and yield its events up to the last. Raises the error with which it is refused."""
        yield self.submit(request)
        yield from self.follow(request.job)

    def follow(self, job: str) -> Iterator[AnyEvent]:
        """The events of one job until it ends, also across a restart of the bridge. Raises what `events` raises."""
        for event in self.events():
            if isinstance(event, JobEvent) and event.job == job:
                yield event
                if isinstance(event, Done | Failed | Cancelled):
                    return

    def events(self, silent_seconds: float = SILENT_SECONDS) -> Iterator[AnyEvent]:
        """Events as they arrive. After a silence the bridge is asked whether it still lives.

        Where another one has taken its place, it is asked for what was missed meanwhile. Raises NoBridge when there is
        none; its jobs are in the journal, and go on when it is started again.
        """
        while True:
            if self._kept_back:
                yield self._kept_back.pop(0)
            elif (event := self._receive(silent_seconds)) is not None:
                yield event
            else:
                self._make_sure()

    def poll(self) -> AnyEvent | None:
        """The next event, if one is there. Never waits: for programs that have a loop of their own."""
        return self._kept_back.pop(0) if self._kept_back else self._receive(0)

    def _make_sure(self) -> None:
        if self._find_heir():
            self.hello(after=self._last_seq)
            return
        try:
            self.hello()
        except NoBridge as silence:
            hint = "The jobs it had accepted go on after `dawbridge up`; `dawbridge jobs` shows them."
            raise NoBridge("The bridge has gone.", hint) from silence

    def _find_heir(self) -> bool:
        """Turn to the bridge that was started in place of the old one, on this machine; False where there is none."""
        try:
            there = read_connection(Home(Path(self.connection.home)))
        except (NoBridge, BadMessage):
            return False
        if self._curve is not None or there.key == self.connection.key:
            return False
        self._socket.close()
        self.connection = there
        self._socket = self._dial()
        return True

    def _await(self, is_wanted: Callable[[AnyEvent], bool], within_seconds: float) -> AnyEvent:
        deadline = time.monotonic() + within_seconds
        while (left := deadline - time.monotonic()) > 0:
            event = self._receive(left)
            if event is None:
                break
            if not is_wanted(event) and not _is_nameless_refusal(event):
                self._kept_back.append(event)
            elif isinstance(event, Refused):
                raise from_problem(event.error)
            else:
                return event
        raise NoBridge("The bridge does not answer.", "See `dawbridge doctor`; `dawbridge up` starts a new one.")

    def _receive(self, within_seconds: float) -> AnyEvent | None:
        if not self._socket.poll(int(within_seconds * 1000)):
            return None
        event = codec.read_event(self._socket.recv())
        if isinstance(event, JobEvent) and event.seq:
            self._last_seq = event.seq
        return event


def _is_nameless_refusal(event: AnyEvent) -> bool:
    """A refusal of something so broken that the bridge could not tell what it was about: it must be ours."""
    return isinstance(event, Refused) and not event.id and not event.job


def _ask_id() -> str:
    return secrets.token_hex(4)
