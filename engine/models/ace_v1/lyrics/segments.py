"""The reference's language detection, as far as its description goes: pieces of a line vote by their letters.

Source: specification §12.3. For `compatible=True` only; it depends on versions and is known to guess badly
(short English lines become German or Malay), which `languages` mends.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

from engine.models.ace_v1.lyrics.libraries import library

# Letters of French and Vietnamese count as Latin here, those of Czech do not.
_LATIN = "A-Za-zà-öù-ÿÀ-ÖÙ-ÝœŒăĂđĐĩĨũŨơƠưƯ\u1ea0-\u1ef9"
_OTHER = rf"[^\s{_LATIN}\d\uac00-\ud7af\u0e00-\u0e7f\u0400-\u04ff]"
_SPAN = re.compile(
    r"<(?P<tag>[a-z]{2})>(?P<tagged>.*?)</(?P=tag)>"
    r"|(?P<ko>[\uac00-\ud7af]+)"
    r"|(?P<th>[\u0e00-\u0e7f]+)"
    r"|(?P<ru>[\u0400-\u04ff]+)"
    r"|(?P<number>\d+(?:[.,]\d+)*)"
    rf"|(?P<latin>\"?[{_LATIN}][{_LATIN}\s!-/:-@\[-`{{-~’‘“”–…]*)"
    rf"|(?P<rest>{_OTHER}+(?:\s+{_OTHER}+)*)"
)
_SENTENCE = re.compile(r"\S.*?(?:(?<=[.!?])\s+|[。！？，、；：…\n]+\s*|$)", re.DOTALL)
# Characters at most that are read of a line: more do not change what language it is.
ENOUGH = 2000
_NO_LETTER = re.compile(r"[\W\d_]+")
_OPENING = re.compile(r"[\[(（【《<“‘«¿¡]+")
_HAN_ONLY = re.compile(r"[\u3400-\u9fff]+")
_KANA = re.compile(r"[\u3040-\u30ff]")
_REPEATED = re.compile(r"(.)\1+")


@cache
def _identifier() -> Any:
    langid = library("py3langid.langid")
    return langid.LanguageIdentifier.from_pickled_model(langid.MODEL_FILE, norm_probs=True)


@lru_cache(maxsize=4096)
def _classify(text: str) -> str:
    return str(_identifier().classify(text)[0])


def _piece_language(piece: str) -> str:
    """The language of a piece without a script of its own, "" where no letter tells."""
    words = _REPEATED.sub(r"\1", _NO_LETTER.sub(" ", piece)).strip()
    if not words:
        return ""
    if _KANA.search(words):
        return "ja"
    return "zh" if _HAN_ONLY.fullmatch(words.replace(" ", "")) else _classify(words)


def _spans(line: str) -> Iterator[tuple[str, str]]:
    """(language, text) of the spans, from left to right."""
    first = next((match.lastgroup for match in _SPAN.finditer(line) if match.lastgroup in ("ko", "th", "ru")), "") or ""
    for match in _SPAN.finditer(line):
        kind, text = match.lastgroup or "", match.group()
        if kind == "tagged":
            spans = [(match["tag"], match["tagged"])]
        elif kind in ("ko", "th", "ru"):
            spans = [(kind, text)]
        elif kind == "number":
            spans = [(first or "zh", text)]
        else:
            spans = [(_piece_language(piece) or first or "zh", piece) for piece in _SENTENCE.findall(text)]
        first = first or spans[0][0] if spans else first
        yield from spans


def detect_like_the_reference(line: str) -> str:
    """The language code of one line: that of most characters (Chinese ones twice), any other before English."""
    ranked = _ranked(line[:ENOUGH])
    if not ranked:
        return "en"
    return ranked[1] if ranked[0] == "en" and len(ranked) > 1 else ranked[0]


def vote_like_the_reference(lyrics: str) -> str:
    """The language code of most characters of whole lyrics (Chinese ones twice), "en" where there are none."""
    return next(iter(_ranked(lyrics)), "en")


def cut_like_the_reference(lyrics: str) -> list[tuple[str, str]]:
    """(language, text) of the runs of one language that lyrics consist of, line ends and blanks after them included.

    Signs without a letter go with what is before them, opening brackets with what is after them.
    """
    runs: list[tuple[str, str]] = []
    opened, position = "", 0
    for language, text in _spans(lyrics):
        start = lyrics.index(text, position)
        if runs and not (between := lyrics[position:start]).strip():
            runs[-1] = (runs[-1][0], runs[-1][1] + between)
        position = start + len(text)
        if _OPENING.fullmatch(text):
            opened += text
        elif runs and (language == runs[-1][0] or _NO_LETTER.fullmatch(text)):
            runs[-1] = (runs[-1][0], runs[-1][1] + opened + text)
            opened = ""
        else:
            runs.append((language, opened + text))
            opened = ""
    return [*runs, ("zh", opened)] if opened else runs


def _ranked(text: str) -> list[str]:
    votes: Counter[str] = Counter()
    for language, piece in _spans(text):
        votes[language] += len(piece) * (2 if language == "zh" else 1)
    return [language for language, _ in votes.most_common()]
