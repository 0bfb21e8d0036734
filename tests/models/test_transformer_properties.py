"""What must hold for any input: lengths, masks, batches, precisions, and nothing computed twice that need not be."""

import pytest
import torch
from torch._subclasses.fake_tensor import DataDependentOutputException, FakeTensorMode

from engine.models.ace_v1.conditions import Conditions
from engine.models.ace_v1.config import ACE_STEP_3_5B, TransformerConfig
from engine.models.ace_v1.transformer import Transformer
from tests.models.small_transformer import SMALL, TIME, built, conditions, latents, same


@pytest.fixture(scope="module")
def model() -> Transformer:
    return built()


@pytest.fixture(scope="module")
def deep() -> Transformer:
    """As many blocks as ERG needs."""
    return built(TransformerConfig(**{**vars(SMALL), "num_layers": 21}))


@pytest.mark.parametrize("frames", [1, 2, 3, 7, 8, 9, 31, 100])
def test_any_length(model: Transformer, frames: int) -> None:
    out = model(latents(frames=frames), TIME, conditions(model))
    assert out.shape == (2, 8, 16, frames)
    assert out.isfinite().all()


def test_a_mask_of_ones_changes_nothing(model: Transformer) -> None:
    given = conditions(model)
    same(model(latents(), TIME, given, frame_mask=torch.ones(2, 9)), model(latents(), TIME, given))


def test_rows_do_not_hear_each_other(model: Transformer) -> None:
    given = conditions(model)
    both = model(latents(), TIME, given)
    for row in range(2):
        same(model(latents()[row : row + 1], TIME[row : row + 1], given.select([row]))[0], both[row])


def test_one_timestep_for_all(model: Transformer) -> None:
    given = conditions(model)
    wanted = model(latents(), torch.full((2,), 700.0), given)
    same(model(latents(), torch.tensor([700.0]), given), wanted)
    same(model(latents(), torch.tensor(700.0), given), wanted)


def test_guided_and_unguided_rows_in_one_batch(deep: Transformer) -> None:
    given = conditions(deep)
    x = latents()
    plain, weak = deep(x, TIME, given), deep(x, TIME, given, query_scale=torch.full((2,), 0.01))
    both = deep(x, TIME, given, query_scale=torch.tensor([1.0, 0.01]))
    same(both[0], plain[0])
    same(both[1], weak[1])
    assert (plain - weak).abs().max() > 1e-4


def test_refusals(model: Transformer) -> None:
    with pytest.raises(ValueError, match="ERG needs 20 blocks"):
        model(latents(), TIME, conditions(model), query_scale=torch.ones(2))
    with pytest.raises(ValueError, match="3 rows of latents do not go with conditions for 2"):
        model(latents(3), torch.ones(3), conditions(model))
    with pytest.raises(ValueError, match="one latent frame"):
        TransformerConfig(patch_size=(8, 2))
    with pytest.raises(ValueError, match="equally long"):
        TransformerConfig(ssl_names=("mert",))


def test_bfloat16_stays_near(model: Transformer) -> None:
    half = built().to(torch.bfloat16)
    given = conditions(half)
    assert given.keys[0].dtype == torch.bfloat16
    out = half(latents().to(torch.bfloat16), TIME, given)
    assert out.dtype == torch.bfloat16
    wanted = model(latents(), TIME, conditions(model))
    assert (out.float() - wanted).norm() < 0.03 * wanted.norm()


def test_autocast_leaves_the_core_in_float32(model: Transformer) -> None:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = model(latents(), TIME, conditions(model))
    wanted = model(latents(), TIME, conditions(model))
    assert (out.float() - wanted).norm() < 0.03 * wanted.norm()


def test_a_step_never_waits_for_the_device() -> None:
    """Tensors without values raise when one is read back."""
    with FakeTensorMode():
        deep = Transformer(TransformerConfig(**{**vars(SMALL), "num_layers": 20}))
        keys = tuple(torch.zeros(1, 3, 5, 8) for _ in range(20))
        given = Conditions(keys, keys, torch.ones(1, 1, 1, 5, dtype=torch.bool), copies=2)
        out = deep(
            torch.zeros(2, 8, 16, 9), torch.zeros(2), given, query_scale=torch.ones(2), frame_mask=torch.ones(2, 9)
        )
        with pytest.raises(DataDependentOutputException):
            bool(out.isfinite().all())
    assert out.shape == (2, 8, 16, 9)


def test_a_fifth_of_the_parameters_is_not_allocated() -> None:
    with torch.device("meta"):
        needed, whole = Transformer(ACE_STEP_3_5B), Transformer(ACE_STEP_3_5B, keep_unused=True)
    count = sum(parameter.numel() for parameter in needed.parameters())
    assert sum(parameter.numel() for parameter in whole.parameters()) == 3_305_659_264
    assert count == 2_588_427_392
