"""Attempt: whatever order words, cancel and loss come in, it ends once, and never waits for a word that was heard."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from bridge_server.jobs.attempt import Attempt, Bench, Listener, Stopped
from bridge_server.jobs.job import Job
from bridge_server.protocol.engine import (
    Abort,
    Aborted,
    Broke,
    EngineOrder,
    Finished,
    JobWord,
    Render,
    Step,
    Variant,
)
from bridge_server.protocol.errors import BridgeError, DiskFull, EngineLost, OutOfMemory
from bridge_server.protocol.requests import Generate
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Take
from tests.fakes.engine import FakeBackend

JOB = "12345678"
STEP = Step(job=JOB, attempt=1, fraction=0.5)
VARIANT = Variant(job=JOB, attempt=1, number=1, seed=7, stems=(("mix", "mix.npy"),))
FINISHED = Finished(job=JOB, attempt=1)
ABORTED = Aborted(job=JOB, attempt=1)
LOST = EngineLost("The engine stopped: it fell over.")


class ScriptedEngine:
    """Says `words` when it is given a job, and `at_abort` when it is told to stop."""

    def __init__(self, words: list[JobWord | EngineLost], at_abort: list[JobWord | EngineLost]) -> None:
        self.ready = asyncio.Event()
        self.ready.set()
        self.orders: list[EngineOrder] = []
        self.kills: list[str] = []
        self._queue: asyncio.Queue[JobWord | EngineLost] = asyncio.Queue()
        self._words, self._at_abort = words, at_abort

    def listen(self) -> asyncio.Queue[JobWord | EngineLost]:
        return self._queue

    async def send(self, order: EngineOrder) -> None:
        self.orders.append(order)
        if isinstance(order, Render):
            mix = np.full((2, order.targets[0].length), 0.1, np.float32)
            np.save(Path(order.scratch) / "mix.npy", mix)
        for word in self._words if isinstance(order, Render) else self._at_abort:
            self._queue.put_nowait(word)

    def kill(self, reason: str) -> None:
        self.kills.append(reason)


class Trial:
    """One attempt with everything around it."""

    def __init__(self, folder: Path, words: list[JobWord | EngineLost], at_abort: list[JobWord | EngineLost]) -> None:
        self.engine = ScriptedEngine(words, at_abort)
        self.takes: list[Take] = []
        self.progress: list[float] = []
        self.on_take: Callable[[], None] = lambda: None
        self.on_progress: Callable[[], None] = lambda: None
        self.threads = ThreadPoolExecutor(2)
        self.scratch = folder / "scratch"
        bench = Bench(
            engine=self.engine,
            threads=self.threads,
            scratch=self.scratch,
            unsaved_takes=folder / "takes",
            capabilities=lambda name: FakeBackend.capabilities,
            default_backend=lambda: "fake",
            abort_within_seconds=0.2,
        )
        request = Generate(job=JOB, span=Span(0, 4_800, 48_000), seed=7)
        job = Job(request=request, client="c", door="zmq", attempts=1)
        self.attempt = Attempt(job, (), bench, Listener(on_progress=self._progress, on_take=self._take))

    def _progress(self, fraction: float, stage: str) -> None:
        self.progress.append(fraction)
        self.on_progress()

    def _take(self, take: Take) -> None:
        self.takes.append(take)
        self.on_take()

    async def run(self) -> None:
        try:
            async with asyncio.timeout(10):
                await self.attempt.run()
        finally:
            self.threads.shutdown()
            assert not self.scratch.exists() or not list(self.scratch.iterdir())

    @property
    def aborts(self) -> int:
        return self.engine.orders.count(Abort(job=JOB))


def run(
    folder: Path,
    words: list[JobWord | EngineLost],
    at_abort: list[JobWord | EngineLost] | None = None,
    prepare: Callable[[Trial], None] = lambda trial: None,
) -> tuple[Trial, BaseException | None]:
    async def whole() -> tuple[Trial, BaseException | None]:
        trial = Trial(folder, words, at_abort or [])
        prepare(trial)
        try:
            await trial.run()
        except (BridgeError, Stopped) as ended:
            return trial, ended
        return trial, None

    return asyncio.run(whole())


def test_words_in_order_make_a_take(tmp_path: Path) -> None:
    trial, ended = run(tmp_path, [STEP, VARIANT, FINISHED])
    assert ended is None
    assert [take.seed for take in trial.takes] == [7]
    assert Path(trial.takes[0].path).is_file()
    assert trial.progress == [0.0, 0.5]
    assert (trial.aborts, trial.engine.kills) == (0, [])


def test_words_of_another_attempt_or_job_are_not_heard(tmp_path: Path) -> None:
    strange: list[JobWord | EngineLost] = [
        Step(job=JOB, attempt=0, fraction=0.9),
        Finished(job=JOB, attempt=0),
        Broke(job="another1", attempt=1, error=LOST.problem),
        Aborted(job=JOB, attempt=2),
    ]
    trial, ended = run(tmp_path, [*strange, VARIANT, *strange, FINISHED])
    assert ended is None
    assert len(trial.takes) == 1
    assert trial.progress == [0.0]


@pytest.mark.parametrize("last", [FINISHED, ABORTED, LOST, Broke(job=JOB, attempt=1, error=LOST.problem)])
def test_a_cancel_that_crosses_the_last_word_does_not_wait_for_another(
    tmp_path: Path, last: JobWord | EngineLost
) -> None:
    def cancel_with_the_take(trial: Trial) -> None:
        trial.on_take = trial.attempt.cancel

    trial, ended = run(tmp_path, [VARIANT, last], prepare=cancel_with_the_take)
    assert isinstance(ended, Stopped)
    assert trial.engine.kills == []


def test_a_cancel_waits_until_the_engine_has_let_go_of_this_job(tmp_path: Path) -> None:
    def cancel_at_a_step(trial: Trial) -> None:
        trial.on_progress = lambda: trial.attempt.cancel() if trial.progress[-1] == 0.5 else None

    late = Finished(job="another1", attempt=1)
    trial, ended = run(tmp_path, [STEP], [STEP, late, VARIANT, ABORTED], cancel_at_a_step)
    assert isinstance(ended, Stopped)
    assert trial.aborts == 1
    assert trial.engine.kills == []
    assert not trial.takes


def test_an_engine_that_does_not_let_go_is_killed(tmp_path: Path) -> None:
    def cancel_at_a_step(trial: Trial) -> None:
        trial.on_progress = lambda: trial.attempt.cancel() if trial.progress[-1] == 0.5 else None

    late = Finished(job="another1", attempt=1)
    trial, ended = run(tmp_path, [STEP], [late], cancel_at_a_step)
    assert isinstance(ended, Stopped)
    assert len(trial.engine.kills) == 1


def test_cancelled_before_it_began_it_does_not_trouble_the_engine(tmp_path: Path) -> None:
    trial, ended = run(tmp_path, [], prepare=lambda trial: trial.attempt.cancel())
    assert isinstance(ended, Stopped)
    assert trial.engine.orders == []


def test_cancelled_while_it_waits_for_the_engine(tmp_path: Path) -> None:
    def no_engine(trial: Trial) -> None:
        trial.engine.ready.clear()
        threading.Timer(0.1, asyncio.get_running_loop().call_soon_threadsafe, (trial.attempt.cancel,)).start()

    trial, ended = run(tmp_path, [], prepare=no_engine)
    assert isinstance(ended, Stopped)
    assert trial.engine.orders == []


def test_what_cannot_be_delivered_is_not_rendered_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> Take:
        raise DiskFull("The disk is full.")

    monkeypatch.setattr(Attempt, "_deliver", full)
    trial, ended = run(tmp_path, [VARIANT], [ABORTED])
    assert isinstance(ended, DiskFull)
    assert trial.aborts == 1
    assert trial.engine.kills == []


def test_a_lost_engine_is_not_asked_to_stop(tmp_path: Path) -> None:
    trial, ended = run(tmp_path, [STEP, LOST])
    assert ended is LOST
    assert trial.aborts == 0


@pytest.mark.parametrize("fatal", [True, False])
def test_only_a_fatal_error_costs_the_engine(tmp_path: Path, fatal: bool) -> None:
    problem = OutOfMemory("There is not enough memory for this request.").problem
    trial, ended = run(tmp_path, [Broke(job=JOB, attempt=1, error=problem, fatal=fatal)])
    assert isinstance(ended, OutOfMemory)
    assert ended.hint == problem.hint
    assert len(trial.engine.kills) == fatal
    assert trial.aborts == 0
