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
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|[。！？，、；：…]+")
# Characters at most that are read of a line: more do not change what language it is.
ENOUGH = 2000
_NO_LETTER = re.compile(r"[\W\d_]+")
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
            spans = [(_piece_language(piece) or first or "zh", piece) for piece in _SENTENCE_END.split(text) if piece]
        first = first or spans[0][0] if spans else first
        yield from spans


def detect_like_the_reference(line: str) -> str:
    """The language code of one line: that of most characters (Chinese ones twice), any other before English."""
    votes: Counter[str] = Counter()
    for language, text in _spans(line[:ENOUGH]):
        votes[language] += len(text) * (2 if language == "zh" else 1)
    ranked = [language for language, _ in votes.most_common(2)]
    if not ranked:
        return "en"
    return ranked[1] if ranked[0] == "en" and len(ranked) > 1 else ranked[0]
