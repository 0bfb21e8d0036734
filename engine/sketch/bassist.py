"""Bassist: roots, fifths and steps towards the next chord, near the hand."""

from __future__ import annotations

import numpy as np

from engine.sketch.grooves import BASS
from engine.sketch.score import Chord, Note
from engine.sketch.stage import Stage
from engine.sketch.synth.instruments import Instrument
from engine.sketch.theory import QUALITIES


def play_bass(stage: Stage, role: str, sound: Instrument) -> list[Note]:
    """A whole bass part."""
    notes: list[Note] = []
    hand = sound.low + 8
    for section in stage.sections:
        groove = stage.pick(f"{role}.groove", BASS[stage.style.bass], section)
        for bar in range(section.bar, section.bar + section.bars):
            roll = stage.dice.roll(role, bar)
            calm = section.name in ("ending", "intro", "break") or stage.plan.feel.density < -0.3
            played: list[Note] = []
            for hit in stage.hits("R---------------" if calm else groove, bar):
                chord = stage.chord_at(hit.beat)
                if hit.symbol in "WA" and abs(chord.start - hit.beat) < 1e-6:
                    pitch = near(_floor(chord), hand, sound.low, sound.high)
                else:
                    pitch = _pitch(stage, hit.symbol, chord, hand, (sound, roll, hit.beat + hit.length))
                hand = pitch if hit.symbol in "W" else int(0.5 * hand + 0.5 * pitch)
                force = int((88 if hit.symbol == "R" else 78) * (0.8 + 0.3 * section.energy))
                for number, (start, length) in enumerate(stage.held(hit.beat, hit.length)):
                    if number:
                        pitch = _pitch(stage, "R", stage.chord_at(start), hand, (sound, roll, start + length))
                    played.append(Note(start, max(0.1, length * 0.94), pitch, force))
            notes += stage.touched(played, roll)
    return notes


def near(pitch_class: int, target: int, low: int, high: int) -> int:
    """The key of that pitch class nearest to `target`, within the range."""
    choices = [pitch for pitch in range(low, high + 1) if pitch % 12 == pitch_class % 12]
    return min(choices, key=lambda pitch: (abs(pitch - target), pitch))


def _floor(chord: Chord) -> int:
    """The pitch class that the chord stands on."""
    return chord.bass if chord.bass >= 0 else chord.root


def _pitch(
    stage: Stage, symbol: str, chord: Chord, hand: int, how: tuple[Instrument, np.random.Generator, float]
) -> int:
    sound, roll, after = how
    tones = QUALITIES[chord.quality]
    floor = _floor(chord)
    root = near(floor, sound.low + 8, sound.low, sound.low + 16)
    if symbol in "R.":
        return root
    if symbol == "8":
        return root + 12 if root + 12 <= sound.high else root
    if symbol == "5":
        fifth = (chord.root + next((step for step in tones if step in (6, 7, 8)), 7) - floor) % 12 or 12
        return root + fifth if root + fifth <= sound.high - 3 else root + fifth - 12
    if symbol == "3":
        return root + ((chord.root + next((step for step in tones if step in (3, 4, 5)), 7) - floor) % 12 or 12)
    scale = sorted(set(stage.key.scale) | {(chord.root + step) % 12 for step in tones})
    if symbol == "A":
        target = near(_floor(stage.chord_at(after)), hand, sound.low, sound.high)
        step = 1 if roll.random() < 0.4 else -1
        return _step(target, step, scale, sound)
    if abs(chord.start - after) < 1e-6 or roll.random() < 0.55:
        tone = chord.root + int(roll.choice(tones[:4]))
        walked = near(tone, hand + int(roll.integers(-3, 4)), sound.low, sound.high)
        return walked if walked != hand else _step(hand, 1, scale, sound)
    return _step(hand, int(roll.choice([-1, 1])), scale, sound)


def _step(pitch: int, direction: int, scale: list[int], sound: Instrument) -> int:
    """The neighbouring note of the scale; turns round at the end of the range."""
    if not sound.low < pitch + 2 * direction < sound.high:
        direction = -direction
    moved = pitch + direction
    while moved % 12 not in scale:
        moved += direction
    return moved
