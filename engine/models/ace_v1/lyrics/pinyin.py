"""Pinyin with tone digits, written by hand to say how a Chinese character is sung: "zhang3".

In the reference the digit becomes a numeral before anyone reads it as a tone (specification §18.2, 11). Here a
syllable that Chinese has, in small letters, followed by one tone digit, is left alone.
"""

import re
from collections.abc import Callable

_FINALS = (
    "iang|iong|uang|[iuü]e|v[en]|üan|ang|eng|ing|ong|ian|iao|uan|uai|ai|ei|ao|ou|an|en|er|ia|in|iu|ie|ua|uo|ui|un|"
    "ün|a|e|i|o|u|ü|v"
)
_SYLLABLE = rf"(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])(?:{_FINALS})|ai|ei|ao|ou|ang?|eng?|er|[aeo])[1-5]"
# A run of syllables; the blanks between them are not sung, as none lie between characters either.
_RUN = re.compile(rf"(?<![A-Za-z0-9ü])(?:{_SYLLABLE}\s*)*{_SYLLABLE}(?![A-Za-z0-9ü])")


def spell_around_pinyin(text: str, spell: Callable[[str], str]) -> str:
    """`spell` what lies between the syllables; join the syllables as characters are joined ("ni3hao3")."""
    pieces, position = [], 0
    for run in _RUN.finditer(text):
        pieces += [spell(text[position : run.start()]), re.sub(r"\s+", "", run.group()).replace("ü", "v")]
        position = run.end()
    return "".join([*pieces, spell(text[position:])])
