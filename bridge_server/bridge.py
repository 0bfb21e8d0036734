"""Bridge: joins doors, queue, journal and engine. Everything here runs in one thread, the event loop's."""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import zmq.asyncio

from bridge_server.config import Settings
from bridge_server.ending import shown_at
from bridge_server.engine_link.link import EngineLink
from bridge_server.jobs.attempt import Bench
from bridge_server.jobs.folders import check_writable, takes_folder
from bridge_server.jobs.foreman import Foreman
from bridge_server.jobs.job import Job
from bridge_server.jobs.journal import Journal
from bridge_server.jobs.resolve import home_of
from bridge_server.jobs.served import Cast
from bridge_server.protocol import VERSION, codec
from bridge_server.protocol import engine as orders
from bridge_server.protocol.codec import Envelope
from bridge_server.protocol.engine import Ready
from bridge_server.protocol.errors import BridgeError, EngineLost, Problem, Unsupported
from bridge_server.protocol.events import (
    AnyEvent,
    EngineChanged,
    EngineState,
    Listing,
    ModelsChanged,
    Ok,
    PanelLink,
    QueueChanged,
    Refused,
    Welcome,
)
from bridge_server.protocol.release import release
from bridge_server.protocol.requests import (
    Ack,
    AskRequest,
    Cancel,
    Choose,
    Hello,
    JobRequest,
    List,
    Load,
    Move,
    Panel,
    Retry,
    Stop,
    Unload,
)
from bridge_server.protocol.values import Capabilities, HeldModel
from bridge_server.switchboard import Route, Switchboard

log = logging.getLogger(__name__)

KEEP_EVENTS_SECONDS = 30 * 24 * 3600
TELL_QUEUE_SECONDS = 0.2
WAIT_FOR_ENGINE = "Try again in a moment; `dawbridge doctor` says how the engine is."


Data = bytes | memoryview


def no_panel(_: Panel, __: str) -> str:
    """What answers as long as no panel is there."""
    raise Unsupported("This bridge has no panel.", "`dawbridge doctor` says what is missing.")


