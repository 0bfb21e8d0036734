"""Fills: what drums play where one section hands over to the next, from two strokes to a whole bar."""

from __future__ import annotations

import numpy as np

from engine.sketch.form import PEAKS
from engine.sketch.score import Note
from engine.sketch.stage import Stage
from engine.sketch.synth.percussion import HIGH_TOM, KICK, LOW_TOM, MID_TOM, RIM, SNARE

STROKE = 0.1
_FASTEST_SECONDS = 0.075
_QUIET = 0.45


def fill_beats(stage: Stage, bar: int, roll: np.random.Generator) -> float:
    """Length of a fill in quarter notes: half a pulse, one, two, half the bar or all of it, by what it leads to."""
    meter, beats = stage.plan.grid.meter_of(bar), stage.plan.grid.beats_of(bar)
    pulses, energy, following = meter.pulses(), stage.energy(bar), stage.next_section(bar)
    last = pulses[-1][1]
    if stage.leads_on(bar):
        # Music that is already there decides how loud the next bar is: a short lead into it fits either.
        return float(roll.choice([last / 2, last]))
    lengths = [last / 2, last, last]
    if len(pulses) > 2 and energy > _QUIET:
        lengths.append(pulses[-1][1] + pulses[-2][1])
    if following and following.name in PEAKS and energy > _QUIET:
        lengths += [beats - meter.half, beats - meter.half, beats]
    return float(min(beats, roll.choice(lengths)))


def filled(stage: Stage, played: list[Note], bar: int, roll: np.random.Generator) -> list[Note]:
    """The end of a bar becomes a run over snare and toms, louder towards the next."""
    energy, end = stage.energy(bar), stage.line(bar + 1)
    begin = end - fill_beats(stage, bar, roll)
    kept = [note for note in played if note.start < begin - 1e-6 or note.pitch == KICK]
    fast = 60 / stage.plan.grid.bpm_at(begin) / 4 >= _FASTEST_SECONDS
    step = 0.25 if fast and energy > _QUIET else 0.5
    drums = (SNARE, HIGH_TOM, MID_TOM, LOW_TOM) if energy > _QUIET else (SNARE, RIM)
    strokes = max(1, int((end - begin) / step + 1e-6))
    accents = roll.permutation(strokes)[: strokes // 3]
    for number in range(strokes):
        if number and roll.random() > 0.85:
            continue
        drum = drums[min(len(drums) - 1, number * len(drums) // strokes)]
        force = (58 + 45 * number / strokes + 10 * (number in accents)) * (0.7 + 0.35 * energy)
        kept.append(Note(begin + number * step, STROKE, drum, int(min(127, force))))
    return kept


def built(stage: Stage, played: list[Note], bar: int) -> list[Note]:
    """A snare that comes faster and louder over the two bars before a drop, and a breath of silence just before it."""
    section, line, end = stage.section_of(bar), stage.line(bar), stage.line(bar + 1)
    to_go = section.bar + section.bars - bar
    if to_go > 2:
        return played
    pulse = stage.plan.grid.meter_of(bar).pulses()[-1][1]
    stop = end - pulse if to_go == 1 else end
    kept = [note for note in played if note.start < stop - 1e-6]
    fast = 60 / stage.plan.grid.bpm_at(line) / 4 >= _FASTEST_SECONDS
    step = 0.25 if fast and to_go == 1 else 0.5
    at = line
    while at < stop - 1e-6:
        share = (2 - to_go + (at - line) / (end - line)) / 2
        kept.append(Note(at, STROKE, SNARE, int(40 + 65 * share)))
        at += step
    return kept
