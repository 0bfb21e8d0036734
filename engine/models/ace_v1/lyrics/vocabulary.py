"""The table of word pieces that lyrics are written in: the published `vocab.json` and no other."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer

SHA256 = "c2a66ea48c478c0bb9acb5497144b926acdeaa37128faa799508d40f2b9cc558"
SOURCE = "acestep/models/lyrics_utils/vocab.json of the public repository ace-step/ACE-Step"
STOP, UNKNOWN, SPACE, START = 0, 1, 2, 261


class BadVocabulary(ValueError):
    """The lyric vocabulary is absent, or not the one that ACE-Step v1 was trained with."""


def load_vocabulary(path: Path) -> Tokenizer:
    """The byte-pair table of the model's lyrics.

    Raises BadVocabulary if the file cannot be read or its sha256 is not that of the published one.
    Source: specification §12.1.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadVocabulary(f"The lyric vocabulary is not at {path} ({error.strerror}). It is {SOURCE}.") from error
    found = hashlib.sha256(data).hexdigest()
    if found != SHA256:
        raise BadVocabulary(
            f"{path} is not the lyric vocabulary of ACE-Step v1 (its sha256 is {found[:12]}…, not {SHA256[:12]}…): "
            f"it is damaged or of another version. It should be {SOURCE}."
        )
    # Here and not above: sketch uses languages and spellings too, where no library of a model is installed.
    from tokenizers import Tokenizer

    return Tokenizer.from_buffer(data)
