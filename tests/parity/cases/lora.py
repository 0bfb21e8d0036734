"""LoRAs laid over the transformer, as the reference applies them and as they were trained."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch
from torch import Tensor

from engine.models.ace_v1.lora import LoRA, apply_loras
from engine.models.ace_v1.transformer import Transformer
from engine.models.ace_v1.weights import read_lora
from tests.parity.case import Case
from tests.parity.cases.transformer import inputs
from tests.parity.comparison import Claim


@torch.no_grad()
def run(case: Case) -> Iterator[Claim]:
    """The transformer case's forward pass with every adapter file and weight that was recorded, then without."""
    model = case.folder.new_transformer()
    song = case.folder.case("transformer")
    for name in case.tensors:
        if found := re.fullmatch(r"(.+)\.weight(-?[\d.]+)", name):
            apply_loras(model, [(adapter(case, found[1]), float(found[2]))])
            yield Claim(name, velocity(model, song))
    if "training_forward" in case:
        apply_loras(model, [(trained_adapter(case), 1.0)], honour_metadata=True)
        yield Claim("training_forward", velocity(model, song))
    apply_loras(model, [])
    yield Claim("base", velocity(model, song))


def adapter(case: Case, name: str) -> LoRA:
    """The adapter file in a folder beside the case."""
    return LoRA.parse(name, *read_lora(case.folder.path / name))


def trained_adapter(case: Case) -> LoRA:
    """The adapter whose file tells how it was trained."""
    folders = sorted(path.parent.name for path in case.folder.path.glob("*/*.safetensors"))
    adapters = [adapter(case, name) for name in folders]
    return max(adapters, key=lambda found: sum(scale != 1 for scale in found.scales.values()))


def velocity(model: Transformer, song: Case) -> Tensor:
    """One forward pass."""
    conditions = model.prepare(*model.encode(*inputs(song)))
    return model(song.take("x"), song.take("timestep"), conditions)
