"""The planner with budgets that are made up: the published model's sizes, and devices of all kinds."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch

from bridge_server.protocol.errors import OutOfMemory
from engine.backends.ace_v1.checkpoint import Place
from engine.backends.ace_v1.memory import Demand, Sizes, Way, choose, composing, need
from engine.backends.ace_v1.options import Options, free_bytes
from engine.backends.ace_v1.studio import Studio
from engine.models.ace_v1.checkpoint import DCAE, TEXT_ENCODER, TRANSFORMER, VOCODER
from engine.models.ace_v1.conditions import Conditions
from engine.models.ace_v1.config import ACE_STEP_3_5B
from engine.models.ace_v1.dcae import DEFAULTS
from engine.models.ace_v1.random_checkpoint import UMT5_BASE
from engine.models.ace_v1.transformer import Transformer
from engine.models.ace_v1.vocoder_config import VocoderConfig
from tests.engine.ace_v1_work import RATE, backend, generate, render
from tests.models.test_codec_memory import LiveTensors

GB = 1_000_000_000
SONG = Demand(variants=1, frames=2_584, heard=0, sung=2_584, tokens=1_200, branches=2)
MINUTE = replace(SONG, frames=646, sung=646)


@pytest.fixture(scope="module")
def sizes(tmp_path_factory: pytest.TempPathFactory) -> Sizes:
    """Of the published configuration in bfloat16: nothing but its four config files is there."""
    folder = tmp_path_factory.mktemp("published")
    configs = {
        TRANSFORMER: ACE_STEP_3_5B.to_dict(), DCAE: dict(DEFAULTS), VOCODER: asdict(VocoderConfig()),
        TEXT_ENCODER: {"model_type": "umt5", **UMT5_BASE},
    }  # fmt: skip
    for name, config in configs.items():
        (folder / name).mkdir()
        (folder / name / "config.json").write_text(json.dumps(config))
    return Studio.open(Place(folder, None), Options(torch.device("cpu"), torch.bfloat16)).sizes


def test_weights_are_what_the_checkpoint_has(sizes: Sizes) -> None:
    assert 5.1 * GB < sizes.transformer < 5.3 * GB, "without what inference never uses"
    assert 0.5 * GB < sizes.text_encoder < 0.6 * GB
    assert 1.0 * GB < sizes.codec < 1.1 * GB


@pytest.mark.parametrize(("rows", "frames"), [(2, 646), (2, 2_584), (8, 300)])
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32], ids=str)
def test_the_estimate_is_what_lives_inside_the_published_transformer(
    sizes: Sizes, monkeypatch: pytest.MonkeyPatch, dtype: torch.dtype, rows: int, frames: int
) -> None:
    """Counted on a device without numbers, which knows no autocast."""
    monkeypatch.setattr(torch, "autocast", lambda *_, **__: nullcontext())
    with torch.device("meta"):
        model = Transformer(ACE_STEP_3_5B).to(dtype).requires_grad_(False)
        keys = tuple(torch.empty(rows, 20, 2, 128, dtype=dtype) for _ in range(24))
        latents, timestep = torch.empty(rows, 8, 16, frames), torch.empty(1)
    with torch.no_grad(), LiveTensors([*model.parameters(), *keys, latents, timestep]) as tensors:
        model(latents, timestep, Conditions(keys, keys, None))
    demand = replace(SONG, frames=frames, tokens=2, branches=rows)
    estimate = composing(replace(sizes, item=dtype.itemsize), demand, Way(batch=1))
    assert tensors.peak <= estimate <= 1.5 * tensors.peak


def test_everything_fits_where_there_is_room(sizes: Sizes) -> None:
    way = choose(sizes, SONG, 24 * GB, batches=False, may_offload=True)
    assert (way.offloads, way.separate, way.notes) == (False, False, ())
    assert way == replace(choose(sizes, SONG, None, batches=False, may_offload=True))


@pytest.mark.parametrize("demand", [MINUTE, SONG], ids=["a minute", "four minutes"])
def test_eight_gigabytes_are_enough(sizes: Sizes, demand: Demand) -> None:
    way = choose(sizes, demand, int(7.5 * GB), batches=False, may_offload=True)
    assert way.offloads
    assert way.need <= 7.5 * GB
    wanted = need(sizes, demand, Way(batch=1)) / GB
    assert way.notes[0].startswith(f"needs {wanted:.1f} GB, you have 7.5: using offload")


def test_less_room_asks_for_more_frugal_ways_in_order(sizes: Sizes) -> None:
    batch = replace(MINUTE, variants=8)
    ways = [choose(sizes, batch, int(budget * GB), batches=True, may_offload=True) for budget in (80, 9.5, 8, 6.7)]
    assert ways[0].batch == 8
    assert not ways[0].offloads
    assert 1 <= ways[1].batch < 8
    assert ways[2].offloads
    assert not ways[2].separate
    assert ways[3].separate
    needs = [way.need for way in ways]
    assert needs == sorted(needs, reverse=True)
    assert all(way.need <= budget * GB for way, budget in zip(ways, (80, 9.5, 8, 6.7), strict=True))


def test_more_of_anything_never_needs_less(sizes: Sizes) -> None:
    one = need(sizes, MINUTE, Way(batch=1))
    for more in ({"frames": 700}, {"sung": 2_000}, {"heard": 2_000}, {"tokens": 4_000}, {"branches": 4}):
        assert need(sizes, replace(MINUTE, **more), Way(batch=1)) >= one, more
    assert need(sizes, MINUTE, Way(batch=4)) > one
    assert need(sizes, MINUTE, Way(batch=1, offloads=True)) < one


def test_too_little_is_said_with_both_numbers(sizes: Sizes) -> None:
    with pytest.raises(OutOfMemory, match=r"at least 6\.\d GB; you have 4\.0") as refusal:
        choose(sizes, SONG, 4 * GB, batches=False, may_offload=True)
    assert refusal.value.hint


def test_a_computer_without_a_gpu_does_not_offload(sizes: Sizes) -> None:
    exact = replace(sizes, transformer=2 * sizes.transformer, text_encoder=2 * sizes.text_encoder, item=4)
    way = choose(exact, SONG, 16 * GB, batches=False, may_offload=False)
    assert not way.offloads
    free = free_bytes(torch.device("cpu"))
    assert free is None or free > 100_000_000


def test_a_budget_that_is_named_is_kept_to(noise_checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAWBRIDGE_GPU_GB", "0.1")
    with pytest.raises(OutOfMemory):
        render(backend(noise_checkpoint), generate(RATE))
    monkeypatch.setenv("DAWBRIDGE_GPU_GB", "2")
    model = backend(noise_checkpoint)
    assert render(model, generate(RATE)).notes == ()
    short, long = (model.memory_need(generate(seconds * RATE), 1) for seconds in (1, 200))
    assert 0 < short < long < 2 * GB


def test_separate_passes_and_small_pieces_make_the_same_music(noise_checkpoint: Path) -> None:
    import numpy as np

    from engine.backends.ace_v1.adapters import Adapters
    from engine.backends.ace_v1.score import Score
    from engine.backends.ace_v1.session import Session
    from engine.watch import Watch

    work = generate(6 * RATE)
    studio = Studio.open(Place(noise_checkpoint, None), Options(torch.device("cpu"), torch.float32))
    score = Score.of(work, studio, 1)
    plain, frugal = (
        next(Session(score, studio, way, Adapters()).takes([1], Watch())).stems["mix"]
        for way in (Way(batch=1), Way(batch=1, separate=True, offloads=True))
    )
    np.testing.assert_allclose(plain, frugal, atol=2e-3)
