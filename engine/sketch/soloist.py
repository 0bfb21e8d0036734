"""Soloist: a melody of motifs, A A B C, on chord tones where it matters, with room to breathe."""

from __future__ import annotations

import numpy as np

from engine.sketch.bassist import near
from engine.sketch.grooves import MELODY
from engine.sketch.score import Note
from engine.sketch.stage import Stage
from engine.sketch.synth.instruments import Instrument
from engine.sketch.theory import QUALITIES

PHRASE = ("A", "A", "B", "C")


def play_melody(stage: Stage, role: str, sound: Instrument) -> list[Note]:
    """A whole lead part: in lifts, in every other phrase of a verse, never in intros."""
    low, high = max(sound.low, 58), min(sound.high, 86)
    home = min(high - 7, max(low + 7, 69 + round(4 * stage.plan.feel.brightness)))
    pitch = near(stage.key.tonic, home, low, high)
    alone = len(stage.plan.cast) == 1
    notes: list[Note] = []
    for section in stage.sections:
        for bar in range(section.bar, section.bar + section.bars):
            place = (bar - section.bar) % 4
            if section.name in ("intro", "break") and not alone:
                continue
            roll = stage.dice.roll(role, bar)
            if section.name == "ending":
                pitch = near(stage.chord_at(stage.line(bar)).root, pitch, low, high)
                notes.append(Note(stage.line(bar), stage.plan.grid.beats_of(bar) * 0.95, pitch, 84))
                continue
            motif = PHRASE[place]
            if motif == "C" and section.bars >= 4 and roll.random() < 0.4:
                rhythm = "x-------........"
            else:
                rhythm = _rhythm(stage, role, section.name, motif)
            contour = stage.dice.roll(f"{role}.contour.{section.name}", ord(motif)).integers(-2, 3, 16)
            played: list[Note] = []
            for number, hit in enumerate(stage.hits(rhythm, bar)):
                strong = number == 0 or hit.length >= 0.9
                pitch = _next(stage, pitch, int(contour[number % 16]), hit.beat, strong, (low, high, home))
                force = int((94 if strong else 82) * (0.8 + 0.25 * section.energy))
                played.append(Note(hit.beat, max(0.12, hit.length * 0.93), pitch, force))
            notes += stage.touched(played, roll)
    return notes


def _rhythm(stage: Stage, role: str, section: str, motif: str) -> str:
    pace = stage.style.melody
    if stage.plan.feel.density > 0.3:
        pace = "busy"
    if stage.plan.feel.density < -0.3 or stage.plan.feel.energy < -0.4:
        pace = "calm"
    roll = stage.dice.roll(f"{role}.rhythm.{section}", ord(motif))
    return str(roll.choice(MELODY[pace]))


def _next(stage: Stage, pitch: int, move: int, beat: float, strong: bool, room: tuple[int, int, int]) -> int:
    """Some steps of the scale onwards; a strong note settles on the nearest chord tone that is not a repeat of home."""
    low, high, home = room
    if abs(pitch - home) > 8:
        move = -abs(move) - 1 if pitch > home else abs(move) + 1
    chord = stage.chord_at(beat)
    tones = {(chord.root + step) % 12 for step in QUALITIES[chord.quality]}
    scale = np.array([key for key in range(low, high + 1) if key % 12 in stage.key.scale])
    at = int(np.abs(scale - pitch).argmin())
    target = int(scale[min(max(at + move, 0), len(scale) - 1)])
    if not strong:
        return target
    settled = [key for key in range(low, high + 1) if key % 12 in tones]
    return min(settled, key=lambda key: (abs(key - target), key))
