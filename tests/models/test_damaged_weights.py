"""Checkpoints that cannot be used, and what is said of them."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from engine.models.ace_v1.checkpoint import CheckpointError, find_checkpoint, tensor_files
from engine.models.ace_v1.tensors import Target, is_finite
from engine.models.ace_v1.weights import load_dcae, load_text_encoder, load_transformer, load_vocoder, read_lora
from tests.models.checkpoint_cases import FLOAT32, INDEX, SINGLE, change


def test_every_surprise_is_named_at_once(copied: Path) -> None:
    def spoil(tensors: dict[str, torch.Tensor]) -> None:
        del tensors["lyric_proj.bias"]
        tensors["guitar.weight"] = torch.ones(2)
        tensors["t_block.1.bias"] = torch.ones(7)

    change(copied / SINGLE, spoil)
    with pytest.raises(CheckpointError) as caught:
        load_transformer(copied.parent, FLOAT32)
    for part in ("1 missing (lyric_proj.bias)", "1 unexpected (guitar.weight)", "t_block.1.bias is 7 and not 192"):
        assert part in str(caught.value)


def test_a_missing_shard(sharded: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(sharded, tmp_path / "copy")) / "ace_step_transformer"
    lost = sorted(folder.glob("*.safetensors"))[1]
    lost.unlink()
    with pytest.raises(CheckpointError, match=f"lacks 1 of its .* shards: {lost.name}"):
        load_transformer(folder.parent, FLOAT32)


def test_a_shard_without_its_tensor(sharded: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(sharded, tmp_path / "copy")) / "ace_step_transformer"
    change(sorted(folder.glob("*.safetensors"))[0], lambda tensors: tensors.popitem())
    with pytest.raises(CheckpointError, match="promises tensors that its shards do not hold"):
        tensor_files(folder)


@pytest.mark.parametrize("kept", [0, 5, 100, -1, -1000])
def test_a_file_cut_short(copied: Path, kept: int) -> None:
    content = (copied / SINGLE).read_bytes()
    (copied / SINGLE).write_bytes(content[:kept])
    with pytest.raises(CheckpointError, match=f"{SINGLE} is cut short"):
        load_transformer(copied.parent, FLOAT32)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x80\x04}\x94.", "is a pickle under another name"),
        (b"PK\x03\x04" + bytes(100), "is a pickle under another name"),
        (b"version of git-lfs\noid sha256:0\n", "Git LFS pointer"),
        (b"<!DOCTYPE html><title>Not found</title>", "no safetensors file"),
        ((4).to_bytes(8, "little") + b"[1] ", "no safetensors file"),
        ((14).to_bytes(8, "little") + b'{"a":{"b":1}} ', "no safetensors file"),
        ((2).to_bytes(8, "little") + b"{}more", "is damaged"),
    ],
)
def test_something_else_in_its_place(copied: Path, content: bytes, message: str) -> None:
    (copied / SINGLE).write_bytes(content)
    with pytest.raises(CheckpointError, match=message):
        load_transformer(copied.parent, FLOAT32)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.ckpt", "weights.pt"])
def test_pickles_are_refused_unread(copied: Path, name: str) -> None:
    (copied / SINGLE).unlink()
    (copied / name).write_bytes(b"cos\nsystem\n(S'exit 1'\ntR.")
    with pytest.raises(CheckpointError, match=f"{name}, a pickle"):
        load_transformer(copied.parent, FLOAT32)


def test_no_weights_and_no_config(copied: Path) -> None:
    (copied / SINGLE).unlink()
    with pytest.raises(CheckpointError, match=r"holds no diffusion_pytorch_model\.safetensors"):
        load_transformer(copied.parent, FLOAT32)
    (copied / "config.json").unlink()
    with pytest.raises(CheckpointError, match=r"has no config\.json"):
        load_transformer(copied.parent, FLOAT32)


@pytest.mark.parametrize("content", ["{", "[]", '{"patch_size": [8, 2]}', '{"num_layers": "many"}'])
def test_a_config_of_something_else(copied: Path, content: str) -> None:
    (copied / "config.json").write_text(content)
    with pytest.raises(CheckpointError, match=r"config\.json"):
        load_transformer(copied.parent, FLOAT32)


@pytest.mark.parametrize(
    ("index", "message"),
    [
        ({}, "no weight_map"),
        ({"weight_map": {"a": "../elsewhere.safetensors"}}, "outside its own folder"),
        ({"weight_map": {"a": "x-1.safetensors", "b": "x-2.safetensors"}}, "lacks 2 of its 2 shards"),
    ],
)
def test_an_odd_index(tmp_path: Path, index: dict[str, object], message: str) -> None:
    (tmp_path / INDEX).write_text(json.dumps(index))
    with pytest.raises(CheckpointError, match=message):
        tensor_files(tmp_path)


def test_a_wrong_folder(written: Path, tmp_path: Path) -> None:
    assert find_checkpoint(written) == written
    with pytest.raises(CheckpointError, match="There is no folder"):
        find_checkpoint(tmp_path / "nowhere")
    with pytest.raises(CheckpointError, match="has no folder ace_step_transformer"):
        find_checkpoint(tmp_path)
    with pytest.raises(CheckpointError, match="is one part of a model"):
        find_checkpoint(written / "music_vocoder")
    incomplete = Path(shutil.copytree(written, tmp_path / "copy"))
    shutil.rmtree(incomplete / "music_vocoder")
    shutil.rmtree(incomplete / "umt5-base")
    with pytest.raises(CheckpointError, match="has no folder music_vocoder, umt5-base"):
        find_checkpoint(incomplete)


@pytest.mark.parametrize("value", [torch.nan, torch.inf, -torch.inf])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_numbers_that_are_none(copied: Path, value: float, dtype: torch.dtype) -> None:
    """One among thousands is found while the file is read, and told of by the tensor's name."""

    def spoil(tensors: dict[str, torch.Tensor]) -> None:
        tensors["lyric_proj.weight"][3, 5] = value
        tensors["transformer_blocks.1.attn.to_q.bias"][-1] = value

    change(copied / SINGLE, spoil)
    with pytest.raises(CheckpointError) as caught:
        load_transformer(copied.parent, Target(dtype))
    for part in (str(copied / SINGLE), "2 of its tensors", "lyric_proj.weight", "transformer_blocks.1.attn.to_q.bias"):
        assert part in str(caught.value)


