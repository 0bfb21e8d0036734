"""The transformer's two attentions: linear among the frames, softmax from the frames to the conditions."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from engine.models.ace_v1.linear import Linear
from engine.models.ace_v1.rotary import RotaryTable, rotate

EPSILON = 1e-15
FLOAT16_LIMIT = 65504.0
UNUSED_PROJECTIONS = ("add_q_proj", "add_k_proj", "add_v_proj", "to_add_out")


class _Projections(nn.Module):
    """Queries, keys, values and output, D to D, under their official names."""

    def __init__(self, heads: int, head_dim: int) -> None:
        super().__init__()
        self.heads = heads
        width = heads * head_dim
        self.to_q = Linear(width, width)
        self.to_k = Linear(width, width)
        self.to_v = Linear(width, width)
        self.to_out = nn.ModuleList([Linear(width, width)])

    def split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)  # (B, N, D) → (B, H, N, d)


def linear_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Attention with the kernel q·k of non-negative (B, H, N, d) in place of the softmax; a query of zeros gives 0.

    Either (q kᵀ) v or q (kᵀ v), whichever multiplies less: with N frames and heads of d, N² d against N d².
    Source: Katharopoulos et al., "Transformers are RNNs", arXiv 2006.16236; ReLU kernel as in Sana, arXiv 2410.10629.
    """
    frames, width = q.shape[-2:]
    if frames < width:
        weights = q @ k.transpose(-1, -2)  # (B, H, N, N)
        return (weights @ v) / (weights.sum(dim=-1, keepdim=True) + EPSILON)
    memory = k.transpose(-1, -2) @ v  # (B, H, d, d)
    total = k.sum(dim=-2).unsqueeze(-1)  # (B, H, d, 1)
    return (q @ memory) / (q @ total + EPSILON)


class LinearAttention(_Projections):
    """Every frame hears every other, at a cost that grows with the length and not with its square."""

    def forward(self, h: Tensor, table: RotaryTable, mask: Tensor | None = None) -> Tensor:
        """(B, N, D) → (B, N, D). `mask` (B, N) is 0 for frames that are neither heard nor filled.

        The core runs in float32 whatever the dtype of `h` or autocast, for its sums run over thousands of frames.
        """
        q = rotate(self._laid_out(self.to_q(h)), table).relu_()
        k = rotate(self._laid_out(self.to_k(h)), table).relu_()
        v = self._laid_out(self.to_v(h))
        if mask is not None:
            kept = mask[:, None, :, None].float()
            q, k, v = q * kept, k * kept, v * kept
        with torch.autocast(h.device.type, enabled=False):
            out = linear_attention(q, k, v)  # (B, H, N, d)
        if h.dtype == torch.float16:
            out = out.clamp(-FLOAT16_LIMIT, FLOAT16_LIMIT)
        out = out.transpose(1, 2).to(h.dtype, memory_format=torch.contiguous_format)
        return self.to_out[0](out.flatten(2))

    def _laid_out(self, x: Tensor) -> Tensor:
        """Heads side by side in memory, while the cast passes over it anyway; matrix products would copy it."""
        return self.split(x).to(torch.float32, memory_format=torch.contiguous_format)


class CrossAttention(_Projections):
    """Every frame hears the speaker, the prompt and the lyrics.

    The checkpoint also holds a second set of projections that no formula uses; `keep_unused` allocates them, so that
    a checkpoint can be saved whole again.
    """

    def __init__(self, heads: int, head_dim: int, keep_unused: bool = False) -> None:
        super().__init__(heads, head_dim)
        if keep_unused:
            width = heads * head_dim
            for name in UNUSED_PROJECTIONS:
                self.add_module(name, Linear(width, width))

    def keys_and_values(self, states: Tensor, table: RotaryTable) -> tuple[Tensor, Tensor]:
        """(R, S, D) conditions → rotated keys and values, each (R, H, S, d): the same at every step."""
        k = rotate(self.split(self.to_k(states)), table).to(states.dtype)
        v = self.split(self.to_v(states))
        return k.contiguous(), v.contiguous()

    def forward(
        self,
        h: Tensor,
        table: RotaryTable,
        keys_and_values: tuple[Tensor, Tensor],
        mask: Tensor | None,
        query_scale: Tensor | None,
    ) -> Tensor:
        """(B, N, D) → (B, N, D). B is a multiple of the R rows of keys; neighbours in the batch share a row.

        mask         (R, 1, 1, S), False for tokens that are not heard; None: all are
        query_scale  (B,), under 1 evens out what a frame listens to
        """
        keys, values = keys_and_values
        rows, frames = keys.shape[0], h.shape[1]
        q = self.to_q(h)
        if query_scale is not None:
            q = q * query_scale.to(q.dtype)[:, None, None]
        q = rotate(self.split(q), table).to(h.dtype).transpose(1, 2)  # (B, N, H, d)
        q = q.reshape(rows, -1, *q.shape[2:]).transpose(1, 2)  # (R, H, B/R·N, d)
        out = F.scaled_dot_product_attention(q, keys, values, attn_mask=mask)
        out = out.transpose(1, 2).reshape(-1, frames, h.shape[-1])  # (B, N, D)
        return self.to_out[0](out)
