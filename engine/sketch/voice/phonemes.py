"""Phonemes: espeak-ng's own spelling and the phonetic alphabet, side by side, word by word."""

from __future__ import annotations

import re
from typing import NamedTuple

from engine.sketch.voice.espeak import SEPARATOR, Spoken

_VOWELS = frozenset("aeiouyæøœɶɐɑɒɔəɘɛɜɞɤɨɪɯɵʉʊʌʏɚɝäëïöüãõũĩẽᵻ")
_SYLLABIC = "\u0329\u030d"
_STRESS = re.compile(r"[ˈˌ]")
_MARKS = re.compile(r"[',%]+")
_LANGUAGE = re.compile(r"\(([a-z][a-z0-9-]*)\)")
_TONE = re.compile(r"(?<=[^\W\d_:\[\]\\~^#;@])\d+$|(?<=[@:\[\]])\d{2,}$")
_SHORT_VOWELS = "aAeEiIoOuUyYV@03&W8"


class Phoneme(NamedTuple):
    """One sound. `stress` is 2 for the main stress, 1 for a side one."""

    mnemonic: str
    ipa: str
    stress: int = 0

    @property
    def is_nucleus(self) -> bool:
        """A vowel, or a consonant that is a syllable of its own (the l̩ of vlk)."""
        if not self.ipa:
            return self.mnemonic[:1] in _SHORT_VOWELS and self.mnemonic != "@-"
        letters = [each for each in self.ipa if each not in "ʰʲʷˠˤ͡"]
        return any(each in _VOWELS for each in letters[:1]) or any(mark in self.ipa for mark in _SYLLABIC)

    @property
    def is_stop(self) -> bool:
        """It begins with a closure: silence, or nearly so."""
        return self.ipa[:1] in tuple("pbtdkgɡqɢʈɖcɟʔ") if self.ipa else self.mnemonic[:1] in tuple("pbtdkgcq?")

    @property
    def is_voiced(self) -> bool:
        return self.is_nucleus or self.ipa[:1] not in tuple("pftθsʃhkcçxχħʂɕqʔɸʈ")

    @property
    def rises(self) -> bool:
        """A voiced consonant: the vowel after it is heard from where the sound opens."""
        return self.is_voiced and not self.is_nucleus

    @property
    def is_sonorant(self) -> bool:
        """A nasal, liquid or glide."""
        return not self.is_nucleus and self.ipa[:1] in tuple("mnŋɲɳɱlɫʎɭɹɾrʀʁɻwjɥʋɰ")


class Read(NamedTuple):
    """A line as espeak-ng reads it; `foreign` names languages that it fell back to for letters it does not know."""

    words: tuple[tuple[Phoneme, ...], ...]
    foreign: frozenset[str]


def parse(spoken: Spoken) -> Read:
    """Both spellings together; where they do not pair up, the phonetic alphabet is left out for that word."""
    foreign = frozenset(_LANGUAGE.findall(spoken.mnemonics))
    first = [_LANGUAGE.sub("", word) for word in spoken.mnemonics.split()]
    second = [_LANGUAGE.sub("", word) for word in spoken.ipa.split()]
    if len(first) != len(second):
        second = ["" for _ in first]
    words = (_word(mnemonics, ipa) for mnemonics, ipa in zip(first, second, strict=True))
    return Read(tuple(word for word in words if word), foreign)


def _word(mnemonics: str, ipa: str) -> tuple[Phoneme, ...]:
    names, sounds = mnemonics.split(SEPARATOR), ipa.split(SEPARATOR)
    if len(names) != len(sounds):
        names = _joined(names)
    if len(names) != len(sounds):
        names, sounds = [name for name in names if not _is_pause(name)], [sound for sound in sounds if sound]
    if len(names) != len(sounds):
        sounds = [""] * len(names)
    found = [_phoneme(name, sound) for name, sound in zip(names, sounds, strict=True)]
    return tuple(phoneme for phoneme in found if phoneme)


def _joined(names: list[str]) -> list[str]:
    """A mark of softness belongs to the consonant before it."""
    found: list[str] = []
    for name in names:
        if found and name in (";", "_j", "_;"):
            found[-1] += name
        else:
            found.append(name)
    return found


def _is_pause(name: str) -> bool:
    return not name or name[0] in "_|" or name in ("!", ";", ":")


def _phoneme(name: str, sound: str) -> Phoneme | None:
    if _is_pause(name):
        return None
    stress = 2 if "'" in name or "ˈ" in sound else 1 if "," in name or "ˌ" in sound else 0
    plain = _TONE.sub("", _MARKS.sub("", name))
    return Phoneme(plain, _STRESS.sub("", sound), stress) if plain else None
