"""Worker: the thread that owns the backends and their tensors. One job at a time."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial

from bridge_server.protocol.engine import Aborted, Broke, EngineWord, Finished, Render, Step
from bridge_server.protocol.errors import BridgeError, EngineFault, OutOfMemory, Problem, UnknownBackend
from engine.arrays import read_work, write_preview, write_rendering
from engine.backends.base import Backend, DeviceFault
from engine.backends.deferred import Deferred
from engine.backends.holding import Holding
from engine.backends.rehearsing import Rehearsing
from engine.backends.resting import Resting
from engine.watch import Cancelled, Watch

log = logging.getLogger(__name__)

REPORT_EVERY_SECONDS = 0.05
QUIET_SECONDS = 1.5
"""After its start the engine waits for so long before it rehearses: whoever starts it for a job gets that job first."""


class Worker:
    """Takes orders from any thread, speaks through `say`, which must be safe to call from the worker's thread.

    `backends` may be replaced at any time; a job goes on with the backend that it began with.
    """

    def __init__(
        self, backends: Mapping[str, Backend], say: Callable[[EngineWord], None], resting: Resting | None = None
    ) -> None:
        self.backends = backends
        self._say = say
        self._resting = resting or Resting()
        self._holding = Holding(self._resting, say)
        self._orders: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._called = threading.Event()
        self._rehearsal = Watch()
        self._watches: dict[str, Watch] = {}
        self._loads: dict[str, Watch] = {}
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End after the jobs that wait."""
        self._put(None)

    def render(self, order: Render) -> None:
        report = _Reporter(order, self._say, self._holding.look)
        watch = Watch(report, lambda number, audio: self._say(write_preview(audio, number, order)))
        self._watches[order.job] = watch
        self._put(partial(self._render_to_end, order, watch))

    def load(self, name: str) -> None:
        """Bring a model into memory after the jobs that wait; the second order for the same one changes nothing."""
        if name not in self._loads:
            self._loads[name] = watch = Watch(self._holding.progress)
            self._put(partial(self._load, name, watch))

    def unload(self, name: str) -> None:
        """Free the memory of one model, or of whichever there is; a load that waits or runs is stopped."""
        for loading, watch in list(self._loads.items()):
            if name in ("", loading):
                watch.cancel()
        self._put(partial(self._unload, name))

    def abort(self, job: str) -> None:
        """Stop a job at its next step; one that is not here is ignored, its end is already on the way."""
        watch = self._watches.get(job)
        if watch is not None:
            watch.cancel()

    def _put(self, order: Callable[[], None] | None) -> None:
        """Whoever asks for something does not wait for a rehearsal."""
        self._called.set()
        self._rehearsal.cancel()
        self._orders.put(order)

    def _run(self) -> None:
        if not self._called.wait(QUIET_SECONDS):
            self._rehearse()
        while (order := self._next()) is not None:
            order()

    def _next(self) -> Callable[[], None] | None:
        """The next order; while there is none, models that were not used for long are unloaded."""
        while True:
            try:
                return self._orders.get(timeout=self._resting.seconds_left)
            except queue.Empty:
                self._resting.look()
                self._holding.tell()

    def _rehearse(self) -> None:
        """Let backends work out what their first jobs need; a job that comes meanwhile ends it."""
        for name, backend in list(self.backends.items()):
            if not isinstance(backend, Rehearsing):
                continue
            try:
                backend.rehearse(self._rehearsal)
            except Cancelled:
                return
            except BridgeError as error:
                log.info("rehearsal.refused backend=%s code=%s", name, error.code)
            except Exception:
                log.exception("rehearsal.broke backend=%s", name)

    def _render_to_end(self, order: Render, watch: Watch) -> None:
        last_word = self._outcome(order, watch)
        self._resting.done()
        del self._watches[order.job]
        self._holding.tell()
        self._say(last_word)

    def _load(self, name: str, watch: Watch) -> None:
        """Whatever happens, what lies in memory is told."""
        backend = self.backends.get(name)
        self._holding.begin(name)
        try:
            if backend is None:
                raise UnknownBackend(f"This engine has no backend called {name!r}.")
            watch.check()
            self._resting.use(name, backend)
            backend.bring(watch) if isinstance(backend, Deferred) else backend.load(watch)
            log.info("model.loaded backend=%s", name)
            self._holding.end(is_weightless=not isinstance(backend, Deferred))
        except Cancelled:
            self._resting.rest(name)
            self._holding.end()
        except Exception as error:
            log.exception("model.not_loaded backend=%s", name)
            self._resting.rest(name)
            problem, is_fatal = told(error, name)
            self._holding.fail(name, problem, is_fatal)
        finally:
            self._resting.done()
            self._loads.pop(name, None)

    def _unload(self, name: str) -> None:
        self._resting.rest(name)
        self._holding.forget(name)

    def _outcome(self, order: Render, watch: Watch) -> EngineWord:
        """Render one order; whatever happens, exactly one last word comes out."""
        started = time.monotonic()
        try:
            self._render(order, watch)
        except Cancelled:
            log.info("render.aborted job=%s", order.job)
            return Aborted(job=order.job, attempt=order.attempt)
        except BridgeError as error:
            log.info("render.refused job=%s code=%s", order.job, error.code)
            return Broke(job=order.job, attempt=order.attempt, error=error.problem)
        except Exception as error:
            log.exception("render.broke job=%s", order.job)
            problem, is_fatal = told(error, order.backend)
            return Broke(job=order.job, attempt=order.attempt, error=problem, fatal=is_fatal)
        log.info("render.finished job=%s seconds=%.2f", order.job, time.monotonic() - started)
        return Finished(job=order.job, attempt=order.attempt)

    def _render(self, order: Render, watch: Watch) -> None:
        backend = self.backends.get(order.backend)
        if backend is None:
            raise UnknownBackend(f"This engine has no backend called {order.backend!r}.")
        log.info("render.started job=%s backend=%s takes=%d", order.job, order.backend, len(order.seeds))
        watch.step(0, 1, "loading")
        self._resting.use(order.backend, backend)
        backend.load(watch.part(0.0, 0.0))
        work = read_work(order)
        for number, rendering in enumerate(backend.render(work, order.seeds, watch), start=1):
            self._say(write_rendering(rendering, number, order))


def told(error: Exception, backend: str) -> tuple[Problem, bool]:
    """What the user is told about an error, and whether the engine is not to be used again."""
    match error:
        case BridgeError():
            return error.problem, False
        case DeviceFault():
            return error.error.problem, True
        case MemoryError():
            return OutOfMemory("There is not enough memory for this request.").problem, True
    return EngineFault(f"The backend {backend} stumbled: {type(error).__name__}: {error}.").problem, False


class _Reporter:
    """Turns the steps of a watch into words, not more often than a person can see."""

    def __init__(self, order: Render, say: Callable[[EngineWord], None], look: Callable[[], None]) -> None:
        self._order = order
        self._say = say
        self._look = look
        self._last = 0.0

    def __call__(self, fraction: float, stage: str) -> None:
        now = time.monotonic()
        if now - self._last >= REPORT_EVERY_SECONDS or fraction >= 1.0:
            self._last = now
            self._say(Step(job=self._order.job, attempt=self._order.attempt, fraction=fraction, stage=stage))
            self._look()
