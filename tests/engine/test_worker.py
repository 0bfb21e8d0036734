"""Worker: one job at a time, exactly one last word, cancelled at the next step."""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from bridge_server.protocol.engine import Aborted, Broke, EngineWord, Finished, JobWord, Render, Step, Variant
from bridge_server.protocol.requests import Generate
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Capabilities
from engine.arrays import read_work
from engine.backends.base import Backend
from engine.watch import Watch
from engine.work import Rendering, Work
from engine.worker import Worker
from tests.fakes.engine import NAME, FakeBackend, rendering
from tests.fakes.small_disk import MEBIBYTE, fill, small_disk

RATE = 48_000
TARGET = Span(4_800, 9_600, RATE)


class Gated:
    """A backend that takes a step whenever the test lets it."""

    capabilities = Capabilities(backend="gated", model="g", about="A fake; no AI.", tasks=(), sample_rate=RATE)

    def __init__(self) -> None:
        self.gate = threading.Semaphore(0)
        self.at_gate = threading.Event()
        self.trouble: BaseException | None = None

    def memory_need(self, work: Work, variants: int) -> int:
        return work.context.nbytes * variants

    def load(self, watch: Watch) -> None:
        watch.step(0, 1)

    def unload(self) -> None:
        self.trouble = None

    def render(self, work: Work, seeds: Sequence[int], watch: Watch) -> Iterator[Rendering]:
        for number, seed in enumerate(seeds):
            self.at_gate.set()
            assert self.gate.acquire(timeout=5)
            if self.trouble is not None:
                raise self.trouble
            watch.step(number + 1, len(seeds), "gate")
            yield rendering(seed, work.context.shape[0], work.hull.length)


class Words:
    """Everything that the worker says."""

    def __init__(self) -> None:
        self._heard: queue.SimpleQueue[EngineWord] = queue.SimpleQueue()
        self.all: list[EngineWord] = []

    def __call__(self, word: EngineWord) -> None:
        self._heard.put(word)

    def until_last(self) -> EngineWord:
        while True:
            word = self._heard.get(timeout=5)
            self.all.append(word)
            if isinstance(word, Finished | Aborted | Broke):
                return word


@pytest.fixture
def gated() -> Gated:
    return Gated()


@pytest.fixture
def words() -> Words:
    return Words()


@pytest.fixture
def worker(gated: Gated, words: Words) -> Iterator[Worker]:
    backends: dict[str, Backend] = {"gated": gated, NAME: FakeBackend()}
    worker = Worker(backends, words)
    worker.start()
    yield worker
    worker.stop()


@pytest.fixture
def order(tmp_path: Path) -> Callable[..., Render]:
    """An order whose arrays lie in a scratch folder of its own."""

    def make(job: str = "job-1234", tags: str = "", **fields: object) -> Render:
        scratch = tmp_path / job
        scratch.mkdir()
        np.save(scratch / "context.npy", np.zeros((2, 14_400), np.float32))
        whole = {
            "job": job,
            "attempt": 1,
            "backend": NAME,
            "request": Generate(job=job, span=Span(0, 4_800, RATE), tags=tags),
            "seeds": (1, 2),
            "targets": (TARGET,),
            "bar_phase_seconds": 0.5,
            "scratch": str(scratch),
        }
        return Render(**{**whole, **fields})  # type: ignore[arg-type]

    return make


def test_every_take_lies_in_scratch_before_it_is_named(
    worker: Worker, words: Words, order: Callable[..., Render]
) -> None:
    given = order()
    worker.render(given)
    assert words.until_last() == Finished(job="job-1234", attempt=1)
    variants = [word for word in words.all if isinstance(word, Variant)]
    assert [(word.number, word.seed) for word in variants] == [(1, 1), (2, 2)]
    for word in variants:
        assert [role for role, _ in word.stems] == ["drums", "bass"]
        for _, name in word.stems:
            stem = np.load(Path(given.scratch) / name)
            assert (stem.shape, stem.dtype) == ((2, TARGET.length), np.float32)
        (latent,) = (name for key, name in word.latents if key == "seed")
        assert np.load(Path(given.scratch) / latent) == [word.seed]


