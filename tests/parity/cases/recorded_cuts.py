"""Lyrics of the training set, cut where a recording was cut, when our segmenter would cut them elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from engine.models.ace_v1.lyrics import LyricTokenizer
from engine.models.ace_v1.lyrics.numbers import UNSPEAKABLE
from engine.models.ace_v1.lyrics.vocabulary import SPACE, START


def ids_cut_as_recorded(
    tokenizer: LyricTokenizer, lyrics: str, recorded: list[int], languages: dict[int, str]
) -> list[int]:
    """Our ids of the words of every recorded line, in its recorded language; line ends as they were recorded."""
    ids, rest = [START], lyrics.lstrip()
    for part in lines_of(recorded, languages):
        if part:
            ours, rest = first_words(tokenizer, rest, part, languages.get(part[0], "en"))
            ids += ours
        ids.append(SPACE)
    return ids


def lines_of(recorded: list[int], languages: dict[int, str]) -> Iterator[list[int]]:
    """The recorded lines. A blank between words is the same token as a line's end, but no language follows it."""
    line: list[int] = []
    for index, token in enumerate(recorded[1:], 2):
        following = recorded[index] if index < len(recorded) else SPACE
        if token == SPACE and (not line or following == SPACE or following in languages):
            yield line
            line = []
        else:
            line.append(token)


def first_words(tokenizer: LyricTokenizer, rest: str, wanted: list[int], language: str) -> tuple[list[int], str]:
    """The ids of so much of the first line as the recorded ones stand for, or of all of it; and what comes after."""
    line = rest.split("\n", 1)[0]
    found: list[int] = []
    for end in (len(line), *range(len(line) - 1, 0, -1)):
        try:
            ids = tokenizer.encode_line(line[:end].strip(), language)
        except UNSPEAKABLE:
            continue
        if ids == wanted:
            return ids, rest[end:].lstrip()
        found = found or ids
    return found, rest[len(line) :].lstrip()
