"""Checkpoints of random weights in the official layout, of any size: noise for tests and measurements, never music."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import torch
from torch import nn

from engine.models.ace_v1.checkpoint import DCAE, STEMS, TEXT_ENCODER, TRANSFORMER, VOCODER
from engine.models.ace_v1.config import ACE_STEP_3_5B, LyricEncoderConfig, TransformerConfig
from engine.models.ace_v1.dcae import DEFAULTS, build_dcae
from engine.models.ace_v1.text_encoder import TextEncoder
from engine.models.ace_v1.transformer import Transformer
from engine.models.ace_v1.vocoder import MEL_BUFFERS, Vocoder
from engine.models.ace_v1.vocoder_config import VocoderConfig

DTYPES = {torch.bfloat16: "BF16", torch.float16: "F16", torch.float32: "F32"}
NUMBERS_AT_ONCE = 1 << 24
"""Numbers drawn and written at a time, so that no tensor is ever whole in memory."""
UMT5_BASE: dict[str, Any] = {
    "vocab_size": 256384,
    "d_model": 768,
    "d_kv": 64,
    "d_ff": 2048,
    "num_layers": 12,
    "num_heads": 12,
    "feed_forward_proj": "gated-gelu",
}
Shapes = Mapping[str, Sequence[int]]


@dataclass(frozen=True)
class Sizes:
    """The configuration of every part; the released model's by default."""

    transformer: TransformerConfig = ACE_STEP_3_5B
    dcae: Mapping[str, Any] = field(default_factory=lambda: DEFAULTS)
    vocoder: VocoderConfig = field(default_factory=VocoderConfig)
    text_encoder: Mapping[str, Any] = field(default_factory=lambda: UMT5_BASE)


TINY = Sizes(
    TransformerConfig(
        num_layers=20,
        num_attention_heads=2,
        attention_head_dim=16,
        mlp_ratio=2.5,
        lyric_encoder_vocab_size=ACE_STEP_3_5B.lyric_encoder_vocab_size,
        lyric_hidden_size=32,
        text_embedding_dim=24,
        ssl_encoder_depths=(8, 8),
        ssl_latent_dims=(40, 28),
        lyric_encoder=LyricEncoderConfig(output_size=32, attention_heads=4, linear_units=64),
    ),
    {
        **DEFAULTS,
        "attention_head_dim": 8,
        "encoder_block_out_channels": (8, 16, 32, 64),
        "decoder_block_out_channels": (8, 16, 32, 64),
    },
    VocoderConfig(dims=(8, 12, 16, 24), depths=(1, 1, 1, 1), num_mels=24, upsample_initial_channel=128),
    {**UMT5_BASE, "vocab_size": 128, "d_model": 24, "d_kv": 8, "d_ff": 40, "num_heads": 3},
)
"""As deep as the released model where depth matters, with the same frame and sample rates: 7 MB in bfloat16."""


def write_random_checkpoint(
    folder: Path,
    sizes: Sizes,
    *,
    seed: int = 0,
    dtype: torch.dtype = torch.bfloat16,
    shard_bytes: int | None = None,
) -> None:
    """Write all four parts; the same seed writes the same bytes.

    shard_bytes  begin another file once one holds this many bytes; None: one file a part
    The text encoder's tokenizer is not the real one: each ASCII character is a token.
    """
    generator = torch.Generator().manual_seed(seed)
    transformer_config = sizes.transformer.to_dict()
    if sizes.transformer.lyric_encoder == LyricEncoderConfig():
        del transformer_config["lyric_encoder"]  # An official config.json does not carry what is always the same.
    parts: dict[str, tuple[Mapping[str, Any], Shapes]] = {
        TRANSFORMER: (
            {"_class_name": "Transformer2DModel", "random_weights": True, **transformer_config},
            transformer_shapes(sizes.transformer),
        ),
        DCAE: ({"_class_name": "AutoencoderDC", **sizes.dcae}, dcae_shapes(sizes.dcae)),
        VOCODER: (asdict(sizes.vocoder), vocoder_shapes(sizes.vocoder)),
        TEXT_ENCODER: ({"model_type": "umt5", **sizes.text_encoder}, text_encoder_shapes(sizes.text_encoder)),
    }
    for name, (config, shapes) in parts.items():
        place = folder / name
        place.mkdir(parents=True, exist_ok=True)
        (place / "config.json").write_text(json.dumps(config, indent=2), "utf-8")
        stem = STEMS[1] if name == TEXT_ENCODER else STEMS[0]
        _write_weights(place, stem, _Shards.of(shapes, dtype, shard_bytes), generator)
    (folder / TEXT_ENCODER / "tokenizer.json").write_text(character_tokenizer(), "utf-8")


def transformer_shapes(config: TransformerConfig) -> Shapes:
    """Every tensor of the official transformer file, the unused ones included."""
    with torch.device("meta"):
        return _shapes(Transformer(config, keep_unused=True))


def dcae_shapes(config: Mapping[str, Any]) -> Shapes:
    """Every tensor of the official autoencoder file."""
    with torch.device("meta"):
        return _shapes(build_dcae(config))


