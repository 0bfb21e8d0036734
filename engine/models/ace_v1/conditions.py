"""Conditions: what the transformer hears at every step, computed once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor


@dataclass(frozen=True)
class Conditions:
    """Cross-attention keys (already rotated) and values of every block, for `batch` rows.

    keys, values  per block (R, H, S, d)
    mask          (R, 1, 1, S), False for tokens that are not heard; None if all are
    copies        neighbouring rows of a batch that share one row of keys, so that variants cost no memory
    """

    keys: tuple[Tensor, ...]
    values: tuple[Tensor, ...]
    mask: Tensor | None
    copies: int = 1

    @property
    def batch(self) -> int:
        """Rows of latents that go with these conditions."""
        return self.keys[0].shape[0] * self.copies

    @property
    def tokens(self) -> int:
        """Length of the longest row, padding included."""
        return self.keys[0].shape[2]

    @cached_property
    def size_bytes(self) -> int:
        """Memory that keys and values hold."""
        return sum(t.numel() * t.element_size() for t in (*self.keys, *self.values))

    def repeat(self, times: int) -> Conditions:
        """Each row `times` times in a row: a, b becomes a, a, b, b."""
        return replace(self, copies=self.copies * times)

    def select(self, rows: Sequence[int]) -> Conditions:
        """The named rows of the batch, in that order."""
        stored = [row % self.batch // self.copies for row in rows]
        return self._taken(stored)

    def padded(self, tokens: int) -> Conditions:
        """The same conditions with unheard tokens at their end. Results do not change."""
        extra = tokens - self.tokens
        if extra == 0:
            return self
        return replace(
            self,
            keys=tuple(F.pad(k, (0, 0, 0, extra)) for k in self.keys),
            values=tuple(F.pad(v, (0, 0, 0, extra)) for v in self.values),
            mask=F.pad(self._whole_mask(), (0, extra)),
        )

    @staticmethod
    def cat(parts: Sequence[Conditions]) -> Conditions:
        """One batch of several, row after row, whatever their token counts; for guidance: [conditional, null].

        Raises ValueError if `parts` is empty.
        """
        if not parts:
            raise ValueError("There is nothing to join.")
        copies = parts[0].copies
        if any(part.copies != copies for part in parts):
            parts = [part._taken([i // part.copies for i in range(part.batch)]) for part in parts]
            copies = 1
        longest = max(part.tokens for part in parts)
        some_unheard = any(part.mask is not None or part.tokens < longest for part in parts)
        parts = [part.padded(longest) for part in parts]
        return Conditions(
            keys=tuple(torch.cat(k) for k in zip(*(part.keys for part in parts), strict=True)),
            values=tuple(torch.cat(v) for v in zip(*(part.values for part in parts), strict=True)),
            mask=torch.cat([part._whole_mask() for part in parts]) if some_unheard else None,
            copies=copies,
        )

    def _taken(self, stored: list[int]) -> Conditions:
        index = torch.tensor(stored, device=self.keys[0].device)
        return Conditions(
            keys=tuple(k[index] for k in self.keys),
            values=tuple(v[index] for v in self.values),
            mask=None if self.mask is None else self.mask[index],
        )

    def _whole_mask(self) -> Tensor:
        if self.mask is not None:
            return self.mask
        rows = self.keys[0].shape[0]
        return torch.ones(rows, 1, 1, self.tokens, dtype=torch.bool, device=self.keys[0].device)
