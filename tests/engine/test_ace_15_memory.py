"""What ace-step-1.5 needs is told before anything is loaded; the gentlest way that fits is taken."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from bridge_server.protocol.errors import OutOfMemory
from engine.backends.ace_15 import studio as of_studio
from engine.backends.ace_15.codec import device_of
from engine.backends.ace_15.memory import Sizes, choose
from engine.backends.ace_15.studio import Studio
from engine.watch import Watch
from engine.work import Work
from tests.engine.ace_15_work import backend, render
from tests.engine.ace_v1_work import RATE, generate

GIGA = 1e9
REAL = Sizes(
    {"transformer": 1_575_000_000, "condition_encoder": 608_000_000, "text_encoder": 596_000_000,
     "audio_tokenizer": 105_000_000, "audio_token_detokenizer": 105_000_000, "vae": 168_700_000},
    item=2, hidden=2_048, inner=6_144, codec_width=128,
)  # fmt: skip
"""The published 2B checkpoint."""

MINUTE = 1_500


def test_sizes_are_read_from_headers(noise_pipeline: Path) -> None:
    from tests.fakes.tiny_ace_15 import tiny_pipeline

    sizes = Sizes.of(noise_pipeline, 4)
    pipeline = tiny_pipeline()
    for name in ("transformer", "vae", "audio_tokenizer"):
        expected = sum(tensor.numel() for tensor in getattr(pipeline, name).state_dict().values())
        assert sizes.parts[name] == expected
    assert (sizes.hidden, sizes.inner, sizes.codec_width) == (32, 64, 16)


def test_halves_count_half(noise_pipeline: Path, tmp_path: Path) -> None:
    for part in ("transformer", "vae"):
        (tmp_path / part).mkdir()
        config = (noise_pipeline / part / "config.json").read_text("utf-8")
        (tmp_path / part / "config.json").write_text(json.dumps(json.loads(config)), encoding="utf-8")
        save_file({"w": torch.zeros(10, 7, dtype=torch.bfloat16)}, tmp_path / part / "w.safetensors")
    assert Sizes.of(tmp_path, 2).weights == {"transformer": 140, "vae": 280}


@pytest.mark.parametrize(("budget", "offloads"), [(None, False), (24 * GIGA, False), (7 * GIGA, True)])
def test_the_fastest_way_that_fits(budget: float | None, offloads: bool) -> None:
    way = choose(REAL, 10 * MINUTE, 1, int(budget) if budget else None, may_offload=True)
    assert way.offloads is offloads
    assert bool(way.notes) is offloads
    if offloads:
        assert "using offload" in way.notes[0]


def test_what_fits_nowhere_is_refused_with_both_numbers() -> None:
    for may_offload in (True, False):
        with pytest.raises(OutOfMemory, match=r"at least \d+\.\d GB; you have 2\.0") as refusal:
            choose(REAL, 10 * MINUTE, 2, 2_000_000_000, may_offload=may_offload)
        assert "shorter range" in refusal.value.hint


def test_longer_and_guided_music_needs_more() -> None:
    needs = [
        choose(REAL, frames, rows, None, may_offload=False).need
        for frames, rows in ((750, 1), (15_000, 1), (15_000, 2))
    ]
    assert needs == sorted(needs)
    assert REAL.total < needs[0]


def test_a_request_tells_its_need_without_loading(noise_pipeline: Path) -> None:
    model = backend(noise_pipeline)
    short, long = (model.memory_need(generate(seconds * RATE), 1) for seconds in (1, 100))
    assert 0 < short < long
    assert model._studio is not None
    assert model._studio._pipeline is None


def test_too_little_memory_is_said_before_anything_is_loaded(
    noise_pipeline: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAWBRIDGE_GPU_GB", "0.1")
    model = backend(noise_pipeline)
    with pytest.raises(OutOfMemory):
        render(model, generate(RATE))
    assert model._studio is not None
    assert model._studio._pipeline is None


@pytest.mark.parametrize("fits", [True, False])
def test_parts_wait_only_where_the_computer_has_room_for_them(
    noise_pipeline: Path, monkeypatch: pytest.MonkeyPatch, fits: bool
) -> None:
    studio = Studio(backend(noise_pipeline)._place)
    studio.options = replace(studio.options, device=torch.device("cuda"))
    studio.__dict__["sizes"] = REAL
    free = {"cuda": 5_000_000_000, "cpu": REAL.total - (0 if fits else 1)}
    monkeypatch.setattr(of_studio, "free_bytes", lambda device: free[device.type])
    if fits:
        assert studio.way(MINUTE, 1).offloads
    else:
        with pytest.raises(OutOfMemory):
            studio.way(MINUTE, 1)


@pytest.mark.parametrize("reason", ["out of memory", "DefaultCPUAllocator: can't allocate memory: you tried"])
def test_memory_that_runs_out_on_the_way(noise_pipeline: Path, monkeypatch: pytest.MonkeyPatch, reason: str) -> None:
    model = backend(noise_pipeline)
    real = Studio.prepare
    monkeypatch.setattr(Studio, "prepare", lambda *_: (_ for _ in ()).throw(RuntimeError(reason)))
    with pytest.raises(OutOfMemory, match="ran out"):
        render(model, generate(RATE))
    assert model._studio is None, "what half a render holds has gone"
    monkeypatch.setattr(Studio, "prepare", real)
    work: Work = generate(RATE)
    assert render(model, work).stems["mix"].shape == (2, RATE)


def test_sound_goes_where_an_offloaded_part_will_work(noise_pipeline: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the CPU only where it would be sent can be seen."""
    from accelerate.hooks import CpuOffload

    studio = Studio(backend(noise_pipeline)._place)
    vae = studio.prepare(studio.way(50, 1), Watch()).vae
    assert device_of(vae) == torch.device("cpu")
    monkeypatch.setattr(vae, "_hf_hook", CpuOffload("cuda:1"), raising=False)
    assert device_of(vae) == torch.device("cuda:1")


def test_a_way_that_offloads_is_laid_out_once_and_undone(noise_pipeline: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a GPU only the order of the library's calls can be seen."""
    told: list[str] = []
    studio = Studio(backend(noise_pipeline)._place)
    way = studio.way(50, 1)
    pipeline = studio.prepare(way, Watch())
    for name in ("remove_all_hooks", "enable_model_cpu_offload", "to"):
        monkeypatch.setattr(type(pipeline), name, lambda self, *_, _name=name, **__: told.append(_name))
    offloading = of_studio.Way(offloads=True)
    for each in (offloading, offloading, way):
        studio.prepare(each, Watch())
    assert told == ["to", "enable_model_cpu_offload", "remove_all_hooks", "to"]