def vocoder_shapes(config: VocoderConfig) -> Shapes:
    """Every tensor of the official vocoder file: weight-normalised convolutions and the mel front end's tables."""
    with torch.device("meta"):
        plain = _shapes(Vocoder(config))
    shapes: dict[str, Sequence[int]] = {}
    for name, shape in plain.items():
        if name.startswith("head.") and name.endswith(".weight"):
            shapes[f"{name}_g"] = (shape[0], *(1 for _ in shape[1:]))
            shapes[f"{name}_v"] = shape
        else:
            shapes[name] = shape
    window, filters = MEL_BUFFERS
    return {**shapes, window: (config.win_length,), filters: (config.n_fft // 2 + 1, config.n_mels)}


def text_encoder_shapes(config: Mapping[str, Any]) -> Shapes:
    """Every tensor of the official text encoder file."""
    with torch.device("meta"):
        shapes = dict(_shapes(TextEncoder(config).model))
    del shapes["encoder.embed_tokens.weight"]  # The same table as shared.weight.
    return shapes


def _shapes(model: nn.Module) -> Shapes:
    return {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}


@dataclass(frozen=True)
class _Shards:
    """Which tensors go into which file."""

    dtype: torch.dtype
    files: tuple[Shapes, ...]

    @classmethod
    def of(cls, shapes: Shapes, dtype: torch.dtype, shard_bytes: int | None) -> _Shards:
        files: list[dict[str, Sequence[int]]] = [{}]
        used = 0
        for name, shape in shapes.items():
            size = math.prod(shape) * dtype.itemsize
            if shard_bytes is not None and files[-1] and used + size > shard_bytes:
                files.append({})
                used = 0
            files[-1][name] = shape
            used += size
        return cls(dtype, tuple(files))


def _write_weights(folder: Path, stem: str, shards: _Shards, generator: torch.Generator) -> None:
    """One safetensors file, or several with their index."""
    count = len(shards.files)
    if count == 1:
        _write_file(folder / f"{stem}.safetensors", shards.files[0], shards.dtype, generator)
        return
    names = [f"{stem}-{number:05}-of-{count:05}.safetensors" for number in range(1, count + 1)]
    for name, shapes in zip(names, shards.files, strict=True):
        _write_file(folder / name, shapes, shards.dtype, generator)
    weight_map = {tensor: name for name, shapes in zip(names, shards.files, strict=True) for tensor in shapes}
    total = sum(math.prod(shape) for shapes in shards.files for shape in shapes.values()) * shards.dtype.itemsize
    index = {"metadata": {"total_size": total}, "weight_map": weight_map}
    (folder / f"{stem}.safetensors.index.json").write_text(json.dumps(index), "utf-8")


def _write_file(path: Path, shapes: Shapes, dtype: torch.dtype, generator: torch.Generator) -> None:
    """The format is a header's length, the header, then the tensors end to end; so it can be written as it is made."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, shape in shapes.items():
        start, end = end, end + math.prod(shape) * dtype.itemsize
        header[name] = {"dtype": DTYPES[dtype], "shape": list(shape), "data_offsets": [start, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for name, shape in shapes.items():
            _write_tensor(file, name, shape, (dtype, generator))


def _write_tensor(file: BinaryIO, name: str, shape: Sequence[int], make: tuple[torch.dtype, torch.Generator]) -> None:
    dtype, generator = make
    mean, deviation = _distribution(name, shape)
    for count in _pieces(math.prod(shape)):
        numbers = torch.randn(count, generator=generator).mul_(deviation).add_(mean).to(dtype)
        file.write(numbers.view(torch.uint8).numpy().data)


def _pieces(total: int) -> Iterator[int]:
    while total > 0:
        yield min(total, NUMBERS_AT_ONCE)
        total -= NUMBERS_AT_ONCE


def _distribution(name: str, shape: Sequence[int]) -> tuple[float, float]:
    """Mean and deviation that keep signals at about the level they come in with."""
    if name.endswith(("weight_g", "norm.weight")) or (len(shape) == 1 and name.endswith("weight")):
        return 1.0, 0.02
    if len(shape) == 1:
        return 0.0, 0.02
    return 0.0, 1 / math.sqrt(math.prod(shape[1:]))


def character_tokenizer() -> str:
    """A tokenizer.json whose prompts end like UMT5's, with </s>, and knows printable ASCII."""
    special = ["<pad>", "</s>", "<unk>"]
    letters = ["▁", *(chr(code) for code in range(33, 127))]
    tokenizer = {
        "version": "1.0",
        "added_tokens": [
            {"id": i, "content": token, "special": True, "single_word": False, "lstrip": False, "rstrip": False,
             "normalized": False}
            for i, token in enumerate(special)
        ],
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
            "special_tokens": {"</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}},
        },
        "model": {
            "type": "Unigram",
            "unk_id": 2,
            "vocab": [[token, 0.0] for token in special] + [[letter, -1.0] for letter in letters],
        },
    }  # fmt: skip
    return json.dumps(tokenizer)
