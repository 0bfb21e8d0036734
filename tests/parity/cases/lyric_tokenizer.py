"""Lyrics to token ids. Languages are given, as recorded; whether we would have told them alike is a remark only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from engine.models.ace_v1.lyrics import LyricTokenizer, MissingLibrary, UnknownLanguage
from engine.models.ace_v1.lyrics.cleaning import clean
from engine.models.ace_v1.lyrics.lines import read_lines_like_the_reference
from engine.models.ace_v1.lyrics.numbers import UNSPEAKABLE
from engine.models.ace_v1.lyrics.training_lyrics import training_ids
from engine.models.ace_v1.lyrics.vocabulary import SPACE, START
from tests.parity.case import Case
from tests.parity.cases.recorded_cuts import ids_cut_as_recorded
from tests.parity.comparison import Claim
from tests.parity.kinds import Missing


def run(case: Case) -> Iterator[Claim | str]:
    """Single lines, texts in a named language, and whole lyrics."""
    tokenizer = LyricTokenizer(vocabulary(case))
    for kind, key in (("lines", "line"), ("direct", "text")):
        for index, entry in enumerate(case.about.get(kind, [])):
            yield from line_claims(tokenizer, f"{kind}.{index}", entry, key)
    for index, entry in enumerate(case.about.get("full_lyrics", [])):
        yield song_claim(tokenizer, f"full_lyrics.{index}", entry, case)
    yield from training_claims(tokenizer, case)
    yield agreement(case)


def vocabulary(case: Case) -> Path:
    """The table, which is no part of the folder."""
    if case.folder.vocab is None:
        raise Missing("needs the lyric vocabulary: --vocab FILE")
    return case.folder.vocab


def line_claims(tokenizer: LyricTokenizer, name: str, entry: dict, key: str) -> Iterator[Claim]:
    """What a line becomes when it is cleaned, and its ids. A line that the reference drops must raise."""
    text, language = entry[key], entry["language"]
    if key == "line":
        text = text.strip()
    try:
        cleaned, ids = clean(text, language), tokenizer.encode_line(text, language)
    except MissingLibrary:
        yield Claim(f"{name}.ids")
        return
    except UNSPEAKABLE:
        cleaned, ids = None, None
    if "cleaned" in entry:
        yield Claim(f"{name}.cleaned", letters(cleaned), letters(entry["cleaned"]))
    yield Claim(f"{name}.ids", numbers(ids), numbers(entry["ids"]))


def song_claim(tokenizer: LyricTokenizer, name: str, entry: dict, case: Case) -> Claim:
    """Whole lyrics; every line in the language of the token that it was recorded with."""
    recorded: list[int] = entry["inference_ids"]
    languages = {number: code for code, number in case.about["language_ids"].items()}
    lyrics: str = entry["lyrics"]
    if not lyrics:
        return Claim(f"{name}.ids", numbers(tokenizer.encode("", compatible=True)), numbers(recorded))
    ids = [START]
    for line in lyrics.split("\n"):
        if text := line.strip():
            mark = recorded[len(ids)] if len(ids) < len(recorded) else -1
            ids += tokenizer.encode_line(text, languages.get(mark, "en"))
        ids.append(SPACE)
    return Claim(f"{name}.ids", numbers(ids), numbers(recorded))


def training_claims(tokenizer: LyricTokenizer, case: Case) -> Iterator[Claim | str]:
    """Whole lyrics as the dataset reads them. Where an error was recorded, we must refuse them too."""
    languages = {number: code for code, number in case.about["language_ids"].items()}
    entries = [
        (index, entry) for index, entry in enumerate(case.about.get("full_lyrics", [])) if "training_ids" in entry
    ]
    others = 0
    for index, entry in entries:
        name, recorded, lyrics = f"full_lyrics.{index}.training_ids", entry["training_ids"], entry["lyrics"]
        try:
            ours: list[int] | None = training_ids(tokenizer, lyrics)
        except MissingLibrary:
            yield Claim(name)
            continue
        except UnknownLanguage:
            ours = None
        if isinstance(recorded, list) and ours != recorded:
            others += 1
            ours = ids_cut_as_recorded(tokenizer, lyrics, recorded, languages)
        yield Claim(name, numbers(ours), numbers(recorded if isinstance(recorded, list) else None))
    if entries:
        yield f"our segmenter cuts {len(entries) - others} of {len(entries)} lyrics of the training set alike"


def agreement(case: Case) -> str:
    """How often our detector, in compatible mode, says what the reference's said."""
    entries = case.about.get("lines", [])
    try:
        ours = [read_lines_like_the_reference(entry["line"].replace("\n", " "))[0].language for entry in entries]
    except MissingLibrary as missing:
        return f"languages were not told: {missing}"
    agreed = sum(code in (entry["language"], "") for code, entry in zip(ours, entries, strict=True))
    whole = case.about.get("full_lyrics", [])
    return f"our detector agrees on {agreed} of {len(entries)} lines ({len(whole)} whole lyrics use recorded languages)"


def letters(text: str | None) -> Tensor:
    """A text as numbers; nothing is not the empty text."""
    return numbers(None if text is None else [ord(letter) for letter in text])


def numbers(ids: list[int] | None) -> Tensor:
    """Ids, or -1 where there are none."""
    return torch.tensor([-1] if ids is None else ids, dtype=torch.int64)
