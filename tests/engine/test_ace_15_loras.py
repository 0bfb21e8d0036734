"""LoRAs on ace-step-1.5: heard, weighed, several, taken away; a file that would change nothing is an error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file

from bridge_server.protocol.errors import BadRequest, NotFound
from bridge_server.protocol.values import Lora
from engine.backends.ace_15.backend import AceStep15
from tests.engine.ace_15_work import backend, render
from tests.engine.ace_v1_work import generate, mix

pytest.importorskip("peft")
TO_Q = "transformer.layers.{}.self_attn.to_q"


@pytest.fixture(scope="module")
def model(noise_pipeline: Path) -> AceStep15:
    return backend(noise_pipeline)


ORIGINAL = "base_model.model.layers.{}.self_attn.q_proj"
"""As ACE-Step's own trainer calls the same layers."""


def tensors(
    seed: int = 0, *, zero: bool = False, layer: str = TO_Q, width: int = 32, ranks: tuple[int, ...] = (4, 4)
) -> dict[str, torch.Tensor]:
    torch.manual_seed(seed)
    state = {}
    for number, rank in enumerate(ranks):
        name = layer.format(number)
        state[f"{name}.lora_A.weight"] = torch.randn(rank, width)
        state[f"{name}.lora_B.weight"] = torch.zeros(32, rank) if zero else torch.randn(32, rank)
    return state


def write(path: Path, seed: int = 0, **more: Any) -> Path:
    save_file(tensors(seed, **more), path)
    return path


def made(model: AceStep15, *loras: Lora) -> NDArray[np.float32]:
    return mix(render(model, generate(24_000, loras=loras)))


def test_they_are_heard_weighed_added_and_taken_away(model: AceStep15, tmp_path: Path) -> None:
    first, second = str(write(tmp_path / "a.safetensors")), str(write(tmp_path / "b.safetensors", 1))
    bare = made(model)
    whole, half = made(model, Lora(path=first)), made(model, Lora(path=first, weight=0.5))
    both = made(model, Lora(path=first), Lora(path=second, weight=0.3))
    takes = [bare, whole, half, both, made(model, Lora(path=second))]
    assert all(not np.array_equal(one, other) for at, one in enumerate(takes) for other in takes[:at])
    assert np.array_equal(made(model, Lora(path=first)), whole), "the same again, after others"
    assert np.array_equal(made(model), bare), "nothing of them is left"


def test_weight_0_is_said(model: AceStep15, tmp_path: Path) -> None:
    path = str(write(tmp_path / "a.safetensors"))
    take = render(model, generate(24_000, loras=(Lora(path=path, weight=0.0),)))
    assert any("weight 0" in note for note in take.notes)


def test_a_folder_with_one_file_is_enough(model: AceStep15, tmp_path: Path) -> None:
    write(tmp_path / "adapter_model.safetensors")
    assert not np.array_equal(made(model, Lora(path=str(tmp_path))), made(model))


def test_what_would_change_nothing_is_an_error(model: AceStep15, tmp_path: Path) -> None:
    bare = made(model)
    useless = {
        "zeros": write(tmp_path / "zeros.safetensors", zero=True),
        "elsewhere": write(tmp_path / "elsewhere.safetensors", layer="transformer_blocks.{}.attn.to_out"),
        "original": write(tmp_path / "original.safetensors", layer="base_model.model.layers.{}.mlp.gate_proj"),
        "kohya": write(tmp_path / "kohya.safetensors", layer="lora_unet_layers_{}_self_attn_q_proj"),
        "misshapen": write(tmp_path / "misshapen.safetensors", width=20),
    }
    for name, path in useless.items():
        with pytest.raises(BadRequest, match=path.name) as refusal:
            made(model, Lora(path=str(path)))
        assert refusal.value.hint, name
    assert np.array_equal(made(model), bare), "the model is as it was"


