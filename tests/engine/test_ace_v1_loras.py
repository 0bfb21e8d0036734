"""LoRAs in a request: they sound, add up, leave no trace, and are refused where they are of no use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from bridge_server.protocol.errors import BadRequest, BridgeError, NotFound
from bridge_server.protocol.values import Lora
from tests.engine.ace_v1_work import RATE, backend, generate, mix, render
from tests.engine.test_ace_v1_loading import SHORT, misshapen


def write_lora(path: Path, width: int = 32, scale: float = 0.5) -> Path:
    tensors = {}
    generator = torch.Generator().manual_seed(1)
    for block in range(20):
        for name in ("attn.to_q", "cross_attn.to_v"):
            key = f"transformer_blocks.{block}.{name}"
            tensors[f"{key}.lora_A.weight"] = torch.randn(4, width, generator=generator) * scale
            tensors[f"{key}.lora_B.weight"] = torch.randn(width, 4, generator=generator) * scale
    save_file(tensors, path)
    return path


def test_loras_sound_add_up_and_leave_no_trace(noise_checkpoint: Path, tmp_path: Path) -> None:
    model = backend(noise_checkpoint)
    file = write_lora(tmp_path / "singer.safetensors")

    def take(*loras: Lora) -> np.ndarray:
        return mix(render(model, generate(RATE // 4, loras=loras)))

    before = take()
    loud, half, none = (take(Lora(path=str(file), weight=weight)) for weight in (1.0, 0.5, 0.0))
    twice = take(Lora(path=str(file), weight=0.5), Lora(path=str(file), weight=0.5))
    assert not np.array_equal(loud, before)
    assert not np.array_equal(half, loud)
    np.testing.assert_allclose(twice, loud, atol=1e-3)
    assert np.array_equal(none, before)
    assert np.array_equal(take(), before)


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (lambda path: write_lora(path, width=48), BadRequest),
        (lambda path: path.write_bytes(b"no LoRA"), BadRequest),
        (misshapen, BadRequest),
        (lambda path: None, NotFound),
    ],
    ids=["another model's", "no safetensors", "no LoRA", "nothing"],
)
def test_a_lora_that_cannot_be_used_is_refused_and_forgotten(
    noise_checkpoint: Path, tmp_path: Path, spoil: Callable[[Path], object], kind: type[BridgeError]
) -> None:
    model = backend(noise_checkpoint)
    file = tmp_path / "lora.safetensors"
    spoil(file)
    before = mix(render(model, SHORT))
    with pytest.raises(kind, match=r"LoRA|lora") as refusal:
        render(model, generate(RATE // 4, loras=(Lora(path=str(file)),)))
    assert any(
        word in refusal.value.hint for word in ("for ACE-Step v1", "Fetch the LoRA again", "Name a .safetensors")
    )
    assert np.array_equal(mix(render(model, SHORT)), before)
