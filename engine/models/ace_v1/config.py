"""TransformerConfig: the sizes of the transformer, as a checkpoint's `config.json` names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

ERG_BLOCKS = range(15, 20)
"""Transformer blocks whose queries entropy-rectifying guidance weakens (ACE-Step report §3, Guidance)."""
ERG_LYRIC_LAYERS = (4, 5)
"""Lyric encoder layers whose queries are weakened for the same purpose."""


@dataclass(frozen=True)
class LyricEncoderConfig:
    """Sizes of the lyric encoder. The released model fixes them in code, so `config.json` does not carry them."""

    output_size: int = 1024
    attention_heads: int = 16
    linear_units: int = 4096
    num_blocks: int = 6


@dataclass(frozen=True)
class TransformerConfig:
    """Sizes of the transformer, under the official names and with the official class defaults.

    Raises ValueError for a patch that is not one latent frame, the only shape the architecture is made for.
    """

    in_channels: int = 8
    out_channels: int = 8
    num_layers: int = 28
    num_attention_heads: int = 24
    attention_head_dim: int = 64
    mlp_ratio: float = 4.0
    patch_size: tuple[int, int] = (16, 1)
    max_height: int = 16
    max_width: int = 4096
    max_position: int = 32768
    rope_theta: float = 1e6
    text_embedding_dim: int = 768
    speaker_embedding_dim: int = 512
    lyric_encoder_vocab_size: int = 6681
    lyric_hidden_size: int = 1024
    ssl_encoder_depths: tuple[int, ...] = (9, 9)
    ssl_names: tuple[str, ...] = ("mert", "m-hubert")
    ssl_latent_dims: tuple[int, ...] = (1024, 768)
    lyric_encoder: LyricEncoderConfig = field(default_factory=LyricEncoderConfig)

    def __post_init__(self) -> None:
        if self.patch_size != (self.max_height, 1):
            raise ValueError(f"A patch must be one latent frame, {self.max_height} by 1, and not {self.patch_size}.")
        if not len(self.ssl_encoder_depths) == len(self.ssl_names) == len(self.ssl_latent_dims):
            raise ValueError("ssl_encoder_depths, ssl_names and ssl_latent_dims must be equally long.")

    @property
    def inner_dim(self) -> int:
        """Width of a token, always heads × head size whatever `config.json` says."""
        return self.num_attention_heads * self.attention_head_dim

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> TransformerConfig:
        """Read a `config.json`; keys that the architecture does not know are dropped."""
        known = {f.name for f in fields(cls)}
        kept: dict[str, Any] = {
            key: tuple(v) if isinstance(v, list) else v for key, v in values.items() if key in known
        }
        if isinstance(kept.get("lyric_encoder"), Mapping):
            kept["lyric_encoder"] = LyricEncoderConfig(**kept["lyric_encoder"])
        return cls(**kept)

    def to_dict(self) -> dict[str, Any]:
        """What `from_dict` reads, ready for JSON."""
        return {**asdict(self), "inner_dim": self.inner_dim}


ACE_STEP_3_5B = TransformerConfig(
    num_layers=24,
    num_attention_heads=20,
    attention_head_dim=128,
    mlp_ratio=2.5,
    max_width=32768,
    lyric_encoder_vocab_size=6693,
    ssl_encoder_depths=(8, 8),
)
"""The released model: 3 305 659 264 parameters."""
