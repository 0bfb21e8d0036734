"""Styles: for each, a tempo, a mode, chord progressions, grooves and a cast of instruments. Data, no rules."""

from __future__ import annotations

from dataclasses import dataclass

PROGRESSIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "pop": {
        "major": ("1 5 6 4", "6 4 1 5", "1 6 4 5", "1 4 6 5", "4 1 5 6"),
        "minor": ("1 6 3 7", "1 7 6 7", "1 4 6 7", "6 7 1 1", "1 3 7 6"),
    },
    "rock": {
        "major": ("1 4 5 4", "1 5 4 4", "1 1 4 5", "1 4 1 5"),
        "minor": ("1 7 6 7", "1 6 7 1", "1 3 7 4", "1 1 6 7"),
    },
    "jazz": {
        "major": ("2 5 1 6", "1 6 2 5", "3 6 2 5", "1,6 2,5 3,6 2,5", "1 4 3,6 2,5"),
        "minor": ("2 5M 1 1", "1 4 2 5M", "1,6 2,5M 1 1", "4 7 3 6 2 5M 1 1"),
    },
    "lofi": {
        "major": ("4 3 2 1", "2 5 1 6", "1 3 4 2", "4 5 3 6"),
        "minor": ("1 4 7 3", "6 7 1 1", "1 6 4 5", "4 7 3 6"),
    },
    "modal": {"major": ("1 1 4 1", "1 1 1 4", "1 2 4 1"), "minor": ("1 1 1 1", "1 1 7 1", "1 1 4 4", "1 1 6 7")},
    "ambient": {"major": ("1 1 4 4", "1 3 4 4", "6 4 1 1"), "minor": ("1 1 6 6", "1 6 3 3", "6 6 1 1")},
    "blues": {
        "major": ("1 1 1 1 4 4 1 1 5 4 1 5", "1 4 1 5"),
        "minor": ("1 1 1 1 4 4 1 1 6 5M 1 5M", "1 4 1 5M"),
    },
    "epic": {"major": ("1 5 6 4", "6 4 1 5"), "minor": ("1 6 3 7", "1 6 4 5M", "1 4 6 5M", "6 7 1 1")},
}


@dataclass(frozen=True, kw_only=True)
class Style:
    """One style of playing.

    swing    where the second of a pair of `swing_unit` notes falls: 0.5 straight, 0.67 triplets
    colour   0 triads, 1 sevenths, 2 ninths
    energy   0 … 1, how much of the cast plays and how hard
    tail     room, as a factor of the usual send
    """

    bpm: float
    progressions: str
    drums: str
    bass: str
    chords: dict[str, str]
    cast: dict[str, tuple[str, ...]]
    mode: str = ""
    melody: str = "singing"
    swing: float = 0.5
    swing_unit: float = 0.25
    colour: int = 0
    energy: float = 0.6
    tail: float = 1.0


def _cast(**roles: str) -> dict[str, tuple[str, ...]]:
    return {role: tuple(names.split("|")) for role, names in roles.items()}


