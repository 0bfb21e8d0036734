"""GLUMBConv: the feed-forward part of a block, which also hears one frame to either side."""

from __future__ import annotations

import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn


class _Conv(nn.Module):
    """One convolution under the official name `conv`."""

    def __init__(self, conv: nn.Conv1d) -> None:
        super().__init__()
        self.conv = conv


class GLUMBConv(nn.Module):
    """Gated linear unit around a depthwise convolution over time (Mix-FFN of Sana, arXiv 2410.10629, in one dimension).

    Channels lie next to each other in memory throughout: then 1×1 convolutions are matrix products as they stand, and
    nothing is transposed. Twice as fast as in the layout of a convolution on a CPU in bfloat16.
    """

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.inverted_conv = _Conv(nn.Conv1d(width, 2 * hidden, 1))
        self.depth_conv = _Conv(nn.Conv1d(2 * hidden, 2 * hidden, 3, padding=1, groups=2 * hidden))
        self.point_conv = _Conv(nn.Conv1d(hidden, width, 1, bias=False))

    def forward(self, h: Tensor) -> Tensor:
        """(B, N, D) → (B, N, D)."""
        expand, reduce = self.inverted_conv.conv, self.point_conv.conv
        h = F.silu(F.linear(h, expand.weight[..., 0], expand.bias), inplace=True)  # (B, N, 2F)
        value, gate = self._over_time(h).chunk(2, dim=-1)  # (B, N, F) each
        return F.linear(F.silu(gate).mul_(value), reduce.weight[..., 0])  # (B, N, D)

    def _over_time(self, h: Tensor) -> Tensor:
        """The depthwise convolution, (B, N, 2F) → (B, N, 2F)."""
        conv = self.depth_conv.conv
        if h.device.type != "cpu":  # GPUs have their depthwise kernels for the other layout.
            return conv(h.transpose(1, 2)).transpose(1, 2)
        image = h[:, None].permute(0, 3, 1, 2)  # (B, 2F, 1, N), whose layout torch calls channels-last
        image = F.conv2d(image, conv.weight[:, :, None], conv.bias, padding=(0, 1), groups=conv.groups)
        return image[:, :, 0].transpose(1, 2)
