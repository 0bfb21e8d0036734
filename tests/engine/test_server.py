"""Server: the engine's side of the wire, spoken to by a bridge that the test plays."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import zmq

from bridge_server.protocol import codec
from bridge_server.protocol.engine import (
    Abort,
    Aborted,
    EngineOrder,
    EngineWord,
    Finished,
    Ping,
    Pong,
    Ready,
    Render,
    Step,
    Variant,
)
from bridge_server.protocol.requests import Generate
from bridge_server.protocol.span import Span
from engine import server
from engine.backends.known import Registry
from tests.fakes.engine import NAME, FakeBackend

KEY = "the key of this test"


class Bridge:
    """The other end of the wire."""

    def __init__(self) -> None:
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.ROUTER)
        self._socket.setsockopt(zmq.LINGER, 0)
        self.address = f"tcp://127.0.0.1:{self._socket.bind_to_random_port('tcp://127.0.0.1')}"
        self._route = b""
        self.keys: set[bytes] = set()

    def hear(self, within_seconds: float = 5.0) -> EngineWord:
        assert self._socket.poll(round(within_seconds * 1000)), "the engine says nothing"
        self._route, key, word = self._socket.recv_multipart()
        self.keys.add(key)
        return codec.read_word(word)

    def say(self, order: EngineOrder) -> None:
        self._socket.send_multipart([self._route, codec.to_msgpack(order)])

    def close(self) -> None:
        self._socket.close()
        self._context.term()


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Bridge, threading.Thread]]:
    """A running server, and the bridge that it has connected to."""
    monkeypatch.setattr(server, "BRIDGE_SILENT_SECONDS", 0.5)
    bridge = Bridge()
    running = server.Server(bridge.address, KEY, Registry({NAME: FakeBackend()}), NAME)
    thread = threading.Thread(target=running.run)
    thread.start()
    yield bridge, thread
    thread.join(10)
    assert not thread.is_alive(), "the engine stays although its bridge is silent"
    bridge.close()


@pytest.fixture
def order(tmp_path: Path) -> Callable[[str, str], Render]:
    def make(job: str, tags: str = "") -> Render:
        np.save(tmp_path / "context.npy", np.zeros((2, 4_800), np.float32))
        return Render(
            job=job,
            attempt=1,
            backend=NAME,
            request=Generate(job=job, span=Span(0, 4_800, 48_000), tags=tags),
            seeds=(1,),
            targets=(Span(0, 4_800, 48_000),),
            bar_phase_seconds=0.0,
            scratch=str(tmp_path),
        )

    return make


def last_words(bridge: Bridge) -> list[EngineWord]:
    heard: list[EngineWord] = []
    while not heard or not isinstance(heard[-1], Finished | Aborted):
        heard.append(bridge.hear())
    return heard


def test_it_says_first_what_it_can_do_and_shows_its_key(engine: tuple[Bridge, threading.Thread]) -> None:
    bridge, _ = engine
    ready = bridge.hear()
    assert isinstance(ready, Ready)
    assert ready.default_backend == NAME
    assert ready.backends == (FakeBackend.capabilities,)
    assert bridge.keys == {KEY.encode()}


def test_a_job_is_rendered_and_pings_are_answered_meanwhile(
    engine: tuple[Bridge, threading.Thread], order: Callable[..., Render]
) -> None:
    bridge, _ = engine
    bridge.hear()
    bridge.say(order("job-1234", "steps=1 pause=0.2"))
    bridge.say(Ping())
    heard = last_words(bridge)
    kinds = [type(word) for word in heard if not isinstance(word, Step)]
    assert kinds == [Pong, Variant, Finished]


def test_an_abort_stops_the_job(engine: tuple[Bridge, threading.Thread], order: Callable[..., Render]) -> None:
    bridge, _ = engine
    bridge.hear()
    bridge.say(order("job-1234", "steps=500 pause=0.01"))
    while not isinstance(bridge.hear(), Step):
        continue
    bridge.say(Abort(job="job-1234"))
    assert last_words(bridge)[-1] == Aborted(job="job-1234", attempt=1)


def test_it_ends_when_the_bridge_falls_silent(engine: tuple[Bridge, threading.Thread]) -> None:
    bridge, thread = engine
    bridge.hear()
    bridge.say(Ping())
    assert isinstance(bridge.hear(), Pong)
    thread.join(5)
    assert not thread.is_alive()
