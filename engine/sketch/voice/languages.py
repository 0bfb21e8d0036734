"""Languages that the guide vocal sings: their voices in espeak-ng, and the scripts that those voices read."""

from __future__ import annotations

import unicodedata

from engine.sketch.voice.espeak import Voice

VOICES = {
    "en": Voice("en-us"), "de": Voice("de"), "fr": Voice("fr-fr"), "es": Voice("es"), "it": Voice("it"),
    "pt": Voice("pt-br"), "pl": Voice("pl"), "tr": Voice("tr"), "ru": Voice("ru"), "cs": Voice("cs"),
    "nl": Voice("nl"), "ar": Voice("ar"), "zh": Voice("cmn-latn-pinyin"), "ja": Voice("ja"), "hu": Voice("hu"),
    "ko": Voice("ko"), "hi": Voice("hi"), "sv": Voice("sv"), "fi": Voice("fi"), "da": Voice("da"), "uk": Voice("uk"),
    "el": Voice("el"), "ro": Voice("ro"), "id": Voice("id"), "vi": Voice("vi"),
}  # fmt: skip
"""ISO 639-1 code → voice. The first 17 are those that ACE-Step v1 sings."""
NAMES = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese",
    "pl": "Polish", "tr": "Turkish", "ru": "Russian", "cs": "Czech", "nl": "Dutch", "ar": "Arabic", "zh": "Chinese",
    "ja": "Japanese", "hu": "Hungarian", "ko": "Korean", "hi": "Hindi", "sv": "Swedish", "fi": "Finnish",
    "da": "Danish", "uk": "Ukrainian", "el": "Greek", "ro": "Romanian", "id": "Indonesian", "vi": "Vietnamese",
}  # fmt: skip
_SCRIPTS = {
    "ru": ("CYRILLIC",), "uk": ("CYRILLIC",), "ar": ("ARABIC",), "ja": ("HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"),
    "ko": ("HANGUL",), "hi": ("DEVANAGARI",), "el": ("GREEK",),
}  # fmt: skip
_BY_SCRIPT = {
    "CYRILLIC": "ru", "ARABIC": "ar", "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "DEVANAGARI": "hi",
    "GREEK": "el", "CJK": "zh",
}  # fmt: skip


def _script(letter: str) -> str:
    return unicodedata.name(letter, "UNKNOWN").split()[0]


def unreadable(text: str, language: str) -> str:
    """The letters that the language's voice has no reading for; every voice reads Latin ones in some way."""
    known = ("LATIN", "FULLWIDTH", "MODIFIER", *_SCRIPTS.get(language, ()))
    return "".join(letter for letter in text if letter.isalpha() and _script(letter) not in known)


def by_script(text: str) -> str:
    """The language that a script alone tells; '' for Latin letters, which many languages share."""
    for letter in text:
        if letter.isalpha() and (found := _BY_SCRIPT.get(_script(letter))):
            return found
    return ""
