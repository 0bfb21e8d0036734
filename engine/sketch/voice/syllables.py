"""Syllables: by what is pronounced, not by how it is spelled."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from engine.sketch.voice.phonemes import Phoneme

_LETTERS_OF_VOWELS = re.compile(r"[aeiouyäöüáéíóúàèìòùâêîôûåæøœãõąęěůıаеёиоуыэюяіїєαεηιουωάέήίόύώ]+", re.I)


class Place(NamedTuple):
    """A phoneme of a line: which word, which sound of it."""

    word: int
    sound: int


class Syllable(NamedTuple):
    """Onset, nucleus and coda as places in the line; `text` for people, `stress` 0 … 2."""

    text: str
    stress: int
    onset: tuple[Place, ...]
    nucleus: Place
    coda: tuple[Place, ...]
    ends_word: bool


def syllables_of(words: tuple[tuple[Phoneme, ...], ...], text: str) -> tuple[Syllable, ...]:
    """Every syllable of a line. A word without a vowel (Russian в) joins the word after it, or else the one before."""
    found: list[Syllable] = []
    waiting: tuple[Place, ...] = ()
    for number, word in enumerate(words):
        nuclei = [at for at, sound in enumerate(word) if sound.is_nucleus]
        if not nuclei:
            waiting += tuple(Place(number, at) for at in range(len(word)))
            continue
        cuts = [0, *(_cut(word, left, right) for left, right in pairwise(nuclei)), len(word)]
        for index, at in enumerate(nuclei):
            onset = tuple(Place(number, each) for each in range(cuts[index], at))
            coda = tuple(Place(number, each) for each in range(at + 1, cuts[index + 1]))
            last = index + 1 == len(nuclei)
            found.append(Syllable("", word[at].stress, waiting + onset, Place(number, at), coda, last))
            waiting = ()
    if waiting and found:
        found[-1] = found[-1]._replace(coda=found[-1].coda + waiting)
    return tuple(
        syllable._replace(text=piece) for syllable, piece in zip(found, _spelled(found, text.split()), strict=True)
    )


def _cut(word: tuple[Phoneme, ...], left: int, right: int) -> int:
    """Where the syllable of the nucleus `right` begins: one consonant, or two or three that begin words together."""
    start = right
    while start - 1 > left and (start == right or _may_begin(word[start - 1], word[start])):
        start -= 1
    return start


def _may_begin(first: Phoneme, second: Phoneme) -> bool:
    """A stop or f-like sound before a liquid or glide, and s before a stop."""
    if second.is_sonorant and second.ipa[:1] not in tuple("mnŋɲ"):
        return not first.is_sonorant
    return first.ipa[:1] in ("s", "ʃ") and second.is_stop and not second.is_voiced


def _spelled(syllables: list[Syllable], words: list[str]) -> list[str]:
    """Each syllable's share of the written words; the pieces of a word end in a hyphen but for the last."""
    groups = _grouped(syllables, words)
    pieces: list[str] = []
    for word, count in groups:
        cut = _pieces(word, count)
        pieces += [piece + "-" for piece in cut[:-1]] + cut[-1:]
    return pieces


def _grouped(syllables: list[Syllable], words: list[str]) -> list[tuple[str, int]]:
    """Written words and how many syllables each has, though espeak-ng may join words or spell out figures."""
    counts: list[int] = []
    run = 0
    for syllable in syllables:
        run += 1
        if syllable.ends_word:
            counts.append(run)
            run = 0
    if len(counts) == len(words):
        return list(zip(words, counts, strict=True))
    total = len(syllables)
    if not total or not words:
        return [("", 1)] * total
    sizes = [max(1, len(_LETTERS_OF_VOWELS.findall(word))) for word in words]
    found: list[tuple[str, int]] = []
    passed, given, held = 0, 0, ""
    for word, size in zip(words, sizes, strict=True):
        passed += size
        upto = round(passed * total / sum(sizes))
        held = f"{held} {word}".strip()
        if upto > given:
            found.append((held, upto - given))
            given, held = upto, ""
    return found


def _pieces(word: str, count: int) -> list[str]:
    if count <= 1:
        return [word]
    vowels = [match.start() for match in _LETTERS_OF_VOWELS.finditer(word)]
    if len(vowels) == count + 1 and word.lower().endswith("e"):
        vowels = vowels[:-1]
    if len(vowels) == count:
        cuts = [0, *(max(at - 1, before + 1) for before, at in pairwise(vowels)), len(word)]
    else:
        cuts = [round(index * len(word) / count) for index in range(count + 1)]
    return [word[low:high] for low, high in pairwise(cuts)]
