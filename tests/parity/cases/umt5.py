"""The text encoder, also with weakened queries and beyond its relative positions."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from engine.models.ace_v1.text_encoder import TextEncoder
from tests.parity.case import Case
from tests.parity.comparison import Claim


@torch.no_grad()
def run(case: Case) -> Iterator[Claim]:
    """Last hidden states."""
    encoder = TextEncoder(case.about["config"]).eval()
    encoder.model.load_state_dict({"encoder.embed_tokens.weight": case.take("sd.shared.weight"), **case.weights("sd.")})
    ids, mask = case.take("input_ids"), case.take("attention_mask")
    yield Claim("hidden", encoder(ids, mask))
    yield Claim("hidden_weak", encoder(ids, mask, temperature=0.01))
    if (long_ids := case.find("long_ids")) is not None:
        yield Claim("long_hidden", encoder(long_ids, torch.ones_like(long_ids)))
