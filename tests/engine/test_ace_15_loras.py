"""LoRAs on ace-step-1.5: heard, weighed, several, taken away; a file that would change nothing is an error."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
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


def write(path: Path, seed: int = 0, *, zero: bool = False, layer: str = TO_Q, width: int = 32) -> Path:
    torch.manual_seed(seed)
    state = {}
    for number in range(2):
        name = layer.format(number)
        state[f"{name}.lora_A.weight"] = torch.randn(4, width)
        state[f"{name}.lora_B.weight"] = torch.zeros(32, 4) if zero else torch.randn(32, 4)
    save_file(state, path)
    return path


def made(model: AceStep15, *loras: Lora) -> np.ndarray:  # type: ignore[type-arg]
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
        "misshapen": write(tmp_path / "misshapen.safetensors", width=20),
    }
    for name, path in useless.items():
        with pytest.raises(BadRequest, match=path.name) as refusal:
            made(model, Lora(path=str(path)))
        assert refusal.value.hint, name
    assert np.array_equal(made(model), bare), "the model is as it was"


def test_files_that_are_no_lora(model: AceStep15, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        made(model, Lora(path=str(tmp_path / "nowhere.safetensors")))
    (tmp_path / "text.safetensors").write_bytes(b"no LoRA at all")
    with pytest.raises(BadRequest, match=r"text\.safetensors is no LoRA"):
        made(model, Lora(path=str(tmp_path / "text.safetensors")))
    path = str(write(tmp_path / "twice.safetensors"))
    with pytest.raises(BadRequest, match="named twice"):
        made(model, Lora(path=path), Lora(path=path, weight=0.5))
