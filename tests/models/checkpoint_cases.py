"""Checkpoints for tests: a small one in the official layout, and a way to spoil it."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from engine.models.ace_v1.random_checkpoint import TINY
from engine.models.ace_v1.tensors import Target

FLOAT32 = Target(torch.float32)
SMALL = dataclasses.replace(TINY, transformer=dataclasses.replace(TINY.transformer, num_layers=2))
SINGLE = "diffusion_pytorch_model.safetensors"
INDEX = f"{SINGLE}.index.json"


def change(file: Path, edit: Callable[[dict[str, torch.Tensor]], object]) -> None:
    """Rewrite a file of tensors."""
    tensors = {name: tensor.clone() for name, tensor in load_file(file).items()}
    edit(tensors)
    save_file(tensors, file)
