"""Accompanist: chords on keys, guitars, pads, strings and brass, each voice moving as little as it can."""

from __future__ import annotations

from engine.sketch import grooves_by_meter as by_meter
from engine.sketch.score import Note, Section
from engine.sketch.stage import Stage
from engine.sketch.synth.instruments import Instrument
from engine.sketch.voicing import voicing

USUAL_RHYTHM = {
    "keys": "push",
    "guitar": "strum",
    "pad": "hold",
    "strings": "hold",
    "brass": "halves",
    "lead": "halves",
}
STRUM_SECONDS = 0.011
LEAST_BAND = 4
"""Only a larger band than this can spare its pad for a verse."""


def play_chords(stage: Stage, role: str, sound: Instrument) -> list[Note]:
    """A whole part of chords, broken or together."""
    base = role.split(maxsplit=1)[0]
    voices = stage.plan.before.get(role, ())
    notes: list[Note] = []
    for section in stage.sections:
        if _rests(stage, base, section):
            continue
        for bar in range(section.bar, section.bar + section.bars):
            roll = stage.dice.roll(role, bar)
            played: list[Note] = []
            for hit in stage.hits(_groove(stage, role, sound, bar), bar, "chords"):
                force = int((92 if hit.symbol == "X" else 78) * (0.62 + 0.53 * stage.energy(bar)))
                for start, length in stage.held(hit.beat, hit.length):
                    voices = voicing(stage.chord_at(start), voices, base, sound, stage.plan.feel.brightness)
                    chosen = (voices[(int(hit.symbol) - 1) % len(voices)],) if hit.symbol.isdigit() else voices
                    gap = 0.92 if length <= 0.5 else 0.97
                    for string, pitch in enumerate(chosen):
                        late = string * STRUM_SECONDS * stage.plan.grid.bpm_at(start) / 60 if base == "guitar" else 0.0
                        ring = length * gap - late if not hit.symbol.isdigit() else length * 1.9
                        played.append(Note(start + late, max(0.1, ring), pitch, force - 2 * string))
            notes += stage.touched(played, roll, 0.003, base)
    return notes


def _groove(stage: Stage, role: str, sound: Instrument, bar: int) -> str:
    section, meter = stage.section_of(bar), stage.plan.grid.meter_of(bar)
    if section.name == "ending":
        return "X---------------"
    base = role.split(maxsplit=1)[0]
    rhythm = stage.style.chords.get(base, USUAL_RHYTHM.get(base, "hold"))
    held_back = stage.rests(section) and not sound.drive
    if sound.role == "pad" or ((stage.plan.feel.density < -0.3 or held_back) and not sound.drive):
        rhythm = "hold" if sound.held else "halves"
    return stage.pick(f"{role}.groove", by_meter.chords(rhythm, meter), section)


def _rests(stage: Stage, role: str, section: Section) -> bool:
    """Who waits for the peak: brass leaves intros and breaks, guitars leave breaks, pads leave a song's first verse."""
    if section.name == "verse" and role == "pad" and stage.plan.whole:
        verses = [each for each in stage.sections if each.name == "verse"]
        return section is verses[0] and len(stage.plan.cast) > LEAST_BAND and section is not stage.sections[-1]
    if not stage.rests(section):
        return False
    return role == "brass" or (section.name == "break" and role == "guitar")
