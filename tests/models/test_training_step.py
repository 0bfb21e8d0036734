"""A training step against the recorded one, and what it must do beside that."""

from dataclasses import replace

import pytest
import torch

from engine.models.ace_v1.conditions import Conditions
from engine.models.ace_v1.config import TransformerConfig
from engine.models.ace_v1.training import (
    Batch,
    DropRates,
    Losses,
    drop_conditions,
    learning_rate_factor,
    projection_loss,
    sigmas_of,
    training_losses,
)
from engine.models.ace_v1.transformer import Transformer
from tests.models.conftest import Golden, GoldenCase, tiny_transformer


@pytest.fixture(scope="module")
def case(golden: Golden) -> GoldenCase:
    return golden.case("training_step")


@pytest.fixture(scope="module")
def batch(golden: Golden, case: GoldenCase) -> Batch:
    song = golden.case("transformer").tensors
    names = ("text", "text_mask", "speaker", "lyric_ids", "lyric_mask")
    ssl = tuple(tuple(song[f"ssl.{model}.{i}"] for i in range(2)) for model in range(2))
    return Batch(case.tensors["latents"], torch.ones(2, 11), *(song[name] for name in names), ssl=ssl)


def step(model: Transformer, batch: Batch, case: GoldenCase) -> Losses:
    return training_losses(model, batch, case.tensors["noise"], case.tensors["sigmas"])


def test_noise_levels(case: GoldenCase) -> None:
    case.close(sigmas_of(case.tensors["u"]) * 1000, "timesteps")
    case.close(sigmas_of(case.tensors["u"]), "sigmas")
    case.close(sigmas_of(case.tensors["u_grid"]) * 1000, "t_grid")


def test_losses_and_gradients(golden: Golden, batch: Batch, case: GoldenCase) -> None:
    model = tiny_transformer(golden).requires_grad_(True)
    losses = step(model, batch, case)
    case.close(losses.total[None], "loss")
    case.close(losses.denoising[None], "denoising_loss")
    case.close(losses.projection["mert"][None], "mert_loss")
    case.close(losses.projection["m-hubert"][None], "mhubert_loss")
    losses.total.backward()
    gradients = {f"grad.{name}": parameter.grad for name, parameter in model.named_parameters()}
    wanted = [name for name in case.tensors if name.startswith("grad.")]
    assert len(wanted) >= 5
    for name in wanted:
        assert gradients[name] is not None
        case.close(gradients[name], name)


def test_projection_losses_of_the_plain_forward(golden: Golden, transformer: Transformer) -> None:
    song = golden.case("transformer")
    names = ("text", "text_mask", "speaker", "lyric_ids", "lyric_mask")
    conditions = transformer.prepare(*transformer.encode(*(song.tensors[name] for name in names)))
    output, features = transformer.forward_with_features(song.tensors["x"], song.tensors["timestep"], conditions)
    song.close(output, "output")
    for model in range(2):
        heard = [song.tensors[f"ssl.{model}.{i}"] for i in range(2)]
        song.close(projection_loss(features[model], heard)[None], f"proj_loss.{model}")


def test_checkpointed_blocks_give_the_same_gradients(golden: Golden, batch: Batch, case: GoldenCase) -> None:
    model = tiny_transformer(golden).requires_grad_(True)
    model.checkpoint_blocks = True
    step(model, batch, case).total.backward()
    gradients = dict(model.named_parameters())
    name = "transformer_blocks.3.attn.to_q.weight"
    case.close(gradients[name].grad, f"grad.{name}")


def test_without_ssl_models_only_denoising_counts(golden: Golden, batch: Batch, case: GoldenCase) -> None:
    losses = step(tiny_transformer(golden).requires_grad_(False), replace(batch, ssl=()), case)
    assert not losses.projection
    assert losses.total == losses.denoising


def test_projectors_are_needed(batch: Batch) -> None:
    model = Transformer(TransformerConfig(num_layers=0, num_attention_heads=2, attention_head_dim=16))
    with pytest.raises(ValueError, match="keep_unused"):
        model.forward_with_features(batch.latents, torch.ones(2), Conditions((), (), None))


def test_learning_rate(case: GoldenCase) -> None:
    factors = [learning_rate_factor(int(step), 10, 2000) for step in case.tensors["lr_steps"]]
    case.close(torch.tensor(factors), "lr_factor")


def test_conditions_are_dropped_a_song_at_a_time() -> None:
    songs = 400
    ones = torch.ones(songs, 3)
    batch = Batch(
        torch.zeros(songs, 8, 16, 1), ones, torch.ones(songs, 3, 4), ones, torch.ones(songs, 512), ones.long(), ones
    )
    dropped = drop_conditions(batch, DropRates(text=0.2, speaker=0.7, lyrics=0.4), torch.Generator().manual_seed(0))
    assert torch.equal(dropped.text_mask, ones)
    assert torch.equal(dropped.lyric_ids, dropped.lyric_mask.long())
    for tensor, rate in ((dropped.text, 0.2), (dropped.speaker, 0.7), (dropped.lyric_mask, 0.4)):
        silent = (tensor.flatten(1) == 0).all(dim=1)
        assert torch.equal(silent, (tensor.flatten(1) == 0).any(dim=1))
        assert abs(silent.float().mean().item() - rate) < 0.08
