"""Structure tags: "[Verse 1]", "(Chorus)" and "[instrumental]" become the twelve tokens that the model knows.

The reference spells the number out and meets letters it has no token for (specification §18.2, 10).
"""

import re
from dataclasses import dataclass

TOKENS = (
    "start",
    "intro",
    "verse",
    "chorus",
    "bridge",
    "outro",
    "end",
    "inst",
    "solo",
    "hook",
    "pre-chorus",
    "break",
)

# What musicians write beside the tokens themselves, in the languages of the model.
_MEANINGS = {
    "intro": "introduction, opening, introducción, introdução, вступление, 前奏, イントロ, 인트로",
    "verse": "strophe, couplet, estrofa, verso, strofa, zwrotka, kıta, куплет, sloka, versszak, 主歌, aメロ, bメロ, "
    "절, 벌스",
    "chorus": "refrain, estribillo, coro, refrão, ritornello, refren, refrén, refrein, nakarat, припев, "
    "副歌, サビ, 후렴, 후렴구",
    "bridge": "middle 8, middle eight, puente, ponte, pont, мост, 桥段, ブリッジ",
    "inst": "instrumental, interlude, interludio, zwischenspiel, проигрыш, 间奏, 間奏, 간주, instrumental break, "
    "instrumental interlude, instrumental section",
    "outro": "coda, ending, конец, 尾奏, 结尾, アウトロ, 아웃트로",
    "pre-chorus": "prechorus, pre refrain, pre coro, pré refrão, предприпев, 导歌, プレコーラス, 프리코러스",
    "break": "breakdown",
}
NAMES = {token.replace("-", " "): token for token in TOKENS}
NAMES |= {name: token for token, names in _MEANINGS.items() for name in names.split(", ")}
LONGEST_NAME = 80

# Sung words stand in round brackets too: "(break)" may well be one. These names are never sung so.
IN_ROUND_BRACKETS = frozenset({"intro", "verse", "chorus", "pre-chorus", "bridge", "outro", "inst"})

_TAG = re.compile(r"\[([^\[\]]*)\]|【([^【】]*)】|［([^［］]*)］")
_ROUND = re.compile(r"[(（]([^()（）]{1,80})[)）]\s*:?$")
# What may stand beside the name: how often, which one, who sings.
_ASIDE = re.compile(r"\s*(?::|：|\s[-–—|]\s|,|\().*$", re.DOTALL)
_COUNT = re.compile(
    r"\b(?:x\s?\d+|\d+\s?x|×\s?\d+|\d+\s?×|\d+(?:st|nd|rd|th)?[a-d]?|[ivx]+|[a-d]"
    r"|one|two|three|four|five|first|second|third|final|last|repeat|again|double|half|extended|short)\b"
)
_ONLY_COUNT = re.compile(r"\(?(?:[x×]\s?\d+|\d+\s?[x×])\)?", re.IGNORECASE)


@dataclass(frozen=True)
class Tag:
    """What a line begins with. `token` is one of TOKENS, or "" if nobody can tell which is meant."""

    token: str
    text: str
    rest: str


def token_of(name: str) -> str:
    """The token for what stands between the brackets, "" if it is not clear: "Verse 1: Anna" → "verse"."""
    if len(name) > LONGEST_NAME:
        return ""
    name = _ASIDE.sub("", name.strip().lower()).strip()
    name = re.sub(r"[\s_-]+", " ", name)
    if name in NAMES:
        return NAMES[name]
    bare = re.sub(r"\s+", " ", _COUNT.sub(" ", name.replace("×", "x"))).strip(" .#")
    bare = re.sub(r"^\d+\s*|\s*\d+$", "", bare)
    if bare in NAMES:
        return NAMES[bare]
    return "solo" if bare.endswith(" solo") else ""


def read_tag(line: str) -> Tag | None:
    """The structure tag at the start of a stripped line, if there is one.

    A tag in round brackets must be the whole line. `rest` is what is sung after the tag.
    """
    if square := _TAG.match(line):
        name = next(group for group in square.groups() if group is not None)
        rest = line[square.end() :].strip(" :：\t")
        return Tag(token_of(name), square.group(), "" if _ONLY_COUNT.fullmatch(rest) else rest)
    if round_ := _ROUND.match(line):
        token = token_of(round_.group(1))
        if token in IN_ROUND_BRACKETS:
            return Tag(token, line, "")
    return None
