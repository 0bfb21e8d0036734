"""Rehearsing: before the first job, never in its way, and without a trace in what is rendered."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bridge_server.protocol.engine import EngineWord, Finished, Render
from bridge_server.protocol.errors import NotFound
from bridge_server.protocol.requests import Generate
from bridge_server.protocol.span import Span
from engine import worker as workers
from engine.backends.sketch import SketchBackend
from engine.sketch import rehearsal
from engine.sketch.synth import notes
from engine.watch import Cancelled, Watch
from engine.worker import Worker
from tests.engine.sketch_work import Audio, mix, repaint
from tests.fakes.engine import NAME, FakeBackend

RATE = 48_000


class Rehearser(FakeBackend):
    """Rehearses as the test says."""

    def __init__(self, how: Callable[[Watch], None]) -> None:
        super().__init__()
        self.began = threading.Event()
        self._how = how

    def rehearse(self, watch: Watch) -> None:
        self.began.set()
        self._how(watch)


def finished(worker: Worker, words: queue.SimpleQueue[EngineWord], folder: Path) -> Finished:
    """A job from the order to its end."""
    np.save(folder / "context.npy", np.zeros((2, 9_600), np.float32))
    worker.render(
        Render(
            job="job-1234", attempt=1, backend=NAME, request=Generate(job="job-1234", span=Span(0, 9_600, RATE)),
            seeds=(1,), targets=(Span(0, 9_600, RATE),), bar_phase_seconds=0.0, scratch=str(folder),
        )
    )  # fmt: skip
    while not isinstance(word := words.get(timeout=5), Finished):
        continue
    return word


def fails(error: Exception) -> Callable[[Watch], None]:
    def how(watch: Watch) -> None:
        raise error

    return how


@pytest.mark.parametrize(
    "how",
    [lambda watch: None, fails(NotFound("There is no such SoundFont.")), fails(RuntimeError("a bug"))],
    ids=["plays", "refused", "broken"],
)
def test_jobs_come_after_whatever_a_rehearsal_was(
    how: Callable[[Watch], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "QUIET_SECONDS", 0.01)
    backend, words = Rehearser(how), queue.SimpleQueue[EngineWord]()
    worker = Worker({NAME: backend}, words.put)
    worker.start()
    assert backend.began.wait(5)
    assert finished(worker, words, tmp_path).job == "job-1234"
    worker.stop()


def test_a_job_ends_a_rehearsal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "QUIET_SECONDS", 0.01)
    ended = threading.Event()

    def for_ever(watch: Watch) -> None:
        try:
            while not ended.wait(0.005):
                watch.check()
        except Cancelled:
            ended.set()
            raise

    backend, words = Rehearser(for_ever), queue.SimpleQueue[EngineWord]()
    worker = Worker({NAME: backend}, words.put)
    worker.start()
    assert backend.began.wait(5)
    assert finished(worker, words, tmp_path)
    assert ended.is_set()
    worker.stop()


def test_whoever_asks_at_once_is_served_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "QUIET_SECONDS", 30.0)
    backend, words = Rehearser(lambda watch: None), queue.SimpleQueue[EngineWord]()
    worker = Worker({NAME: backend}, words.put)
    worker.start()
    assert finished(worker, words, tmp_path)
    assert not backend.began.is_set()
    worker.stop()


def test_a_rehearsed_band_plays_the_same_with_less_to_make(monkeypatch: pytest.MonkeyPatch) -> None:
    tone = np.tile(0.1 * np.sin(2 * np.pi * 220 / RATE * np.arange(8 * RATE)), (2, 1)).astype(np.float32)
    made: list[notes.Sound] = []
    make = notes.make

    def counted(sound: notes.Sound, samples: int) -> Audio:
        made.append(sound)
        return make(sound, samples)

    monkeypatch.setattr(notes, "make", counted)
    work = repaint(tone, 2, 6, rehearsal.TAGS)
    fresh = next(SketchBackend().render(work, [1], Watch()))
    needed = len(made)
    backend = SketchBackend()
    backend.rehearse(Watch())
    made.clear()
    again = next(backend.render(work, [1], Watch()))
    assert len(made) < 0.8 * needed
    assert np.array_equal(mix(fresh), mix(again))


def test_a_rehearsal_can_be_stopped() -> None:
    watch = Watch()
    watch.cancel()
    with pytest.raises(Cancelled):
        SketchBackend().rehearse(watch)
