"""Drummer: grooves, fills, crashes and the last stroke."""

from __future__ import annotations

import numpy as np

from engine.sketch import grooves_by_meter as by_meter
from engine.sketch.fills import STROKE, built, filled
from engine.sketch.score import Note
from engine.sketch.stage import Stage
from engine.sketch.synth.percussion import (
    CLAP,
    CONGA,
    CRASH,
    HAT,
    KICK,
    LOW_CONGA,
    LOW_TOM,
    OPEN,
    PEDAL,
    RIDE,
    RIM,
    SHAKER,
    SNARE,
    TAMBOURINE,
)  # fmt: skip

_KIT = {
    "k": KICK,
    "s": SNARE,
    "r": RIM,
    "c": CLAP,
    "h": HAT,
    "o": OPEN,
    "d": RIDE,
    "p": PEDAL,
    "t": LOW_TOM,
    "b": SHAKER,
}
_HANDS = {"b": SHAKER, "t": TAMBOURINE, "n": CONGA, "m": LOW_CONGA}
FORCE = {"X": 112, "x": 90, "o": 46}


def play_drums(stage: Stage, role: str, instrument: str) -> list[Note]:
    """A whole drum part."""
    percussion = role.startswith("percussion") or instrument == "hand percussion"
    base = "percussion" if percussion else "drums"
    notes: list[Note] = []
    for section in stage.sections:
        for bar in range(section.bar, section.bar + section.bars):
            roll = stage.dice.roll(role, bar)
            if section.name == "ending":
                played = [] if percussion else _last_stroke(stage, bar)
            else:
                played = _bar(stage, _groove(stage, role, percussion, bar), bar, roll, percussion)
                if not percussion:
                    played = _turned(stage, played, bar, roll)
            notes += stage.touched(sorted(played), roll, 0.0025, base)
    return notes


def _groove(stage: Stage, role: str, percussion: bool, bar: int) -> str:
    """Every fourth bar is another of the style's grooves."""
    section, meter = stage.section_of(bar), stage.plan.grid.meter_of(bar)
    options = by_meter.percussion(meter) if percussion else by_meter.drums(stage.style.drums, meter)
    other = ".other" if (bar - section.bar) % 4 == 3 else ""
    return stage.pick(f"{role}.groove{other}", options, section)


def _turned(stage: Stage, played: list[Note], bar: int, roll: np.random.Generator) -> list[Note]:
    """What marks the form: a fill or a build-up at the end of a section, a crash at the beginning of the next."""
    section = stage.section_of(bar)
    after = next((each for each in stage.sections if each.bar == section.bar + section.bars), None)
    if section.name == "break" and after and after.name == "drop":
        played = built(stage, played, bar)
    elif stage.is_fill(bar):
        played = filled(stage, played, bar, roll)
    if bar == section.bar and section.energy > 0.5 and bar > stage.sections[0].bar and section.name != "break":
        played = [*played, Note(stage.line(bar), STROKE, CRASH, int(60 + 40 * section.energy))]
    return played


def _bar(stage: Stage, groove: str, bar: int, roll: np.random.Generator, percussion: bool) -> list[Note]:
    section, density, energy = stage.section_of(bar), stage.plan.feel.density, stage.energy(bar)
    keys = _HANDS if percussion else _KIT
    loud = 0.6 + 0.52 * energy
    played = []
    for line in groove.split("|"):
        drum, rhythm = line.split(":")
        if stage.rests(section) and drum in ("kr" if section.name == "break" else "") + "sc":
            continue
        for number, hit in enumerate(stage.hits(rhythm, bar, drum)):
            if hit.symbol == "o" and (density < -0.3 or roll.random() < 0.25):
                continue
            force = FORCE[hit.symbol] * loud * (0.86 if drum in "hdb" and number % 2 else 1.0)
            played.append(Note(hit.beat, STROKE, keys[drum], int(min(127, force))))
            if drum == "h" and density > 0.3 and hit.length > 0.2 and roll.random() < 0.5:
                played.append(Note(hit.beat + hit.length / 2, STROKE, keys[drum], int(50 * loud)))
    return played


def _last_stroke(stage: Stage, bar: int) -> list[Note]:
    energy, at = stage.section_of(bar).energy, stage.line(bar)
    cymbal = CRASH if energy > 0.5 else RIDE
    return [Note(at, STROKE, KICK, int(70 + 40 * energy)), Note(at, STROKE, cymbal, int(60 + 45 * energy))]