def test_zeros_are_told_from_a_lora_of_another_model(model: AceStep15, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="all its numbers are zero"):
        made(model, Lora(path=str(write(tmp_path / "a.safetensors", zero=True))))
    with pytest.raises(BadRequest, match="no part of it belongs"):
        made(model, Lora(path=str(write(tmp_path / "b.safetensors", layer="blocks.{}.attn"))))


def test_those_of_the_original_trainer_are_the_same(model: AceStep15, tmp_path: Path) -> None:
    ours = made(model, Lora(path=str(write(tmp_path / "a.safetensors"))))
    theirs = write(tmp_path / "b.safetensors", layer=ORIGINAL)
    assert np.array_equal(made(model, Lora(path=str(theirs))), ours)
    training = {key.replace(".weight", ".default.weight"): part for key, part in tensors(layer=ORIGINAL).items()}
    save_file(training, tmp_path / "c.safetensors")
    assert np.array_equal(made(model, Lora(path=str(tmp_path / "c.safetensors"))), ours)


def test_weight_1_is_as_strong_as_in_training(model: AceStep15, tmp_path: Path) -> None:
    """alpha/r of PEFT's configuration beside it, or of the header that diffusers writes."""
    plain = str(write(tmp_path / "plain.safetensors"))
    half = made(model, Lora(path=plain, weight=0.5))
    folder = tmp_path / "trained"
    folder.mkdir()
    write(folder / "adapter_model.safetensors", layer=ORIGINAL)
    (folder / "adapter_config.json").write_text(json.dumps({"r": 4, "lora_alpha": 2}), encoding="utf-8")
    assert np.allclose(made(model, Lora(path=str(folder))), half, atol=1e-6)
    told = {"transformer.r": 4, "transformer.lora_alpha": 2}
    save_file(tensors(), tmp_path / "saved.safetensors", metadata={"lora_adapter_metadata": json.dumps(told)})
    assert np.allclose(made(model, Lora(path=str(tmp_path / "saved.safetensors"))), half, atol=1e-6)


def test_layers_that_this_model_lacks_are_told_of(model: AceStep15, tmp_path: Path) -> None:
    path = write(tmp_path / "xl.safetensors", ranks=(4, 8, 4))
    for _ in range(2):
        take = render(model, generate(24_000, loras=(Lora(path=str(path)),)))
        assert any("only 2 of the 3 layers" in note for note in take.notes)


def test_half_a_lora_another_kind_and_broken_numbers(model: AceStep15, tmp_path: Path) -> None:
    whole = tensors()
    half = dict(list(whole.items())[:3])
    dora = {**tensors(layer=ORIGINAL), f"{ORIGINAL.format(0)}.lora_magnitude_vector": torch.ones(32)}
    broken = {key: part * torch.nan for key, part in whole.items()}
    foreign = {key.replace("lora_A", "lora_down").replace("lora_B", "lora_up"): part for key, part in whole.items()}
    for state, words in ((foreign, "spelling"), (half, "not whole"), (dora, "DoRA"), (broken, "not numbers")):
        save_file(state, tmp_path / "a.safetensors")
        with pytest.raises(BadRequest, match=words) as refusal:
            made(model, Lora(path=str(tmp_path / "a.safetensors")))
        assert refusal.value.hint
    (tmp_path / "adapter_config.json").write_text("no JSON", encoding="utf-8")
    with pytest.raises(BadRequest, match="legibly"):
        made(model, Lora(path=str(write(tmp_path / "adapter_model.safetensors"))))


def test_files_that_are_no_lora(model: AceStep15, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        made(model, Lora(path=str(tmp_path / "nowhere.safetensors")))
    (tmp_path / "text.safetensors").write_bytes(b"no LoRA at all")
    with pytest.raises(BadRequest, match=r"text\.safetensors is no LoRA"):
        made(model, Lora(path=str(tmp_path / "text.safetensors")))
    path = str(write(tmp_path / "twice.safetensors"))
    with pytest.raises(BadRequest, match="named twice"):
        made(model, Lora(path=path), Lora(path=path, weight=0.5))
