"""Every idea that makes the model faster, switched off by itself: the rest of ours stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from unittest import mock

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from benchmarks.ace_v1.cases import OurStep
from engine.models.ace_v1 import attention, branches
from engine.models.ace_v1.attention import EPSILON, LinearAttention
from engine.models.ace_v1.embedders import PatchEmbed
from engine.models.ace_v1.feed_forward import GLUMBConv
from engine.models.ace_v1.rotary import RotaryCache, RotaryTable, rotary_table


def feed_forward(self: GLUMBConv, h: Tensor) -> Tensor:
    """1×1 convolutions as convolutions, time innermost."""
    x = F.silu(self.inverted_conv.conv(h.transpose(1, 2)))
    value, gate = self.depth_conv.conv(x).chunk(2, dim=1)
    out: Tensor = self.point_conv.conv(value * F.silu(gate))
    return out.transpose(1, 2)


def patches(self: PatchEmbed, latents: Tensor) -> Tensor:
    """Convolutions as convolutions."""
    h = latents
    for layer in self.early_conv_layers:
        h = layer(h)
    return h.flatten(2).transpose(1, 2)


def frames_first(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Always (q kᵀ) v."""
    weights = q @ k.transpose(-1, -2)
    return (weights @ v) / (weights.sum(dim=-1, keepdim=True) + EPSILON)


def memory_first(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Always q (kᵀ v), with the constant 1 appended to the values."""
    memory = k.transpose(-1, -2) @ F.pad(v, (0, 1), value=1.0)
    out = q @ memory
    return out[..., :-1] / (out[..., -1:] + EPSILON)


def turned(x: Tensor, table: RotaryTable) -> Tensor:
    """The rotation in new memory at every operation."""
    even, odd = x.float().reshape(*x.shape[:-1], -1, 2).unbind(-1)
    return x.float() * table.cos + torch.stack([odd, even], -1).flatten(-2) * table.signed_sin


def as_split(self: LinearAttention, x: Tensor) -> Tensor:
    """Heads left where the projection put them."""
    return self.split(x).float()


def new_table(self: RotaryCache, length: int, like: Tensor) -> RotaryTable:
    """Rotary tables made at every call."""
    made = rotary_table(length, self._width, self._theta, like.device)
    return RotaryTable(made.cos.to(like.dtype), made.signed_sin.to(like.dtype))


@dataclass(frozen=True)
class Idea:
    """What is done, and what replaces it while it is switched off: (owner, name, replacement)."""

    name: str
    replaced: tuple[tuple[object, str, object], ...]

    @contextmanager
    def switched_off(self) -> Iterator[None]:
        """For as long as the block lasts."""
        with ExitStack() as stack:
            for owner, name, replacement in self.replaced:
                stack.enter_context(mock.patch.object(owner, name, replacement))
            yield


IDEAS = (
    Idea("channels side by side: 1×1 convolutions as matrix products", ((GLUMBConv, "forward", feed_forward),)),
    Idea("patches as matrix products", ((PatchEmbed, "forward", patches),)),
    Idea("the cheaper order of linear attention, not q (kᵀ v)", ((attention, "linear_attention", memory_first),)),
    Idea("the cheaper order of linear attention, not (q kᵀ) v", ((attention, "linear_attention", frames_first),)),
    Idea("heads laid out while they are cast", ((LinearAttention, "_laid_out", as_split),)),
    Idea("rotation in place", ((attention, "rotate", turned),)),
    Idea("rotary tables kept", ((RotaryCache, "table", new_table),)),
    Idea("one batch for the guided pair where it is short", ((branches, "FRAMES_THAT_FILL_A_CPU", 0),)),
    Idea("two passes where it is long (CPU)", ((branches, "FRAMES_THAT_FILL_A_CPU", 10**9),)),
)


class WithoutIdea:
    """A guided step without one idea."""

    def __init__(self, step: OurStep, idea: Idea) -> None:
        self.step, self.idea = step, idea

    def __call__(self) -> Tensor:
        with self.idea.switched_off():
            return self.step()


class Forgetful:
    """A guided step that computes its conditions anew, as if it had not kept them."""

    def __init__(self, step: OurStep) -> None:
        self.step = step

    def __call__(self) -> Tensor:
        return OurStep(self.step.song)()
