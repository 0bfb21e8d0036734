"""Linear: a linear layer with room for a LoRA beside its weight."""

from __future__ import annotations

import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn


class Linear(nn.Linear):
    """y = xWᵀ + b, plus x·downᵀ·upᵀ while a LoRA is loaded (Hu et al., "LoRA", arXiv 2106.09685).

    The branch never touches W, which therefore stays bit-exact, and does not round a small LoRA away as adding it
    into bfloat16 weights would. `lora_down` (R, in) and `lora_up` (out, R) move with the layer but are not saved.
    """

    lora_down: Tensor | None
    lora_up: Tensor | None

    def __init__(self, in_features: int, out_features: int, bias: bool = True) -> None:
        super().__init__(in_features, out_features, bias)
        self.register_buffer("lora_down", None, persistent=False)
        self.register_buffer("lora_up", None, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        y = F.linear(x, self.weight, self.bias)
        if self.lora_down is None or self.lora_up is None:
            return y
        return y + F.linear(F.linear(x, self.lora_down), self.lora_up)
