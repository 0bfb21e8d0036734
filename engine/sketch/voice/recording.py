"""Recording: a line as espeak-ng speaks it, aligned and taken apart, ready to be sung on any notes."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.sketch.voice.alignment import FRAME_SECONDS, Aligner
from engine.sketch.voice.espeak import Espeak
from engine.sketch.voice.languages import VOICES
from engine.sketch.voice.phonemes import Phoneme, Read, parse
from engine.sketch.voice.syllables import Place, Syllable, syllables_of
from engine.sketch.voice.world import Voiceprint, analyse
from engine.watch import Watch

KEPT = 64
"""Lines that are kept: choruses come again, and so do takes."""
_VOWEL_EDGE = 3
"""Frames at each end of a vowel in which its neighbours still sound."""


@dataclass(frozen=True)
class Recording:
    """`starts[word][sound]` is [start, end) in seconds of a phoneme in the voiceprint."""

    words: tuple[tuple[Phoneme, ...], ...]
    syllables: tuple[Syllable, ...]
    starts: list[list[tuple[float, float]]]
    print: Voiceprint

    def phoneme(self, place: Place) -> Phoneme:
        return self.words[place.word][place.sound]

    def span(self, place: Place) -> tuple[float, float]:
        return self.starts[place.word][place.sound]


class Studio:
    """Speaks and records lines with the espeak-ng of this computer; keeps the latest."""

    def __init__(self, program: Path) -> None:
        self.program = program
        self._espeak = Espeak(program)
        self._aligners: dict[str, Aligner] = {}
        self._kept: OrderedDict[tuple[str, str], Recording] = OrderedDict()
        self._read: OrderedDict[tuple[str, str], Read] = OrderedDict()

    def read(self, text: str, language: str) -> Read:
        """The phonemes of a line."""
        key = (text, language)
        if key not in self._read:
            self._read[key] = parse(self._espeak.read(text, VOICES[language]))
            while len(self._read) > 8 * KEPT:
                self._read.popitem(last=False)
        return self._read[key]

    def record(self, text: str, language: str, watch: Watch) -> Recording:
        """The line spoken, aligned and analysed."""
        key = (text, language)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        watch.step(0, 1, "speaking")
        spoken = self._espeak.speak(text, VOICES[language])
        words = parse(spoken).words
        aligner = self._aligners.setdefault(language, Aligner(self._espeak, VOICES[language]))
        starts = aligner.starts(words, spoken.sound, spoken.rate, watch)
        frames = int(len(spoken.sound) / spoken.rate / FRAME_SECONDS) + 1
        voiced, clear = np.zeros(frames, dtype=bool), np.zeros(frames, dtype=bool)
        for word, times in zip(words, starts, strict=True):
            for phoneme, (start, end) in zip(word, times, strict=True):
                low, high = round(start / FRAME_SECONDS), round(end / FRAME_SECONDS)
                voiced[low:high] |= phoneme.is_nucleus or phoneme.is_sonorant
                clear[low + _VOWEL_EDGE : max(low, high - _VOWEL_EDGE)] |= phoneme.is_nucleus
        watch.step(0, 1, "listening")
        found = analyse(spoken.sound, spoken.rate, voiced, clear, watch)
        recording = Recording(words, syllables_of(words, text), starts, found)
        self._kept[key] = recording
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return recording

    def forget_lines(self) -> None:
        """Free the recordings; what is known of the voices stays."""
        self._kept.clear()

    def forget(self) -> None:
        """Free what is kept."""
        self._kept.clear()
        self._aligners.clear()
