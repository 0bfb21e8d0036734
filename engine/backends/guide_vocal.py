"""Guide vocal: what sketch sings with. espeak-ng and pyworld are looked for each time: either may come later."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from bridge_server.protocol.errors import Unsupported
from engine.models.ace_v1.lyrics import MissingLibrary, UnknownLanguage
from engine.models.ace_v1.lyrics.languages import LANGUAGES, detect_languages
from engine.models.ace_v1.lyrics.romanisation import katakana, pinyin
from engine.sketch.score import Score, Words
from engine.sketch.synth.waves import Wave
from engine.sketch.voice import espeak, singer, world
from engine.sketch.voice.recording import Studio
from engine.sketch.voice.songbook import words_of
from engine.sketch.voice.voices import voice_of
from engine.watch import Watch

ROLE = "vocals"
LABEL = "guide vocal by espeak-ng: a guide, not a singer"
SOFTER_THAN_BAND = 1.0
"""LU that the voice lies below the whole band, as it does in a mix."""
BAND_SHARE = 1 - singer.SHARE


def is_ready() -> bool:
    """Whether there is everything to sing with."""
    return espeak.find_program() is not None and world.is_installed()


class GuideVocal:
    """Keeps the recordings of one espeak-ng."""

    def __init__(self) -> None:
        self._studio: Studio | None = None

    def studio(self) -> Studio:
        """Raises Unsupported with what to install."""
        program = espeak.find_program()
        if program is None:
            raise Unsupported("sketch sings with espeak-ng, which is not installed.", espeak.INSTALL)
        if not world.is_installed():
            raise Unsupported("sketch sings with pyworld, which is not installed.", world.INSTALL)
        if self._studio is None or self._studio.program != program:
            self._studio = Studio(program)
        return self._studio

    def words(self, lyrics: str, language: str, tags: str, watch: Watch) -> tuple[Words, list[str]]:
        """What is to be sung, and sentences for the user. Raises Unsupported for what cannot be sung."""
        studio = self.studio()
        notes: list[str] = []

        def detect(lines: Sequence[str], song: str) -> Sequence[str]:
            try:
                return detect_languages(lines, song if song in LANGUAGES else "")
            except (MissingLibrary, UnknownLanguage):
                if not song:
                    notes.append("no language is named for the lyrics: Latin letters are sung as English")
                return ["en"] * len(lines)

        words = words_of((lyrics, language), voice_of(tags.split(",")), studio, (detect, _reading), watch)
        if not words.lines:
            raise Unsupported("There is nothing to sing in the lyrics.", "Write words, a line for each phrase.")
        return words, notes

    def stem(self, score: Score, target: float, watch: Watch) -> Wave:
        """(2, T) of the score's vocal at `target` LUFS."""
        return singer.stem(score, self.studio(), target, watch)

    def forget(self) -> None:
        """Free the recordings."""
        if self._studio:
            self._studio.forget()


def _reading(line: str, language: str) -> str:
    """Chinese characters as pinyin and kanji as kana, which are what the voice reads."""
    reads = {"zh": pinyin, "ja": katakana}.get(language)
    if reads and any("CJK UNIFIED" in unicodedata.name(letter, "") for letter in line):
        try:
            line = reads(line)
        except MissingLibrary as error:
            raise Unsupported("These lyrics need a library that is not installed, to be read.", str(error)) from error
    return _spaced(line) if language == "zh" else line


def _spaced(text: str) -> str:
    """A space after each tone: 'ni3hao3' is two words to espeak-ng."""
    return "".join(f"{letter} " if letter in "12345" else letter for letter in text)