class Bridge:
    """`receive` is where all doors lead. `key` is what lets a letter in."""

    def __init__(self, settings: Settings, key: str, context: zmq.asyncio.Context) -> None:
        home = settings.home
        self._key = key
        self._journal = Journal(home.journal)
        self._journal.forget_before(time.time() - KEEP_EVENTS_SECONDS)
        backends = self._journal.known_backends()
        self._cast = Cast(backends=backends, default=backends[0].backend if backends else "")
        self._switchboard = Switchboard()
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="region")
        self._engine = EngineLink(settings, context, self._engine_changed, self._engine_ready, self._models_changed)
        bench = Bench(
            engine=self._engine,
            threads=self._threads,
            scratch=home.scratch,
            unsaved_takes=home.takes,
            capabilities=self._capabilities,
            default_backend=lambda: self._cast.default,
            abort_within_seconds=settings.heartbeat.abort_within_seconds,
        )
        self._foreman = Foreman(self._journal, bench, self._post, self._queue_changed)
        self._unsaved_takes = home.takes
        self._scratch = home.scratch
        self._sign = home.at_work
        self._work: asyncio.Task[None] | None = None
        self._routes_by_door: dict[str, Callable[[str], Route]] = {}
        self._known_at: dict[str, Callable[[str], bool]] = {}
        self._telling: asyncio.TimerHandle | None = None
        self._errands: set[asyncio.Task[None]] = set()
        self.panel_link: Callable[[Panel, str], str] = no_panel
        self.stopping = asyncio.Event()
        self.last_activity = time.monotonic()

    def start(self) -> None:
        """Clear up after a former bridge, put its unfinished jobs back into the queue, start the engine."""
        shutil.rmtree(self._scratch, ignore_errors=True)
        recovered = self._foreman.recover()
        if recovered:
            log.info("bridge.recovered jobs=%d", recovered)
        self._engine.start()
        self._work = asyncio.create_task(self._foreman.work())

    async def stop(self) -> None:
        """Let go of everything, but not of a file in the middle; a job that runs goes on after the next start."""
        async with shown_at(self._sign):
            if self._work is not None:
                self._work.cancel()
                await asyncio.wait([self._work])
            await self._engine.stop()
            await asyncio.to_thread(self._threads.shutdown, wait=True, cancel_futures=True)
        self._journal.close()

    @property
    def is_idle(self) -> bool:
        return self._foreman.is_idle

    def reach(self, door: str, route_to: Callable[[str], Route], knows: Callable[[str], bool]) -> None:
        """A door that reaches its clients without having heard them since the start of this bridge.

        knows  whether a client of that name ever came through it
        """
        self._routes_by_door[door] = route_to
        self._known_at[door] = knows

    def admit(self, key: str) -> None:
        """Raises WrongKey unless `key` is this bridge's."""
        codec.check_key(key, self._key, VERSION)

    # letters

    def receive(self, envelope: Envelope, wire: str, door: str, route: Route) -> None:
        """Open a letter, do what it asks, answer through `route`. Whatever is wrong with it, there is an answer."""
        self.last_activity = time.monotonic()
        try:
            codec.check_key(envelope.key, self._key, envelope.version)
        except BridgeError as error:
            self._refuse(error, envelope.message, wire, envelope.client, route)
            return
        self._switchboard.connect(envelope.client, route)
        self._do(envelope.message, wire, envelope.client, door, route)

    def _do(self, message: Data, wire: str, client: str, door: str, route: Route) -> None:
        try:
            answers = self._answers(codec.read_request(message, wire), client, door)
        except BridgeError as error:
            self._refuse(error, message, wire, client, route)
            return
        for answer in answers:
            route.send(answer)

    def _refuse(self, error: BridgeError, message: Data, wire: str, client: str, route: Route) -> None:
        asked = codec.salvage(message, wire)
        log.info("letter.refused client=%s code=%s", client, error.code)
        route.send(Refused(id=asked.id, job=asked.job, error=error.problem))

    # the panel, which lets its own clients in

    @property
    def journal(self) -> Journal:
        """For the event loop's thread alone."""
        return self._journal

    @property
    def clients(self) -> list[str]:
        """Who spoke lately."""
        return self._switchboard.clients

    def hear(self, message: bytes, client: str, door: str, route: Route) -> None:
        """A JSON request of a client whom its door has let in; what answers it goes through `route`."""
        self.stay()
        self._do(message, "json", client, door, route)

    def join(self, client: str, route: Route) -> None:
        """From now on, events for that client go through `route`."""
        self._switchboard.connect(client, route)

    def leave(self, client: str) -> None:
        """It has no way back any more; the journal keeps what it misses."""
        self._switchboard.disconnect(client)

    def stay(self) -> None:
        """Somebody is here: idleness counts from now."""
        self.last_activity = time.monotonic()

    def _answers(self, request: AskRequest | JobRequest, client: str, door: str) -> list[AnyEvent]:
        match request:
            case Hello():
                return self._welcome(request, client)
            case List():
                return [self._listing(request)]
            case Panel():
                return [PanelLink(id=request.id, url=self.panel_link(request, client))]
            case Cancel() | Retry() | Choose() | Move() | Load() | Unload() | Ack() | Stop():
                self._deed(request)
                return [Ok(id=request.id)]
            case _:
                return self._accept(request, client, door)

    def _deed(self, ask: Cancel | Retry | Choose | Move | Load | Unload | Ack | Stop) -> None:
        """What is answered with `ok`. Raises what it cannot do."""
        match ask:
            case Cancel():
                self._foreman.cancel(ask.job)
            case Retry():
                self._foreman.retry(ask.job)
            case Choose():
                self._foreman.choose(ask.job, ask.number, ask.client)
            case Move():
                self._foreman.move(ask.job, ask.position)
            case Load() | Unload():
                self._order_model(ask)
            case Stop():
                self.stopping.set()

    def _accept(self, request: JobRequest, client: str, door: str) -> list[AnyEvent]:
        request = home_of(request)
        check_writable(takes_folder(request, self._unsaved_takes))
        self._cast.check(request)
        return self._foreman.accept(request, client, door)

    def _welcome(self, hello: Hello, client: str) -> list[AnyEvent]:
        watches_all = hello.watch == "all"
        self._switchboard.watch_all(client, watches_all)
        welcome = Welcome(
            id=hello.id,
            version=VERSION,
            release=release(),
            engine=self._engine.state,
            engine_problem=self._engine.problem,
            seq=self._journal.newest_seq(),
            backends=self._cast.backends,
            default_backend=self._cast.default,
            absent=self._cast.absent,
            models=self._engine.models,
        )
        missed = self._journal.events_after(hello.after, None if watches_all else client) if hello.after >= 0 else []
        return [welcome, *missed]

    def _listing(self, ask: List) -> Listing:
        if ask.what == "takes":
            return Listing(id=ask.id, takes=tuple(self._journal.takes(project=ask.project, limit=ask.limit)))
        return Listing(id=ask.id, jobs=self._foreman.lines(ask.limit))

    def _order_model(self, ask: Load | Unload) -> None:
        """Raises UnknownBackend, and EngineLost while there is no engine that could be told."""
        if not self._engine.ready.is_set():
            raise EngineLost("The engine is not up, so there is no memory to load a model into.", WAIT_FOR_ENGINE)
        name = self._cast.capabilities(ask.backend).backend if ask.backend or isinstance(ask, Load) else ""
        order = orders.Load(backend=name) if isinstance(ask, Load) else orders.Unload(backend=name)
        self._engine.forgive(name)
        self._errands.add(errand := asyncio.create_task(self._engine.send(order)))
        errand.add_done_callback(self._errands.discard)

    # events

    def _post(self, event: AnyEvent, job: Job) -> None:
        self.last_activity = time.monotonic()
        if not self._switchboard.knows(job.client):
            door = job.door or next((name for name, knows in self._known_at.items() if knows(job.client)), "")
            if door in self._routes_by_door:
                self._switchboard.connect(job.client, self._routes_by_door[door](job.client))
        self._switchboard.post(event, job.client)

    def _engine_changed(self, state: EngineState, problem: Problem | None) -> None:
        log.info("engine.%s", state)
        self._switchboard.broadcast(EngineChanged(state=state, problem=problem))

    def _models_changed(self, models: tuple[HeldModel, ...]) -> None:
        log.info("engine.holds models=%s", ",".join(f"{held.backend}:{held.state}" for held in models))
        self._switchboard.tell_watchers(ModelsChanged(models=models))

    def _queue_changed(self) -> None:
        """Many changes at once, as when hundreds of jobs are handed in, are told as one."""
        if self._switchboard.is_watched and self._telling is None:
            self._telling = asyncio.get_running_loop().call_later(TELL_QUEUE_SECONDS, self._tell_queue)

    def _tell_queue(self) -> None:
        self._telling = None
        self._switchboard.tell_watchers(QueueChanged(jobs=self._foreman.order()))

    def _capabilities(self, backend: str) -> Capabilities:
        """What the engine last said about it. Raises UnknownBackend."""
        return self._cast.capabilities(backend)

    def _engine_ready(self, ready: Ready) -> None:
        before = self._cast
        self._cast = Cast(
            backends=ready.backends,
            absent=ready.absent,
            default=ready.default_backend,
            role_words=ready.role_words,
        )
        if self._cast != before and self._engine.state == "ready":
            # A model has come or gone: clients ask again what can be done.
            self._engine_changed("ready", None)
        try:
            self._journal.remember_backends(ready.backends)
        except BridgeError as error:
            log.warning("engine.not_remembered code=%s message=%s", error.code, error.message)
