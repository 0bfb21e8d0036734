"""GLUMBConv: the feed-forward part of a block, which also hears one frame to either side."""

from __future__ import annotations

from typing import cast

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn


class _Conv(nn.Module):
    """One convolution under the official name `conv`."""

    def __init__(self, conv: nn.Conv1d) -> None:
        super().__init__()
        self.conv = conv


class GLUMBConv(nn.Module):
    """Gated linear unit around a depthwise convolution over time (Mix-FFN of Sana, arXiv 2410.10629, in one dimension).

    1×1 convolutions are matrix products whose layouts are chosen so that nothing needs to be transposed in memory.
    """

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.inverted_conv = _Conv(nn.Conv1d(width, 2 * hidden, 1))
        self.depth_conv = _Conv(nn.Conv1d(2 * hidden, 2 * hidden, 3, padding=1, groups=2 * hidden))
        self.point_conv = _Conv(nn.Conv1d(hidden, width, 1, bias=False))

    def forward(self, h: Tensor) -> Tensor:
        """(B, N, D) → (B, N, D)."""
        rows = h.shape[0]
        weight, bias = self.inverted_conv.conv.weight[..., 0], cast(Tensor, self.inverted_conv.conv.bias)
        h = torch.baddbmm(bias[:, None], weight.expand(rows, -1, -1), h.transpose(1, 2))  # (B, 2F, N)
        value, gate = self.depth_conv.conv(F.silu(h, inplace=True)).chunk(2, dim=1)  # (B, F, N) each
        return F.linear((value * F.silu(gate)).transpose(1, 2), self.point_conv.conv.weight[..., 0])  # (B, N, D)
