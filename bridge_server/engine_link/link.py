"""EngineLink: the bridge's side of the engine. Starts it, watches its heart, restarts it, passes orders and words."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Callable
from contextlib import suppress

import msgspec
import zmq
import zmq.asyncio

from bridge_server.config import Heartbeat, Settings
from bridge_server.engine_link.process import EngineProcess
from bridge_server.protocol import codec
from bridge_server.protocol.engine import EngineOrder, EngineWord, Holds, JobWord, Ping, Ready
from bridge_server.protocol.errors import EngineLost, Problem
from bridge_server.protocol.events import EngineState
from bridge_server.protocol.values import HeldModel

log = logging.getLogger(__name__)


class EngineLink:
    """Used from the bridge's loop only. Listeners are called there as well:

    on_state(state, problem)  the engine came up, got lost, stays down
    on_ready(ready)           it said what it can do
    on_models(models)         what lies in its memory has changed
    """

    def __init__(
        self,
        settings: Settings,
        context: zmq.asyncio.Context,
        on_state: Callable[[EngineState, Problem | None], None],
        on_ready: Callable[[Ready], None],
        on_models: Callable[[tuple[HeldModel, ...]], None] = lambda models: None,
    ) -> None:
        self._settings = settings
        self._on_state = on_state
        self._on_ready = on_ready
        self._on_models = on_models
        self._key = secrets.token_hex(16)
        self._socket = context.socket(zmq.ROUTER)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._address = f"tcp://127.0.0.1:{self._socket.bind_to_random_port('tcp://127.0.0.1')}"
        self._process: EngineProcess | None = None
        self._route = b""
        self._heard = 0.0
        self._restarts: deque[float] = deque()
        self._words: asyncio.Queue[JobWord | EngineLost] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False
        self.state: EngineState = "starting"
        self.problem: Problem | None = None
        self.models: tuple[HeldModel, ...] = ()
        self.ready = asyncio.Event()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def _beat(self) -> Heartbeat:
        return self._settings.heartbeat

    def start(self) -> None:
        self._launch()
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._watch())]

    async def stop(self) -> None:
        self._stopping = True
        for task in self._tasks:
            task.cancel()
        if self._process is not None:
            await asyncio.to_thread(self._process.stop, 3.0)
        self._socket.close()

    def listen(self) -> asyncio.Queue[JobWord | EngineLost]:
        """The words about jobs from now on, and an EngineLost should the engine die. One listener at a time."""
        self._words = asyncio.Queue()
        return self._words

    async def send(self, order: EngineOrder) -> None:
        await self._socket.send_multipart([self._route, codec.to_msgpack(order)])

    def kill(self, reason: str) -> None:
        """End an engine that no longer obeys; it is started again, and nobody is to rely on it until then."""
        log.warning("engine.killed pid=%s reason=%s", self.pid, reason)
        self.ready.clear()
        if self._process is not None:
            self._process.kill()

    # life and death

    def _launch(self) -> None:
        loop = asyncio.get_running_loop()
        self._become("starting")
        self._heard = loop.time()
        command = (*self._settings.engine_command, "--connect", self._address)
        try:
            home = self._settings.home
            process = EngineProcess(command, self._key, home.logs / "engine.log", home.root)
        except OSError as error:
            loop.call_soon(self._lost, None, f"it could not be started: {error}")
            return
        self._process = process
        log.info("engine.started pid=%d", process.pid)

        def exited(code: int) -> None:
            with suppress(RuntimeError):  # the loop may have been closed: then nobody is left to tell
                loop.call_soon_threadsafe(self._lost, process, f"it ended with code {code}")

        process.watch(exited)

    def _lost(self, process: EngineProcess | None, reason: str) -> None:
        """The engine is gone: tell whoever waits for its words, and start another one, but not without end."""
        if self._stopping or process is not self._process:
            return
        log.warning("engine.lost reason=%s", reason)
        self._process = None
        self.ready.clear()
        self._hold(tuple(model for model in self.models if model.state == "failed"))
        loss = EngineLost(f"The engine stopped: {reason}.")
        if self._words is not None:
            self._words.put_nowait(loss)
        loop = asyncio.get_running_loop()
        now = loop.time()
        while self._restarts and now - self._restarts[0] > self._beat.window_seconds:
            self._restarts.popleft()
        if len(self._restarts) < self._beat.restarts:
            self._restarts.append(now)
            self._launch()
            return
        wait = self._restarts[0] + self._beat.window_seconds - now
        hint = f"It is tried again in {wait:.0f} s. The log lies at {self._settings.home.logs / 'engine.log'}."
        self._become("down", EngineLost(loss.message, hint).problem)
        loop.call_later(wait, self._relaunch)

    def forgive(self, backend: str) -> None:
        """Say no more that this model, or any for '', could not be loaded: the engine that failed may be gone."""
        self._hold(tuple(held for held in self.models if held.state != "failed" or backend not in ("", held.backend)))

    def _hold(self, models: tuple[HeldModel, ...]) -> None:
        if models != self.models:
            self.models = models
            self._on_models(models)

    def _relaunch(self) -> None:
        if not self._stopping and self._process is None:
            self._restarts.append(asyncio.get_running_loop().time())
            self._launch()

    def _become(self, state: EngineState, problem: Problem | None = None) -> None:
        if (state, problem) != (self.state, self.problem):
            self.state, self.problem = state, problem
            self._on_state(state, problem)

    # words and heartbeat

    async def _listen(self) -> None:
        while True:
            route, *frames = await self._socket.recv_multipart()
            if len(frames) != 2 or not secrets.compare_digest(frames[0], self._key.encode()):
                log.warning("engine.stranger frames=%d", len(frames))
                continue
            try:
                word = codec.read_word(frames[1])
            except msgspec.DecodeError as error:
                log.error("engine.unreadable error=%s", error)
                continue
            self._heard = asyncio.get_running_loop().time()
            self._hear(route, word)

    def _hear(self, route: bytes, word: EngineWord) -> None:
        if isinstance(word, Ready):
            self._route = route
            self._on_ready(word)
            self.ready.set()
            self._become("ready")
        elif isinstance(word, Holds) and route == self._route:
            self._hold(word.models)
            if word.fatal:
                self.kill("broke while it loaded a model")
        elif isinstance(word, JobWord) and route == self._route and self._words is not None:
            self._words.put_nowait(word)

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._beat.every_seconds)
            if self.ready.is_set():
                await self.send(Ping())
            patience = self._beat.lost_after_seconds if self.ready.is_set() else self._beat.start_within_seconds
            if self._process is not None and loop.time() - self._heard > patience:
                self._heard = loop.time()
                self.kill("silent")
