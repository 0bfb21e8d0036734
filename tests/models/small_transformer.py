"""A transformer of two blocks with random weights, and what it is given."""

import torch
from torch import Tensor

from engine.models.ace_v1.conditions import Conditions
from engine.models.ace_v1.config import LyricEncoderConfig, TransformerConfig
from engine.models.ace_v1.transformer import Transformer

SMALL = TransformerConfig(
    num_layers=2,
    num_attention_heads=3,
    attention_head_dim=8,
    mlp_ratio=2.5,
    text_embedding_dim=10,
    lyric_encoder_vocab_size=50,
    lyric_hidden_size=12,
    ssl_encoder_depths=(),
    ssl_names=(),
    ssl_latent_dims=(),
    lyric_encoder=LyricEncoderConfig(12, 2, 24, 6),
)


def built(config: TransformerConfig = SMALL) -> Transformer:
    torch.manual_seed(0)
    return Transformer(config).eval().requires_grad_(False)


def conditions(model: Transformer, rows: int = 2, seed: int = 0, heard: int = 4) -> Conditions:
    """Five prompt tokens and seven lyric tokens; of the second row's lyrics only `heard` are heard."""
    generator = torch.Generator().manual_seed(seed)
    text = torch.randn(rows, 5, 10, generator=generator)
    ids = torch.randint(0, 50, (rows, 7), generator=generator)
    mask = torch.ones(rows, 7)
    mask[1:, heard:] = 0
    states, mask = model.encode(text, torch.ones(rows, 5), torch.zeros(rows, 512), ids, mask)
    return model.prepare(states, mask)


def latents(rows: int = 2, frames: int = 9, seed: int = 3) -> Tensor:
    return torch.randn(rows, 8, 16, frames, generator=torch.Generator().manual_seed(seed))


def same(actual: Tensor, wanted: Tensor, tolerance: float = 1e-5) -> None:
    torch.testing.assert_close(actual, wanted, atol=tolerance, rtol=tolerance)


TIME = torch.tensor([700.0, 20.0])
