"""Parts that wait elsewhere until they are needed make the same music. Here both places are the CPU, the hooks real."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bridge_server.protocol.values import Lora, Sampling, Source
from engine.backends.ace_15.backend import AceStep15
from engine.backends.ace_15.memory import Way
from engine.backends.ace_15.studio import Studio
from engine.watch import Cancelled, Watch
from engine.work import Work
from tests.engine.ace_15_work import backend, layer, render
from tests.engine.ace_v1_work import RATE, generate, mix, music
from tests.engine.test_ace_15_loras import write

REFERENCE = Source(path="/r.wav")
WORKS: dict[str, Callable[[], Work]] = {
    "generate": lambda: generate(50_001),
    "cover": lambda: generate(RATE, context=music(1.0), reference=REFERENCE),
    "layer": lambda: layer(music(12.0), 0, RATE),
}


@pytest.fixture(scope="module")
def plain(noise_pipeline: Path) -> AceStep15:
    return backend(noise_pipeline)


@pytest.fixture
def offloaded(noise_pipeline: Path, monkeypatch: pytest.MonkeyPatch) -> AceStep15:
    monkeypatch.setattr(Studio, "way", lambda self, frames, rows: Way(offloads=True, notes=("using offload",)))
    return backend(noise_pipeline)


@pytest.mark.parametrize("task", list(WORKS))
def test_the_music_is_the_same(plain: AceStep15, offloaded: AceStep15, task: str) -> None:
    take = render(offloaded, WORKS[task]())
    assert offloaded._studio is not None
    assert hasattr(offloaded._studio._pipeline.vae, "_hf_hook")  # type: ignore[union-attr]
    assert "using offload" in take.notes
    plain._studio = None  # the fixture above has changed how every studio is laid out
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Studio, "way", lambda self, frames, rows: Way())
        expected = render(plain, WORKS[task]())
    assert not hasattr(plain._studio._pipeline.vae, "_hf_hook")  # type: ignore[union-attr]
    [[audio], [other]] = [list(each.stems.values()) for each in (take, expected)]
    assert np.array_equal(audio, other)


def test_after_a_cancel_it_goes_on(offloaded: AceStep15) -> None:
    before = mix(render(offloaded, generate(RATE)))
    watch = Watch(lambda fraction, stage: watch.cancel() if "step 1" in stage else None)
    with pytest.raises(Cancelled):
        render(offloaded, generate(RATE, sampling=Sampling(infer_step=9)), watch=watch)
    assert np.array_equal(mix(render(offloaded, generate(RATE))), before)


def test_loras_come_and_go(offloaded: AceStep15, tmp_path: Path) -> None:
    before = mix(render(offloaded, generate(RATE)))
    lora = Lora(path=str(write(tmp_path / "a.safetensors")))
    assert not np.array_equal(mix(render(offloaded, generate(RATE, loras=(lora,)))), before)
    assert np.array_equal(mix(render(offloaded, generate(RATE))), before)


def test_a_preview_is_not_played_where_memory_is_short(offloaded: AceStep15) -> None:
    shown: list[int] = []
    take = render(
        offloaded, generate(RATE, preview=True), watch=Watch(None, lambda number, audio: shown.append(number))
    )
    assert not shown
    assert any("no preview" in note for note in take.notes)
