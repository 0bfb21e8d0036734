"""LoRA files: what one holds, brought to the strength that it was trained with; and which cannot be used at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from bridge_server.protocol.errors import BadRequest
from engine.models.ace_v1.checkpoint import CheckpointError
from engine.models.ace_v1.lora_strength import METADATA, trained_scales

FOR_THIS = "Use one that was trained for ACE-Step 1.5 (not v1), as a PEFT or diffusers LoRA."
PEFT_FILE, PEFT_CONFIG = "adapter_model.safetensors", "adapter_config.json"
"""As ACE-Step's own trainer writes them, side by side; the second one says how strongly the first is heard."""

_DOWN, _UP = ".lora_A.weight", ".lora_B.weight"
_OTHER_KINDS = ("dora_scale", "lora_magnitude_vector", "lokr", "hada", "oft_")
_PREFIXES = ("base_model.model.", "transformer.")


def read_lora(file: Path) -> dict[str, Tensor]:
    """The tensors of a LoRA, with weight 1 as strong as in training: alpha/r, where the file or PEFT's configuration
    beside it says so; else 1.

    Raises BadRequest for what is no LoRA, one of another kind, half a LoRA, or numbers that are none.
    """
    state, header = _opened(file)
    if any(kind in key for key in state for kind in _OTHER_KINDS):
        raise BadRequest(f"{file.name} is no plain LoRA: DoRA, LoKr, LoHa and OFT cannot be loaded.", FOR_THIS)
    # PEFT keeps the adapter's own name in the keys while it trains: ….lora_A.default.weight
    state = {key.replace(".default.weight", ".weight"): tensor for key, tensor in state.items()}
    paths = layers_of(state)
    if not paths:
        raise BadRequest(f"{file.name} is no LoRA in the spelling of PEFT or diffusers.", FOR_THIS)
    alone = [path for path in paths if path + _DOWN not in state or path + _UP not in state]
    if alone:
        raise BadRequest(f"{file.name} is not whole: of {alone[0]} only one half is there.", "Fetch it once more.")
    if not all(bool(torch.isfinite(tensor).all()) for tensor in state.values()):
        raise BadRequest(f"{file.name} is damaged: it holds values that are not numbers.", "Fetch it once more.")
    ranks = {_bare(path): int(state[path + _DOWN].shape[0]) for path in paths}
    try:
        scales = trained_scales(file.name, ranks, header)
    except CheckpointError as error:
        raise BadRequest(f"{file.name} does not say legibly how strongly it was trained: {error}", FOR_THIS) from error
    for path in paths:
        state[path + _UP] = state[path + _UP] * scales[_bare(path)]
    return state


def layers_of(state: Mapping[str, Tensor]) -> list[str]:
    """Paths of the layers that a LoRA changes, as the file spells them."""
    return sorted({key.removesuffix(half) for key in state for half in (_DOWN, _UP) if key.endswith(half)})


def _opened(file: Path) -> tuple[dict[str, Tensor], Mapping[str, str]]:
    """Tensors, and the header in which strengths stand."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(file, framework="pt") as opened:
            state = {key: opened.get_tensor(key) for key in opened.keys()}  # noqa: SIM118  it is no mapping
            header = dict(opened.metadata() or {})
        config = file.parent / PEFT_CONFIG
        if file.name == PEFT_FILE and METADATA not in header and config.is_file():
            header[METADATA] = config.read_text("utf-8")
    except (SafetensorError, OSError, ValueError) as error:
        raise BadRequest(f"{file.name} is no LoRA in safetensors: {error}", FOR_THIS) from error
    return state, header


def _bare(path: str) -> str:
    """As strengths name a layer."""
    for prefix in _PREFIXES:
        path = path.removeprefix(prefix)
    return path
