"""A tiny ACE-Step v1 of random weights: every part of the real one, in the official layout. What it makes is noise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch

from engine.models.ace_v1.random_checkpoint import TINY, Sizes, write_random_checkpoint
from engine.models.ace_v1.tiny_codec import DCAE_CONFIG, VOCODER_CONFIG
from engine.models.ace_v1.vocoder_config import VocoderConfig

SIZES = Sizes(
    TINY.transformer,
    {**TINY.dcae, **DCAE_CONFIG},
    replace(VocoderConfig.from_dict(VOCODER_CONFIG)),
    TINY.text_encoder,
)
"""20 blocks, so that ERG works, and the real frame and sample rates; a codec that is done in a moment."""

VOCABULARY = Path(__file__).parents[3] / "shared/data/acestep-v1/vocab.json"
"""The published lyric vocabulary; it is not ours to ship, and tests that need it skip where it is absent."""


def write_tiny_checkpoint(folder: Path) -> Path:
    """Write it, 7 MB in float32, and return its folder. Its config says that the weights are random."""
    write_random_checkpoint(folder, SIZES, dtype=torch.float32)
    return folder
