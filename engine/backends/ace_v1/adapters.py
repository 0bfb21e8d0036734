"""Adapters: the LoRAs that a request names, and no others, sound while it is rendered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bridge_server.protocol.errors import NotFound
from bridge_server.protocol.values import Lora
from engine.models.ace_v1.checkpoint import LORA_FILE, find_lora
from engine.models.ace_v1.lora import LoRA, apply_loras
from engine.models.ace_v1.transformer import Transformer
from engine.models.ace_v1.weights import read_lora

Stamp = tuple[str, int, int]


class Adapters:
    """Remembers the LoRA files that were read last, so that turning a weight reads nothing again."""

    def __init__(self) -> None:
        self._read: dict[Stamp, LoRA] = {}

    def apply(self, transformer: Transformer, wanted: Sequence[Lora]) -> tuple[str, ...]:
        """Make exactly the wanted LoRAs sound; none takes all of them away. Returns notes.

        Raises NotFound; CheckpointError for a file that is none, or a LoRA for another model.
        """
        stamps = [_stamp(lora) for lora in wanted]
        self._read = {stamp: found for stamp, found in self._read.items() if stamp in stamps}
        chosen = []
        for lora, stamp in zip(wanted, stamps, strict=True):
            if stamp not in self._read:
                self._read[stamp] = LoRA.parse(_name(lora), *read_lora(lora.path))
            found = self._read[stamp]
            if not lora.honour_metadata:
                found = replace(found, metadata={})
            chosen.append((found, lora.weight))
        silent = set(apply_loras(transformer, chosen, honour_metadata=True))
        return tuple(
            f"the LoRA {lora.name} changes nothing that can be heard"
            for lora, _ in chosen
            if set(lora.layers) <= silent
        )


def _stamp(lora: Lora) -> Stamp:
    if not Path(lora.path).exists():
        raise NotFound(f"There is no LoRA {lora.path}.", "Name a .safetensors file, or the folder that holds it.")
    file = find_lora(lora.path)
    state = file.stat()
    return str(file), state.st_mtime_ns, state.st_size


def _name(lora: Lora) -> str:
    path = Path(lora.path)
    return path.parent.name if path.name == LORA_FILE else path.name