def test_numbers_that_are_none_in_a_part_that_is_not_read(copied: Path) -> None:
    change(copied / SINGLE, lambda tensors: tensors["projectors.0.0.bias"].fill_(torch.nan))
    load_transformer(copied.parent, FLOAT32)
    with pytest.raises(CheckpointError, match=r"not finite \(projectors\.0\.0\.bias\)"):
        load_transformer(copied.parent, FLOAT32, keep_unused=True)


def test_numbers_that_are_none_in_a_shard(sharded: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(sharded, tmp_path / "copy")) / "ace_step_transformer"
    for file in sorted(folder.glob("*.safetensors"))[:2]:
        change(
            file, lambda tensors: tensors["lyric_embs.weight"].fill_(torch.nan) if "lyric_embs.weight" in tensors else 0
        )
    spoilt = json.loads((folder / INDEX).read_text())["weight_map"]["lyric_embs.weight"]
    change(folder / spoilt, lambda tensors: tensors["lyric_embs.weight"].fill_(torch.nan))
    with pytest.raises(CheckpointError, match=rf"{spoilt} is damaged: .*\(lyric_embs\.weight\)"):
        load_transformer(folder.parent, FLOAT32)


@pytest.mark.parametrize(
    ("part", "file", "name", "load"),
    [
        ("umt5-base", "model.safetensors", "encoder.final_layer_norm.weight", load_text_encoder),
        ("music_dcae_f8c8", SINGLE, "decoder.conv_in.bias", load_dcae),
        ("music_vocoder", SINGLE, "head.conv_pre.weight_v", load_vocoder),
    ],
)
def test_numbers_that_are_none_in_other_parts(
    copied: Path, part: str, file: str, name: str, load: Callable[[Path, Target], object]
) -> None:
    change(copied.parent / part / file, lambda tensors: tensors[name].view(-1)[:1].fill_(torch.nan))
    with pytest.raises(CheckpointError, match=f"{part}.*{name}"):
        load(copied.parent, FLOAT32)


def test_numbers_that_a_precision_does_not_hold(copied: Path) -> None:
    """Large and finite ones, which add up to infinity, are no damage."""
    change(copied / SINGLE, lambda tensors: tensors["lyric_proj.weight"].fill_(3e38))
    load_transformer(copied.parent, FLOAT32)
    with pytest.raises(CheckpointError, match=r"too large for float16 \(lyric_proj\.weight\)") as caught:
        load_transformer(copied.parent, Target(torch.float16))
    assert "bfloat16" in caught.value.hint


def test_a_lora_of_numbers_that_are_none(tmp_path: Path) -> None:
    save_file({"a.lora_A.weight": torch.full((2, 4), torch.nan)}, tmp_path / "x.safetensors")
    with pytest.raises(CheckpointError, match=r"x\.safetensors is damaged: .*a\.lora_A\.weight"):
        read_lora(tmp_path / "x.safetensors")


def test_every_dtype_can_be_looked_through() -> None:
    for dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16):
        numbers = torch.ones(70_000, dtype=dtype)
        assert is_finite(numbers)
        numbers[69_999] = -torch.inf
        assert not is_finite(numbers)
        numbers[5] = torch.inf
        assert not is_finite(numbers)
    assert is_finite(torch.arange(3))
    assert is_finite(torch.empty(0))


@pytest.mark.parametrize("shape", [(7, 1, 1), (1,), (2, 2)])
def test_a_weight_norm_of_another_shape(copied: Path, shape: tuple[int, ...]) -> None:
    file = copied.parent / "music_vocoder" / SINGLE
    change(file, lambda tensors: tensors.update({"head.conv_pre.weight_g": torch.ones(shape)}))
    with pytest.raises(CheckpointError, match=r"head\.conv_pre\.weight_g"):
        load_vocoder(copied.parent, FLOAT32)


def test_a_filter_of_zeros(copied: Path) -> None:
    file = copied.parent / "music_vocoder" / SINGLE
    change(file, lambda tensors: tensors["head.conv_pre.weight_v"][0].zero_())
    weight = load_vocoder(copied.parent, FLOAT32).state_dict()["head.conv_pre.weight"]
    assert weight.isfinite().all()
    assert (weight[0] == 0).all()
