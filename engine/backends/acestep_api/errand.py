"""One take's errand: hand the work in, wait until it is done, fetch it.

The server has no way to be told to stop: a cancel ends our waiting at once, and the server goes on. It forgets its
jobs when it is restarted; then a job is unknown to it, which it says as 'not done yet, nothing known', and the work is
handed in once more.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import msgspec
from msgspec import Struct

from bridge_server.protocol.errors import (
    BadAnswer,
    BridgeError,
    OutOfMemory,
    ServerBusy,
    ServerFailed,
    ServerUnreachable,
)
from bridge_server.protocol.servers import Server
from engine.backends.acestep_api.envelope import Busy, data_of, is_out_of_memory, parsed, plain, refusal, shaped
from engine.backends.acestep_api.exchange import Question, ask
from engine.backends.acestep_api.patience import Patience, pause
from engine.watch import Watch

log = logging.getLogger(__name__)

T = TypeVar("T")
HAND_INS = 2
"""A server that forgets a job twice will forget it a third time."""

DOWNLOADS = 3
QUEUED, DONE, FAILED = 0, 1, 2


class _Ticket(Struct):
    task_id: str


class _State(Struct):
    """`result` is JSON inside JSON: a list, empty for a job that the server does not know."""

    status: int
    result: str | None = None
    progress_text: Any = None


class _Item(Struct):
    """One item of a result; of a running job it holds the progress, of a finished one the file.

    What only people read may be of any kind, and may be missing.
    """

    file: str | None = None
    status: int | None = None
    progress: float | None = None
    stage: Any = None
    error: Any = None
    seed_value: Any = None
    dit_model: Any = None


@dataclass(frozen=True)
class Brought:
    """What the errand brings home.

    body      the file as the server sent it
    seed      that it says it used; '' where it does not say
    model     that it says it used
    is_again  whether the work had to be handed in a second time
    """

    body: bytes
    seed: str
    model: str
    is_again: bool


@dataclass(frozen=True)
class Errand:
    """`kind` and `parts` are the form; `most` is how many bytes the result may have."""

    server: Server
    kind: str
    parts: Sequence[bytes]
    most: int
    patience: Patience

    def run(self, watch: Watch) -> Brought:
        """Raises Cancelled, ServerUnreachable, ServerRefused, ServerBusy, ServerFailed, BadAnswer, BadRequest."""
        for number in range(HAND_INS):
            task = self._hand_in(watch.part(0.0, 0.1))
            found = self._wait(task, watch.part(0.1, 0.9))
            if found is not None:
                body = self._fetch(found.file or "", watch.part(0.9, 1.0))
                return Brought(body, plain(found.seed_value), plain(found.dit_model), number > 0)
            log.info("server.forgot task=%s", plain(task))
        raise ServerFailed(
            f"The server at {self.server.host} forgot the job twice.",
            "It was probably restarted, or it has crashed: look at it, then retry the job.",
        )

    def _hand_in(self, watch: Watch) -> str:
        """The server's name for the job. A full queue is waited for."""
        question = Question("POST", "/release_task", self.parts, self.kind, seconds=self.patience.transfer)
        end = time.monotonic() + self.patience.busy
        while True:
            try:
                told = ask(self.server, question, lambda part: watch.step(part, 1, "sending"), self.patience)
                ticket: _Ticket = shaped(data_of(told, self.server), _Ticket, self.server)
            except ServerBusy as error:
                wait = max(getattr(error, "after_seconds", 0.0), 2 * self.patience.poll)
                if time.monotonic() + wait > end:
                    raise
                watch.step(0, 1, "waiting for room in the server's queue")
                pause(wait, watch)
                continue
            if not ticket.task_id:
                raise BadAnswer(f"The server at {self.server.host} took the job and gave it no name.")
            return ticket.task_id

    def _wait(self, task: str, watch: Watch) -> _Item | None:
        """The finished item; None when the server does not know the job any more."""
        best, unknown, last = 0.0, 0, _State(status=-1)
        moved = heard = time.monotonic()
        watch.step(0, 1, "waiting for the server")
        while True:
            pause(self.patience.poll, watch)
            now = time.monotonic()
            try:
                state = self._look(task, watch)
            except (ServerUnreachable, Busy):
                if now - heard > self.patience.gone:
                    raise
                watch.step(best, 1, "the server does not answer just now")
                continue
            heard = now
            items = _items(state, self.server)
            if state.status == DONE:
                return self._finished(items)
            if state.status != QUEUED:
                raise self._failure(state, items)
            unknown = 0 if items else unknown + 1
            if unknown >= self.patience.unknown:
                return None
            if state != last:
                last, moved = state, now
            elif now - moved > self.patience.stuck:
                raise ServerFailed(f"The job has not moved for {self.patience.stuck / 60:.0f} minutes.")
            if items:
                best = max(best, min(items[0].progress or 0.0, 1.0))
                stage = plain(items[0].stage)[:40] or "working"
                watch.step(best, 1, f"on the server: {stage}")

    def _look(self, task: str, watch: Watch) -> _State:
        body = msgspec.json.encode({"task_id_list": [task]})
        question = Question("POST", "/query_result", (body,), seconds=self.patience.silent)
        told = data_of(ask(self.server, question, _listening(watch), self.patience), self.server)
        found: list[_State] = shaped(told, list[_State], self.server)
        if len(found) != 1:
            raise BadAnswer(f"The server at {self.server.host} was asked about one job and told about {len(found)}.")
        return found[0]

    def _finished(self, items: list[_Item]) -> _Item:
        if not items or not items[0].file:
            raise ServerFailed(f"The server at {self.server.host} says that it is done, and names no file.")
        if items[0].status == FAILED:
            raise self._failure(_State(status=FAILED), items)
        return items[0]

    def _failure(self, state: _State, items: list[_Item]) -> BridgeError:
        if state.status != FAILED:
            return BadAnswer(f"The server at {self.server.host} gives the job a status of {state.status}.")
        said = plain(items[0].error) if items else ""
        if is_out_of_memory(said):
            return OutOfMemory(
                f"The server at {self.server.host} ran out of memory.",
                "Select a shorter range, or load a smaller model there.",
            )
        return ServerFailed(f"The server at {self.server.host} could not do it{f': {said}' if said else ''}.")

    def _fetch(self, file: str, watch: Watch) -> bytes:
        path = audio_path(file, self.server)
        question = Question("GET", path, most=self.most, seconds=self.patience.transfer)
        answer = _again(
            lambda: ask(self.server, question, lambda _: watch.step(0.5, 1, "fetching"), self.patience),
            lambda: pause(self.patience.poll, watch),
        )
        if answer.status != 200:
            if answer.status == 404:
                raise ServerFailed(f"The server at {self.server.host} has thrown the result away already.")
            raise refusal(answer.status, "", self.server, answer.headers.get("Retry-After") or "")
        return answer.body


