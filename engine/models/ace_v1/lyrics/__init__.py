"""Lyrics of ACE-Step v1: languages, structure tags, cleaning and tokens (specification §12).

lines       written lines → tags and sung lines   structure, languages, scripts, latin, segments
cleaning    a sung line → letters the model knows  numbers, abbreviations, symbols, chinese_numbers, romanisation
tokenizer   letters → token ids                    vocabulary
training_lyrics   the same as the reference's dataset does it, which is not how it generates
"""

from engine.models.ace_v1.lyrics.languages import LANGUAGES, UnknownLanguage
from engine.models.ace_v1.lyrics.libraries import MissingLibrary
from engine.models.ace_v1.lyrics.tokenizer import TRAINED_TOKENS, LyricTokenizer, TokenizedLyrics
from engine.models.ace_v1.lyrics.training_lyrics import training_ids
from engine.models.ace_v1.lyrics.vocabulary import BadVocabulary

__all__ = [
    "LANGUAGES",
    "TRAINED_TOKENS",
    "BadVocabulary",
    "LyricTokenizer",
    "MissingLibrary",
    "TokenizedLyrics",
    "UnknownLanguage",
    "training_ids",
]
