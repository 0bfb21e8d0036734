"""ACE-Step's transformer, formula by formula: the yardstick for speed, and a second opinion for tests.

Written from the model's specification (§2, §3), a function for each paragraph. Nothing is kept from call to call,
nothing is fused, and `engine.models.ace_v1` lends it only its configuration and the official tensor names.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from engine.models.ace_v1.config import TransformerConfig


@dataclass(frozen=True)
class PlainTransformer:
    """The formulas over an official state dict, which may come from `Transformer.state_dict()`."""

    config: TransformerConfig
    weights: Mapping[str, Tensor]

    def encode(
        self, text: Tensor, text_mask: Tensor, speaker: Tensor, ids: Tensor, ids_mask: Tensor, weak: float = 1.0
    ) -> tuple[Tensor, Tensor]:
        """§2.9: states (B, S, D) of speaker, text and lyrics, and their mask (B, S)."""
        speaker_token = self.linear("speaker_embedder", speaker)[:, None]
        text_tokens = self.linear("genre_embedder", text)
        lyrics = self.linear("lyric_proj", self.lyrics(ids, ids_mask, weak))
        one = torch.ones_like(text_mask[:, :1])
        return torch.cat([speaker_token, text_tokens, lyrics], 1), torch.cat([one, text_mask, ids_mask], 1)

    def lyrics(self, ids: Tensor, mask: Tensor, weak: float) -> Tensor:
        """§3: (B, T) ids → (B, T, width). `weak` multiplies the queries of layers 4 and 5."""
        width = self.config.lyric_encoder.output_size
        x = F.embedding(ids, self.weights["lyric_embs.weight"])
        x = self.layer_norm("lyric_encoder.embed.out.1", self.linear("lyric_encoder.embed.out.0", x))
        x = x * math.sqrt(width)
        length = ids.shape[1]
        offsets = torch.arange(length - 1, -length, -1, device=ids.device).float()[:, None]
        w = torch.exp(-torch.arange(0, width, 2, device=ids.device).float() * (math.log(10000.0) / width))
        relative = torch.zeros(2 * length - 1, width, device=ids.device)
        relative[:, 0::2], relative[:, 1::2] = (offsets * w).sin(), (offsets * w).cos()
        for layer in range(self.config.lyric_encoder.num_blocks):
            name = f"lyric_encoder.encoders.{layer}"
            y = self.layer_norm(f"{name}.norm_mha", x)
            x = x + self.relative_attention(
                f"{name}.self_attn", y, relative.to(x), mask, weak if layer in (4, 5) else 1
            )
            y = self.layer_norm(f"{name}.norm_ff", x)
            x = x + self.linear(f"{name}.feed_forward.w_2", F.silu(self.linear(f"{name}.feed_forward.w_1", y)))
        return self.layer_norm("lyric_encoder.after_norm", x)

    def relative_attention(self, name: str, x: Tensor, relative: Tensor, mask: Tensor, weak: float) -> Tensor:
        """§3, Attn: score[i, j] = ((q_i + u)·k_j + (q_i + v)·P[i − j]) / √d."""
        heads, length = self.config.lyric_encoder.attention_heads, x.shape[1]
        q = self.split(self.linear(f"{name}.linear_q", x) * weak, heads)  # (B, H, T, d)
        k, v = (
            self.split(self.linear(f"{name}.linear_k", x), heads),
            self.split(self.linear(f"{name}.linear_v", x), heads),
        )
        p = self.split(self.linear(f"{name}.linear_pos", relative)[None], heads)  # (1, H, 2T−1, d)
        u_bias, v_bias = (self.weights[f"{name}.pos_bias_{bias}"][:, None] for bias in "uv")
        by_offset = (q + v_bias) @ p.transpose(-1, -2)  # (B, H, T, 2T−1)
        i = torch.arange(length, device=x.device)
        column = (length - 1 - (i[:, None] - i)).expand_as(by_offset[..., :length])
        scores = ((q + u_bias) @ k.transpose(-1, -2) + by_offset.gather(-1, column)) / math.sqrt(q.shape[-1])
        unheard = (mask == 0)[:, None, None]
        weights = scores.masked_fill(unheard, -torch.inf).softmax(-1).masked_fill(unheard, 0.0)
        return self.linear(f"{name}.linear_out", (weights @ v).transpose(1, 2).flatten(2))

    def velocity(
        self, latents: Tensor, timestep: Tensor, states: Tensor, states_mask: Tensor, weak: float = 1.0
    ) -> Tensor:
        """§2.1–2.8: (B, 8, 16, F). `weak` multiplies the queries of blocks 15…19, of both attentions."""
        # In float32, for torch 2.13 gets this convolution wrong in bfloat16 on processors with AMX.
        fold, bias = (part.float() for part in self.pair("proj_in.early_conv_layers.0"))
        h = F.conv2d(latents.float(), fold, bias, stride=self.config.patch_size).to(latents.dtype)
        h = F.group_norm(h, 32, *self.pair("proj_in.early_conv_layers.1"), eps=1e-6)
        h = F.conv2d(h, *self.pair("proj_in.early_conv_layers.2")).flatten(2).transpose(1, 2)  # (B, F, D)
        frequencies = torch.exp(-math.log(10000.0) * torch.arange(128, device=h.device).float() / 128)
        phases = timestep.float()[:, None] * frequencies
        features = torch.cat([phases.cos(), phases.sin()], dim=-1).to(h)
        e = self.linear("timestep_embedder.linear_1", features)
        e = self.linear("timestep_embedder.linear_2", F.silu(e))  # (B, D)
        m = self.linear("t_block.1", F.silu(e)).reshape(len(e), 6, -1)  # (B, 6, D)
        for index in range(self.config.num_layers):
            h = self.block(index, h, m, (states, states_mask), weak if 15 <= index <= 19 else 1.0)
        shift, scale = (self.weights["final_layer.scale_shift_table"] + e[:, None]).chunk(2, dim=1)
        y = self.linear("final_layer.linear", self.rms(h) * (1 + scale) + shift)  # (B, F, 128)
        return y.reshape(*y.shape[:2], self.config.max_height, -1).permute(0, 3, 2, 1)

    def block(self, index: int, h: Tensor, m: Tensor, heard: tuple[Tensor, Tensor], weak: float) -> Tensor:
        """§2.4."""
        name = f"transformer_blocks.{index}"
        table = self.weights[f"{name}.scale_shift_table"]
        shift_1, scale_1, gate_1, shift_2, scale_2, gate_2 = (table + m).chunk(6, dim=1)
        normed = self.rms(h) * (1 + scale_1) + shift_1
        h = h + gate_1 * self.linear_attention(f"{name}.attn", normed, weak)
        h = h + self.cross_attention(f"{name}.cross_attn", h, heard, weak)
        return h + gate_2 * self.feed_forward(f"{name}.ff", self.rms(h) * (1 + scale_2) + shift_2)

    def linear_attention(self, name: str, h: Tensor, weak: float) -> Tensor:
        """§2.5: every value gets a constant 1 appended, whose sum is the denominator."""
        heads = self.config.num_attention_heads
        q = self.rotary(self.split(self.linear(f"{name}.to_q", h) * weak, heads))
        k = self.rotary(self.split(self.linear(f"{name}.to_k", h), heads))
        v = self.split(self.linear(f"{name}.to_v", h), heads)
        kept = torch.ones(len(h), 1, h.shape[1], 1).to(h)  # no frame is masked while music is made
        q, k, v = (q * kept).relu().float(), (k * kept).relu().float(), (v * kept).float()
        v = F.pad(v, (0, 1), value=1.0)  # (B, H, N, d + 1)
        memory = v.transpose(-1, -2) @ k  # (B, H, d + 1, d)
        o = memory @ q.transpose(-1, -2)  # (B, H, d + 1, N)
        o = o[:, :, :-1] / (o[:, :, -1:] + 1e-15)
        return self.linear(f"{name}.to_out.0", o.to(h.dtype).permute(0, 3, 1, 2).flatten(2))

    def cross_attention(self, name: str, h: Tensor, heard: tuple[Tensor, Tensor], weak: float) -> Tensor:
        """§2.6."""
        states, mask = heard
        heads = self.config.num_attention_heads
        q = self.rotary(self.split(self.linear(f"{name}.to_q", h) * weak, heads))
        k = self.rotary(self.split(self.linear(f"{name}.to_k", states), heads))
        v = self.split(self.linear(f"{name}.to_v", states), heads)
        both = torch.ones(h.shape[:2]).to(mask)[:, :, None] * mask[:, None]  # (B, N, S)
        bias = torch.zeros_like(both, dtype=h.dtype).masked_fill(both != 1, -torch.inf)[:, None]
        o = F.scaled_dot_product_attention(q, k, v, attn_mask=bias)
        return self.linear(f"{name}.to_out.0", o.transpose(1, 2).flatten(2))

    def feed_forward(self, name: str, h: Tensor) -> Tensor:
        """§2.7."""
        x = F.silu(F.conv1d(h.transpose(1, 2), *self.pair(f"{name}.inverted_conv.conv")))
        weight, bias = self.pair(f"{name}.depth_conv.conv")
        u, g = F.conv1d(x, weight, bias, padding=1, groups=weight.shape[0]).chunk(2, dim=1)
        return F.conv1d(u * F.silu(g), self.weights[f"{name}.point_conv.conv.weight"]).transpose(1, 2)

    def rotary(self, x: Tensor) -> Tensor:
        """§2.3: tables in halves, applied to neighbouring pairs; (B, H, N, d)."""
        width = x.shape[-1]
        theta = self.config.rope_theta ** (-torch.arange(0, width, 2, device=x.device).float() / width)
        phases = torch.arange(x.shape[-2], device=x.device).float()[:, None] * theta
        cos, sin = (torch.cat([part, part], dim=-1).to(x.dtype) for part in (phases.cos(), phases.sin()))
        even, odd = x.float().reshape(*x.shape[:-1], -1, 2).unbind(-1)
        out = torch.stack([even * cos[:, 0::2] - odd * sin[:, 0::2], odd * cos[:, 1::2] + even * sin[:, 1::2]], dim=-1)
        return out.flatten(-2).to(x.dtype)

    def rms(self, x: Tensor) -> Tensor:
        """§2.4."""
        return (x.float() * torch.rsqrt(x.float().square().mean(-1, keepdim=True) + 1e-6)).to(x.dtype)

    def linear(self, name: str, x: Tensor) -> Tensor:
        return F.linear(x, self.weights[f"{name}.weight"], self.weights.get(f"{name}.bias"))

    def layer_norm(self, name: str, x: Tensor) -> Tensor:
        return F.layer_norm(x, x.shape[-1:], *self.pair(name), eps=1e-5)

    def pair(self, name: str) -> tuple[Tensor, Tensor]:
        return self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]

    @staticmethod
    def split(x: Tensor, heads: int) -> Tensor:
        """(B, N, D) → (B, H, N, d)."""
        return x.reshape(*x.shape[:-1], heads, -1).transpose(1, 2)
