"""Scripts: which letters a line is written in, and what that says about its language."""

import re
from collections.abc import Mapping

LETTERS: Mapping[str, re.Pattern[str]] = {
    "hangul": re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]"),
    "kana": re.compile(r"[\u3041-\u3096\u30a1-\u30fa\u31f0-\u31ff\uff66-\uff9d]"),
    "han": re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]"),
    "arabic": re.compile(r"[\u0620-\u064a\u066e-\u06d3\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]"),
    "devanagari": re.compile(r"[\u0904-\u0939\u0958-\u0961\u0972-\u097f]"),
    "cyrillic": re.compile(r"[\u0400-\u0481\u048a-\u052f]"),
    "latin": re.compile(r"[A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff]"),
}

# Han alone is not here: it may be Chinese or Japanese.
LANGUAGE_OF = {"hangul": "ko", "kana": "ja", "arabic": "ar", "devanagari": "hi", "cyrillic": "ru"}


def script_of(line: str) -> str:
    """The script that decides the language of a line, "" without letters that the model knows.

    Latin letters can be read in every language of the model, so any other script in the line wins over them;
    a single kana makes Han characters Japanese.
    """
    counts = {script: len(letters.findall(line)) for script, letters in LETTERS.items()}
    others = {script: count for script, count in counts.items() if script != "latin" and count}
    if not others:
        return "latin" if counts["latin"] else ""
    if counts["kana"]:
        others["kana"] += others.pop("han", 0)
    return max(others, key=lambda script: others[script])
