"""Checkpoints in the official layout: what loads, and what is said of one that does not."""

import json
import math
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from engine.models.ace_v1.checkpoint import PARTS, CheckpointError, find_checkpoint
from engine.models.ace_v1.config import ACE_STEP_3_5B, TransformerConfig
from engine.models.ace_v1.dcae import DEFAULTS
from engine.models.ace_v1.random_checkpoint import (
    UMT5_BASE,
    dcae_shapes,
    text_encoder_shapes,
    transformer_shapes,
    vocoder_shapes,
    write_random_checkpoint,
)
from engine.models.ace_v1.tensors import Target
from engine.models.ace_v1.transformer import is_unused_at_inference
from engine.models.ace_v1.vocoder_config import VocoderConfig
from engine.models.ace_v1.weights import load_dcae, load_text_encoder, load_transformer, load_vocoder
from tests.models.checkpoint_cases import FLOAT32, SINGLE, SMALL, change


def test_the_official_sizes() -> None:
    """Names, shapes and counts of the released files, as the specification lists them."""
    shapes = transformer_shapes(ACE_STEP_3_5B)
    assert sum(math.prod(shape) for shape in shapes.values()) == 3_305_659_264
    unused = sum(math.prod(shape) for name, shape in shapes.items() if is_unused_at_inference(name))
    projectors = sum(math.prod(shape) for name, shape in shapes.items() if name.startswith("projectors."))
    assert unused - projectors == 24 * 4 * (2560**2 + 2560)
    assert sum(math.prod(shape) for shape in dcae_shapes(DEFAULTS).values()) == 156_812_426
    assert len(dcae_shapes(DEFAULTS)) == 192
    vocoder = vocoder_shapes(VocoderConfig())
    assert (len(vocoder), sum(math.prod(shape) for shape in vocoder.values())) == (713, 103_138_386)
    text = text_encoder_shapes(UMT5_BASE)
    assert sum(math.prod(shape) for shape in text.values()) == 281_861_376


OUTSIDE_BLOCKS = {
    "proj_in.early_conv_layers.0": ((2048, 8, 16, 1), (2048,)),
    "proj_in.early_conv_layers.1": ((2048,), (2048,)),
    "proj_in.early_conv_layers.2": ((2560, 2048, 1, 1), (2560,)),
    "timestep_embedder.linear_1": ((2560, 256), (2560,)),
    "timestep_embedder.linear_2": ((2560, 2560), (2560,)),
    "t_block.1": ((15360, 2560), (15360,)),
    "speaker_embedder": ((2560, 512), (2560,)),
    "genre_embedder": ((2560, 768), (2560,)),
    "lyric_embs": ((6693, 1024), None),
    "lyric_encoder.embed.out.0": ((1024, 1024), (1024,)),
    "lyric_encoder.embed.out.1": ((1024,), (1024,)),
    "lyric_encoder.after_norm": ((1024,), (1024,)),
    "lyric_proj": ((2560, 1024), (2560,)),
    "final_layer.linear": ((128, 2560), (128,)),
    "projectors.0.0": ((5120, 2560), (5120,)),
    "projectors.0.2": ((5120, 5120), (5120,)),
    "projectors.0.4": ((1024, 5120), (1024,)),
    "projectors.1.0": ((5120, 2560), (5120,)),
    "projectors.1.2": ((5120, 5120), (5120,)),
    "projectors.1.4": ((768, 5120), (768,)),
}
LYRIC_LAYER = {
    **{f"self_attn.{name}": ((1024, 1024), (1024,)) for name in ("linear_q", "linear_k", "linear_v", "linear_out")},
    "self_attn.linear_pos": ((1024, 1024), None),
    "feed_forward.w_1": ((4096, 1024), (4096,)),
    "feed_forward.w_2": ((1024, 4096), (1024,)),
    "norm_ff": ((1024,), (1024,)),
    "norm_mha": ((1024,), (1024,)),
}
BLOCK = {
    **{
        f"{part}.{name}": ((2560, 2560), (2560,))
        for part in ("attn", "cross_attn")
        for name in ("to_q", "to_k", "to_v")
    },
    "attn.to_out.0": ((2560, 2560), (2560,)),
    "cross_attn.to_out.0": ((2560, 2560), (2560,)),
    **{
        f"cross_attn.{name}": ((2560, 2560), (2560,))
        for name in ("add_q_proj", "add_k_proj", "add_v_proj", "to_add_out")
    },
    "ff.inverted_conv.conv": ((12800, 2560, 1), (12800,)),
    "ff.depth_conv.conv": ((12800, 1, 3), (12800,)),
    "ff.point_conv.conv": ((2560, 6400, 1), None),
}


