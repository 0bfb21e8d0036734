"""After a fault of its device the engine ends with a sentence; previews arrive; sketch says what it ignores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from bridge_server.protocol.engine import Broke, EngineWord, Finished, Halfway, Render
from bridge_server.protocol.errors import OutOfMemory, Unsupported
from bridge_server.protocol.requests import Generate
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Lora, Sampling, Source
from engine.backends.base import Backend, DeviceFault
from engine.watch import Watch
from engine.work import Rendering, Work
from engine.worker import Worker
from tests.engine.sketch_work import generate, render
from tests.fakes.engine import FakeBackend

SPAN = Span(0, 4_800, 48_000)


class Faulty(FakeBackend):
    """Shows a preview, then breaks its device where the tags say so."""

    def render(self, work: Work, seeds: Sequence[int], watch: Watch) -> Iterator[Rendering]:
        watch.part(0, 1).preview(1, np.full((2, 100), 0.5, np.float32))
        if getattr(work.request, "tags", "") == "fault":
            raise DeviceFault(OutOfMemory("The GPU is full.", "Close something."))
        yield Rendering(seed=1, stems={"mix": np.zeros((2, SPAN.length), np.float32)})


def words_of(tags: str, scratch: Path) -> list[EngineWord]:
    np.save(scratch / "context.npy", np.zeros((2, 4_800), np.float32))
    said: list[EngineWord] = []
    backends: dict[str, Backend] = {"faulty": Faulty()}
    worker = Worker(backends, said.append)
    worker.render(
        Render(
            job="fault-01", attempt=1, backend="faulty", request=Generate(job="fault-01", span=SPAN, tags=tags),
            seeds=(1,), targets=(SPAN,), bar_phase_seconds=0.0, scratch=str(scratch),
        )
    )  # fmt: skip
    worker.stop()
    worker.start()
    worker._thread.join(10)
    return said


def test_a_fault_of_the_device_ends_the_engine_with_a_sentence(tmp_path: Path) -> None:
    last = words_of("fault", tmp_path)[-1]
    assert isinstance(last, Broke)
    assert last.fatal
    assert (last.error.code, last.error.hint) == ("out_of_memory", "Close something.")


def test_a_preview_lies_in_scratch_before_it_is_named(tmp_path: Path) -> None:
    said = words_of("", tmp_path)
    (preview,) = (word for word in said if isinstance(word, Halfway))
    assert preview.number == 1
    assert np.load(tmp_path / preview.file).shape == (2, 100)
    assert isinstance(said[-1], Finished)


def test_sketch_says_what_it_ignores_and_refuses_what_would_be_missed() -> None:
    import msgspec

    work = generate("pop", 1)
    asked = msgspec.structs.replace(work.request, sampling=Sampling(infer_step=3, use_erg_tag=False), preview=True)  # type: ignore[type-var]
    take = render(Work(request=asked, context=work.context, targets=work.targets))
    assert any("infer_step, use_erg_tag" in note for note in take.notes)
    assert any("preview" in note for note in take.notes)
    for more in ({"loras": (Lora(path="/x"),)}, {"reference": Source(path="/x")}):
        refused = msgspec.structs.replace(work.request, **more)  # type: ignore[type-var, arg-type]
        with pytest.raises(Unsupported, match="sketch"):
            render(Work(request=refused, context=work.context, targets=work.targets))