STYLES: dict[str, Style] = {
    "pop": Style(
        bpm=108, progressions="pop", drums="backbeat", bass="pulse", colour=0, energy=0.65,
        chords={"keys": "push", "guitar": "strum", "pad": "hold"},
        cast=_cast(drums="acoustic kit", bass="finger bass", keys="piano|electric piano", guitar="acoustic guitar",
                   pad="warm pad", lead="synth lead|flute"),
    ),
    "rock": Style(
        bpm=124, progressions="rock", drums="rock", bass="eighths", energy=0.85,
        chords={"guitar": "eighths", "keys": "halves"},
        cast=_cast(drums="rock kit", bass="picked bass", guitar="distorted guitar|electric guitar", keys="organ",
                   lead="lead guitar"),
        tail=0.7,
    ),
    "metal": Style(
        bpm=150, mode="minor", progressions="rock", drums="metal", bass="eighths", energy=1.0,
        chords={"guitar": "chug"}, melody="busy",
        cast=_cast(drums="rock kit", bass="picked bass", guitar="distorted guitar", lead="lead guitar"), tail=0.6,
    ),
    "lofi": Style(
        bpm=80, progressions="lofi", drums="lofi", bass="lofi", swing=0.58, colour=2, energy=0.45, melody="calm",
        chords={"keys": "lofi", "guitar": "picking", "pad": "hold"},
        cast=_cast(drums="lofi kit", bass="upright bass|sub bass", keys="rhodes|piano", pad="warm pad",
                   lead="vibraphone|muted guitar|kalimba"),
    ),
    "hip hop": Style(
        bpm=90, mode="minor", progressions="lofi", drums="boombap", bass="lofi", swing=0.57, colour=1, energy=0.6,
        chords={"keys": "lofi", "pad": "hold"}, melody="calm",
        cast=_cast(drums="hip hop kit", bass="sub bass|upright bass", keys="piano|rhodes", pad="strings",
                   lead="flute|bells"),
    ),
    "trap": Style(
        bpm=140, mode="minor", progressions="epic", drums="trap", bass="sub", energy=0.65, melody="calm",
        chords={"keys": "halves", "pad": "hold"},
        cast=_cast(drums="808 kit", bass="808 bass", keys="piano|bells", pad="choir pad", lead="pluck|flute"),
    ),
    "house": Style(
        bpm=124, progressions="pop", drums="four", bass="offbeat", colour=1, energy=0.8,
        chords={"keys": "stabs", "pad": "hold"},
        cast=_cast(drums="909 kit", bass="synth bass", keys="house piano|organ", pad="warm pad",
                   lead="pluck|synth lead"),
    ),
    "techno": Style(
        bpm=132, mode="minor", progressions="modal", drums="techno", bass="acid", energy=0.9, melody="busy",
        chords={"keys": "stabs", "pad": "hold"},
        cast=_cast(drums="909 kit", bass="acid bass", keys="pluck", pad="glass pad"),
    ),
    "jazz": Style(
        bpm=132, progressions="jazz", drums="jazz", bass="walk", swing=0.64, swing_unit=0.5, colour=2, energy=0.5,
        chords={"keys": "charleston", "guitar": "charleston"},
        cast=_cast(drums="jazz kit|brush kit", bass="upright bass", keys="piano",
                   lead="vibraphone|trumpet|jazz guitar"),
    ),
    "bossa nova": Style(
        bpm=128, progressions="jazz", drums="bossa", bass="bossa", colour=2, energy=0.45, melody="singing",
        chords={"guitar": "bossa", "keys": "halves"},
        cast=_cast(drums="brush kit", bass="upright bass", guitar="nylon guitar", lead="flute|vibraphone"),
    ),
    "ambient": Style(
        bpm=70, progressions="ambient", drums="ambient", bass="long", colour=2, energy=0.25, melody="calm", tail=2.0,
        chords={"keys": "picking", "pad": "hold", "strings": "hold"},
        cast=_cast(pad="glass pad|warm pad", strings="strings", bass="sub bass", keys="electric piano|kalimba",
                   lead="bells"),
    ),
    "funk": Style(
        bpm=106, mode="minor", progressions="modal", drums="funk", bass="funk", swing=0.54, colour=1, energy=0.8,
        chords={"guitar": "funk", "keys": "funk", "brass": "stabs"}, melody="busy", tail=0.7,
        cast=_cast(drums="acoustic kit", bass="slap bass|finger bass", keys="clavinet", guitar="electric guitar",
                   brass="brass section", lead="synth lead"),
    ),
    "disco": Style(
        bpm=118, progressions="pop", drums="four", bass="octaves", colour=1, energy=0.85,
        chords={"guitar": "funk", "keys": "push", "strings": "halves"},
        cast=_cast(drums="acoustic kit", bass="finger bass", guitar="electric guitar", keys="electric piano",
                   strings="strings", lead="synth lead"),
    ),
    "reggae": Style(
        bpm=76, progressions="pop", drums="reggae", bass="reggae", swing=0.56, energy=0.55,
        chords={"guitar": "skank", "keys": "offbeat"},
        cast=_cast(drums="acoustic kit", bass="finger bass", guitar="electric guitar", keys="organ", lead="trumpet"),
    ),
    "folk": Style(
        bpm=100, mode="major", progressions="rock", drums="folk", bass="root_five", energy=0.45,
        chords={"guitar": "strum", "keys": "picking"},
        cast=_cast(drums="brush kit", bass="upright bass", guitar="acoustic guitar", lead="fiddle|whistle"),
    ),
    "ballad": Style(
        bpm=72, progressions="pop", drums="ballad", bass="long", energy=0.4, melody="calm", tail=1.3,
        chords={"keys": "picking", "strings": "hold"},
        cast=_cast(drums="acoustic kit", bass="finger bass", keys="piano", strings="strings", lead="flute|fiddle"),
    ),
    "cinematic": Style(
        bpm=96, mode="minor", progressions="epic", drums="cinematic", bass="long", energy=0.7, melody="calm", tail=1.6,
        chords={"strings": "eighths", "pad": "hold", "brass": "hold"},
        cast=_cast(drums="orchestral percussion", bass="synth bass", strings="strings", brass="brass section",
                   pad="choir pad", lead="french horn"),
    ),
    "synthwave": Style(
        bpm=104, mode="minor", progressions="epic", drums="rock", bass="eighths", energy=0.75,
        chords={"keys": "arpeggio", "pad": "hold"},
        cast=_cast(drums="electronic kit", bass="synth bass", keys="pluck", pad="warm pad|saw pad", lead="synth lead"),
    ),
    "drum and bass": Style(
        bpm=172, mode="minor", progressions="ambient", drums="breaks", bass="sub", colour=1, energy=0.85, melody="calm",
        chords={"keys": "push", "pad": "hold"},
        cast=_cast(drums="electronic kit", bass="reese bass", keys="electric piano", pad="glass pad", lead="pluck"),
    ),
    "blues": Style(
        bpm=92, mode="major", progressions="blues", drums="shuffle", bass="walk", swing=0.64, swing_unit=0.5, colour=0,
        energy=0.6, chords={"guitar": "charleston", "keys": "push"},
        cast=_cast(drums="acoustic kit", bass="finger bass", guitar="electric guitar", keys="organ|piano",
                   lead="lead guitar"),
    ),
    "soul": Style(
        bpm=84, progressions="lofi", drums="backbeat", bass="pulse", swing=0.55, colour=2, energy=0.55,
        chords={"keys": "push", "guitar": "skank", "brass": "push"},
        cast=_cast(drums="acoustic kit", bass="finger bass", keys="rhodes|wurlitzer|organ", guitar="electric guitar",
                   brass="brass section", lead="synth lead|trumpet"),
    ),
}  # fmt: skip
NEUTRAL = "pop"
"""Played where the tags name no style."""
