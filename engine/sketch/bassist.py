"""Bassist: roots, fifths and steps towards the next chord, near the hand."""

from __future__ import annotations

import numpy as np

from engine.sketch import grooves_by_meter as by_meter
from engine.sketch.meter import Hit
from engine.sketch.score import Chord, Note
from engine.sketch.stage import Stage
from engine.sketch.synth.instruments import Instrument
from engine.sketch.theory import QUALITIES


def play_bass(stage: Stage, role: str, sound: Instrument) -> list[Note]:
    """A whole bass part."""
    notes: list[Note] = []
    before = stage.plan.before.get(role, ())
    hand = before[0] if before else sound.low + 8
    for section in stage.sections:
        for bar in range(section.bar, section.bar + section.bars):
            roll = stage.dice.roll(role, bar)
            played: list[Note] = []
            for hit in _hits(stage, role, bar):
                chord = stage.chord_at(hit.beat)
                if hit.symbol in "WA" and abs(chord.start - hit.beat) < 1e-6:
                    pitch = near(_floor(chord), hand, sound.low, sound.high)
                else:
                    pitch = _pitch(stage, hit.symbol, chord, hand, (sound, roll, hit.beat + hit.length))
                hand = pitch if hit.symbol in "W" else int(0.5 * hand + 0.5 * pitch)
                force = int((88 if hit.symbol == "R" else 78) * (0.7 + 0.45 * stage.energy(bar)))
                for number, (start, length) in enumerate(stage.held(hit.beat, hit.length)):
                    if number:
                        pitch = _pitch(stage, "R", stage.chord_at(start), hand, (sound, roll, start + length))
                    played.append(Note(start, max(0.1, length * 0.94), pitch, force))
            notes += stage.touched(played, roll, 0.004, "bass")
    return notes


def _hits(stage: Stage, role: str, bar: int) -> list[Hit]:
    """The groove of a bar. The last note before another section, or before music that goes on, leads there."""
    section, meter = stage.section_of(bar), stage.plan.grid.meter_of(bar)
    calm = section.name == "ending" or stage.rests(section) or stage.plan.feel.density < -0.3
    groove = stage.pick(f"{role}.groove", by_meter.bass(stage.style.bass, meter), section)
    hits = stage.hits("R---------------" if calm else groove, bar, "bass")
    if calm or not (stage.is_fill(bar) and (stage.next_section(bar) or stage.leads_on(bar))):
        return hits
    end, pulse = stage.line(bar + 1), meter.pulses()[-1][1]
    if len(hits) > 1 and hits[-1].beat >= end - pulse - 1e-6:
        return [*hits[:-1], hits[-1]._replace(symbol="A")]
    last = Hit(end - min(pulse, 1.0), "A", min(pulse, 1.0))
    if not hits or last.beat <= hits[-1].beat + 1e-6:
        return hits
    held = hits[-1]._replace(length=min(hits[-1].length, last.beat - hits[-1].beat))
    return [*hits[:-1], held, last]


def near(pitch_class: int, target: int, low: int, high: int) -> int:
    """The key of that pitch class nearest to `target`, within the range."""
    choices = [pitch for pitch in range(low, high + 1) if pitch % 12 == pitch_class % 12]
    return min(choices, key=lambda pitch: (abs(pitch - target), pitch))


def _floor(chord: Chord) -> int:
    """The pitch class that the chord stands on."""
    return chord.bass if chord.bass >= 0 else chord.root


def _root(floor: int, sound: Instrument) -> int:
    """Where the hand plays a root that it does not walk to."""
    return near(floor, sound.low + 8, sound.low, sound.low + 16)


def _pitch(
    stage: Stage, symbol: str, chord: Chord, hand: int, how: tuple[Instrument, np.random.Generator, float]
) -> int:
    sound, roll, after = how
    tones = QUALITIES[chord.quality]
    floor = _floor(chord)
    root = _root(floor, sound)
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
        coming = _floor(stage.chord_at(after))
        walks = stage.style.bass == "walk"
        target = near(coming, hand, sound.low, sound.high) if walks else _root(coming, sound)
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
