"""Prompt: what a song should be, as the text encoder and the lyric tokenizer say it, and the weaker versions of it.

Guidance pushes away from a weaker condition. The reference has two ways to weaken (specification §9.3): leaving the
words out, or, "entropy rectifying guidance" (ERG), flattening the attention inside the encoders.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.models.ace_v1.conditions import Conditions
from engine.models.ace_v1.settings import Settings
from engine.models.ace_v1.transformer import Transformer


@dataclass(frozen=True)
class Prompt:
    """Tags and lyrics of a song, for all variants (R = 1) or one row for each (R = B).

    text        (R, L₁, 768) states of the text encoder, and text_mask (R, L₁)
    lyric_ids   (R, L₂), and lyric_mask (R, L₂); [0] and [0] without lyrics
    text_weak   (R, L₁, 768), the same text with weakened attention; needed when use_erg_tag and use_erg_lyric are on
    speaker     (R, 512); None stands for the zeros that the released model was tuned with
    """

    text: Tensor
    text_mask: Tensor
    lyric_ids: Tensor
    lyric_mask: Tensor
    text_weak: Tensor | None = None
    speaker: Tensor | None = None

    @property
    def rows(self) -> int:
        """R, how many rows of words it holds."""
        return self.text.shape[0]


class PromptEncoder:
    """A prompt's conditions for one model and batch: each is encoded when it is first asked for.

    Raises ValueError if the prompt has neither one row nor one for each of the `batch` variants.
    """

    def __init__(self, model: Transformer, prompt: Prompt, settings: Settings, batch: int) -> None:
        if prompt.rows not in (1, batch):
            raise ValueError(f"The prompt has {prompt.rows} rows, but there are {batch} variants.")
        self.model, self.prompt, self.settings, self.batch = model, prompt, settings, batch
        width = model.config.speaker_embedding_dim
        self._silent_speaker = prompt.text.new_zeros(prompt.rows, width)
        self._no_text = torch.zeros_like(prompt.text)
        self._no_ids = torch.zeros_like(prompt.lyric_ids)

    def full(self) -> Conditions:
        """All that was asked for."""
        speaker = self._silent_speaker if self.prompt.speaker is None else self.prompt.speaker
        return self._encode(self.prompt.text, speaker, self.prompt.lyric_ids)

    def weak(self) -> Conditions:
        """What guidance pushes away from."""
        if not self.settings.use_erg_lyric:
            return self._encode(self._no_text, self._silent_speaker, self._no_ids)
        text = self._no_text
        if self.settings.use_erg_tag:
            if self.prompt.text_weak is None:
                raise ValueError("text_weak is missing, but use_erg_tag and use_erg_lyric need it.")
            text = self.prompt.text_weak
        return self._encode(text, self._silent_speaker, self.prompt.lyric_ids, weakens_lyrics=True)

    def text_only(self) -> Conditions:
        """The tags in full and the lyrics weak, for double condition."""
        weakens = self.settings.use_erg_lyric
        ids = self.prompt.lyric_ids if weakens else self._no_ids
        return self._encode(self.prompt.text, self._silent_speaker, ids, weakens_lyrics=weakens)

    def absent(self) -> Conditions:
        """Nothing at all, as flow editing has it: here the lyrics are masked too."""
        mask = torch.zeros_like(self.prompt.lyric_mask)
        return self._encode(self._no_text, self._silent_speaker, self._no_ids, lyric_mask=mask)

    def _encode(
        self,
        text: Tensor,
        speaker: Tensor,
        lyric_ids: Tensor,
        *,
        lyric_mask: Tensor | None = None,
        weakens_lyrics: bool = False,
    ) -> Conditions:
        mask = self.prompt.lyric_mask if lyric_mask is None else lyric_mask
        temperature = self.settings.erg_temperature if weakens_lyrics else 1.0
        words = text, self.prompt.text_mask, speaker, lyric_ids, mask
        prepared = self.model.prepare(*self.model.encode(*words, lyric_temperature=temperature))
        return prepared.repeat(self.batch // self.prompt.rows)
