"""LoRAs: small trained changes of a model ("Chinese rap"), laid beside the weights and taken away without a trace.

They run as branches of their own and are not added into the weights. In bfloat16, a weight has eight bits: adding a
change of less than 1/512 of it would do nothing, and larger ones would be rounded. A branch keeps them exact, costs no
copy of the weights, lets a weight be changed at once, and leaves the base bit for bit as it was. Its price is
2·r·(in + out) operations a token and layer: about 0.5 % of the transformer for r = 16, 7 % for r = 256.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import torch
from torch import Tensor, nn

from engine.models.ace_v1.checkpoint import CheckpointError, listed
from engine.models.ace_v1.linear import Linear
from engine.models.ace_v1.lora_strength import trained_scales
from engine.models.ace_v1.tensors import is_finite
from engine.models.ace_v1.transformer import Transformer, is_unused_at_inference

FOR_THIS_MODEL = "Use a LoRA that was made for ACE-Step v1."
FETCH_AGAIN = "Fetch the LoRA again, as a .safetensors file, from where it was published."
PREFIXES = ("transformer.", "base_model.model.", "diffusion_model.")
"""What other programs put in front of the official names."""
DOWN, UP = ".lora_A.weight", ".lora_B.weight"
HEAVIEST = 3.0


@dataclass(frozen=True)
class LoRA:
    """One LoRA as its file holds it.

    layers    module path → down (r, in) and up (out, r); r may differ from layer to layer
    metadata  the header of its file, which may tell how strongly it was trained
    """

    name: str
    layers: Mapping[str, tuple[Tensor, Tensor]]
    metadata: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def scales(self) -> Mapping[str, float]:
        """Module path → the factor it was trained with, 1 where the file does not tell. Raises CheckpointError."""
        return trained_scales(
            self.name, {path: down.shape[0] for path, (down, _) in self.layers.items()}, self.metadata
        )

    @classmethod
    def parse(cls, name: str, tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> LoRA:
        """Pair the tensors of a file. Raises CheckpointError for a tensor without its partner or of another kind."""
        plain = {_official(key): tensor for key, tensor in tensors.items()}
        strange = [key for key in plain if not key.endswith((DOWN, UP))]
        if strange or not plain:
            raise CheckpointError(
                f"{name} is no LoRA that this model can use: {listed(strange) or 'it is empty'}.", FOR_THIS_MODEL
            )
        paths = sorted({key.removesuffix(DOWN).removesuffix(UP) for key in plain})
        alone = [path for path in paths if path + DOWN not in plain or path + UP not in plain]
        if alone:
            raise CheckpointError(
                f"{name} is incomplete: half of each of these is missing: {listed(alone)}.", FETCH_AGAIN
            )
        layers = {path: (plain[path + DOWN], plain[path + UP]) for path in paths}
        unpaired = [path for path, (down, up) in layers.items() if not _is_pair(down, up)]
        if unpaired:
            raise CheckpointError(f"{name} does not change linear layers only: {listed(unpaired)}.", FOR_THIS_MODEL)
        endless = [path for path, pair in layers.items() if not all(map(is_finite, pair))]
        if endless:
            raise CheckpointError(f"{name} is damaged: numbers in it are not finite: {listed(endless)}.", FETCH_AGAIN)
        return cls(name, layers, metadata)


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
        raise CheckpointError(
            f"{lora.name} is a LoRA for another model: this one has no {listed(list(lora.layers))}.", FOR_THIS_MODEL
        )
    faults = [fault for path, module in found.items() if (fault := _misfit(path, module, *lora.layers[path]))]
    if faults:
        raise CheckpointError(f"{lora.name} is a LoRA for another model: {listed(faults)}.", FOR_THIS_MODEL)
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
