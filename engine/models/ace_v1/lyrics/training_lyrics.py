"""Training lyrics: how the reference's dataset tokenizes, so that a LoRA is trained on what the model was trained on.

Source: specification §12.5. One language is voted for all lyrics, and they are cut where the language changes, not
only where a line ends: generation reads the same words as other tokens.
"""

import re

from engine.models.ace_v1.lyrics.languages import LANGUAGES, UnknownLanguage
from engine.models.ace_v1.lyrics.numbers import UNSPEAKABLE
from engine.models.ace_v1.lyrics.segments import cut_like_the_reference, vote_like_the_reference
from engine.models.ace_v1.lyrics.tokenizer import LyricTokenizer
from engine.models.ace_v1.lyrics.vocabulary import SPACE, START, STOP, UNKNOWN

_NO_LYRICS = re.compile(r"write a .* song that genre is", re.IGNORECASE)
"""A request to a language model that was left in the reference's data where lyrics should be."""

_STRUCTURE = re.compile(r"\[.*?\]")


def training_ids(tokenizer: LyricTokenizer, lyrics: str) -> list[int]:
    """The ids that a song's lyrics have in training; [0] for a song without words.

    Raises UnknownLanguage if most of the lyrics are in a language that the model does not sing: such a song is left
    out. MissingLibrary where a library of a language is not installed.
    """
    if not lyrics.strip() or _NO_LYRICS.search(lyrics):
        return [STOP]
    voted = vote_like_the_reference(lyrics)
    if voted not in LANGUAGES:
        raise UnknownLanguage(f'Most of the lyrics are in "{voted}", which ACE-Step v1 does not sing.')
    return ids_of_runs(tokenizer, cut_like_the_reference(lyrics), voted)


def ids_of_runs(tokenizer: LyricTokenizer, runs: list[tuple[str, str]], voted: str) -> list[int]:
    """The ids of (language, text) runs, every line in the voted language if the vocabulary can write it so.

    Nothing is left of a line that cannot be spelled.
    """
    ids = [START]
    for language, text in runs:
        for line in text.split("\n"):
            try:
                ids += [*_line(tokenizer, line.strip(), voted, language), SPACE]
            except UNSPEAKABLE:
                continue
    return ids


def _line(tokenizer: LyricTokenizer, line: str, voted: str, own: str) -> list[int]:
    if not line:
        return []
    if _STRUCTURE.match(line):
        return tokenizer.encode_line(line, "en")
    ids = tokenizer.encode_line(line, voted)
    return tokenizer.encode_line(line, own if own in LANGUAGES else "en") if UNKNOWN in ids else ids
