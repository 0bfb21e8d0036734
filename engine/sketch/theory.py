"""Keys and chords as pitch classes: just enough harmony for an arranger."""

from __future__ import annotations

import re

from msgspec import Struct

SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
FLATS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
QUALITIES: dict[str, tuple[int, ...]] = {
    "maj": (0, 4, 7),
    "min": (0, 3, 7),
    "dim": (0, 3, 6),
    "5": (0, 7),
    "sus4": (0, 5, 7),
    "add9": (0, 4, 7, 14),
    "madd9": (0, 3, 7, 14),
    "maj7": (0, 4, 7, 11),
    "min7": (0, 3, 7, 10),
    "7": (0, 4, 7, 10),
    "m7b5": (0, 3, 6, 10),
    "maj9": (0, 4, 7, 11, 14),
    "min9": (0, 3, 7, 10, 14),
    "9": (0, 4, 7, 10, 14),
    "aug": (0, 4, 8),
    "6": (0, 4, 7, 9),
    "min6": (0, 3, 7, 9),
    "sus2": (0, 2, 7),
    "7sus4": (0, 5, 7, 10),
    "dim7": (0, 3, 6, 9),
    "mmaj7": (0, 3, 7, 11),
    "13": (0, 4, 10, 14, 21),
}
TRIAD = {"maj": "maj", "add9": "maj", "maj7": "maj", "7": "maj", "maj9": "maj", "9": "maj", "sus4": "maj", "5": "maj"}
SUFFIX = {"maj": "", "min": "m", "min6": "m6", "min7": "m7", "min9": "m9", "madd9": "m(add9)", "mmaj7": "m(maj7)"}
_FLAT_MAJORS = frozenset({5, 10, 3, 8, 1})
_KEY = re.compile(r"^([A-Ga-g])\s?(#|b|♯|♭|sharp|flat)?\s?(major|minor|maj|min|m|dur|moll)?$")


class Key(Struct, frozen=True):
    """A tonic (0 is C) and 'major' or 'minor'."""

    tonic: int
    mode: str

    @property
    def name(self) -> str:
        """As a musician writes it.

        >>> Key(10, "major").name, Key(6, "minor").name
        ('Bb major', 'F# minor')
        """
        return f"{self.spelling[self.tonic]} {self.mode}"

    @property
    def spelling(self) -> tuple[str, ...]:
        """The names of the twelve notes, with the key's own accidentals."""
        relative_major = self.tonic if self.mode == "major" else (self.tonic + 3) % 12
        return FLATS if relative_major in _FLAT_MAJORS else SHARPS

    @property
    def scale(self) -> tuple[int, ...]:
        """Its seven pitch classes, tonic first."""
        return tuple((self.tonic + step) % 12 for step in SCALES[self.mode])

    def diatonic(self, root: int, quality: str) -> bool:
        """Does the chord use notes of this key only?"""
        return all((root + step) % 12 in self.scale for step in QUALITIES[quality])


class Named(Struct, frozen=True, array_like=True):
    """A chord without a time: root, quality, and the bass where it is another note (else −1)."""

    root: int
    quality: str
    bass: int = -1


Chart = tuple[tuple[Named, ...], ...]
"""Bars, each with the chords that share it; a chord that holds stands there again."""


def read_key(text: str) -> tuple[int, str] | None:
    """(tonic, mode or '') of 'D major', 'F#m', 'Bb', …; None if it is not a key.

    >>> read_key("f#m"), read_key("Eb"), read_key("drums")
    ((6, 'minor'), (3, ''), None)
    """
    found = _KEY.match(text.strip())
    if not found:
        return None
    letter, accidental, mode = found.groups()
    if letter.islower() and accidental is None and mode is None:
        return None
    shift = {None: 0, "#": 1, "♯": 1, "sharp": 1}.get(accidental, -1)
    tonic = (LETTERS[letter.upper()] + shift) % 12
    if not mode:
        return tonic, ""
    return tonic, "minor" if mode in ("minor", "min", "m", "moll") else "major"


def triad_on(key: Key, degree: int) -> tuple[int, str]:
    """Root and quality of the triad on a degree (1 … 7) of the key."""
    steps = SCALES[key.mode]
    root = steps[degree - 1]
    third = (steps[(degree + 1) % 7] - root) % 12
    fifth = (steps[(degree + 3) % 7] - root) % 12
    quality = "dim" if fifth == 6 else "maj" if third == 4 else "min"
    return (key.tonic + root) % 12, quality


def coloured(key: Key, root: int, quality: str, colour: int) -> str:
    """The triad with a seventh (colour 1) or ninth (colour 2), as far as the key has those notes."""
    richer: dict[tuple[str, int], tuple[str, ...]] = {
        ("maj", 1): ("maj7", "7"),
        ("min", 1): ("min7",),
        ("dim", 1): ("m7b5",),
        ("maj", 2): ("maj9", "9", "maj7", "7"),
        ("min", 2): ("min9", "min7"),
        ("dim", 2): ("m7b5",),
    }
    # A dominant in minor leaves the scale by its third alone, so it is given its seventh by name.
    if quality == "maj" and colour and (root - key.tonic) % 12 == 7 and not key.diatonic(root, "maj"):
        return "7"
    fitting = [name for name in richer.get((quality, colour), ()) if key.diatonic(root, name)]
    return fitting[0] if fitting else quality


def chord_name(root: int, quality: str, key: Key, bass: int = -1) -> str:
    """A chord, spelled as the key spells it.

    >>> chord_name(10, "maj7", Key(5, "minor"), 1)
    'Bbmaj7/Db'
    """
    under = "" if bass in (-1, root) else f"/{key.spelling[bass]}"
    return key.spelling[root] + SUFFIX.get(quality, quality) + under
