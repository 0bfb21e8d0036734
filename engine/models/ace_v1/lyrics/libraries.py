"""The language libraries that lyrics lean on; each is imported when a line first needs it.

All of them belong to the extra `lyrics`. A song in English without numbers needs none of them.
"""

import importlib
from typing import Any


class MissingLibrary(ImportError):
    """A line of the lyrics needs a language library that is not installed."""


PACKAGES = {
    "num2words": ("num2words", "to spell out numbers"),
    "pypinyin": ("pypinyin", "to read Chinese lyrics"),
    "hangul_romanize": ("hangul-romanize", "to read Korean lyrics"),
    "hangul_romanize.rule": ("hangul-romanize", "to read Korean lyrics"),
    "unidic_lite": ("unidic-lite", "to read Japanese lyrics"),
    "cutlet": ("cutlet", "to read Japanese lyrics"),
    "py3langid.langid": ("py3langid", "to tell the languages of lyrics apart when none is named"),
}


def library(module: str) -> Any:
    """The module, imported now if it was not before.

    Raises MissingLibrary with the pip name of the package and what it is for.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package, purpose = PACKAGES[module]
        raise MissingLibrary(
            f'{package} is needed {purpose}: pip install "dawbridge[lyrics]" (or pip install {package}).'
        ) from error
