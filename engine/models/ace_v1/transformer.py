"""Transformer: from noisy latents, a timestep and conditions to a velocity. The heart of ACE-Step.

Source: ACE-Step technical report, arXiv 2506.00045, §3; blocks after Sana (Xie et al., arXiv 2410.10629).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from engine.models.ace_v1.attention import UNUSED_PROJECTIONS, CrossAttention, LinearAttention
from engine.models.ace_v1.conditions import Conditions
from engine.models.ace_v1.config import ERG_BLOCKS, ERG_LYRIC_LAYERS, TransformerConfig
from engine.models.ace_v1.embedders import FinalLayer, PatchEmbed, TimestepEmbedder, modulated
from engine.models.ace_v1.feed_forward import GLUMBConv
from engine.models.ace_v1.linear import Linear
from engine.models.ace_v1.lyric_encoder import LyricEncoder
from engine.models.ace_v1.rotary import RotaryCache, RotaryTable


@dataclass(frozen=True)
class Control:
    """A ControlNet's say: tokens (B, F, D) added before the first block, brought to the level of the model's own."""

    tokens: Tensor
    scale: float = 1.0

    def added_to(self, h: Tensor) -> Tensor:
        """Mean and deviation are matched over frames and channels, a sample at a time."""
        deviation, mean = torch.std_mean(h, dim=(1, 2), keepdim=True)
        own_deviation, own_mean = torch.std_mean(self.tokens, dim=(1, 2), keepdim=True)
        matched = (self.tokens - own_mean) * (deviation / (own_deviation + 1e-12)) + mean
        return h + matched * self.scale


class Block(nn.Module):
    """Linear attention among the frames, cross attention to the conditions, feed-forward."""

    def __init__(self, config: TransformerConfig, keep_unused: bool) -> None:
        super().__init__()
        width, heads, head_dim = config.inner_dim, config.num_attention_heads, config.attention_head_dim
        self.scale_shift_table = nn.Parameter(torch.randn(6, width) / width**0.5)
        self.attn = LinearAttention(heads, head_dim)
        self.cross_attn = CrossAttention(heads, head_dim, keep_unused)
        self.ff = GLUMBConv(width, int(width * config.mlp_ratio))

    def forward(
        self,
        h: Tensor,
        modulation: Tensor,
        table: RotaryTable,
        frame_mask: Tensor | None,
        heard: tuple[tuple[Tensor, Tensor], Tensor | None, Tensor | None],
    ) -> Tensor:
        """(B, F, D) → (B, F, D).

        modulation  (B, 6, D) of the timestep, the same for every block before this block's own table is added
        heard       keys and values, their mask, and the scale of the queries, as cross attention takes them
        """
        shift_1, scale_1, gate_1, shift_2, scale_2, gate_2 = (self.scale_shift_table + modulation).chunk(6, dim=1)
        h = torch.addcmul(h, gate_1, self.attn(modulated(h, scale_1, shift_1), table, frame_mask))
        h = h + self.cross_attn(h, table, *heard)
        return torch.addcmul(h, gate_2, self.ff(modulated(h, scale_2, shift_2)))


class Transformer(nn.Module):
    """The linear diffusion transformer with its lyric encoder, under the official parameter names.

    keep_unused  also allocate what only training needs or nothing does: the REPA projectors and the second set of
                 cross-attention projections, a fifth of all parameters
    """

    def __init__(self, config: TransformerConfig, *, keep_unused: bool = False) -> None:
        super().__init__()
        self.config = config
        width = config.inner_dim
        self.checkpoint_blocks = False
        """Compute blocks again in the backward pass instead of keeping what is inside them."""
        self.proj_in = PatchEmbed(config.patch_size, width)
        self.timestep_embedder = TimestepEmbedder(width)
        self.t_block = nn.Sequential(nn.SiLU(), Linear(width, 6 * width))
        self.speaker_embedder = Linear(config.speaker_embedding_dim, width)
        self.genre_embedder = Linear(config.text_embedding_dim, width)
        self.lyric_embs = nn.Embedding(config.lyric_encoder_vocab_size, config.lyric_hidden_size)
        self.lyric_encoder = LyricEncoder(config.lyric_hidden_size, config.lyric_encoder)
        self.lyric_proj = Linear(config.lyric_encoder.output_size, width)
        self.transformer_blocks = nn.ModuleList(Block(config, keep_unused) for _ in range(config.num_layers))
        if keep_unused:
            self.projectors = nn.ModuleList(_projector(width, dim) for dim in config.ssl_latent_dims)
        self.final_layer = FinalLayer(width, config.max_height, config.out_channels)
        self._rotary = RotaryCache(config.attention_head_dim, config.rope_theta)

    @property
    def dtype(self) -> torch.dtype:
        """The dtype of weights and activations."""
        return self.speaker_embedder.weight.dtype

    def encode(
        self,
        text: Tensor,
        text_mask: Tensor,
        speaker: Tensor,
        lyric_ids: Tensor,
        lyric_mask: Tensor,
        *,
        lyric_temperature: float = 1.0,
    ) -> tuple[Tensor, Tensor]:
        """Prompt and lyrics as one row of tokens: states (B, L, D) and their mask (B, L), bool.

        text         (B, L₁, 768) states of the text encoder, and text_mask (B, L₁)
        speaker      (B, 512), zeros for the released model
        lyric_ids    (B, L₂), and lyric_mask (B, L₂); [0] and [0] for a song without lyrics
        lyric_temperature  0.01 weakens what the lyric encoder's layers 4 and 5 attend to, for guidance (ERG)
        """
        speaker_token = self.speaker_embedder(speaker.to(self.dtype))[:, None]  # (B, 1, D)
        text_tokens = self.genre_embedder(text.to(self.dtype))
        lyrics = self.lyric_encoder(self.lyric_embs(lyric_ids), lyric_mask, lyric_temperature, ERG_LYRIC_LAYERS)
        states = torch.cat([speaker_token, text_tokens, self.lyric_proj(lyrics)], dim=1)  # (B, 1 + L₁ + L₂, D)
        speaker_mask = torch.ones_like(text_mask[:, :1], dtype=torch.bool)
        return states, torch.cat([speaker_mask, text_mask != 0, lyric_mask != 0], dim=1)

    def prepare(self, states: Tensor, mask: Tensor) -> Conditions:
        """Everything about the conditions that does not change between steps.

        Tokens that no row hears are left out: their positions are already in the keys of the others. A LoRA that is
        loaded, changed or unloaded afterwards asks for new conditions. Waits for the device once.
        """
        table = self._rotary.table(states.shape[1], states)
        heard = mask != 0
        used = heard.any(dim=0).nonzero().squeeze(-1)
        states, heard = states[:, used], heard[:, used]
        table = RotaryTable(table.cos[used], table.signed_sin[used])
        pairs = [
            block.cross_attn.keys_and_values(states, table) for block in cast(Iterable[Block], self.transformer_blocks)
        ]
        return Conditions(
            keys=tuple(k for k, _ in pairs),
            values=tuple(v for _, v in pairs),
            mask=None if bool(heard.all()) else heard[:, None, None],
        )

    def forward(
        self,
        latents: Tensor,
        timestep: Tensor,
        conditions: Conditions,
        *,
        query_scale: Tensor | None = None,
        frame_mask: Tensor | None = None,
        control: Control | None = None,
    ) -> Tensor:
        """The velocity (noise − music) that leads from these latents to music: (B, 8, 16, F), as the latents.

        latents      (B, 8, 16, F), any F; songs of other lengths cannot be padded into one batch
        timestep     (B,) or (1,) or () in 0…1000; one for all is embedded once
        conditions   for B rows
        query_scale  (B,) multiplies the queries of blocks 15…19, a row at a time, so that guided and unguided rows
                     share a batch (ERG). Only cross attention hears it: in linear attention it cancels.
        frame_mask   (B, F), 0 for frames that the others must not hear
        Raises ValueError if the batch does not fit the conditions, or `query_scale` a model of under 20 blocks.
        """
        embedded = self.timestep_embedder(timestep.reshape(-1))
        h = self._tokens(latents, control)
        h, _ = self._blocks(h, embedded, conditions, query_scale, frame_mask)
        return self.final_layer(h, embedded)

    def forward_with_features(
        self, latents: Tensor, timestep: Tensor, conditions: Conditions, *, frame_mask: Tensor | None = None
    ) -> tuple[Tensor, list[Tensor]]:
        """For training: the velocity, and per SSL model the projected hidden states (B, F, its width).

        Source: Yu et al., "Representation Alignment for Generation", arXiv 2410.06940.
        Raises ValueError if the model was built without its projectors.
        """
        if "projectors" not in self._modules:
            raise ValueError("This transformer was built without projectors; build it with keep_unused=True.")
        embedded = self.timestep_embedder(timestep.reshape(-1))
        h = self._tokens(latents, None)
        depths = self.config.ssl_encoder_depths
        h, recorded = self._blocks(h, embedded, conditions, None, frame_mask, record=depths)
        features = [project(recorded[depth]) for project, depth in zip(self.projectors, depths, strict=True)]
        return self.final_layer(h, embedded), features

    def _tokens(self, latents: Tensor, control: Control | None) -> Tensor:
        h = self.proj_in(latents.to(self.dtype))
        return h if control is None else control.added_to(h)

    def _blocks(
        self,
        h: Tensor,
        embedded: Tensor,
        conditions: Conditions,
        query_scale: Tensor | None,
        frame_mask: Tensor | None,
        record: Sequence[int] = (),
    ) -> tuple[Tensor, dict[int, Tensor]]:
        """Run all blocks; also returns the hidden states after the blocks in `record`, counted from 0."""
        if h.shape[0] != conditions.batch:
            raise ValueError(f"{h.shape[0]} rows of latents do not go with conditions for {conditions.batch}.")
        if query_scale is not None and len(self.transformer_blocks) < ERG_BLOCKS.stop:
            raise ValueError(f"ERG needs {ERG_BLOCKS.stop} blocks; this model has {len(self.transformer_blocks)}.")
        table = self._rotary.table(h.shape[1], h)
        modulation = self.t_block(embedded).unflatten(-1, (6, -1))  # (B, 6, D)
        recorded = {}
        for index, block in enumerate(self.transformer_blocks):
            keys_and_values = conditions.keys[index], conditions.values[index]
            heard = keys_and_values, conditions.mask, query_scale if index in ERG_BLOCKS else None
            if self.checkpoint_blocks and torch.is_grad_enabled():
                h = checkpoint(block, h, modulation, table, frame_mask, heard, use_reentrant=False)
            else:
                h = block(h, modulation, table, frame_mask, heard)
            if index in record:
                recorded[index] = h
        return h, recorded


def _projector(width: int, ssl_dim: int) -> nn.Sequential:
    hidden = 2 * width
    return nn.Sequential(Linear(width, hidden), nn.SiLU(), Linear(hidden, hidden), nn.SiLU(), Linear(hidden, ssl_dim))


def is_unused_at_inference(name: str) -> bool:
    """True for official parameters that only training needs (projectors) or no formula uses (`add_*`)."""
    return name.startswith("projectors.") or any(f".cross_attn.{part}." in name for part in UNUSED_PROJECTIONS)
