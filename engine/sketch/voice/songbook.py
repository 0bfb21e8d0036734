"""Songbook: lyrics become the words of a take, with the syllables that espeak-ng hears in them."""

from __future__ import annotations

from itertools import pairwise

from engine.sketch.score import Line, Words
from engine.sketch.voice.lyrics import Detect, Reading, Written, read_lyrics
from engine.sketch.voice.recording import Studio
from engine.sketch.voice.syllables import syllables_of
from engine.watch import Watch

LONGEST_LINE = 24
"""Syllables; a longer line is sung as several."""
MOST_LINES = 400


def words_of(
    lyrics_and_language: tuple[str, str], voice: str, studio: Studio, readers: tuple[Detect, Reading], watch: Watch
) -> Words:
    """Every line with its syllables. Lines in which espeak-ng finds nothing to say are left out.

    Raises Unsupported for a language or script that it does not read.
    """
    written = read_lyrics(*lyrics_and_language, *readers)[:MOST_LINES]
    lines: list[Line] = []
    for number, line in enumerate(written):
        watch.step(number, len(written), "reading the lyrics")
        lines += _lines(line, studio)
    return Words(voice, tuple(lines))


def _lines(line: Written, studio: Studio) -> list[Line]:
    found = _read(line.text, line, studio)
    count = len(found.syllables)
    if count <= LONGEST_LINE:
        return [found] if count else []
    return [each for text in _parts(line.text, -(-count // LONGEST_LINE)) for each in _lines(
        line._replace(text=text), studio
    )] if len(line.text.split()) > 1 else [_cut(found)]  # fmt: skip


def _parts(text: str, count: int) -> list[str]:
    """A text in parts of about as many words; at least two."""
    words = text.split()
    count = min(max(2, count), len(words))
    edges = [round(number * len(words) / count) for number in range(count + 1)]
    return [" ".join(words[low:high]) for low, high in pairwise(edges)]


def _cut(line: Line) -> Line:
    """A single word of more syllables than anybody has breath for."""
    share = max(1, len(line.text) * LONGEST_LINE // len(line.syllables))
    return Line(line.text[:share], line.language, line.section, line.block, line.syllables[:LONGEST_LINE])


def _read(text: str, line: Written, studio: Studio) -> Line:
    heard = syllables_of(studio.read(text, line.language).words, text)
    syllables = tuple((each.text, each.stress) for each in heard)
    return Line(text, line.language, line.section, line.block, syllables)


def unsung(words: Words, sung: set[int]) -> str:
    """A sentence about the lines that found no room; '' where all are sung."""
    left = [line.text for number, line in enumerate(words.lines) if number not in sung]
    if not left:
        return ""
    return f"{len(left)} of {len(words.lines)} lines found no room and are not sung, from: {left[0][:40]}"
