"""LoRAs: as the reference applies them, side by side, and gone without a trace."""

import json
import math
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from engine.models.ace_v1.checkpoint import CheckpointError
from engine.models.ace_v1.lora import LoRA, apply_loras
from engine.models.ace_v1.transformer import Transformer
from engine.models.ace_v1.weights import read_lora
from tests.models.conftest import Golden, GoldenCase, tiny_transformer

WITH_METADATA = "lora_with_metadata"


@pytest.fixture(scope="module")
def model(golden: Golden) -> Transformer:
    """A transformer of this module's own, which every test leaves without LoRAs."""
    return tiny_transformer(golden).requires_grad_(False)


@pytest.fixture(scope="module")
def song(golden: Golden) -> GoldenCase:
    return golden.case("transformer")


def sing(model: Transformer, song: GoldenCase) -> Tensor:
    names = ("text", "text_mask", "speaker", "lyric_ids", "lyric_mask")
    conditions = model.prepare(*model.encode(*(song.tensors[name] for name in names)))
    return model(song.tensors["x"], song.tensors["timestep"], conditions)


def recorded(golden: Golden, folder: str = WITH_METADATA) -> LoRA:
    return LoRA.parse(folder, *read_lora(golden.case("lora").folder / folder))


def made(layers: dict[str, tuple[int, int, int]], **metadata: object) -> LoRA:
    """A random LoRA: layer → (out, in, rank)."""
    generator = torch.Generator().manual_seed(len(layers))
    tensors = {}
    for path, (out, width, rank) in layers.items():
        tensors[f"{path}.lora_A.weight"] = torch.randn(rank, width, generator=generator) / math.sqrt(width)
        tensors[f"{path}.lora_B.weight"] = torch.randn(out, rank, generator=generator) / math.sqrt(rank)
    return LoRA.parse("made", tensors, {"lora_adapter_metadata": json.dumps(metadata)} if metadata else {})


def test_as_the_reference(golden: Golden, model: Transformer, song: GoldenCase) -> None:
    """The reference ignores what a file says of its own strength."""
    case = golden.case("lora")
    recorded_runs = [name.split(".weight") for name in case.tensors if ".weight" in name]
    assert recorded_runs
    for folder, weight in recorded_runs:
        assert apply_loras(model, [(recorded(golden, folder), float(weight))]) == ["speaker_embedder"]
        case.close(sing(model, song), f"{folder}.weight{weight}")
    apply_loras(model, [])
    case.close(sing(model, song), "base")


def test_metadata_are_honoured_when_asked(golden: Golden, model: Transformer, song: GoldenCase) -> None:
    case = golden.case("lora")
    apply_loras(model, [(recorded(golden), 1.0)], honour_metadata=True)
    case.close(sing(model, song), "training_forward")
    tensors, _ = read_lora(case.folder / WITH_METADATA)
    apply_loras(model, [(LoRA.parse("plain", tensors, {}), 1.0)], honour_metadata=True)
    plain = sing(model, song)
    apply_loras(model, [(recorded(golden), 1.0)])
    assert torch.equal(sing(model, song), plain)
    apply_loras(model, [])


def test_unloading_leaves_no_trace(golden: Golden, model: Transformer, song: GoldenCase) -> None:
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    base = sing(model, song)
    apply_loras(model, [(recorded(golden), 2.5)])
    assert not torch.equal(sing(model, song), base)
    assert model.state_dict().keys() == before.keys()
    apply_loras(model, [])
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    assert torch.equal(sing(model, song), base)


def test_several_of_other_layers_and_ranks(model: Transformer, song: GoldenCase) -> None:
    """Side by side they do what adding all of them to the weights does."""
    path, other = "transformer_blocks.3.cross_attn.to_out.0", "lyric_encoder.encoders.1.self_attn.linear_q"
    first, second = made({path: (32, 32, 3)}), made({path: (32, 32, 5), other: (32, 32, 1)})
    apply_loras(model, [(first, 3.0), (second, -0.7)])
    together = sing(model, song)
    apply_loras(model, [(second, -0.7), (first, 3.0)])
    torch.testing.assert_close(sing(model, song), together, atol=1e-4, rtol=1e-4)
    apply_loras(model, [])
    weights = {name: model.get_submodule(name).weight for name in (path, other)}
    kept = {name: weight.clone() for name, weight in weights.items()}
    for lora, scale in ((first, 3.0), (second, -0.7)):
        for name, (down, up) in lora.layers.items():
            weights[name] += scale * up @ down
    merged = sing(model, song)
    for name, weight in weights.items():
        weight.copy_(kept[name])
    torch.testing.assert_close(together, merged, atol=1e-4, rtol=1e-4)


