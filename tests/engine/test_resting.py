"""Models that nobody uses leave the memory; switching between them leaves nothing behind."""

from __future__ import annotations

import gc
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import psutil
import pytest

from bridge_server.protocol.engine import Broke, EngineWord, Finished, Render
from bridge_server.protocol.requests import Generate
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Capabilities, Sampling
from engine.backends.base import Backend
from engine.backends.deferred import Deferred
from engine.backends.resting import IDLE_MINUTES, Resting, idle_minutes
from engine.backends.sketch import SketchBackend
from engine.watch import Watch
from engine.work import Rendering, Work
from engine.worker import Worker
from tests.engine.ace_15_work import backend as ace_15
from tests.engine.ace_v1_work import backend as ace_v1

RATE = 48_000
SPAN = Span(0, 9_600, RATE)


class Model:
    """Counts how often it is unloaded."""

    capabilities = Capabilities(backend="m", model="m", about="A fake; no AI.", tasks=(), sample_rate=RATE)

    def __init__(self) -> None:
        self.unloaded = threading.Semaphore(0)
        self.count = 0

    def memory_need(self, work: Work, variants: int) -> int:
        return 0

    def load(self, watch: Watch) -> None:
        watch.step(0, 1)

    def unload(self) -> None:
        self.count += 1
        self.unloaded.release()

    def render(self, work: Work, seeds: Sequence[int], watch: Watch) -> Iterator[Rendering]:
        for seed in seeds:
            yield Rendering(seed=seed, stems={"mix": np.zeros((2, work.hull.length), np.float32)})


def deferred(model: Model) -> Deferred:
    made = Deferred(model.capabilities, lambda: model)
    made.load(Watch())
    return made


def test_another_model_makes_room_and_rules_do_not() -> None:
    first, second = Model(), Model()
    one, two, resting = deferred(first), deferred(second), Resting(0)
    for name, backend in [("one", one), ("sketch", SketchBackend()), ("one", one)]:
        resting.use(name, backend)
    assert (first.count, second.count) == (0, 0)
    resting.use("two", two)
    assert (first.count, second.count) == (1, 0)


def test_after_a_long_silence_it_is_unloaded_once() -> None:
    model, now = Model(), [0.0]
    resting = Resting(60, lambda: now[0])
    assert resting.seconds_left is None
    resting.use("one", deferred(model))
    resting.done()
    now[0] = 59.0
    resting.look()
    assert (resting.seconds_left, model.count) == (1.0, 0)
    now[0] = 60.0
    resting.look()
    resting.look()
    assert (resting.seconds_left, model.count) == (None, 1)


def test_0_is_never_and_nonsense_is_the_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    resting = Resting(0)
    resting.use("one", deferred(Model()))
    resting.done()
    assert resting.seconds_left is None
    for text, minutes in (("2.5", 2.5), ("0", 0.0), ("soon", IDLE_MINUTES), ("", IDLE_MINUTES), ("-3", 0.0)):
        monkeypatch.setenv("DAWBRIDGE_UNLOAD_MINUTES", text)
        assert idle_minutes() == minutes


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Callable[..., EngineWord]]:
    """`ask(backends, name)`: one job, its last word. The same worker all along."""
    np.save(tmp_path / "context.npy", np.zeros((2, SPAN.length), np.float32))
    words: queue.SimpleQueue[EngineWord] = queue.SimpleQueue()
    workers: list[Worker] = []

    def of(backends: dict[str, Backend], name: str, resting: Resting | None = None) -> EngineWord:
        if not workers:
            workers.append(Worker(backends, words.put, resting))
            workers[0].start()
        request = Generate(job="resting-job", span=SPAN, tags="funk", sampling=Sampling(infer_step=2))
        workers[0].render(
            Render(
                job="resting-job",
                attempt=1,
                backend=name,
                request=request,
                seeds=(1,),
                targets=(SPAN,),
                bar_phase_seconds=0.0,
                scratch=str(tmp_path),
            )
        )
        while True:
            word = words.get(timeout=100)
            if isinstance(word, Finished | Broke):
                return word

    yield of
    for worker in workers:
        worker.stop()


def test_a_worker_without_work_unloads(ask: Callable[..., EngineWord]) -> None:
    model = Model()
    backends: dict[str, Backend] = {"one": deferred(model)}
    assert isinstance(ask(backends, "one", Resting(0.05)), Finished)
    assert model.unloaded.acquire(timeout=5)
    assert isinstance(ask(backends, "one"), Finished), "and goes on afterwards"


def test_twenty_switches_leave_nothing_behind(
    ask: Callable[..., EngineWord], noise_pipeline: Path, noise_checkpoint: Path
) -> None:
    new, old = ace_15(noise_pipeline), ace_v1(noise_checkpoint)
    backends: dict[str, Backend] = {
        "ace-step-1.5": Deferred(new.capabilities, lambda: new),
        "ace-step-v1": Deferred(old.capabilities, lambda: old),
        "sketch": SketchBackend(),
    }
    order = ["ace-step-1.5", "sketch", "ace-step-v1"]
    held = []
    for switch in range(24):
        name = order[switch % 3]
        assert isinstance(word := ask(backends, name), Finished), word
        if switch % 3 == 2:
            assert new._studio is None, "only one model lies in the memory"
            assert old._studio is not None
            gc.collect()
            held.append(psutil.Process().memory_info().rss / 2**20)
    assert held[-1] - held[2] < 20, f"MiB after each round: {held}"
