"""Lyrics: what was written becomes lines that can be spoken, with their section and language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

from bridge_server.protocol.errors import Unsupported
from engine.sketch.section_names import read_section
from engine.sketch.voice.languages import NAMES, VOICES, by_script, unreadable

_HEADING = re.compile(r"\s*(?:\[([^\[\]]*)\]|【([^】]*)】|［([^］]*)］|\(([^()]{1,80})\)\s*:?\s*$)\s*")
_LANGUAGE = re.compile(r"\s*\[([A-Za-z]{2})(?:[-_][A-Za-z]{2,4})?\]\s*")
_KEPT_MARKS = "'’-"

Detect = Callable[[Sequence[str], str], Sequence[str]]
"""Lines and the song's language ('' if not named) → the language of each."""
Reading = Callable[[str, str], str]
"""A line and its language → the same line in letters that espeak-ng reads."""


class Written(NamedTuple):
    """A line to sing. `section` is a kind of `section_names.KINDS`; `block` is that of `read_blocks`."""

    text: str
    language: str
    section: str
    block: int


def read_lyrics(lyrics: str, language: str, detect: Detect, reading: Reading) -> tuple[Written, ...]:
    """The lines that can be sung, in order; lines without a letter or figure are left out.

    A line that begins with its language, `[de] Morgenrot`, is sung in that one.
    Raises Unsupported for a language that espeak-ng's voices here do not have and for letters they cannot read.
    """
    if language and language not in VOICES:
        raise Unsupported(
            f"The guide vocal does not sing in '{language}'.",
            f"It sings in {', '.join(NAMES[code] for code in VOICES)}.",
        )
    found: list[tuple[str, str, int]] = []
    own: list[str] = []
    section, block = "verse", -1
    for line in lyrics.splitlines():
        given, words = _own_language(line)
        kind, rest = _heading(words)
        if kind:
            section, block = kind, block + 1
        text = spoken_text(rest)
        if any(letter.isalnum() for letter in text):
            block = max(0, block)
            found.append((text, section, block))
            own.append(given)
    texts = [text for text, _, _ in found]
    languages = [given or code for given, code in zip(own, _languages(texts, language, detect), strict=True)]
    lines = []
    for (text, kind, number), code in zip(found, languages, strict=True):
        read = reading(text, code)
        if strange := unreadable(read, code):
            raise Unsupported(
                f"espeak-ng cannot read '{strange[:12]}' in a line sung in {NAMES[code]}.",
                "Name the language of the lyrics, or write that line as it is pronounced.",
            )
        lines.append(Written(spoken_text(read), code, kind, number))
    return tuple(lines)


def _own_language(line: str) -> tuple[str, str]:
    """The language that a line begins with ('' for none) and the rest of it."""
    prefix = _LANGUAGE.match(line)
    if prefix and (code := prefix[1].lower()) in VOICES and line[prefix.end() :].strip():
        return code, line[prefix.end() :]
    return "", line


def _heading(line: str) -> tuple[str, str]:
    """Kind of section that a line announces ('' for none) and what of it is sung; '(oh yeah)' is sung."""
    heading = _HEADING.match(line)
    if not heading:
        return "", line
    kind = read_section(next((name for name in heading.groups() if name is not None), ""))[0]
    return kind, line if heading[4] is not None and not kind else line[heading.end() :]


def spoken_text(line: str) -> str:
    """Letters, figures and marks within words; everything else (emoji, brackets, punctuation) becomes a space."""
    plain = unicodedata.normalize("NFC", line)
    kept = [each if unicodedata.category(each)[0] in "LMN" or each in _KEPT_MARKS else " " for each in plain]
    words = "".join(kept).replace("’", "'").split()
    return " ".join(word.strip("-") if word.strip("-'") else "" for word in words).strip()


def _languages(texts: Sequence[str], language: str, detect: Detect) -> list[str]:
    found = []
    for text, guess in zip(texts, detect(texts, language), strict=True):
        script = by_script(text)
        if script and unreadable(text, language or guess) and not (script == "zh" and (language or guess) == "ja"):
            found.append(script)
        else:
            found.append(language or (guess if guess in VOICES else "en"))
    return found
