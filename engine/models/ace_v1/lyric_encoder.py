"""LyricEncoder: reads a whole lyric sheet, each token in view of all others and of its distance to them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from engine.models.ace_v1.config import LyricEncoderConfig
from engine.models.ace_v1.linear import Linear

QUERIES_AT_ONCE = 256
"""Query tokens scored together: what lies between them and the sheet's keys then stays in a processor's caches."""
DROPOUT = 0.1


def relative_positions(length: int, width: int, like: Tensor) -> Tensor:
    """Sinusoids for the offsets length−1, …, 0, …, −(length−1): (2T−1, width), sine and cosine alternating."""
    offsets = torch.arange(length - 1, -length, -1, dtype=torch.float32, device=like.device)
    steps = torch.arange(0, width, 2, dtype=torch.float32, device=like.device)
    angles = torch.outer(offsets, torch.exp(steps * (-math.log(10_000) / width)))  # (2T−1, width/2)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1).to(like.dtype)


def relative_shift(scores: Tensor) -> Tensor:
    """Scores of n queries by offset (…, n, T+n−1) → scores by key (…, n, T), in the same memory.

    Row r of the result begins at column n−1−r: one number earlier than that of the row before, so that another stride
    does it. Source: Dai et al., "Transformer-XL", arXiv 1901.02860, appendix B.
    """
    queries, offsets = scores.shape[-2:]
    *outer, row, column = scores.stride()
    shape = (*scores.shape[:-1], offsets - queries + 1)
    first = scores.storage_offset() + (queries - 1) * column
    return scores.as_strided(shape, (*outer, row - column, column), first)


class RelativeAttention(nn.Module):
    """Self-attention that scores content and distance apart (Transformer-XL, as in the Conformer)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.linear_q = Linear(width, width)
        self.linear_k = Linear(width, width)
        self.linear_v = Linear(width, width)
        self.linear_out = Linear(width, width)
        self.linear_pos = Linear(width, width, bias=False)
        self.pos_bias_u = nn.Parameter(torch.randn(heads, width // heads) / width**0.5)
        self.pos_bias_v = nn.Parameter(torch.randn(heads, width // heads) / width**0.5)

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, -1)).transpose(-2, -3)  # (…, T, D) → (…, H, T, d)

    def forward(self, x: Tensor, positions: Tensor, mask: Tensor, temperature: float) -> Tensor:
        """(B, T, D) → (B, T, D). `mask` (B, T) is False for tokens not to be heard; all may be, which gives zeros."""
        q = self._split(self.linear_q(x) * temperature)
        k, v = self._split(self.linear_k(x)), self._split(self.linear_v(x))
        p = self._split(self.linear_pos(positions)).transpose(-1, -2)  # (H, d, 2T−1)
        by_content = q + self.pos_bias_u[:, None]
        by_distance = (q + self.pos_bias_v[:, None]) / math.sqrt(q.shape[-1])
        unheard = None if bool(mask.all()) else ~mask[:, None, None]  # (B, 1, 1, T)
        parts = []
        for start in range(0, x.shape[1], QUERIES_AT_ONCE):
            some = slice(start, start + QUERIES_AT_ONCE)
            scores = _score_distances(by_distance[..., some, :], p, start)
            if scores.device.type != "cpu":  # kernels of GPUs want rows that begin at round addresses
                scores = scores.contiguous()
            if unheard is not None:  # a very low number instead of −∞: a row without any key must not become NaN
                scores = scores.masked_fill(unheard, torch.finfo(scores.dtype).min / 2)
            parts.append(F.scaled_dot_product_attention(by_content[..., some, :], k, v, attn_mask=scores))
        heard = torch.cat(parts, dim=-2) * mask.any(dim=1)[:, None, None, None]  # (B, H, T, d)
        return self.linear_out(heard.transpose(1, 2).flatten(2))


def _score_distances(q: Tensor, p: Tensor, start: int) -> Tensor:
    """What n queries from token `start` on, (B, H, n, d), score of every key's distance: (B, H, n, T).

    p  (H, d, 2T−1), all offsets of a sheet of T tokens
    """
    queries, keys = q.shape[-2], (p.shape[-1] + 1) // 2
    first = keys - start - queries
    return relative_shift(q @ p[..., first : first + keys + queries - 1])  # only the offsets that these queries meet


class FeedForward(nn.Module):
    """Two linear layers around a SiLU."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.w_1 = Linear(width, hidden)
        self.w_2 = Linear(hidden, width)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, x: Tensor) -> Tensor:
        return self.w_2(self.dropout(F.silu(self.w_1(x))))


class LyricLayer(nn.Module):
    """Attention, then feed-forward, each normalised before and added to what came in."""

    def __init__(self, config: LyricEncoderConfig) -> None:
        super().__init__()
        self.self_attn = RelativeAttention(config.output_size, config.attention_heads)
        self.feed_forward = FeedForward(config.output_size, config.linear_units)
        self.norm_mha = nn.LayerNorm(config.output_size, eps=1e-5)
        self.norm_ff = nn.LayerNorm(config.output_size, eps=1e-5)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, x: Tensor, positions: Tensor, mask: Tensor, temperature: float) -> Tensor:
        x = x + self.dropout(self.self_attn(self.norm_mha(x), positions, mask, temperature))
        return x + self.dropout(self.feed_forward(self.norm_ff(x)))


class _Embed(nn.Module):
    """The entry of the encoder, under its official names."""

    def __init__(self, in_features: int, width: int) -> None:
        super().__init__()
        self.out = nn.ModuleList([Linear(in_features, width), nn.LayerNorm(width, eps=1e-5)])

    def forward(self, x: Tensor) -> Tensor:
        linear, norm = self.out
        return norm(linear(x))


class LyricEncoder(nn.Module):
    """A Conformer (Gulati et al., arXiv 2005.08100) without its convolutions: a Transformer with relative positions.

    The released model leaves chunking, causality and the convolution module of its shell switched off.
    """

    def __init__(self, in_features: int, config: LyricEncoderConfig) -> None:
        super().__init__()
        self.width = config.output_size
        self.embed = _Embed(in_features, config.output_size)
        self.encoders = nn.ModuleList(LyricLayer(config) for _ in range(config.num_blocks))
        self.after_norm = nn.LayerNorm(config.output_size, eps=1e-5)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(
        self, embeddings: Tensor, mask: Tensor, temperature: float = 1.0, weakened: Sequence[int] = ()
    ) -> Tensor:
        """(B, T, in) token embeddings and their (B, T) mask → (B, T, D).

        temperature  multiplies the queries of the layers named in `weakened`; 0.01 nearly evens out their attention
        """
        x = self.dropout(self.embed(embeddings) * math.sqrt(self.width))
        positions = self.dropout(relative_positions(x.shape[1], self.width, x))
        heard = mask != 0
        for index, layer in enumerate(self.encoders):
            x = layer(x, positions, heard, temperature if index in weakened else 1.0)
        return self.after_norm(x)
