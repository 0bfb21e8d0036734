"""Names of sections: what projects and lyrics call the parts of a song, in the languages people write them in."""

from __future__ import annotations

import re
from typing import NamedTuple

KINDS = ("verse", "lift", "intro", "break", "ending", "chorus", "bridge", "drop", "outro", "solo")
"""Every kind of section; the order is that of the dice, so new ones come last."""

_WORDS: dict[str, str] = {
    "intro": "introduction, opening, vorspiel, einleitung, introducción, introdução, introduzione, ouverture, "
    "вступление, интро, wstęp, giriş, 前奏, イントロ, 인트로, 전주",
    "verse": "vers, strophe, couplet, estrofa, verso, strofa, estrofe, zwrotka, kıta, куплет, sloka, versszak, "
    "säkeistö, 主歌, aメロ, 절, 벌스",
    "lift": "pre-chorus, pre chorus, prechorus, pre-refrain, pre refrain, pré-refrain, vorrefrain, pre-coro, pre coro, "
    "pré-refrão, pre-estribillo, bridge to chorus, build, build-up, build up, buildup, rise, riser, ramp, climb, "
    "предприпев, 导歌, bメロ, プレコーラス, 프리코러스",
    "chorus": "refrain, refrein, estribillo, coro, refrão, ritornello, refren, refrén, refräng, kertosäe, nakarat, "
    "hook, припев, 副歌, サビ, 후렴, 후렴구, 코러스",
    "bridge": "middle 8, middle eight, middle, puente, ponte, pont, brücke, мост, бридж, 桥段, cメロ, ブリッジ, 브릿지",
    "break": "breakdown, break down, interlude, interludio, zwischenspiel, interlúdio, intermezzo, проигрыш, 间奏, "
    "間奏, 간주, ブレイク",
    "drop": "beat drop, main drop, ドロップ, 드롭, дроп",
    "solo": "guitar solo, lead, instrumental, inst, improvisation, соло, ソロ, 솔로",
    "outro": "coda, end, ending, finale, final, fade out, nachspiel, schluss, fin, final part, конец, концовка, "
    "zakończenie, 尾奏, 结尾, アウトロ, 아웃트로, 후주",
}
_KIND = {name: kind for kind, names in _WORDS.items() for name in (kind, *names.split(", "))}
_ORDER = {
    "one": 1, "two": 2, "three": 3, "four": 4, "i": 1, "ii": 2, "iii": 3, "iv": 4, "first": 1, "second": 2, "third": 3,
    "last": 9, "final": 9, "big": 9,
}  # fmt: skip
_ASIDE = re.compile(r"\s*(?::|：|\s[-–—|]\s|,|\().*$", re.DOTALL)
_TAG = re.compile(r"^\s*[\[【［(]([^\[\]【】［］()]{1,80})[\]】］)]\s*:?\s*$")


class Block(NamedTuple):
    """Lines of lyrics under one heading; `kind` is '' for words before any heading."""

    kind: str
    number: int
    lines: int


def read_section(name: str) -> tuple[str, int]:
    """Kind and number of a section's name, ('', 0) where the name says nothing to us.

    >>> read_section("Verse 2"), read_section("Pre-Chorus"), read_section("final Refrain"), read_section("Part 17")
    (('verse', 2), ('lift', 0), ('chorus', 9), ('', 0))
    """
    word = re.sub(r"\s+", " ", _ASIDE.sub("", name.strip(" []()【】［］").lower())).strip()
    if word in _KIND:
        return _KIND[word], 0
    words, number = [], 0
    for each in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*|\d+", re.sub(r"(\d)(?:st|nd|rd|th)\b", r"\1", word)):
        if each.isdigit() and 0 < int(each) < 100:
            number = int(each)
        elif each in _ORDER:
            number = _ORDER[each]
        else:
            words.append(each)
    bare = " ".join(words)
    if bare in _KIND:
        return _KIND[bare], number
    return ("solo", number) if bare.endswith(" solo") else ("", 0)


def read_blocks(lyrics: str) -> tuple[Block, ...]:
    """The sections that lyrics name, in their order, each with the number of its lines; empty where they name none."""
    blocks: list[Block] = []
    for line in lyrics.splitlines():
        heading = _TAG.match(line)
        kind, number = read_section(heading[1]) if heading else ("", 0)
        if kind:
            blocks.append(Block(kind, number, 0))
        elif line.strip() and not heading:
            if not blocks:
                blocks.append(Block("", 0, 0))
            blocks[-1] = blocks[-1]._replace(lines=blocks[-1].lines + 1)
    return tuple(blocks) if any(block.kind for block in blocks) else ()
