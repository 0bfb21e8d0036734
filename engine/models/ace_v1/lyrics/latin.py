"""Which of the eleven languages in Latin letters a line is written in.

Two witnesses: py3langid (naive Bayes over byte sequences; Lui and Baldwin, "langid.py", ACL 2012), restricted to
the languages that the model sings, and the words that lines of songs are made of.
"""

import re
from functools import cache, lru_cache
from typing import Any

from engine.models.ace_v1.lyrics.common_words import COMMON_WORDS
from engine.models.ace_v1.lyrics.libraries import library

LATIN_LANGUAGES = tuple(COMMON_WORDS)

# Letters at most that are read of a line: more do not change what language it is.
ENOUGH = 1000
# In nats, as the scores of py3langid are: what one common word says. From 5 to 8 it makes no difference.
COMMON_WORD = 6.0

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")

Scores = dict[str, float]


@cache
def _identifier() -> Any:
    langid = library("py3langid.langid")
    identifier = langid.LanguageIdentifier.from_pickled_model(langid.MODEL_FILE)
    identifier.set_languages(list(LATIN_LANGUAGES))
    return identifier


@lru_cache(maxsize=4096)
def _scores(text: str) -> tuple[tuple[str, float], ...]:
    ranked = {language: float(score) for language, score in _identifier().rank(text)}
    words = set(_WORD.findall(text.replace("’", "'")))
    for language, common in COMMON_WORDS.items():
        ranked[language] += COMMON_WORD * len(words & common)
    return tuple(ranked.items())


def latin_scores(text: str) -> Scores:
    """How well each language fits, as log-probabilities without a common offset; the greatest fits best.

    Raises MissingLibrary without py3langid.
    """
    return dict(_scores(text[:ENOUGH].lower()))
