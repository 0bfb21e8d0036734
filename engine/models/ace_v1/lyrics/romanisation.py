"""Chinese, Korean and Japanese in Latin letters, as the model learned to read them (specification §12.4)."""

from functools import cache
from typing import Any

from engine.models.ace_v1.lyrics.libraries import library


def pinyin(text: str) -> str:
    """“你好，” → "ni3hao3，": tone digits after the syllable, 5 for the neutral tone; the rest stays."""
    reader: Any = library("pypinyin")
    syllables = reader.pinyin(text, style=reader.Style.TONE3, heteronym=False, neutral_tone_with_five=True)
    return "".join(syllable[0] for syllable in syllables)


@cache
def _korean() -> Any:
    rule = library("hangul_romanize.rule").academic
    return library("hangul_romanize").Transliter(rule)


def romanise_korean(text: str) -> str:
    """“사랑해요” → "salanghae-yo" (academic rule)."""
    return str(_korean().translit(text))


@cache
def _japanese() -> Any:
    library("unidic_lite")
    return library("cutlet").Cutlet()


def romanise_japanese(text: str) -> str:
    """“夜の星空” → "Yoru no hoshizora" (Hepburn)."""
    return str(_japanese().romaji(text))


def katakana(text: str) -> str:
    """“夜の星は” → "ヨル ノ ホシ ワ": as it is spoken, word by word; what no dictionary knows stays."""
    words = _japanese().tagger(text)
    return " ".join(getattr(word.feature, "pron", None) or word.surface for word in words)
