"""Tensors: out of safetensors files, into the precision and onto the device where they will be, none of them NaN."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from engine.models.ace_v1.checkpoint import CheckpointError, TensorFiles, listed


@dataclass(frozen=True)
class Target:
    """Where weights shall be, and in which precision. `tick` is called before every tensor; what it raises ends all."""

    dtype: torch.dtype = torch.bfloat16
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    tick: Callable[[], None] = lambda: None


def read_tensors(files: TensorFiles, names: Mapping[str, str], target: Target) -> dict[str, Tensor]:
    """The named tensors, file by file. They arrive converted, so at most one is held twice.

    names  in the files → names of the result
    Raises CheckpointError for a file that cannot be read, naming the tensors in it that are not finite.
    """
    by_file: dict[Path, list[str]] = {}
    for stored in names:
        by_file.setdefault(files.tensors[stored].file, []).append(stored)
    tensors = {}
    for path, stored_names in by_file.items():
        with _told_of(path), safe_open(path, framework="pt", device="cpu") as file:
            spoilt = []
            for stored in stored_names:
                target.tick()
                tensor = tensors[names[stored]] = file.get_tensor(stored).to(target.device, target.dtype)
                if not is_finite(tensor):
                    spoilt.append(stored)
            if spoilt:
                raise _endless(path, {stored: file.get_tensor(stored) for stored in spoilt}, target)
    return tensors


def is_finite(tensor: Tensor) -> bool:
    """Whether all of its numbers are. A sum that is finite tells so at once, at the speed of memory."""
    return bool(tensor.sum().isfinite()) or bool(tensor.isfinite().all())


def _endless(path: Path, spoilt: Mapping[str, Tensor], target: Target) -> CheckpointError:
    """What is wrong with tensors that are not finite once converted: their file, or the precision asked for."""
    damaged = [name for name, tensor in spoilt.items() if not is_finite(tensor)]
    if damaged:
        return CheckpointError(
            f"{path} is damaged: {len(damaged)} of its tensors hold numbers that are not finite ({listed(damaged)})."
        )
    precision = str(target.dtype).removeprefix("torch.")
    return CheckpointError(
        f"{path} holds numbers that are too large for {precision} ({listed(list(spoilt))}).",
        "Load it in bfloat16 or float32: DAWBRIDGE_ACE_STEP_V1_DTYPE names the precision.",
    )


@contextmanager
def _told_of(path: Path) -> Iterator[None]:
    try:
        yield
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"{path} is damaged: {error}.") from error
