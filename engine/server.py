"""Server: the thread that owns the engine's sockets. It answers at once and never waits for the GPU."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import zmq

from bridge_server.protocol import codec
from bridge_server.protocol.engine import Abort, EngineOrder, EngineWord, Load, Ping, Pong, Ready, Render, Unload
from bridge_server.protocol.release import release
from engine.backends.known import Registry
from engine.worker import Worker

log = logging.getLogger(__name__)

BRIDGE_SILENT_SECONDS = 30.0
"""Without a ping for so long, the bridge is gone and the engine follows it."""


class Server:
    """Connects to the bridge, says what it can do, then passes orders to the worker and its words back."""

    def __init__(
        self,
        address: str,
        key: str,
        found: Registry,
        default: str,
        look: Callable[[], Registry | None] = lambda: None,
    ) -> None:
        """`look` is asked at every ping for what can run here, and answers None where that is as it was."""
        self._key = key.encode()
        self._found = found
        self._default = default
        self._look = look
        self._context = zmq.Context()
        self._bridge = self._context.socket(zmq.DEALER)
        self._bridge.setsockopt(zmq.LINGER, 500)
        self._bridge.connect(address)
        self._words = self._context.socket(zmq.PULL)
        self._words.bind("inproc://words")
        self._mouths = threading.local()
        self._worker = Worker(found.backends, self._say)

    def _say(self, word: EngineWord) -> None:
        """Called from the worker's thread: its words travel to this thread through a socket of that thread's own."""
        mouth = getattr(self._mouths, "socket", None)
        if mouth is None:
            mouth = self._mouths.socket = self._context.socket(zmq.PUSH)
            mouth.connect("inproc://words")
        mouth.send(codec.to_msgpack(word))

    def run(self) -> None:
        """Serve until the bridge falls silent."""
        self._worker.start()
        self._send(codec.to_msgpack(self._ready()))
        poller = zmq.Poller()
        poller.register(self._bridge, zmq.POLLIN)
        poller.register(self._words, zmq.POLLIN)
        while events := dict(poller.poll(int(BRIDGE_SILENT_SECONDS * 1000))):
            if self._words in events:
                self._send(self._words.recv())
            if self._bridge in events:
                self._obey(codec.read_order(self._bridge.recv()))
        log.info("engine.alone seconds=%d", BRIDGE_SILENT_SECONDS)
        self._worker.stop()
        self._context.destroy(linger=0)

    def _ready(self) -> Ready:
        return Ready(
            backends=tuple(backend.capabilities for backend in self._found.backends.values()),
            absent=tuple(self._found.absent),
            default_backend=self._default,
            release=release(),
            role_words=self._found.role_words,
        )

    def _look_around(self) -> None:
        """Say anew what can run here, if a model has come or gone."""
        found = self._look()
        if found is None:
            return
        gone = self._found.backends.keys() - found.backends.keys()
        self._found = found
        self._worker.backends = found.backends
        for name in gone:
            self._worker.unload(name)
        log.info("engine.backends names=%s", ",".join(found.backends))
        self._send(codec.to_msgpack(self._ready()))

    def _send(self, word: bytes) -> None:
        self._bridge.send_multipart([self._key, word])

    def _obey(self, order: EngineOrder) -> None:
        match order:
            case Render():
                self._worker.render(order)
            case Abort(job=job):
                self._worker.abort(job)
            case Load(backend=name):
                self._worker.load(name)
            case Unload(backend=name):
                self._worker.unload(name)
            case Ping():
                self._send(codec.to_msgpack(Pong()))
                self._look_around()
