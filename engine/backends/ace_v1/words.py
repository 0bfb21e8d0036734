"""Words: tags, the project's tempo and key, and lyrics, as the model reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from bridge_server.protocol.errors import TooLong
from bridge_server.protocol.values import Music
from engine.backends.ace_v1.studio import Studio
from engine.models.ace_v1.lyrics.structure import read_tag, token_of
from engine.models.ace_v1.prompt import Prompt
from engine.models.ace_v1.settings import Settings
from engine.models.ace_v1.text_encoder import LONGEST_PROMPT, TextEncoder

NO_TAGS = "music"
"""What training put where a song had no tags (specification §15.1)."""

MOST_LYRIC_TOKENS = 8_192
"""Twice what the model was trained with; beyond, memory grows with the square for nothing."""

_BPM = re.compile(r"\d\s*bpm", re.IGNORECASE)
_KEY = re.compile(r"\b[A-G](#|b|♯|♭)?\s*(major|minor|maj|min)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Sung:
    """What a request says about words: tags, lyrics, and the language of the lyrics ('': find out)."""

    tags: str
    lyrics: str
    language: str = ""


@dataclass(frozen=True)
class Words:
    """Token ids and masks (1, L) of tags and lyrics, before any network has seen them."""

    tag_ids: Tensor
    tag_mask: Tensor
    lyric_ids: Tensor
    lyric_mask: Tensor
    notes: tuple[str, ...] = ()

    @property
    def tokens(self) -> int:
        """Of both, and the speaker's."""
        return 1 + int(self.tag_ids.shape[1]) + int(self.lyric_ids.shape[1])


def with_music(tags: str, music: Music) -> str:
    """Tags that name the project's tempo and key (promise P6), unless they name others; never empty.

    >>> with_music("funk, bass", Music(bpm=105.0, key="D major"))
    'funk, bass, 105 BPM, D major'
    """
    parts = [tags.strip().strip(",")] if tags.strip() else []
    if music.bpm is not None and not _BPM.search(tags):
        parts.append(f"{music.bpm:g} BPM")
    if music.meter != "4/4" and music.meter not in tags:
        parts.append(music.meter)
    if music.key and not _KEY.search(tags):
        parts.append(music.key if " " in music.key else f"{music.key} major")
    return ", ".join(parts) or NO_TAGS


def with_section(sung: Sung, section: str) -> Sung:
    """Words that know which part of the song they are, if they do not say it themselves.

    Sung words without any structure tag get one: "Verse 2" of the project becomes `[verse]`. Instrumental music gets
    the word among its tags, as a tag without words might be sung. Sections of other names say nothing to the model.

    >>> with_section(Sung("funk", "Hold the line"), "Verse 2").lyrics
    '[verse]\\nHold the line'
    """
    token = token_of(section.strip(" []()"))
    if not token:
        return sung
    if not sung.lyrics.strip():
        word = "instrumental" if token == "inst" else token
        known = re.search(rf"\b{re.escape(word)}\b", sung.tags, re.IGNORECASE)
        return sung if known else replace(sung, tags=f"{sung.tags}, {word}")
    if any(read_tag(line.strip()) for line in sung.lyrics.splitlines()):
        return sung
    return replace(sung, lyrics=f"[{token}]\n{sung.lyrics}")


def read(sung: Sung, studio: Studio, *, compatible: bool) -> Words:
    """Tokens of the words. Raises TooLong, and what the lyric tokenizer raises."""
    tag_ids, tag_mask = studio.prompt_tokenizer([sung.tags])
    notes = []
    if (count := studio.prompt_tokenizer.count(sung.tags)) > LONGEST_PROMPT:
        notes.append(f"the tags have {count} tokens, of which the model hears the first {LONGEST_PROMPT}")
    ids, mask = [0], [0]
    if sung.lyrics.strip():
        song = studio.lyric_tokenizer.tokenize(sung.lyrics, language=sung.language, compatible=compatible)
        ids, mask = song.ids, song.mask
        notes += song.notes
    if len(ids) > MOST_LYRIC_TOKENS:
        raise TooLong(f"The lyrics have {len(ids)} tokens; {MOST_LYRIC_TOKENS} are possible.", "Shorten the lyrics.")
    return Words(tag_ids, tag_mask, torch.tensor([ids]), torch.tensor([mask]), tuple(notes))


@torch.no_grad()
def encode(words: Words, encoder: TextEncoder, settings: Settings) -> Prompt:
    """The words as the transformer hears them, on the encoder's device."""
    device = next(encoder.parameters()).device
    ids, mask = words.tag_ids.to(device), words.tag_mask.to(device)
    is_weakened = settings.use_erg_tag and settings.use_erg_lyric and settings.guidance_scale not in (0.0, 1.0)
    return Prompt(
        text=encoder(ids, mask),
        text_mask=mask,
        lyric_ids=words.lyric_ids.to(device),
        lyric_mask=words.lyric_mask.to(device),
        text_weak=encoder(ids, mask, settings.erg_temperature) if is_weakened else None,
    )
