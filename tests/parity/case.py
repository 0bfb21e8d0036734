"""Case: one recorded run of the reference, and the folder that it lies in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

from engine.models.ace_v1.config import TransformerConfig
from engine.models.ace_v1.transformer import Transformer


@dataclass(frozen=True)
class Tolerance:
    """How far a value may be from the recorded one: atol + rtol·|recorded|. Whole numbers must be equal."""

    atol: float = 0.0
    rtol: float = 0.0
    per_tensor_atol: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def read(cls, given: Mapping[str, Any] | None) -> Tolerance:
        """From the "tolerance" of an index or a case; None asks for equality."""
        given = given or {}
        return cls(given.get("atol", 0.0), given.get("rtol", 0.0), given.get("per_tensor_atol", {}))

    def of(self, name: str) -> tuple[float, float]:
        """atol and rtol of one tensor; the few with an atol of their own are waveforms, with rtol 1e-3."""
        if name in self.per_tensor_atol:
            return self.per_tensor_atol[name], 1e-3
        return self.atol, self.rtol


class Case:
    """What a case's JSON says, and its tensors. Remembers which of them were used.

    about    the JSON
    folder   where the case and those it refers to lie
    """

    def __init__(self, folder: Folder, name: str, tolerance: Mapping[str, Any] | None) -> None:
        self.folder, self.name = folder, name
        self.about: dict[str, Any] = json.loads((folder.path / f"{name}.json").read_text("utf-8"))
        self.tolerance = Tolerance.read(tolerance or self.about.get("tolerance"))
        self.used: set[str] = set()

    @cached_property
    def tensors(self) -> dict[str, Tensor]:
        """All tensors of the case."""
        path = self.folder.path / f"{self.name}.safetensors"
        return load_file(path) if path.exists() else {}

    def take(self, name: str) -> Tensor:
        """A tensor that the run needs. Raises KeyError if the case lacks it."""
        self.used.add(name)
        return self.tensors[name]

    def find(self, name: str) -> Tensor | None:
        """A tensor that not every case of the kind has."""
        return self.take(name) if name in self.tensors else None

    def numbered(self, prefix: str) -> list[Tensor]:
        """prefix.0, prefix.1, … as far as they go. They count as used when they are taken from the list."""
        found = []
        while f"{prefix}.{len(found)}" in self.tensors:
            found.append(self.tensors[f"{prefix}.{len(found)}"])
        return found

    def weights(self, prefix: str) -> dict[str, Tensor]:
        """State dict of the tensors whose names start with `prefix`, without it."""
        names = [name for name in self.tensors if name.startswith(prefix)]
        self.used.update(names)
        return {name.removeprefix(prefix): self.tensors[name] for name in names}

    def __contains__(self, name: str) -> bool:
        return name in self.tensors


class Folder:
    """A folder of recorded cases with its index.

    vocab  the lyric tokenizer's table, which is no part of the folder
    """

    def __init__(self, path: Path, vocab: Path | None = None) -> None:
        self.path, self.vocab = path, vocab
        index = json.loads((path / "index.json").read_text("utf-8"))
        self._tolerances: dict[str, Any] = {entry["case"]: entry.get("tolerance") for entry in index["cases"]}

    @property
    def names(self) -> Sequence[str]:
        """All cases of the index, in its order."""
        return list(self._tolerances)

    def case(self, name: str) -> Case:
        """Read a case. Raises OSError if its file is missing."""
        return Case(self, name, self._tolerances.get(name))

    @cached_property
    def _transformer_parts(self) -> tuple[TransformerConfig, dict[str, Tensor]]:
        case = self.case("transformer_weights")
        about = case.about
        return TransformerConfig.from_dict({**about["config"], "lyric_encoder": about["lyric_encoder"]}), case.tensors

    def new_transformer(self) -> Transformer:
        """The folder's transformer, whole, to be changed at will."""
        config, weights = self._transformer_parts
        with torch.device("meta"):
            model = Transformer(config, keep_unused=True)
        model.load_state_dict({name: tensor.clone() for name, tensor in weights.items()}, assign=True)
        return model.eval().requires_grad_(False)

    @cached_property
    def transformer(self) -> Transformer:
        """The folder's transformer, shared by the cases that leave it as it is."""
        return self.new_transformer()
