"""Lines of lyrics: what is a structure tag, what is sung, and in which language."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from engine.models.ace_v1.lyrics.languages import LANGUAGES, detect_languages, language_code
from engine.models.ace_v1.lyrics.segments import detect_like_the_reference
from engine.models.ace_v1.lyrics.structure import read_tag

_BREAK = re.compile(r"\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
# Control characters, halves of surrogate pairs and marks of writing direction: nobody sings them.
_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# Letters typed as parts (é as e and an accent), as some systems store them; Arabic marks stay as they are.
_PARTS = re.compile(
    r"[A-Za-z\u00c0-\u024f\u0400-\u04ff][\u0300-\u036f]+|[\u3041-\u30ff][\u3099\u309a]|[\u1100-\u11ff]+"
)
_PREFIX = re.compile(r"\[([A-Za-z]{2})(?:[-_][A-Za-z]{2,4})?\]")
_TAG_OF_THE_REFERENCE = re.compile(r"\[.*?\]")

UNCLEAR_TAG = "A tag is none of those that the model knows, and may be sung as words"


@dataclass(frozen=True)
class Line:
    """One line as the tokenizer reads it.

    number       of the line in the lyrics, from 1; a tag and words after it are two lines of one number
    text         without blanks around it; a clear tag is one of the twelve the model knows; "" for an empty line
    language     one of the 17 codes; tags are read in English
    keep_pinyin  whether tone digits in a Chinese line are hand-written pinyin
    remark       what the author should know about this line
    """

    number: int
    text: str
    language: str = ""
    keep_pinyin: bool = True
    remark: str = ""


def _read(number: int, written: str) -> Iterator[Line]:
    """The lines that a written line stands for; the language stays open where it must be detected."""
    text = _PARTS.sub(lambda parts: unicodedata.normalize("NFC", parts.group()), _INVISIBLE.sub("", written)).strip()
    prefix = _PREFIX.match(text)
    if prefix and prefix.group(1).lower() in LANGUAGES:
        sung = text[prefix.end() :].strip()
        yield Line(number, sung, language_code(prefix.group(1)) if sung else "")
        return
    while (tag := read_tag(text)) and tag.token:
        yield Line(number, f"[{tag.token}]", "en")
        text = tag.rest
        if not text:
            return
    if tag:
        yield Line(number, text, "en", remark=UNCLEAR_TAG)
    else:
        yield Line(number, text)


def read_lines(lyrics: str, language: str = "") -> list[Line]:
    """The lines of lyrics, tags normalised and every line with its language.

    language  code of the song's language, "" to detect it
    Raises UnknownLanguage and MissingLibrary as `detect_languages` does.
    """
    written = enumerate(_BREAK.split(lyrics), 1)
    lines = [line for number, text in written for line in _read(number, text)]
    sung = [index for index, line in enumerate(lines) if line.text and not line.language]
    for index, code in zip(sung, detect_languages([lines[index].text for index in sung], language), strict=True):
        lines[index] = replace(lines[index], language=code)
    return lines


def read_lines_like_the_reference(lyrics: str, language: str = "") -> list[Line]:
    """The lines as the reference reads them: a bracket at the start makes a line English, languages one by one."""
    forced = language_code(language) if language else ""
    lines = []
    for number, written in enumerate(lyrics.split("\n"), 1):
        text = written.strip()
        code = (
            "en" if _TAG_OF_THE_REFERENCE.match(text) else forced or (detect_like_the_reference(text) if text else "")
        )
        lines.append(Line(number, text, code if code in LANGUAGES or not code else "en", keep_pinyin=False))
    return lines
