"""Voicing: the keys of a chord, each voice moving as little as it can and no outer voices leaping in parallel."""

from __future__ import annotations

from collections.abc import Iterator

from engine.sketch.bassist import near
from engine.sketch.score import Chord
from engine.sketch.synth.instruments import Instrument
from engine.sketch.theory import QUALITIES

Keys = tuple[int, ...]

CENTRE = {"keys": 62, "guitar": 57, "pad": 64, "strings": 67, "brass": 64, "lead": 67}
STEP = 2
"""Semitones that a voice may move without leaping."""
_PARALLEL = 100.0
"""What it costs to leap in parallel: more than any other fault, so it happens only where nothing else can be played."""
_LEAP_WITH_BASS = 12.0
_LOST_TONE = 3.0


def voicing(chord: Chord, before: Keys, role: str, sound: Instrument, brightness: float = 0.0) -> Keys:
    """Keys from low to high for a chord after another one (empty: after nothing)."""
    if sound.drive >= 0.5:
        return _power(chord, before, sound)
    centre = CENTRE.get(role, 64) + round(4 * brightness)
    centre = min(max(centre, sound.low + 9), sound.high - 9)
    shapes = list(_strung(chord, sound) if role == "guitar" else _close(chord, centre, sound))
    if not shapes:
        classes = [(chord.root + step) % 12 for step in QUALITIES[chord.quality]]
        return tuple(sorted({near(each, centre, sound.low, sound.high) for each in classes}))
    return min(shapes, key=lambda keys: (_cost(keys, before, chord, centre), keys))


def parallel_leap(one: Keys, other: Keys) -> bool:
    """Do the outer voices leap the same way from one perfect fifth or octave to another?"""
    if len(one) < 2 or len(other) < 2:
        return False
    low, high = other[0] - one[0], other[-1] - one[-1]
    same_way = low * high > 0 and min(abs(low), abs(high)) > STEP
    return same_way and (one[-1] - one[0]) % 12 == (other[-1] - other[0]) % 12 and (one[-1] - one[0]) % 12 in (0, 7)


def _cost(keys: Keys, before: Keys, chord: Chord, centre: int) -> float:
    cost = 0.6 * abs(sum(keys) / len(keys) - centre)
    if not before:
        return cost
    cost += sum(min(abs(key - old) for old in before) for key in keys)
    if parallel_leap(before, keys):
        cost += _PARALLEL
    # The bass goes to the root by leaps; an upper voice that leaps onto its octave or fifth would go along with it.
    if abs(keys[-1] - before[-1]) > STEP and (keys[-1] - chord.root) % 12 in (0, 7):
        cost += _LEAP_WITH_BASS
    lost = {key % 12 for key in keys} & {key % 12 for key in before} - {key % 12 for key in set(keys) & set(before)}
    return cost + _LOST_TONE * len(lost)


def _close(chord: Chord, centre: int, sound: Instrument) -> Iterator[Keys]:
    """Every inversion in close position near the centre; of ninths the root is left to the bass."""
    tones = QUALITIES[chord.quality]
    classes = [(chord.root + step) % 12 for step in (tones[1:] if len(tones) > 4 else tones)]
    for turn in range(len(classes)):
        order = classes[turn:] + classes[:turn]
        for bottom in range(centre - 14, centre + 5):
            if bottom % 12 != order[0] or bottom < sound.low:
                continue
            keys = [bottom]
            for pitch_class in order[1:]:
                keys.append(keys[-1] + ((pitch_class - keys[-1]) % 12 or 12))
            if keys[-1] <= sound.high and not _muddy(keys):
                yield tuple(keys)


def _strung(chord: Chord, sound: Instrument) -> Iterator[Keys]:
    """Shapes of four or five strings: a wide step at the bottom, the rest close, with any chord tone on top."""
    tones = QUALITIES[chord.quality]
    root = near(chord.root, 46, max(40, sound.low), sound.high)
    fifth = tones[2] if len(tones) > 2 else 7
    upper = sorted({step % 12 for step in tones})
    for bottom in (root, root - 12, root + 12):
        if not max(sound.low, 40) <= bottom <= 57:
            continue
        for start in range(len(upper)):
            order = upper[start:] + upper[:start]
            for count in (3, 4):
                keys = [bottom, bottom + fifth]
                for step in order[: min(count, len(order))]:
                    keys.append(keys[-1] + ((bottom + step - keys[-1]) % 12 or 12))
                if keys[-1] <= min(sound.high, bottom + 31):
                    yield tuple(keys)


def _power(chord: Chord, before: Keys, sound: Instrument) -> Keys:
    """Root, fifth and octave, as distortion wants them: a fixed shape that moves with the hand, parallels and all."""
    tones = QUALITIES[chord.quality]
    root = near(chord.root, before[0] if before and before[0] < 50 else 43, sound.low, min(sound.high, 52))
    return root, root + (tones[2] if len(tones) > 2 and tones[2] in (6, 7, 8) else 7), root + 12


def _muddy(keys: list[int]) -> bool:
    """Narrow intervals low down, or two neighbours a semitone apart at the bottom."""
    return (keys[0] < 52 and keys[1] - keys[0] < 4) or keys[1] - keys[0] == 1