def test_arrays_are_mapped_and_named_as_the_bridge_laid_them_out(order: Callable[..., Render]) -> None:
    given = order(latents=("z", "hull_start"))
    np.save(Path(given.scratch) / "latents-0.npy", np.arange(3))
    np.save(Path(given.scratch) / "latents-1.npy", np.array(1.5))
    work = read_work(given)
    assert isinstance(work.context, np.memmap)
    assert work.hull == TARGET
    assert list(work.latents["z"]) == [0, 1, 2]
    assert float(work.latents["hull_start"]) == 1.5  # type: ignore[arg-type]
    with pytest.raises(FileNotFoundError):
        read_work(order("job-5678", latents=("z",)))


def test_progress_is_told_and_never_runs_backwards(worker: Worker, words: Words, order: Callable[..., Render]) -> None:
    worker.render(order(tags="steps=20 pause=0.01"))
    words.until_last()
    steps = [word for word in words.all if isinstance(word, Step)]
    fractions = [word.fraction for word in steps]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    assert 4 <= len(steps) <= 14, "no more often than a person can see"


def test_a_job_is_stopped_at_its_next_step(
    worker: Worker, gated: Gated, words: Words, order: Callable[..., Render]
) -> None:
    worker.render(order(backend="gated", seeds=(1, 2, 3)))
    assert gated.at_gate.wait(5)
    worker.abort("job-1234")
    gated.gate.release()
    assert words.until_last() == Aborted(job="job-1234", attempt=1)
    assert not [word for word in words.all if isinstance(word, Variant)]
    worker.render(order("job-next"))
    assert words.until_last() == Finished(job="job-next", attempt=1)


def test_a_job_that_waits_is_stopped_before_it_begins(
    worker: Worker, gated: Gated, words: Words, order: Callable[..., Render]
) -> None:
    worker.render(order(backend="gated", seeds=(1,)))
    worker.render(order("waiting1", tags="do=break"))
    assert gated.at_gate.wait(5)
    worker.abort("waiting1")
    gated.gate.release()
    assert words.until_last() == Finished(job="job-1234", attempt=1)
    assert words.until_last() == Aborted(job="waiting1", attempt=1)


def test_stopping_what_is_not_here_does_nothing(worker: Worker, words: Words, order: Callable[..., Render]) -> None:
    worker.abort("never-seen")
    worker.render(order())
    assert isinstance(words.until_last(), Finished)
    worker.abort("job-1234")


@pytest.mark.parametrize(
    ("fields", "code", "is_fatal"),
    [
        ({"tags": "do=break"}, "engine_fault", False),
        ({"tags": "do=refuse"}, "too_long", False),
        ({"tags": "do=memory"}, "out_of_memory", True),
        ({"backend": "unknown"}, "unknown_backend", False),
        ({"latents": ("not there",)}, "engine_fault", False),
    ],
    ids=["broken", "refused", "memory", "no backend", "no array"],
)
def test_what_goes_wrong_is_said_and_the_worker_goes_on(
    worker: Worker,
    words: Words,
    order: Callable[..., Render],
    fields: dict[str, object],
    code: str,
    is_fatal: bool,
) -> None:
    worker.render(order(**fields))
    last = words.until_last()
    assert isinstance(last, Broke)
    assert (last.error.code, last.fatal) == (code, is_fatal)
    assert last.error.hint
    worker.render(order("job-next"))
    assert words.until_last() == Finished(job="job-next", attempt=1)


def test_takes_that_were_done_stay_said_when_a_later_one_breaks(
    worker: Worker, gated: Gated, words: Words, order: Callable[..., Render]
) -> None:
    worker.render(order(backend="gated", seeds=(1, 2)))
    assert gated.at_gate.wait(5)
    gated.at_gate.clear()
    gated.gate.release()
    assert gated.at_gate.wait(5)
    gated.trouble = RuntimeError("a string broke")
    gated.gate.release()
    assert isinstance(words.until_last(), Broke)
    assert [type(word) for word in words.all if isinstance(word, Variant | Broke)] == [Variant, Broke]


def test_a_full_disk_is_said_to_be_full(
    worker: Worker, words: Words, order: Callable[..., Render], tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", MEBIBYTE) as disk:
        given = order(scratch=str(disk))
        np.save(disk / "context.npy", np.zeros((2, 14_400), np.float32))
        fill(disk, leave=8_192)
        worker.render(given)
        last = words.until_last()
    assert isinstance(last, Broke)
    assert last.error.code == "disk_full"


def test_every_word_names_its_attempt(worker: Worker, words: Words, order: Callable[..., Render]) -> None:
    worker.render(order(attempt=5))
    words.until_last()
    assert {word.attempt for word in words.all if isinstance(word, JobWord)} == {5}
