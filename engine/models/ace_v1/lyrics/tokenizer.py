"""Lyrics as the model reads them: every line in its language, letters of all languages in one table of tokens.

Source: ACE-Step technical report, arXiv 2506.00045, §3 (lyric encoder); specification §12.2.
"""

from dataclasses import dataclass, field
from pathlib import Path

from engine.models.ace_v1.lyrics.cleaning import clean
from engine.models.ace_v1.lyrics.languages import language_code
from engine.models.ace_v1.lyrics.lines import Line, read_lines, read_lines_like_the_reference
from engine.models.ace_v1.lyrics.numbers import UNSPEAKABLE
from engine.models.ace_v1.lyrics.vocabulary import SPACE, START, STOP, UNKNOWN, load_vocabulary

# The model never saw more tokens than these of one song (specification §15.1).
TRAINED_TOKENS = 4096
# Part of a line's tokens without a meaning for the model, beyond which its singer is told.
UNREADABLE = 0.3


@dataclass
class TokenizedLyrics:
    """A song's words as tokens.

    ids    (L,) token ids
    mask   (L,) 1 where the model listens; empty lyrics are one token that it does not listen to
    lines  the lines as they were read, with their languages
    notes  what the author of the lyrics should know, one sentence each
    """

    ids: list[int]
    mask: list[int]
    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


# A sentence about lines, and the numbers of the lines.
Remarks = dict[str, list[int]]


def _note(sentence: str, numbers: list[int]) -> str:
    named = ", ".join(str(number) for number in numbers[:5])
    more = f" and {len(numbers) - 5} more" if len(numbers) > 5 else ""
    return f"{sentence} (line{'s' if len(numbers) > 1 else ''} {named}{more})."


class LyricTokenizer:
    """Turns lyrics into the token ids that the lyric encoder was trained with."""

    def __init__(self, vocab: Path) -> None:
        """Read the published `vocab.json`; raises BadVocabulary if it is absent or another file."""
        self._pieces = load_vocabulary(vocab)

    def encode(self, lyrics: str, *, language: str = "", compatible: bool = False) -> list[int]:
        """The ids of `tokenize`."""
        return self.tokenize(lyrics, language=language, compatible=compatible).ids

    def tokenize(
        self, lyrics: str, *, language: str = "", compatible: bool = False, max_tokens: int | None = TRAINED_TOKENS
    ) -> TokenizedLyrics:
        """Read lyrics, one sung line a line, with structure tags such as "[verse]".

        language    code of the song's language; without it each line's is detected
        compatible  as the reference reads them: languages by its segmenter, tags as written, no length limit
        max_tokens  what comes after so many tokens is left out, with a note; at least 1, None for no limit
        Raises UnknownLanguage, and MissingLibrary where a line needs a language library that is not installed.
        """
        if not (lyrics if compatible else lyrics.strip()):
            return TokenizedLyrics(ids=[STOP], mask=[0])
        lines = read_lines_like_the_reference(lyrics, language) if compatible else read_lines(lyrics, language)
        song, remarks = TokenizedLyrics(ids=[START], mask=[]), Remarks()
        for line in lines:
            ids = self._line_like_the_reference(line) if compatible else self._line(line, remarks)
            room = None if compatible or max_tokens is None else max_tokens - len(song.ids)
            song.ids += ids[:room]
            song.lines.append(line)
            if room is not None and len(ids) > room:
                remarks[f"Only {max_tokens} tokens fit into the model: the rest is left out"] = [line.number]
                break
        song.mask = [1] * len(song.ids)
        song.notes = [_note(sentence, numbers) for sentence, numbers in remarks.items()]
        return song

    def encode_line(self, text: str, language: str, *, keep_pinyin: bool = False) -> list[int]:
        """The ids of one line in a language whose code is known, its language token first.

        keep_pinyin  tone digits of hand-written pinyin survive in Chinese lines
        Raises UnknownLanguage, MissingLibrary, and ValueError for text that is not Unicode.
        """
        code = language_code(language)
        return self._pieces_of(clean(text, code, keep_pinyin=keep_pinyin), code)

    def _pieces_of(self, text: str, code: str) -> list[int]:
        """The ids of a cleaned line."""
        mark = "zh-cn" if code == "zh" else code
        return list(self._pieces.encode(f"[{mark}]{text}".replace(" ", "[SPACE]")).ids)

    def _line_like_the_reference(self, line: Line) -> list[int]:
        """A line and its end; nothing of a line that cannot be encoded."""
        try:
            return [*(self.encode_line(line.text, line.language) if line.text else []), SPACE]
        except UNSPEAKABLE:
            return []

    def _line(self, line: Line, remarks: Remarks) -> list[int]:
        """A line and its end. What cannot be cleaned is sung as it is written."""
        if not line.text:
            return [SPACE]
        try:
            ids = self.encode_line(line.text, line.language, keep_pinyin=line.keep_pinyin)
        except UNSPEAKABLE:
            remarks.setdefault("Numbers and signs could not be spelled out", []).append(line.number)
            ids = self._pieces_of(" ".join(line.text.lower().split()), line.language)
        if line.remark:
            remarks.setdefault(line.remark, []).append(line.number)
        elif ids.count(UNKNOWN) > UNREADABLE * len(ids):
            remarks.setdefault("Much of it is in letters that the model does not know", []).append(line.number)
        return [*ids, SPACE]

    def decode(self, ids: list[int]) -> str:
        """The letters behind ids, as far as they can be told: lines without breaks, numbers as words."""
        text = "".join(self._pieces.id_to_token(token) or "" for token in ids)
        return text.replace(" ", "").replace("[SPACE]", " ").replace("[STOP]", "")
