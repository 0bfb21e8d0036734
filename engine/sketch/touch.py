"""Touch: the human unevenness of a part: who leans behind the beat or ahead of it, and how hard each note is played."""

from __future__ import annotations

from engine.sketch.meter import Meter
from engine.sketch.synth.percussion import CLAP, HAT, OPEN, RIDE, RIM, SHAKER, SNARE

MOST_SECONDS = 0.012
"""No note strays further from where it is written."""

_LAID_BACK = {"backbeat": 7.0, "cymbal": 1.0, "bass": 4.0, "keys": 4.0, "guitar": 4.0, "lead": 7.0, "brass": 3.0}
_PUSHED = {"backbeat": -1.5, "cymbal": -2.5, "bass": -2.0, "guitar": -2.5, "keys": -1.0, "brass": -1.5}
_LEANING = {
    **dict.fromkeys(("lofi", "hip hop", "soul", "reggae", "blues", "ballad"), _LAID_BACK),
    **dict.fromkeys(("funk", "rock", "metal", "disco", "bossa nova"), _PUSHED),
    "jazz": {"cymbal": -2.5, "bass": -1.5, "keys": 3.0, "lead": 7.0, "guitar": 3.0},
}
"""Milliseconds behind the beat (negative: ahead) of each voice, by style."""
_MACHINES = frozenset({"house", "techno", "trap", "synthwave", "drum and bass"})
MACHINE = 0.25
"""What sequenced styles keep of the unevenness of players."""

_WEIGHT = {"drums": 0.4, "percussion": 0.5, "bass": 0.7, "pad": 0.3}
_BACKBEATS, _CYMBALS = frozenset({SNARE, CLAP, RIM}), frozenset({HAT, OPEN, RIDE, SHAKER})


def lean(style: str, role: str, pitch: int) -> float:
    """Seconds that a note of this part sits behind the beat."""
    voice = role
    if role in ("drums", "percussion"):
        voice = "backbeat" if pitch in _BACKBEATS else "cymbal" if pitch in _CYMBALS else ""
    return _LEANING.get(style, {}).get(voice, 0.0) / 1000


def looseness(style: str) -> float:
    """A factor on the chance that moves notes about."""
    return MACHINE if style in _MACHINES else 1.0


def accent(beat: float, meter: Meter, role: str) -> float:
    """Velocity to add at a place in the bar: strong on pulses, weaker between them, weakest on sixteenths."""
    starts = [start for start, _ in meter.pulses()]
    near = 0.06
    if beat < near:
        level = 6.0
    elif abs(beat - meter.half) < near:
        level = 3.0
    elif any(abs(beat - start) < near for start in starts):
        level = 1.0
    else:
        level = -3.0 if abs(beat * 2 - round(beat * 2)) < 2 * near else -6.0
    return level * _WEIGHT.get(role, 1.0)


def arc(place: float, role: str) -> float:
    """Velocity to add along a phrase of four bars, `place` 0 … 1: a swell that falls at its end."""
    rising = min(place / 0.7, (1 - place) / 0.3)
    return (rising - 0.5) * (8.0 if role in ("lead", "strings", "brass") else 5.0) * _WEIGHT.get(role, 1.0)
