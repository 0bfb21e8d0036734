"""Variations of a take."""

from dataclasses import replace

import pytest
import torch

from engine.models.ace_v1.tasks.generate import generate
from engine.models.ace_v1.tasks.retake import mix, retake
from engine.models.ace_v1.transformer import Transformer
from tests.models.sampling_cases import normal, run


def test_variance_0_is_the_first_take(transformer: Transformer) -> None:
    assert torch.equal(retake(run(transformer, retake_variance=0.0), 7), generate(run(transformer), 7))


def test_variance_1_has_nothing_of_the_first_noise() -> None:
    first, second = normal(1, 8, 16, 9, seed=1), normal(1, 8, 16, 9, seed=2)
    torch.testing.assert_close(mix(first, second, 1.0), second, atol=1e-6, rtol=0)


@pytest.mark.parametrize("variance", [0.1, 0.5, 0.8])
def test_the_mix_is_standard_normal(variance: float) -> None:
    mixed = mix(normal(1, 8, 16, 500, seed=1), normal(1, 8, 16, 500, seed=2), variance)
    assert float(mixed.std()) == pytest.approx(1, abs=0.01)


def test_more_variance_is_farther_away(transformer: Transformer) -> None:
    first = generate(run(transformer, infer_step=8), 7)
    takes = [retake(run(transformer, infer_step=8, retake_variance=v), 7) for v in (0.05, 0.3, 1.0)]
    distances = [float((take - first).abs().mean()) for take in takes]
    assert 0 < distances[0] < distances[1] < distances[2]


def test_the_same_seed_twice_still_varies(transformer: Transformer) -> None:
    same = run(transformer, seeds=(1,), retake_seeds=(1,), retake_variance=0.5)
    assert (retake(same, 7) - generate(run(transformer), 7)).abs().max() > 1e-2


def test_without_a_second_noise(transformer: Transformer) -> None:
    with pytest.raises(ValueError, match="retake_noise is missing"):
        retake(replace(run(transformer), retake_noise=None), 7)