def audio_path(file: str, server: Server) -> str:
    """Where the result is asked for: always the server's own /v1/audio, whatever address it names.

    >>> audio_path("/v1/audio?path=%2Ftmp%2Fa.wav", Server(address="http://a:1"))
    '/v1/audio?path=%2Ftmp%2Fa.wav'
    """
    parts = urlsplit(file)
    if parts.netloc and f"{parts.scheme}://{parts.netloc}" != server.address:
        raise BadAnswer(f"The server at {server.host} says that its result lies at {plain(parts.netloc)}.")
    if parts.path.endswith("/v1/audio"):
        named = parse_qs(parts.query).get("path", [""])[0]
        if not named:
            raise BadAnswer(f"The server at {server.host} names no file for its result.")
        return f"/v1/audio?{urlencode({'path': named}, quote_via=quote)}"
    return f"/v1/audio?{urlencode({'path': file}, quote_via=quote)}"


def _items(state: _State, server: Server) -> list[_Item]:
    found: list[_Item] = parsed(state.result or "[]", list[_Item], server)
    return found


def _listening(watch: Watch) -> Callable[[float], None]:
    return lambda _: watch.check()


def _again(ask_once: Callable[[], T], wait: Callable[[], None]) -> T:
    """A few tries, for a connection that breaks off. Raises what the last one raises."""
    for _ in range(DOWNLOADS - 1):
        try:
            return ask_once()
        except ServerUnreachable:
            wait()
    return ask_once()
