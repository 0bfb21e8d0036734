"""The reference's overlapped decode, seams included."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch
from torch import Tensor

from engine.models.ace_v1.codec import Codec
from engine.models.ace_v1.overlapped import BLOCK_FRAMES, TRIM
from tests.parity.case import Case
from tests.parity.cases.dcae_vocoder import codec_of
from tests.parity.comparison import Claim

BEFORE_SEAM, AFTER_SEAM = 200, 72
RATES = {"44k": 44_100, "48k": 48_000}


def run(case: Case) -> Iterator[Claim]:
    """Length, every so many samples, and what surrounds the seams."""
    codec = codec_of(case.folder.case("dcae_vocoder"))
    latents = case.take("z")
    for spelled, rate in RATES.items():
        if f"length.{spelled}" not in case:
            continue
        sound = codec.decode(latents, rate, overlapped=True, compatible=True)[0]
        yield Claim(f"length.{spelled}", torch.tensor([sound.shape[-1]]))
        for name in case.tensors:
            if found := re.fullmatch(rf"every(\d+)\.{spelled}", name):
                yield Claim(name, sound[:, :: int(found[1])])
        if rate == codec.rate and "seam_positions" in case:
            yield from seams(codec, sound)


def seams(codec: Codec, sound: Tensor) -> Iterator[Claim]:
    """Where blocks meet, and the sound there: (seams, 2, 272)."""
    hop = codec.vocoder.config.hop_length
    first, step = BLOCK_FRAMES * hop - TRIM, BLOCK_FRAMES * hop - 2 * TRIM
    positions = [
        position for position in range(first, sound.shape[-1], step) if position + AFTER_SEAM <= sound.shape[-1]
    ]
    yield Claim("seam_positions", torch.tensor(positions, dtype=torch.int64))
    if positions:
        windows = [sound[:, position - BEFORE_SEAM : position + AFTER_SEAM] for position in positions]
        yield Claim("seam_windows", torch.stack(windows))