def test_a_weight_of_zero_is_the_base(golden: Golden, model: Transformer, song: GoldenCase) -> None:
    base = sing(model, song)
    apply_loras(model, [(recorded(golden), 0.0)])
    assert torch.equal(sing(model, song), base)


def test_small_changes_survive_bfloat16(golden: Golden) -> None:
    """Added to weights of eight bits, a change of a thousandth would be rounded away."""
    model = tiny_transformer(golden).requires_grad_(False).to(torch.bfloat16)
    layer = model.transformer_blocks[0].attn.to_q
    layer.weight.fill_(1.0)
    path = "transformer_blocks.0.attn.to_q"
    tiny = torch.full((1, 32), 1e-3)
    lora = LoRA("tiny", {path: (tiny, torch.ones(32, 1))})
    x = torch.zeros(1, 32, dtype=torch.bfloat16)
    x[0, 0], layer.bias[:] = 1.0, -1.0
    assert layer(x).abs().max() == 0
    apply_loras(model, [(lora, 1.0)])
    torch.testing.assert_close(layer(x).float(), torch.full((1, 32), 1e-3), atol=0, rtol=0.01)


def test_a_lora_moves_with_the_model(golden: Golden) -> None:
    model = tiny_transformer(golden).requires_grad_(False)
    apply_loras(model, [(recorded(golden), 1.0)])
    assert model.to(torch.bfloat16).transformer_blocks[0].attn.to_q.lora_up.dtype == torch.bfloat16


def test_what_is_never_computed_is_reported(model: Transformer) -> None:
    lora = made({"transformer_blocks.0.attn.to_q": (32, 32, 2), "control.net": (4, 4, 1)})
    assert apply_loras(model, [(lora, 1.0)]) == ["control.net"]
    apply_loras(model, [])


def test_for_another_model(golden: Golden, model: Transformer, song: GoldenCase) -> None:
    apply_loras(model, [(recorded(golden), 1.0)])
    before = sing(model, song)
    wide = made({"transformer_blocks.0.attn.to_q": (64, 48, 2)})
    with pytest.raises(CheckpointError, match=r"to_q is 32×32 here and 64×48 there"):
        apply_loras(model, [(wide, 1.0)])
    with pytest.raises(CheckpointError, match=r"has no unet\.down\.0"):
        apply_loras(model, [(made({"unet.down.0": (4, 4, 1)}), 1.0)])
    with pytest.raises(CheckpointError, match=r"early_conv_layers\.2 is no linear layer"):
        apply_loras(model, [(made({"proj_in.early_conv_layers.2": (4, 4, 1)}), 1.0)])
    with pytest.raises(ValueError, match="between −3 and 3"):
        apply_loras(model, [(recorded(golden), 3.5)])
    assert torch.equal(sing(model, song), before)
    apply_loras(model, [])


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ({}, "it is empty"),
        ({"a.lora_A.weight": torch.ones(2, 4)}, "half of each of these is missing: a"),
        ({"a.alpha": torch.ones(1)}, "a.alpha"),
        ({"a.lora_A.weight": torch.ones(2, 4, 3), "a.lora_B.weight": torch.ones(4, 2, 1)}, "linear layers only: a"),
        ({"a.lora_A.weight": torch.ones(2, 4), "a.lora_B.weight": torch.ones(4, 3)}, "linear layers only: a"),
        ({"a.lora_A.weight": torch.ones(2, 4), "a.lora_B.weight": torch.full((4, 2), torch.nan)}, "not finite: a"),
    ],
)
def test_no_lora_at_all(tensors: dict[str, Tensor], message: str) -> None:
    with pytest.raises(CheckpointError, match=message):
        LoRA.parse("odd", tensors, {})


def test_prefixes_of_other_programs(tmp_path: Path) -> None:
    path = "transformer_blocks.0.attn.to_q"
    tensors = {
        f"transformer.{path}.lora_A.weight": torch.ones(2, 4),
        f"transformer.{path}.lora_B.weight": torch.ones(4, 2),
    }
    save_file(tensors, tmp_path / "pytorch_lora_weights.safetensors")
    assert list(LoRA.parse("odd", read_lora(tmp_path)[0], {}).layers) == [path]


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no LoRA"):
        read_lora(tmp_path)
    with pytest.raises(CheckpointError, match="none was downloaded under that name"):
        read_lora("nobody/has-this-lora")
