"""Music from noise: seeds, batches, lengths, progress, previews, cancelling."""

import copy
from dataclasses import fields, replace
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from engine.models.ace_v1.config import LyricEncoderConfig, TransformerConfig
from engine.models.ace_v1.prompt import Prompt
from engine.models.ace_v1.tasks.frames import frames_of
from engine.models.ace_v1.tasks.generate import generate
from engine.models.ace_v1.transformer import Transformer
from tests.models.sampling_cases import Calls, normal, prompt, run


@pytest.mark.parametrize("scheduler", ["euler", "heun", "pingpong"])
def test_the_same_seed_gives_the_same_music(transformer: Transformer, scheduler: str) -> None:
    first = generate(run(transformer, scheduler_type=scheduler), 7)
    assert first.shape == (1, 8, 16, 7)
    assert first.dtype == torch.float32
    assert torch.equal(first, generate(run(transformer, scheduler_type=scheduler), 7))
    assert not torch.allclose(first, generate(run(transformer, seeds=(2,), scheduler_type=scheduler), 7), atol=0.1)


@pytest.mark.parametrize("scheduler", ["euler", "heun", "pingpong"])
@pytest.mark.parametrize("cfg_type", ["cfg", "apg", "cfg_star"])
def test_a_variant_is_the_same_alone_and_in_a_batch(transformer: Transformer, scheduler: str, cfg_type: str) -> None:
    chosen = {"scheduler_type": scheduler, "cfg_type": cfg_type, "omega_scale": -50.0}
    batch = generate(run(transformer, seeds=(1, 2, 3), **chosen), 6)
    alone = generate(run(transformer, seeds=(2,), **chosen), 6)
    torch.testing.assert_close(batch[1:2], alone, atol=2e-4, rtol=2e-4)


def test_in_compatible_mode_neighbours_are_heard(transformer: Transformer) -> None:
    chosen = {"omega_scale": -50.0, "compatible": True}
    batch = generate(run(transformer, seeds=(1, 2), **chosen), 6)
    alone = generate(run(transformer, seeds=(2,), **chosen), 6)
    assert (batch[1:] - alone).abs().max() > 2e-3


def test_every_variant_may_have_words_of_its_own(transformer: Transformer) -> None:
    one, two = prompt(transformer, seed=0), prompt(transformer, seed=5)
    joined = {f.name: torch.cat([getattr(one, f.name), getattr(two, f.name)]) for f in fields(Prompt)[:5]}
    batch = generate(replace(run(transformer, seeds=(1, 2)), prompt=Prompt(**joined)), 6)
    alone = generate(replace(run(transformer, seeds=(2,)), prompt=two), 6)
    torch.testing.assert_close(batch[1:], alone, atol=2e-4, rtol=2e-4)
    with pytest.raises(ValueError, match="The prompt has 2 rows, but there are 3 variants"):
        generate(replace(run(transformer, seeds=(1, 2, 3)), prompt=Prompt(**joined)), 6)


def test_progress_counts_model_calls(transformer: Transformer) -> None:
    seen: list[tuple[int, int]] = []
    generate(run(transformer, on_step=lambda done, total: seen.append((done, total)), scheduler_type="heun"), 5)
    assert seen == [(done, 7) for done in range(1, 8)]


def test_what_a_listener_raises_ends_the_run(transformer: Transformer) -> None:
    class Enough(Exception):
        pass

    def stop(done: int, total: int) -> None:
        if done == 2:
            raise Enough

    with Calls(transformer) as calls, pytest.raises(Enough):
        generate(run(transformer, on_step=stop, guidance_scale=1.0), 5)
    assert len(calls.rows) == 2


def test_a_preview_is_given_once_half_way(transformer: Transformer) -> None:
    previews: list[Tensor] = []
    music = generate(run(transformer, infer_step=8, guidance_scale=1.0, on_preview=previews.append), 5)
    assert len(previews) == 1
    assert previews[0].shape == music.shape
    noise = normal(1, 8, 16, 5)
    assert (previews[0] - music).abs().mean() < (noise - music).abs().mean()


def test_the_run_keeps_no_gradients(transformer: Transformer) -> None:
    transformer.requires_grad_(True)
    try:
        assert not generate(run(transformer), 5).requires_grad
    finally:
        transformer.requires_grad_(False)


class Waits(TorchDispatchMode):
    """Counts the operations that make the host wait for the device."""

    count = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func.overloadpacket in (torch.ops.aten._local_scalar_dense, torch.ops.aten.nonzero, torch.ops.aten.equal):
            self.count += 1
        return func(*args, **kwargs or {})


@pytest.mark.parametrize("scheduler", ["euler", "heun", "pingpong"])
@pytest.mark.parametrize("cfg_type", ["cfg", "apg", "cfg_star"])
def test_nothing_waits_for_the_device_between_steps(transformer: Transformer, scheduler: str, cfg_type: str) -> None:
    waits, seen = Waits(), []
    task = run(
        transformer,
        scheduler_type=scheduler,
        cfg_type=cfg_type,
        guidance_interval=1.0,
        on_step=lambda done, total: seen.append(waits.count),
    )
    with waits:
        generate(task, 5)
    assert seen[0] == seen[-1] < waits.count, "the check at the end is counted, so waits are noticed"


def test_oss_steps_take_their_own_number_of_calls(transformer: Transformer) -> None:
    with Calls(transformer) as calls:
        generate(run(transformer, oss_steps=(2, 5, 9), guidance_scale=1.0), 5)
    assert len(calls.rows) == 3


def test_lengths_that_cannot_be_made(transformer: Transformer) -> None:
    with pytest.raises(ValueError, match="frames is 0"):
        generate(run(transformer), 0)
    with pytest.raises(ValueError, match="frames is 9, but must not be above max_frames, 8"):
        generate(run(transformer, max_frames=8), 9)
    assert generate(run(transformer, max_frames=9), 9).shape[-1] == 9


def test_numbers_out_of_range_are_no_music(transformer: Transformer) -> None:
    weight = transformer.final_layer.linear.bias
    before = weight.clone()
    try:
        weight.data.fill_(float("nan"))
        with pytest.raises(FloatingPointError, match="out of their range"):
            generate(run(transformer), 5)
    finally:
        weight.data.copy_(before)


def test_erg_in_a_model_of_few_blocks_is_refused() -> None:
    config = TransformerConfig(
        num_layers=2,
        num_attention_heads=2,
        attention_head_dim=8,
        text_embedding_dim=24,
        lyric_hidden_size=16,
        lyric_encoder=LyricEncoderConfig(16, 2, 32, 6),
    )
    small = Transformer(config).eval()
    with pytest.raises(ValueError, match="ERG needs 20 blocks"):
        generate(run(small), 5)
    assert generate(run(small, use_erg_diffusion=False), 5).shape == (1, 8, 16, 5)


def test_bfloat16_weights_keep_float32_latents(transformer: Transformer) -> None:
    """Rounding the latents after every step is what the reference does, and compatible mode."""
    half = copy.deepcopy(transformer).bfloat16()
    music = generate(run(half, infer_step=8), 6)
    assert music.dtype == torch.float32
    assert not torch.equal(music, music.bfloat16().float())
    assert generate(run(half, compatible=True), 6).dtype == torch.bfloat16


def test_frames_are_counted_as_the_reference_counts() -> None:
    assert frames_of(240) == 2583
    assert frames_of(-0.7) == -7
    assert frames_of(0.09) == 0
    assert frames_of(0.5) == 5
    assert frames_of(1.1) == 11
