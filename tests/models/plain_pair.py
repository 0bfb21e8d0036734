"""The same weights, words and noise in our implementation and in the plain one of `benchmarks`."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import cycle

import torch
from torch import Tensor

from benchmarks.ace_v1.plain_sampling import PlainRun
from benchmarks.ace_v1.plain_transformer import PlainTransformer
from engine.models.ace_v1.config import LyricEncoderConfig, TransformerConfig
from engine.models.ace_v1.noise import RecordedNoise
from engine.models.ace_v1.prompt import Prompt
from engine.models.ace_v1.sampling import Run
from engine.models.ace_v1.settings import Settings
from engine.models.ace_v1.transformer import Transformer

BASE = TransformerConfig(
    num_layers=20,
    num_attention_heads=2,
    attention_head_dim=12,
    mlp_ratio=2.5,
    text_embedding_dim=10,
    lyric_encoder_vocab_size=40,
    lyric_hidden_size=16,
    ssl_encoder_depths=(),
    ssl_names=(),
    ssl_latent_dims=(),
    lyric_encoder=LyricEncoderConfig(16, 2, 24, 6),
)


CONFIGS = {
    "base": BASE,
    "head size 6, so that pairs straddle the table's halves": replace(BASE, attention_head_dim=6),
    "one wide head": replace(BASE, num_attention_heads=1, attention_head_dim=40, num_layers=21),
    "five heads, mlp ratio 1.7": replace(BASE, num_attention_heads=5, attention_head_dim=8, mlp_ratio=1.7),
    "28 layers, another theta": replace(BASE, num_layers=28, rope_theta=500.0, speaker_embedding_dim=7),
    "lyrics of other widths": replace(
        BASE, lyric_hidden_size=14, lyric_encoder=LyricEncoderConfig(24, 3, 20, 7), text_embedding_dim=5
    ),
}


@dataclass(frozen=True)
class Pair:
    """The same weights in both implementations."""

    ours: Transformer
    plain: PlainTransformer


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def pair(config: TransformerConfig = BASE) -> Pair:
    """Weights whose every bias and table matters."""
    model = Transformer(config).eval().requires_grad_(False)
    for index, (_, parameter) in enumerate(sorted(model.named_parameters())):
        fan_in = math.prod(parameter.shape[1:]) if parameter.ndim > 1 else 4
        parameter.copy_(normal(*parameter.shape, seed=index) / fan_in**0.5)
    return Pair(model, PlainTransformer(config, dict(model.state_dict())))


def words(config: TransformerConfig, rows: int = 1, lyrics: int = 9, seed: int = 0, has_holes: bool = False) -> Prompt:
    """Prompts with a speaker, which the released model does without; masks with holes if asked for."""
    text, weak = normal(2, rows, 4, config.text_embedding_dim, seed=seed)
    ids = torch.randint(config.lyric_encoder_vocab_size, (rows, lyrics), generator=torch.Generator().manual_seed(seed))
    text_mask, mask = torch.ones(rows, 4, dtype=torch.int64), torch.ones_like(ids)
    if has_holes:
        text_mask[0, 1] = text_mask[-1, 3] = mask[0, 2] = 0
        mask[-1, 4:7] = 0
    speaker = normal(rows, config.speaker_embedding_dim, seed=seed + 1)
    return Prompt(text, text_mask, ids, mask, text_weak=weak, speaker=speaker)


def close(ours: Tensor, plain: Tensor, tolerance: float = 2e-4) -> None:
    assert ours.shape == plain.shape
    largest = float(plain.abs().max())
    assert math.isfinite(largest)
    assert largest > 0.05, "nothing to compare"
    assert float((ours - plain).abs().max()) <= tolerance * largest


def draws(*frames: int, rows: int = 1) -> list[Tensor]:
    return [normal(rows, 8, 16, count, seed=50 + index) for index, count in enumerate(frames)]


def both(models: Pair, prompt: Prompt, settings: Settings, noise: list[Tensor]) -> tuple[Run, PlainRun]:
    """The same request to both. Plain noise may repeat, ours is used up exactly."""
    recorded = RecordedNoise(noise)

    def endless() -> Iterator[Tensor]:
        yield from cycle(noise)

    return Run(models.ours, prompt, settings, recorded, recorded), PlainRun(models.plain, prompt, settings, endless())
