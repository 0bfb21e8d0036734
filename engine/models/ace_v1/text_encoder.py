"""TextEncoder: the prompt ("funk, bass, 105 BPM") as states that the transformer can attend to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn

LONGEST_PROMPT = 256
"""Tokens; what comes later in a prompt is not heard."""
WEAKENED_BLOCKS = (8, 9)


class TemperedQuery(nn.Linear):
    """A query projection whose output can be scaled down for a while."""

    temperature = 1.0

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) * self.temperature


class TextEncoder(nn.Module):
    """UMT5's encoder (Chung et al., "UniMax", arXiv 2304.09151), from the transformers library.

    config  what the checkpoint's config.json says
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        from transformers import UMT5Config, UMT5EncoderModel

        self.model = UMT5EncoderModel(UMT5Config.from_dict(dict(config)))
        self.model.encoder.embed_tokens = self.model.shared  # One table, whichever of its two names a file uses.
        blocks = cast(Any, self.model.encoder.block)
        for index in WEAKENED_BLOCKS:
            if index < len(blocks):
                attention = blocks[index].layer[0].SelfAttention
                attention.q = TemperedQuery(attention.q.in_features, attention.q.out_features, bias=False)

    def forward(self, ids: Tensor, mask: Tensor, temperature: float = 1.0) -> Tensor:
        """Token ids and mask (B, L) → states (B, L, 768).

        temperature  multiplies the queries of blocks 8 and 9; 0.01 gives the weak prompt of guidance (ERG)
        """
        with self._tempered(temperature):
            return self.model(input_ids=ids, attention_mask=mask).last_hidden_state

    @contextmanager
    def _tempered(self, temperature: float) -> Iterator[None]:
        queries = [module for module in self.modules() if isinstance(module, TemperedQuery)]
        for query in queries:
            query.temperature = temperature
        try:
            yield
        finally:
            for query in queries:
                query.temperature = 1.0


class PromptTokenizer:
    """UMT5's tokenizer, read from the checkpoint's text encoder folder when it is first used."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, prompts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Ids and mask (B, L) of several prompts, padded to the longest and cut after 256 tokens.

        Raises OSError or ValueError if the folder holds no tokenizer.
        """
        encoded = self._tokenizer(list(prompts), padding="longest", truncation=True, max_length=LONGEST_PROMPT)
        return torch.tensor(encoded["input_ids"]), torch.tensor(encoded["attention_mask"])

    def count(self, prompt: str) -> int:
        """Tokens that a prompt has, its end marker included; over 256, its end is not heard."""
        return len(self._tokenizer(prompt)["input_ids"])

    @cached_property
    def _tokenizer(self) -> Any:
        from transformers import AutoTokenizer, PreTrainedTokenizerFast

        whole = self._folder / "tokenizer.json"
        if not whole.exists():
            return AutoTokenizer.from_pretrained(self._folder, local_files_only=True)
        return PreTrainedTokenizerFast(
            tokenizer_file=str(whole), pad_token="<pad>", eos_token="</s>", unk_token="<unk>", padding_side="right"
        )
