"""LoRAs: small trained changes of a model ("Chinese rap"), laid beside the weights and taken away without a trace.

They run as branches of their own and are not added into the weights. In bfloat16, a weight has eight bits: adding a
change of less than 1/512 of it would do nothing, and larger ones would be rounded. A branch keeps them exact, costs no
copy of the weights, lets a weight be changed at once, and leaves the base bit for bit as it was. Its price is
2·r·(in + out) operations a token and layer: about 0.5 % of the transformer for r = 16, 7 % for r = 256.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from engine.models.ace_v1.checkpoint import CheckpointError, listed
from engine.models.ace_v1.linear import Linear
from engine.models.ace_v1.transformer import Transformer, is_unused_at_inference

METADATA = "lora_adapter_metadata"
PREFIXES = ("transformer.", "base_model.model.", "diffusion_model.")
"""What other programs put in front of the official names."""
DOWN, UP = ".lora_A.weight", ".lora_B.weight"
HEAVIEST = 3.0


@dataclass(frozen=True)
class LoRA:
    """One LoRA as its file holds it.

    layers  module path → down (r, in) and up (out, r); r may differ from layer to layer
    scales  module path → the factor it was trained with, as far as its file tells; else 1
    """

    name: str
    layers: Mapping[str, tuple[Tensor, Tensor]]
    scales: Mapping[str, float]

    @classmethod
    def parse(cls, name: str, tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> LoRA:
        """Pair the tensors of a file. Raises CheckpointError for a tensor without its partner or of another kind."""
        plain = {_official(key): tensor for key, tensor in tensors.items()}
        strange = [key for key in plain if not key.endswith((DOWN, UP))]
        if strange or not plain:
            raise CheckpointError(f"{name} is no LoRA that this model can use: {listed(strange) or 'it is empty'}.")
        paths = sorted({key.removesuffix(DOWN).removesuffix(UP) for key in plain})
        alone = [path for path in paths if path + DOWN not in plain or path + UP not in plain]
        if alone:
            raise CheckpointError(f"{name} is incomplete: half of each of these is missing: {listed(alone)}.")
        layers = {path: (plain[path + DOWN], plain[path + UP]) for path in paths}
        unpaired = [path for path, (down, up) in layers.items() if not _is_pair(down, up)]
        if unpaired:
            raise CheckpointError(f"{name} does not change linear layers only: {listed(unpaired)}.")
        endless = [path for path, pair in layers.items() if not all(bool(part.isfinite().all()) for part in pair)]
        if endless:
            raise CheckpointError(f"{name} is damaged: numbers in it are not finite: {listed(endless)}.")
        config = _adapter_config(name, metadata)
        return cls(
            name, layers, {path: _trained_scale(path, down.shape[0], config) for path, (down, _) in layers.items()}
        )


@torch.no_grad()
def apply_loras(
    transformer: Transformer, loras: Sequence[tuple[LoRA, float]], *, honour_metadata: bool = False
) -> list[str]:
    """Make exactly these LoRAs, each with a weight in −3…3, sound from now on; none restores the base model.

    Conditions that were prepared before hold the keys of before: encode and prepare again.

    honour_metadata  with the strength it was trained with (alpha/r, or alpha/√r where rank-stabilised; Kalajdzievski,
                     arXiv 2312.03732) where a file tells it; otherwise with 1, as the reference implementation does
    Returns the layers whose change has no effect on music: those that are never computed, or that see a speaker of
    zeros. Raises CheckpointError for a LoRA of another model, ValueError for a weight out of range; the model is then
    as it was before.
    """
    branches: dict[str, list[tuple[Tensor, Tensor]]] = {}
    silent: list[str] = []
    for lora, weight in loras:
        if not -HEAVIEST <= weight <= HEAVIEST:
            raise ValueError(f"The weight of a LoRA lies between −3 and 3; {lora.name} was given {weight:g}.")
        matching = _matching(transformer, lora)
        silent += [path for path in lora.layers if path not in matching or path == "speaker_embedder"]
        for path in matching if weight else ():
            down, up = lora.layers[path]
            scale = weight * (lora.scales[path] if honour_metadata else 1.0)
            branches.setdefault(path, []).append((down, up.float() * scale))
    for path, module in transformer.named_modules():
        if isinstance(module, Linear):
            _join(module, branches.get(path, []))
    return silent


def _join(layer: Linear, parts: list[tuple[Tensor, Tensor]]) -> None:
    """One branch for all LoRAs of a layer: their ranks side by side."""
    if not parts:
        layer.lora_down = layer.lora_up = None
        return
    place = layer.weight.device, layer.weight.dtype
    layer.lora_down = torch.cat([down.to(*place) for down, _ in parts])  # (Σr, in)
    layer.lora_up = torch.cat([up.to(*place) for _, up in parts], dim=1)  # (out, Σr)


def _matching(transformer: Transformer, lora: LoRA) -> list[str]:
    """Layers of the model that the LoRA changes."""
    modules = dict(transformer.named_modules())
    found = {path: modules[path] for path in lora.layers if path in modules}
    if not any(path in modules or is_unused_at_inference(f"{path}.weight") for path in lora.layers):
        raise CheckpointError(f"{lora.name} is a LoRA for another model: this one has no {listed(list(lora.layers))}.")
    faults = [fault for path, module in found.items() if (fault := _misfit(path, module, *lora.layers[path]))]
    if faults:
        raise CheckpointError(f"{lora.name} is a LoRA for another model: {listed(faults)}.")
    return list(found)


def _misfit(path: str, module: nn.Module, down: Tensor, up: Tensor) -> str:
    if not isinstance(module, Linear):
        return f"{path} is no linear layer"
    if (up.shape[0], down.shape[1]) != tuple(module.weight.shape):
        have = "×".join(map(str, module.weight.shape))
        return f"{path} is {have} here and {up.shape[0]}×{down.shape[1]} there"
    return ""


def _is_pair(down: Tensor, up: Tensor) -> bool:
    return down.ndim == up.ndim == 2 and down.shape[0] == up.shape[1] > 0


def _official(key: str) -> str:
    for prefix in PREFIXES:
        key = key.removeprefix(prefix)
    return key


def _adapter_config(name: str, metadata: Mapping[str, str]) -> Mapping[str, Any]:
    try:
        config = json.loads(metadata.get(METADATA, "{}"))
        return {_official(key): value for key, value in config.items()}
    except (ValueError, AttributeError) as error:
        raise CheckpointError(f"{name} says in its header how it was trained, but not legibly: {error}.") from error


def _trained_scale(path: str, rank: int, config: Mapping[str, Any]) -> float:
    """alpha/r or alpha/√r; a pattern for the layer goes before the LoRA's own alpha (the rules of the peft library)."""
    alpha = config.get("lora_alpha")
    for pattern, own in (config.get("alpha_pattern") or {}).items():
        if re.match(rf"(.*\.)?({pattern})$", path):
            alpha = own
            break
    if alpha is None:
        return 1.0
    return alpha / (math.sqrt(rank) if config.get("use_rslora") else rank)
