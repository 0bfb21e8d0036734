"""Score: everything that is played, before any of it sounds. It is what sketch keeps of a take (its latents).

Times are quarter notes from the first bar line, which lies at or before the start of the music.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.sketch.grid import Grid
from engine.sketch.section_names import Block
from engine.sketch.theory import Chart, Key

RULES = 2
"""Raised when the same plan and dice would give another score."""
LATENT = "score"


class Note(Struct, frozen=True, array_like=True, order=True):
    """`pitch` is a MIDI key; in drum parts it follows the General MIDI percussion map. `velocity` is 1 … 127."""

    start: float
    length: float
    pitch: int
    velocity: int


class Sung(Struct, frozen=True, array_like=True):
    """What a note of the vocal sings: a syllable of a line. Several notes in a row may share one."""

    line: int
    syllable: int
    text: str


class Line(Struct, frozen=True):
    """A line to sing: its letters, language, kind of section, block, and (text, stress 0 … 2) of each syllable."""

    text: str
    language: str
    section: str
    block: int
    syllables: tuple[tuple[str, int], ...]


class Words(Struct, frozen=True):
    """The words of a take; `voice` is low, middle or high."""

    voice: str
    lines: tuple[Line, ...]


class Vocal(Struct, frozen=True):
    """What is sung: notes, the words, for each note which syllable of them, and the seed of the singing's sway."""

    words: Words
    notes: tuple[Note, ...]
    sung: tuple[Sung, ...]
    seed: int = 0


class Chord(Struct, frozen=True, array_like=True, order=True):
    """A root (0 is C), a quality named in `theory.QUALITIES`, and the bass where it is another note (else −1)."""

    start: float
    length: float
    root: int
    quality: str
    bass: int = -1


class Section(Struct, frozen=True):
    """A stretch of whole bars. `name` is one of `section_names.KINDS`, `energy` 0 … 1.

    rise   how much more energy its last bar has than its first
    block  which block of the lyrics it was made for, from 0; −1 for none
    """

    name: str
    bar: int
    bars: int
    energy: float
    rise: float = 0.0
    block: int = -1


class Part(Struct, frozen=True):
    """What one stem plays."""

    role: str
    instrument: str
    notes: tuple[Note, ...]


class Feel(Struct, frozen=True):
    """What moods bend, each around 0: −1 … 1."""

    energy: float = 0.0
    density: float = 0.0
    brightness: float = 0.0
    space: float = 0.0
    swing: float = 0.0


class Plan(Struct, frozen=True):
    """What is settled before the first throw of the dice: the request, the project and what was heard.

    windows   [start, end) in samples that are to be filled; silence elsewhere in `samples`
    cast      role → instruments to choose from
    key       empty if the dice are to choose one, in `mode` if that is given
    chart     bars of chords that the user wrote, followed to the letter; empty for none
    heard     chords to follow where they are, and to continue where they are not
    loudness  LUFS of the whole take; None for the usual
    room      how much of it is heard, 1 for each instrument's own
    words     what is sung, if anything is
    vocal     a melody with words that goes on as it is; `words` are then its own
    kept      role → notes of an earlier score over the same time, each bar of which stays with probability `keep`
    time_feel one of `timefeel.TIME_FEELS`; empty for the style's own
    section   kind of section that the project names for the span, and its number; empty for none
    blocks    sections that the lyrics name
    known     sections of an earlier score, in bars of `grid`
    onward    ends of windows, in samples, after which other music goes on
    singing   [start, end) in samples where somebody sings; a lead answers between them
    before    role → keys that an earlier score last played before the music, low to high
    ground    throws of an earlier score whose grooves and motifs go on; empty to choose anew
    """

    style: str
    grid: Grid
    samples: int
    windows: tuple[tuple[int, int], ...]
    cast: dict[str, tuple[str, ...]]
    key: Key | None = None
    mode: str = ""
    feel: Feel = Feel()
    intro: bool = False
    ending: bool = False
    whole: bool = False
    chart: Chart = ()
    heard: tuple[Chord, ...] = ()
    loudness: float | None = None
    room: float = 1.0
    kept: dict[str, tuple[Note, ...]] = {}
    keep: float = 0.0
    time_feel: str = ""
    section: str = ""
    number: int = 0
    blocks: tuple[Block, ...] = ()
    known: tuple[Section, ...] = ()
    onward: tuple[int, ...] = ()
    singing: tuple[tuple[int, int], ...] = ()
    before: dict[str, tuple[int, ...]] = {}
    ground: tuple[tuple[int, float], ...] = ()
    words: Words | None = None
    vocal: Vocal | None = None


class Song(Struct, frozen=True):
    """All that is known of the music that a take is a part of, in beats and bars of its own `grid`.

    `start` is the sample of the song at which the take begins; `throws` are those of its first take. `vocal` is what
    was sung last, also where music without words has taken its place since.
    """

    grid: Grid
    start: int
    style: str
    throws: tuple[tuple[int, float], ...]
    parts: tuple[Part, ...]
    chords: tuple[Chord, ...]
    sections: tuple[Section, ...]
    rules: int = RULES
    vocal: Vocal | None = None


class Score(Struct, frozen=True):
    """A plan played out by dice. `song` is what lies around it, None where nothing does; so with `vocal`."""

    plan: Plan
    throws: tuple[tuple[int, float], ...]
    key: Key
    sections: tuple[Section, ...]
    chords: tuple[Chord, ...]
    parts: tuple[Part, ...]
    rules: int = RULES
    song: Song | None = None
    vocal: Vocal | None = None

    def to_latents(self) -> dict[str, NDArray[np.generic]]:
        """The score as JSON text in an array of bytes, the form in which takes keep it."""
        return {LATENT: np.frombuffer(msgspec.json.encode(self), dtype=np.uint8)}


def from_latents(latents: Mapping[str, NDArray[np.generic]]) -> Score | None:
    """The score that a take kept; None if it kept none or one that these rules cannot read."""
    if LATENT not in latents:
        return None
    try:
        return msgspec.json.decode(latents[LATENT].astype(np.uint8).tobytes(), type=Score)
    except msgspec.DecodeError:
        return None
