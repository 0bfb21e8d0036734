"""Which language each line of a song is sung in, among the 17 that the model knows.

Better than the reference (specification §12.3 and §18.2, 9), which asks about each line alone, among 97 languages,
and so reads short English lines as Malay and Spanish ones as Galician: here the script decides first, the classifier
chooses among languages that can be sung, and a line that could be many things is what the lines around it are.
"""

import re
from collections.abc import Sequence

from engine.models.ace_v1.lyrics.latin import LATIN_LANGUAGES, Scores, latin_scores
from engine.models.ace_v1.lyrics.scripts import LANGUAGE_OF, script_of

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "pl", "tr", "ru", "cs", "nl", "ar", "zh", "ja", "hu", "ko", "hi")

# In nats: how much better another language must fit than that of the lines before, and than that of the whole song.
MEMORY, SONG = 6.0, 4.0
ENGLISH = 3.0

# Sung in every language, and so a witness for none.
_SYLLABLES = (
    "a ah aha ay ba bap bom boom da dam di do doo doh dum e eh ey ha hah hey hm hmm ho hoo hu la lalala le li lo lu ma "
    "mm mmm mmmm na nana nanana ni no nu o oh ohh oi ole olé oo ooh oooh ou ow pa pam ra sha shoo sho shoop ta tra tum "
    "uh uhh um wah whoa whoah wo woah woo wow ya yah yay ye yeah yeh yo"
)
VOCABLES = frozenset(_SYLLABLES.split())
_WORD = re.compile(r"[^\W\d_]+")
# Characters that stand in most Chinese lines and in hardly any Japanese one without kana.
_CHINESE = re.compile("[你您妳她它們们這这那哪麼么嗎吗呢吧啊很沒没谁誰跟把让讓给給]")


class UnknownLanguage(ValueError):
    """A language that ACE-Step v1 does not sing was asked for."""


def language_code(name: str) -> str:
    """The code of `LANGUAGES` for "zh", "zh-CN", "EN-us"; raises UnknownLanguage for any other."""
    code = re.split(r"[-_]", name.strip().lower())[0]
    if code not in LANGUAGES:
        raise UnknownLanguage(f'ACE-Step v1 does not sing in "{name}". It knows {", ".join(LANGUAGES)}.')
    return code


def _encodable(line: str, *charsets: str) -> bool:
    """Whether any of the national character sets has all characters of the line."""
    for charset in charsets:
        try:
            line.encode(charset)
        except UnicodeEncodeError:
            continue
        return True
    return False


def _han_language(line: str) -> str:
    """ "zh" or "ja" for a line of Han characters, "" where it could be either (東京)."""
    han = re.sub(r"[^\u3400-\u9fff]", "", line)
    if _CHINESE.search(han) or not _encodable(han, "shift_jis"):
        return "zh"
    return "" if _encodable(han, "gb2312", "big5") else "ja"


def _best(scores: Scores) -> str:
    return max(scores, key=lambda language: scores[language])


def _words(line: str) -> list[str]:
    return _WORD.findall(line.lower())


class _Latin:
    """The Latin lines of one song, judged together."""

    def __init__(self, lines: Sequence[str]) -> None:
        telling = {line for line in lines if script_of(line) == "latin" and not VOCABLES.issuperset(_words(line))}
        self.scores = {line: latin_scores(line) for line in telling}
        total = {language: sum(found[language] for found in self.scores.values()) for language in LATIN_LANGUAGES}
        total["en"] += ENGLISH
        self.song = self.remembered = _best(total)

    def language(self, line: str) -> str:
        """The language of the next line. Only a line that is certain by itself is remembered."""
        if line not in self.scores:
            return self.remembered
        scores = dict(self.scores[line])
        alone = _best(scores)
        scores[self.remembered] += MEMORY
        scores[self.song] += SONG
        best = _best(scores)
        if best == alone != self.remembered:
            self.remembered = best
        return best


def _fits(script: str, language: str) -> bool:
    """Whether a line in that script can be sung in the language."""
    if script == "latin":
        return language in LATIN_LANGUAGES
    if script == "han":
        return language in ("zh", "ja")
    return not script or LANGUAGE_OF[script] == language


def _fill(found: list[str], default: str) -> list[str]:
    """Give the lines that are still open the language of the nearest line before, or else after, them."""
    known = next((language for language in found if language), default)
    filled = []
    for language in found:
        known = language or known
        filled.append(known)
    return filled


def _han_languages(lines: Sequence[str], scripts: Sequence[str]) -> list[str]:
    """Per line "zh" or "ja" as far as its characters tell, filled from its neighbours in these two scripts."""
    alone = [
        "ja" if script == "kana" else _han_language(line) if script == "han" else ""
        for line, script in zip(lines, scripts, strict=True)
    ]
    return _fill(alone, "zh")


def detect_languages(lines: Sequence[str], song: str = "") -> list[str]:
    """The code of the language of each line.

    lines  the sung lines of a song in their order, without structure tags
    song   the code of the song's language if its author names it; lines in a script of another language keep theirs
    Raises UnknownLanguage, and MissingLibrary where Latin lines must be told apart without py3langid.
    """
    song = language_code(song) if song else ""
    scripts = [script_of(line) for line in lines]
    open_lines = ["" if song and _fits(script, song) else line for line, script in zip(lines, scripts, strict=True)]
    latin, han = _Latin(open_lines), _han_languages(lines, scripts)
    found = []
    for index, script in enumerate(scripts):
        if song and _fits(script, song):
            found.append(song)
        elif script == "latin":
            found.append(latin.language(lines[index]))
        else:
            found.append(han[index] if script == "han" else LANGUAGE_OF.get(script, ""))
    return _fill(found, song or "en")