def test_the_official_table_of_the_transformer() -> None:
    layers = dict(OUTSIDE_BLOCKS)
    layers |= {f"lyric_encoder.encoders.{j}.{name}": shape for j in range(6) for name, shape in LYRIC_LAYER.items()}
    layers |= {f"transformer_blocks.{i}.{name}": shape for i in range(24) for name, shape in BLOCK.items()}
    table = {f"{name}.weight": weight for name, (weight, _) in layers.items()}
    table |= {f"{name}.bias": bias for name, (_, bias) in layers.items() if bias is not None}
    table |= {f"transformer_blocks.{i}.scale_shift_table": (6, 2560) for i in range(24)}
    table["final_layer.scale_shift_table"] = (2, 2560)
    for j in range(6):
        for name in ("pos_bias_u", "pos_bias_v"):
            table[f"lyric_encoder.encoders.{j}.self_attn.{name}"] = (16, 64)
    assert dict(transformer_shapes(ACE_STEP_3_5B)) == table


def test_whole_and_sharded_files_hold_the_same_model(written: Path, sharded: Path) -> None:
    assert len(list((sharded / "ace_step_transformer").glob("*.safetensors"))) > 2
    for load in (load_transformer, load_text_encoder, load_dcae, load_vocoder):
        one, other = load(written, FLOAT32).state_dict(), load(sharded, FLOAT32).state_dict()
        assert one.keys() == other.keys()
        assert all(torch.equal(tensor, other[name]) for name, tensor in one.items())
        assert all(tensor.isfinite().all() for tensor in one.values())


def test_a_checkpoint_is_saved_whole_again(written: Path) -> None:
    model = load_transformer(written, FLOAT32, keep_unused=True)
    file = load_file(written / "ace_step_transformer" / SINGLE)
    assert model.state_dict().keys() == file.keys()
    assert all(torch.equal(tensor, file[name]) for name, tensor in model.state_dict().items())


def test_what_inference_does_not_use_is_left_on_disk(written: Path) -> None:
    model = load_transformer(written, Target())
    assert not any(is_unused_at_inference(name) for name in model.state_dict())
    assert all(tensor.dtype == torch.bfloat16 for tensor in model.state_dict().values())
    assert not model.training
    assert not any(parameter.requires_grad for parameter in model.parameters())


@pytest.mark.parametrize("name", ["shared.weight", "encoder.embed_tokens.weight", "both"])
def test_the_text_encoder_under_both_names_of_its_table(copied: Path, name: str) -> None:
    folder = copied.parent / "umt5-base"
    table = load_file(folder / "model.safetensors")["shared.weight"]

    def rename(tensors: dict[str, torch.Tensor]) -> None:
        tensors["encoder.embed_tokens.weight"] = tensors["shared.weight"].clone()
        tensors["decoder.final_layer_norm.weight"] = torch.ones(24)
        if name != "both":
            tensors.pop("shared.weight" if name != "shared.weight" else "encoder.embed_tokens.weight")

    change(folder / "model.safetensors", rename)
    model = load_text_encoder(copied.parent, FLOAT32).model
    assert torch.equal(model.shared.weight, table)
    assert model.encoder.embed_tokens.weight is model.shared.weight


def test_a_download_of_earlier_is_found_without_a_network(tmp_path: Path) -> None:
    """A cache of the hub's library: refs name a commit, its snapshot holds the files."""
    repository = tmp_path / "models--ACE-Step--ACE-Step-v1-3.5B"
    snapshot = repository / "snapshots" / ("a" * 40)
    for part in PARTS:
        (snapshot / part).mkdir(parents=True)
    (repository / "refs").mkdir()
    (repository / "refs/main").write_text("a" * 40)
    assert find_checkpoint(tmp_path).samefile(snapshot)
    (snapshot / "umt5-base").rmdir()
    with pytest.raises(CheckpointError, match="has no folder umt5-base"):
        find_checkpoint(tmp_path)


def test_the_same_seed_writes_the_same_bytes(written: Path, tmp_path: Path) -> None:
    write_random_checkpoint(tmp_path, SMALL, seed=1, dtype=torch.float32)
    for part in PARTS:
        for file in (written / part).iterdir():
            assert (tmp_path / part / file.name).read_bytes() == file.read_bytes()


def test_a_config_without_a_key_takes_the_class_default() -> None:
    config = TransformerConfig.from_dict({"num_layers": 3, "inner_dim": 1, "_class_name": "Transformer2DModel"})
    assert (config.num_layers, config.num_attention_heads, config.attention_head_dim) == (3, 24, 64)
    assert (config.mlp_ratio, config.ssl_encoder_depths, config.lyric_encoder_vocab_size) == (4.0, (9, 9), 6681)
    assert TransformerConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
