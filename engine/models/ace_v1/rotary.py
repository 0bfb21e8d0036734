"""Rotary position tables in ACE-Step's own arrangement."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

KEPT_LENGTHS = 8
"""Tables kept at once; songs of many lengths must not fill the memory of an engine that runs for days."""


class RotaryTable(NamedTuple):
    """Cosines and sines for positions 0…N−1, each (N, d). The sines of even columns carry the rotation's minus."""

    cos: Tensor
    signed_sin: Tensor


def rotary_table(length: int, width: int, theta: float, device: torch.device) -> RotaryTable:
    """Both tables in float32, with the `width / 2` frequencies laid out twice, one half after the other."""
    frequencies = theta ** -(torch.arange(0, width, 2, dtype=torch.float32, device=device) / width)  # (d/2,)
    angles = torch.outer(torch.arange(length, dtype=torch.float32, device=device), frequencies)  # (N, d/2)
    angles = torch.cat([angles, angles], dim=-1)  # (N, d)
    signs = torch.tensor([-1.0, 1.0], device=device).repeat(width // 2)  # (d,)
    return RotaryTable(angles.cos(), angles.sin() * signs)


def rotate(x: Tensor, table: RotaryTable) -> Tensor:
    """Turn (…, N, d) by its positions; returns float32.

    Tables are laid out in halves but applied to neighbouring pairs (2j, 2j+1), so the two members of a pair turn by
    different angles. That is no rotation, yet the weights were trained with it.
    """
    x = x.float()
    partners = torch.empty_like(x)  # becomes the result; filled column by column, twice as fast as a flip on a CPU
    partners[..., 0::2], partners[..., 1::2] = x[..., 1::2], x[..., 0::2]
    return partners.mul_(table.signed_sin).addcmul_(x, table.cos)


class RotaryCache:
    """Tables by length, dtype and device, each built once."""

    def __init__(self, width: int, theta: float) -> None:
        self._width, self._theta = width, theta
        self._tables: dict[tuple[int, torch.dtype, torch.device], RotaryTable] = {}

    def table(self, length: int, like: Tensor) -> RotaryTable:
        """The table for positions 0…length−1, rounded to the dtype of `like` as in training."""
        key = (length, like.dtype, like.device)
        if torch.compiler.is_compiling() or key not in self._tables:
            full = rotary_table(length, self._width, self._theta, like.device)
            made = RotaryTable(full.cos.to(like.dtype), full.signed_sin.to(like.dtype))
            if torch.compiler.is_compiling():  # A graph makes it in passing; a growing dictionary would recompile it.
                return made
            if len(self._tables) >= KEPT_LENGTHS:
                self._tables.clear()
            self._tables[key] = made
        return self._tables[key]
