"""Guidance: formulas, intervals, and what runs in which batch."""

import pytest
import torch

from engine.models.ace_v1.guidance import Guidance, Momentum, apg, cfg, cfg_star, guided_range, project
from engine.models.ace_v1.settings import Settings
from engine.models.ace_v1.tasks.generate import generate
from engine.models.ace_v1.transformer import Transformer
from tests.models.sampling_cases import Calls, normal, run


def test_scale_one_is_the_conditional_prediction() -> None:
    cond, null = normal(2, 8, 16, 5, seed=1), normal(2, 8, 16, 5, seed=2)
    for guided in (cfg(cond, null, 1.0), apg(cond, null, 1.0), cfg_star(cond, null, 1.0)):
        torch.testing.assert_close(guided, cond)


def test_what_apg_adds_is_orthogonal_to_the_prediction() -> None:
    cond, null = normal(2, 8, 16, 5, seed=1), normal(2, 8, 16, 5, seed=2)
    added = (apg(cond, null, 5.0) - cond).double().flatten(-2)
    along = (added * cond.double().flatten(-2)).sum(-1)
    assert along.abs().max() < 1e-5
    parallel, orthogonal = project(null, cond)
    torch.testing.assert_close(parallel + orthogonal, null)


def test_apg_of_equal_predictions_is_no_division_by_zero() -> None:
    cond = normal(1, 8, 16, 5)
    assert torch.equal(apg(cond, cond, 7.0), cond)


def test_apg_limits_the_difference() -> None:
    cond, null = normal(1, 8, 16, 5, seed=1), normal(1, 8, 16, 5, seed=2)
    pushed = (apg(cond, null, 2.0, norm_threshold=2.5) - cond).norm(dim=(-1, -2))
    assert pushed.max() <= 2.5 + 1e-4


def test_momentum_takes_out_what_was_pushed_before() -> None:
    momentum = Momentum(-0.75)
    first = momentum.update(torch.ones(1))
    second = momentum.update(torch.ones(1))
    assert (float(first), float(second)) == (1.0, 0.25)


def test_each_sample_for_itself() -> None:
    cond, null = normal(3, 8, 16, 5, seed=1), normal(3, 8, 16, 5, seed=2)
    for formula in (cfg, apg, cfg_star):
        torch.testing.assert_close(formula(cond, null, 6.0)[1:2], formula(cond[1:2], null[1:2], 6.0))


@pytest.mark.parametrize(
    ("steps", "interval", "expected"),
    [(60, 0.5, range(15, 45)), (10, 0.8, range(9)), (10, 1.0, range(10)), (27, 0.0, range(13, 13)), (1, 0.5, range(0))],
)
def test_guided_range(steps: int, interval: float, expected: range) -> None:
    """10 steps and 0.8 begin at 0: the reference's double precision counts."""
    assert guided_range(steps, interval) == expected


def test_the_scale_falls_within_the_interval() -> None:
    settings = Settings(guidance_scale=9, min_guidance_scale=3, guidance_interval_decay=1.0, guidance_interval=1.0)
    guidance = Guidance(settings, 4)
    assert [guidance.scale(index) for index in range(4)] == pytest.approx([9, 7, 5, 3])


def test_an_interval_of_one_step_has_the_whole_scale() -> None:
    """The reference divides by zero."""
    guidance = Guidance(Settings(guidance_scale=9, guidance_interval_decay=1.0, guidance_interval=0.5), 2)
    assert list(guidance.range) == [0]
    assert guidance.scale(0) == 9


@pytest.mark.parametrize("scale", [0.0, 1.0])
def test_without_a_scale_nothing_is_guided(transformer: Transformer, scale: float) -> None:
    with Calls(transformer) as calls:
        generate(run(transformer, guidance_scale=scale, guidance_scale_text=5.0, guidance_scale_lyric=2.0), 6)
    assert calls.rows == [1, 1, 1, 1]


def test_only_guided_steps_pay_for_the_null_branch(transformer: Transformer) -> None:
    with Calls(transformer) as calls:
        generate(run(transformer, seeds=(1, 2)), 6)
    assert calls.rows == [2, 4, 4, 2]


def test_double_condition_asks_three_times(transformer: Transformer) -> None:
    with Calls(transformer) as calls:
        generate(run(transformer, guidance_scale_text=5.0, guidance_scale_lyric=2.0), 6)
    assert calls.rows == [1, 3, 3, 1]


@pytest.mark.parametrize("scales", [(0.0, 0.0), (5.0, 2.0)])
def test_one_batch_equals_separate_passes(transformer: Transformer, scales: tuple[float, float]) -> None:
    chosen = {"guidance_scale_text": scales[0], "guidance_scale_lyric": scales[1], "guidance_interval": 1.0}
    with Calls(transformer) as calls:
        apart = generate(run(transformer, seeds=(1, 2), separate_passes=True, **chosen), 6)
    assert set(calls.rows) == {2}
    together = generate(run(transformer, seeds=(1, 2), **chosen), 6)
    torch.testing.assert_close(together, apart, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("switch", ["use_erg_tag", "use_erg_lyric", "use_erg_diffusion"])
def test_every_erg_switch_is_heard(transformer: Transformer, switch: str) -> None:
    on = generate(run(transformer, guidance_scale=8.0), 6)
    off = generate(run(transformer, guidance_scale=8.0, **{switch: False}), 6)
    assert (on - off).abs().max() > 1e-4


def test_erg_of_the_tag_needs_erg_of_the_lyrics(transformer: Transformer) -> None:
    """The reference computes the weak text and then does not use it; ours does not ask for it."""
    first = generate(run(transformer, use_erg_lyric=False), 6)
    second = generate(run(transformer, use_erg_lyric=False, use_erg_tag=False), 6)
    assert torch.equal(first, second)
