"""What lies in memory is told: models brought there when asked, with their bytes; what failed; what was let go."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bridge_server.protocol.engine import EngineWord, Holds
from bridge_server.protocol.errors import OutOfMemory
from bridge_server.protocol.values import HeldModel
from engine.backends.base import Backend
from engine.backends.deferred import Deferred
from engine.backends.resting import Resting
from engine.backends.sketch import SketchBackend
from engine.watch import Watch
from engine.worker import Worker
from tests.engine.ace_15_work import backend as ace_15
from tests.engine.ace_v1_work import backend as ace_v1

V1, V15 = "ace-step-v1", "ace-step-1.5"
Stage = Callable[..., tuple[Worker, Callable[[], tuple[HeldModel, ...]]]]


@pytest.fixture
def stage() -> Iterator[Stage]:
    """`worker, told = stage(backends)`; `told()` waits for the next word about memory that is no step of a load."""
    workers: list[Worker] = []

    def make(backends: dict[str, Backend], resting: Resting | None = None) -> tuple[Worker, Callable[[], object]]:
        words: queue.SimpleQueue[EngineWord] = queue.SimpleQueue()
        worker = Worker(backends, words.put, resting or Resting(0))
        worker.start()
        workers.append(worker)

        def told() -> tuple[HeldModel, ...]:
            while True:
                word = words.get(timeout=60)
                assert isinstance(word, Holds)
                if not any(model.state == "loading" for model in word.models):
                    return word.models

        return worker, told

    yield make  # type: ignore[misc]
    for worker in workers:
        worker.stop()


@pytest.fixture
def models(noise_pipeline: Path, noise_checkpoint: Path) -> dict[str, Backend]:
    new, old = ace_15(noise_pipeline), ace_v1(noise_checkpoint)
    return {
        V15: Deferred(new.capabilities, lambda: new),
        V1: Deferred(old.capabilities, lambda: old),
        "sketch": SketchBackend(),
    }


def parameters(checkpoint: Path) -> int:
    """Bytes of all weights on the disk, which are the floats that lie in memory but for headers of some kB."""
    return sum(path.stat().st_size for path in checkpoint.rglob("*.safetensors"))


@pytest.mark.parametrize("name", [V1, V15])
def test_a_model_is_brought_into_memory_and_let_go(
    stage: Stage, models: dict[str, Backend], noise_checkpoint: Path, noise_pipeline: Path, name: str
) -> None:
    worker, told = stage(models)
    worker.load(name)
    (held,) = told()
    assert (held.backend, held.state, held.device) == (name, "loaded", "cpu")
    on_disk = parameters(noise_checkpoint if name == V1 else noise_pipeline)
    assert 0.8 * on_disk < held.bytes <= 1.05 * on_disk
    worker.unload(name)
    assert told() == ()


def test_another_model_makes_room(stage: Stage, models: dict[str, Backend]) -> None:
    worker, told = stage(models)
    worker.load(V1)
    worker.load(V15)
    assert [model.backend for model in told()] == [V1]
    assert [model.backend for model in told()] == [V15]


def test_after_a_long_silence_nothing_is_held(stage: Stage, models: dict[str, Backend]) -> None:
    worker, told = stage(models, Resting(0.05))
    worker.load(V1)
    assert [model.backend for model in told()] == [V1]
    assert told() == ()


def test_rules_are_there_once_they_were_asked_for(stage: Stage, models: dict[str, Backend]) -> None:
    worker, told = stage(models)
    worker.load("sketch")
    assert told() == (HeldModel(backend="sketch", state="loaded", device="cpu"),)
    worker.unload("")
    assert told() == ()


def test_what_cannot_be_loaded_says_why_until_it_is_let_go(stage: Stage, tmp_path: Path) -> None:
    gone = ace_v1(tmp_path)
    worker, told = stage({V1: Deferred(gone.capabilities, lambda: gone)})
    worker.load(V1)
    (failed,) = told()
    assert failed.state == "failed"
    assert failed.problem is not None and failed.problem.hint
    worker.unload(V1)
    assert told() == ()


def test_a_backend_that_nobody_has_is_refused(stage: Stage) -> None:
    worker, told = stage({})
    worker.load("nobody")
    (failed,) = told()
    assert failed.problem is not None and failed.problem.code == "unknown_backend"


def test_a_load_that_was_stopped_leaves_nothing(stage: Stage, models: dict[str, Backend]) -> None:
    class Slow:
        capabilities = models[V1].capabilities

        def load(self, watch: Watch) -> None:
            for step in range(10_000):
                watch.step(step, 10_000, "reading")
                watch._stop.wait(0.01)

        def unload(self) -> None: ...

    worker, told = stage({"slow": Deferred(Slow.capabilities, Slow)})  # type: ignore[arg-type]
    worker.load("slow")
    worker.unload("slow")
    assert told() == ()


def test_a_model_that_has_no_room_says_so_when_it_is_loaded(
    noise_checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not only when the first job comes."""
    monkeypatch.setenv("DAWBRIDGE_GPU_GB", "0.0001")
    model = ace_v1(noise_checkpoint)
    with pytest.raises(OutOfMemory):
        model.bring(Watch())
    assert model.held() is None
