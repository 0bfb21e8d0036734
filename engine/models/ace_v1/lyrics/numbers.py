"""Numbers as they are sung: "$20" becomes "twenty dollars", "1st" becomes "first".

Source: specification §12.4. Where it says that an exception leaves the text as it was, `spell_numbers`
raises and `cleaning` decides. Every pattern that starts with a run of digits may only start where that run
starts: this finds the same matches and keeps a line of 100,000 digits from taking hours.
"""

import re
from collections.abc import Callable
from typing import Any

from engine.models.ace_v1.lyrics.libraries import library

# What num2words raises for numbers and languages that it cannot spell; all mean "leave the digits alone".
UNSPEAKABLE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NameError,
    RuntimeError,
    TypeError,
    ValueError,
)

CURRENCIES = {"£": "GBP", "$": "USD", "€": "EUR"}
CONJUNCTIONS = {"es": " con ", "fr": " et ", "de": " und ", "pt": " e ", "it": " e "}
ORDINALS = {
    "en": "st|nd|rd|th",
    "es": "º|ª|er|o|a|os|as",
    "fr": "º|ª|er|re|e|ème",
    "de": r"st|nd|rd|th|º|ª|\.(?=\s|$)",
    "pt": "º|ª|o|a|os|as",
    "it": "º|°|ª|o|a|i|e",
    "pl": "º|ª|st|nd|rd|th",
    "ar": "ون|ين|ث|ر|ى",
    "cs": r"\.(?=\s|$)",
    "ru": "-й|-я|-е|-ое|-ье|-го",
    "nl": "de|ste|e",
    "tr": r"\.|inci|nci|uncu|üncü",
    "hu": r"\.|adik|edik|odik|ödik|ödike|ik",
    "ko": "번째|번|차|째",
}

_COMMA_GROUPS = re.compile(r"\b\d{1,3}(,\d{3})*(\.\d+)?\b")
# The dot stands for any character, as in the reference: "12.5" becomes "125" in these languages.
_DOT_GROUPS = re.compile(r"\b\d{1,3}(.\d{3})*(,\d+)?\b")
_AMOUNTS = {
    code: re.compile(rf"{re.escape(sign)}[0-9.,]*[0-9]|(?<![0-9.,])[0-9.,]*[0-9]{re.escape(sign)}")
    for sign, code in CURRENCIES.items()
}
_DECIMAL = re.compile(r"(?<![0-9])[0-9]+[.,][0-9]+")
_ORDINAL = {language: re.compile(rf"(?<![0-9])([0-9]+)(?:{suffix})") for language, suffix in ORDINALS.items()}
_INTEGER = re.compile(r"[0-9]+")
_ANY_DIGIT = re.compile(r"\d")

Words = Callable[..., str]


def _words(language: str) -> Words:
    """num2words for one language."""
    num2words: Any = library("num2words").num2words
    # num2words calls Czech by its country.
    name = "cz" if language == "cs" else language
    return lambda number, **how: str(num2words(number, lang=name, **how))


def _spell_amount(match: re.Match[str], code: str, language: str, words: Words) -> str:
    amount = float(re.sub(r"[^\d.]", "", match.group().replace(",", ".")))
    spelled = words(amount, to="currency", currency=code)
    if amount.is_integer():
        # "twenty dollars, zero cents": nobody sings the cents.
        cents = spelled.rfind(CONJUNCTIONS.get(language, ", "))
        spelled = spelled if cents == -1 else spelled[:cents]
    return spelled


def _spell_currencies(text: str, language: str, words: Words) -> str:
    """Spell the amounts of money; what num2words cannot spell in this language stays."""
    for code, pattern in _AMOUNTS.items():
        try:
            text = pattern.sub(lambda match, code=code: _spell_amount(match, code, language, words), text)  # type: ignore[misc]
        except UNSPEAKABLE:
            return text
    return text


def spell_numbers(text: str, language: str) -> str:
    """Spell every number of a lower-case line in its language (not for zh, ja and hi).

    Raises one of UNSPEAKABLE where a number cannot be spelled, MissingLibrary without num2words.
    """
    if not _ANY_DIGIT.search(text):
        return text
    words = _words(language)
    if language in ("en", "ru"):
        text = _COMMA_GROUPS.sub(lambda match: match.group().replace(",", ""), text)
    else:
        text = _DOT_GROUPS.sub(lambda match: match.group().replace(".", ""), text)
    text = _spell_currencies(text, language, words)
    if language != "tr":
        text = _DECIMAL.sub(lambda match: words(float(match.group().replace(",", "."))), text)
    text = _ORDINAL[language].sub(lambda match: words(int(match.group(1)), ordinal=True), text)
    return _INTEGER.sub(lambda match: words(int(match.group())), text)
