"""The stage: a bridge and an engine of the demo's own, in a home of their own, and somebody who plays the DAW."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from bridge_server.client import Client
from bridge_server.demo.daw import Daw, Event, NoAnswer
from bridge_server.demo.plan import CANCEL_FROM, Errand
from bridge_server.home import Home
from bridge_server.launch import Found, start_bridge, stop_bridge
from bridge_server.protocol.errors import BridgeError, EngineFault, Problem, from_problem
from bridge_server.protocol.events import Cancelled, Progress
from bridge_server.protocol.requests import Generate
from bridge_server.protocol.values import Take

NAME = "demo"
SAFETY_SECONDS = "60"
"""A demo that is killed cannot stop its bridge; after so long without work it stops by itself."""

Listener = Callable[[Event], None]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of an errand."""

    errand: Errand
    takes: tuple[Take, ...]
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Cancelling:
    """How a running job was stopped.

    fraction         how far it was
    answer_seconds   until the bridge had answered
    free_seconds     until the engine had let go
    was_cancelled    False if the job ended in another way
    seconds          of the whole job
    """

    errand: Errand
    fraction: float
    answer_seconds: float
    free_seconds: float
    was_cancelled: bool
    seconds: float


@contextlib.contextmanager
def stage() -> Iterator[Stage]:
    """Start everything, and leave no process and no file in the home behind. Raises NoBridge, ReadOnly."""
    with tempfile.TemporaryDirectory(prefix="dawbridge-", ignore_cleanup_errors=True) as folder:
        home = Home(Path(folder))
        found = start_bridge(home, "--osc-port", "0", "--idle-exit", SAFETY_SECONDS)
        try:
            yield Stage(home, found)
        finally:
            stop_bridge(home)
            if found.process is not None:
                found.process.wait()


class Stage:
    """Runs errands; `listen` hears every event, in the JSON form of the wire."""

    def __init__(self, home: Home, found: Found) -> None:
        self.welcome = found.welcome
        self._found = found
        self._daw = Daw(home.root, NAME)

    def run(self, errand: Errand, listen: Listener) -> Outcome:
        """Through the mailbox, as DAWs do it. Raises the error that the job ended with, or why nobody answered."""
        try:
            return self._heard_out(errand, listen)
        except NoAnswer as silence:
            raise self._reason(silence) from None

    def _reason(self, silence: NoAnswer) -> BridgeError:
        """What the bridge says of its engine, which may not have come up."""
        with Client(self._found.connection, f"{NAME}-zmq") as client:
            problem = client.hello().engine_problem
        return from_problem(problem) if problem else EngineFault(f"The demo got no further: {silence}.")

    def _heard_out(self, errand: Errand, listen: Listener) -> Outcome:
        began = time.perf_counter()
        for event in self._daw.run(errand.request):
            listen(event)
            match event["event"]:
                case "done":
                    takes = msgspec.convert(event["takes"], tuple[Take, ...])
                    return Outcome(errand=errand, takes=takes, seconds=time.perf_counter() - began)
                case "failed" | "refused":
                    raise from_problem(msgspec.convert(event["error"], Problem))
        raise EngineFault(f"The job {errand.job} was cancelled, and nobody asked for it.")

    def cancel(self, errand: Errand, listen: Listener) -> Cancelling:
        """Through ZeroMQ, as programs do it: start a job, and stop it half-way."""
        with Client(self._found.connection, f"{NAME}-zmq") as client:
            began, fraction, asked, answered = time.perf_counter(), 0.0, 0.0, 0.0
            event: Any = None
            for event in client.run(msgspec.convert(errand.request, Generate)):
                listen(msgspec.to_builtins(event))
                if isinstance(event, Progress) and event.fraction >= CANCEL_FROM and not asked:
                    fraction, asked = event.fraction, time.perf_counter()
                    client.cancel(errand.job)
                    answered = time.perf_counter()
            ended = time.perf_counter()
            return Cancelling(
                errand=errand,
                fraction=fraction,
                answer_seconds=answered - asked,
                free_seconds=ended - asked,
                seconds=ended - began,
                was_cancelled=isinstance(event, Cancelled) and asked > 0,
            )
