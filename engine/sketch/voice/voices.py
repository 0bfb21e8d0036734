"""The three voices of the guide vocal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Singer(NamedTuple):
    """What makes a voice.

    low, home, high   MIDI keys of its range, and around which it sings
    formants          factor by which the speaker's resonances are moved: a shorter throat sings higher ones
    breath            noise among the harmonics, 0 … 1
    breath_hertz      from where it sets in, and from where on there is all of it
    vibrato_cents     width of the vibrato to each side
    """

    low: int
    home: int
    high: int
    formants: float
    breath: float
    breath_hertz: tuple[float, float]
    vibrato_cents: float


# The harmonics of a high voice lie so far apart that a vowel's resonances fall between them, unheard. Breath from the
# lowest resonance on fills the gaps, and resonances that were moved less stay nearer to those of speech: of 36 lines a
# recogniser tells 23 apart so, and 11 with breath only above 2 kHz and a throat that is 17 % shorter; twice the breath
# brings one more, and a pitch that trackers find it hard to name.
SINGERS = {
    "low": Singer(43, 52, 62, 0.96, 0.02, (1_650.0, 4_400.0), 18.0),
    "middle": Singer(52, 60, 71, 1.07, 0.04, (1_650.0, 4_400.0), 22.0),
    "high": Singer(57, 66, 77, 1.1, 0.16, (220.0, 660.0), 25.0),
}
_WORDS = {
    "low": ("male", "man", "men", "baritone", "bass singer", "tenor", "low voice", "deep voice"),
    "high": ("female", "woman", "women", "soprano", "girl", "high voice"),
    "middle": ("alto", "contralto", "mezzo", "androgynous", "choir", "child"),
}


def voice_of(tags: Iterable[str]) -> str:
    """low, middle or high, by the first tag that says so: 'female vocals' → high; middle otherwise."""
    for tag in tags:
        words = f" {' '.join(tag.lower().replace('-', ' ').split())} "
        for voice, names in _WORDS.items():
            if any(f" {name} " in words for name in names):
                return voice
    return "middle"
