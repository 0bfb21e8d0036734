"""Cleaning: a line of lyrics as it is sung, in the letters that the model knows.

Source: specification §12.4. The order of the steps and their slips are part of what the model was trained on.
"""

import re

from engine.models.ace_v1.lyrics.abbreviations import expand_abbreviations
from engine.models.ace_v1.lyrics.chinese_numbers import spell_chinese_numbers
from engine.models.ace_v1.lyrics.numbers import UNSPEAKABLE, spell_numbers
from engine.models.ace_v1.lyrics.pinyin import spell_around_pinyin
from engine.models.ace_v1.lyrics.romanisation import pinyin, romanise_japanese, romanise_korean
from engine.models.ace_v1.lyrics.symbols import expand_symbols

_BLANKS = re.compile(r"\s+")
_TURKISH = str.maketrans("İÖÜ", "iöü")


def _spelled(text: str, language: str, keep_pinyin: bool) -> str:
    """The line in small letters with its numbers spelled, or with its digits where that cannot be done."""
    try:
        if language != "zh":
            return spell_numbers(text.lower(), language)
        if keep_pinyin:
            # "A4" is no pinyin: only small letters are, so they must be told apart while they still can.
            return spell_around_pinyin(text, spell_chinese_numbers).lower()
        return spell_chinese_numbers(text.lower())
    except UNSPEAKABLE:
        return text.lower()


def clean(text: str, language: str, *, keep_pinyin: bool = False) -> str:
    """A line of lyrics as the tokenizer wants it: small letters, words for numbers, Latin script for zh, ja and ko.

    language     one of the 17 codes of `languages.LANGUAGES`
    keep_pinyin  tone digits of hand-written pinyin survive in Chinese lines (the reference spells them out)
    Raises MissingLibrary where the line needs a language library that is not installed.
    """
    if language == "ja":
        return romanise_japanese(text).lower()
    if language == "hi":
        return _BLANKS.sub(" ", text.lower())
    text = text.replace('"', "")
    if language == "tr":
        text = text.translate(_TURKISH)
    text = _spelled(text, language, keep_pinyin)
    text = expand_symbols(expand_abbreviations(text, language), language)
    text = _BLANKS.sub(" ", text)
    if language == "zh":
        return pinyin(text)
    return romanise_korean(text) if language == "ko" else text
