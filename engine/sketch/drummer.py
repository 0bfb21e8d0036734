"""Drummer: grooves, fills, crashes and the last stroke."""

from __future__ import annotations

import numpy as np

from engine.sketch.grooves import DRUMS, PERCUSSION
from engine.sketch.score import Note
from engine.sketch.stage import Stage
from engine.sketch.synth.percussion import (
    CLAP,
    CONGA,
    CRASH,
    HAT,
    HIGH_TOM,
    KICK,
    LOW_CONGA,
    LOW_TOM,
    MID_TOM,
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
STROKE = 0.1


def play_drums(stage: Stage, role: str, instrument: str) -> list[Note]:
    """A whole drum part."""
    percussion = role.startswith("percussion") or instrument == "hand percussion"
    keys, grooves = (_HANDS, PERCUSSION) if percussion else (_KIT, DRUMS[stage.style.drums])
    notes: list[Note] = []
    for section in stage.sections:
        groove = stage.pick(f"{role}.groove", grooves, section)
        other = stage.pick(f"{role}.groove.other", grooves, section)
        for bar in range(section.bar, section.bar + section.bars):
            roll = stage.dice.roll(role, bar)
            if section.name == "ending":
                played = [] if percussion else _last_stroke(stage, bar)
            else:
                fill = stage.is_fill(bar) and not percussion
                played = _bar(stage, other if (bar - section.bar) % 4 == 3 else groove, bar, keys, roll)
                if fill:
                    played = _filled(stage, played, bar, roll)
                if not percussion and bar == section.bar and section.energy > 0.5 and bar > stage.sections[0].bar:
                    played.append(Note(stage.line(bar), STROKE, CRASH, int(60 + 40 * section.energy)))
            notes += stage.touched(sorted(played), roll, 0.0025)
    return notes


def _bar(stage: Stage, groove: str, bar: int, keys: dict[str, int], roll: np.random.Generator) -> list[Note]:
    section, density = stage.section_of(bar), stage.plan.feel.density
    loud = 0.72 + 0.35 * section.energy
    played = []
    for line in groove.split("|"):
        drum, rhythm = line.split(":")
        if section.name in ("intro", "break") and drum in "sc" and len(stage.sections) > 1:
            continue
        if section.name == "break" and drum in "kr":
            continue
        for number, hit in enumerate(stage.hits(rhythm, bar)):
            if hit.symbol == "o" and (density < -0.3 or roll.random() < 0.25):
                continue
            force = FORCE[hit.symbol] * loud * (0.86 if drum in "hdb" and number % 2 else 1.0)
            played.append(Note(hit.beat, STROKE, keys[drum], int(min(127, force))))
            if drum == "h" and density > 0.3 and hit.length > 0.2 and roll.random() < 0.5:
                played.append(Note(hit.beat + hit.length / 2, STROKE, keys[drum], int(50 * loud)))
    return played


def _filled(stage: Stage, played: list[Note], bar: int, roll: np.random.Generator) -> list[Note]:
    """The last pulse, or two where there is energy, become a run over snare and toms."""
    energy = stage.section_of(bar).energy
    pulses = stage.plan.grid.meter_of(bar).pulses()
    count = 2 if energy > 0.6 and len(pulses) > 3 and roll.random() < 0.6 else 1
    begin = stage.line(bar) + pulses[-count][0]
    end = stage.line(bar + 1)
    kept = [note for note in played if note.start < begin - 1e-6 or note.pitch == KICK]
    step = 0.25 if 60 / stage.plan.grid.bpm_at(begin) / 4 >= 0.075 and energy > 0.45 else 0.5
    drums = (SNARE, HIGH_TOM, MID_TOM, LOW_TOM) if energy > 0.45 else (SNARE, RIM)
    strokes = max(1, int((end - begin) / step + 1e-6))
    for number in range(strokes):
        if roll.random() < 0.85:
            drum = drums[min(len(drums) - 1, number * len(drums) // strokes)]
            force = (62 + 45 * number / strokes) * (0.7 + 0.35 * energy)
            kept.append(Note(begin + number * step, STROKE, drum, int(force)))
    return kept


def _last_stroke(stage: Stage, bar: int) -> list[Note]:
    energy, at = stage.section_of(bar).energy, stage.line(bar)
    cymbal = CRASH if energy > 0.5 else RIDE
    return [Note(at, STROKE, KICK, int(70 + 40 * energy)), Note(at, STROKE, cymbal, int(60 + 45 * energy))]
