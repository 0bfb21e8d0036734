"""Soloist: a melody of motifs, A A B C, on chord tones where it matters, in arcs, answering whoever sings."""

from __future__ import annotations

import numpy as np

from engine.sketch import grooves_by_meter as by_meter
from engine.sketch.bassist import near
from engine.sketch.meter import Hit
from engine.sketch.score import Chord, Note
from engine.sketch.stage import Stage
from engine.sketch.synth.instruments import Instrument
from engine.sketch.theory import QUALITIES

PHRASE = ("A", "A", "B", "C")
ARC = (0, 2, 5, 1)
"""Semitones that the melody's home lies higher in each bar of a phrase."""
LIFTED = {"chorus": 3, "drop": 3, "solo": 4, "lift": 1}
"""The same for whole sections."""
FREE = 4
"""Semitones around its home within which the melody goes where its contour wants."""
ANSWER_BEATS = 1.0
"""The shortest gap of a singer that is worth an answer."""
PACES = ("calm", "singing", "busy")


def play_melody(stage: Stage, role: str, sound: Instrument) -> list[Note]:
    """A whole lead part, silent in intros and breaks of a band; where somebody sings it plays in the gaps alone."""
    low, high = max(sound.low, 58), min(sound.high, 86)
    middle = min(high - 7, max(low + 7, 69 + round(4 * stage.plan.feel.brightness)))
    before = stage.plan.before.get(role, ())
    pitch = before[-1] if before else near(stage.key.tonic, middle, low, high)
    alone = len(stage.plan.cast) == 1
    notes: list[Note] = []
    for section in stage.sections:
        for bar in range(section.bar, section.bar + section.bars):
            roll = stage.dice.roll(role, bar)
            silent = stage.rests(section) and not alone
            if section.name == "ending":
                pitch = near(stage.chord_at(stage.line(bar)).root, pitch, low, high)
                notes.append(Note(stage.line(bar), stage.plan.grid.beats_of(bar) * 0.95, pitch, 84))
                continue
            hits = [] if silent else _hits(stage, role, bar, roll)
            hits += _pickup(stage, hits, bar, roll)
            place = (bar - section.bar) % 4
            home = min(high - 5, middle + ARC[place] + LIFTED.get(section.name, 0))
            motif = stage.ground.roll(f"{role}.contour.{section.name}", ord(PHRASE[place]))
            contour = motif.integers(-2, 3, 16)
            played: list[Note] = []
            for number, hit in enumerate(hits):
                strong = number == 0 or hit.length >= 0.9
                pitch = _next(stage, pitch, int(contour[number % 16]), hit, strong, (low, high, home))
                force = int((94 if strong else 82) * (0.7 + 0.4 * stage.energy(bar)))
                played.append(Note(hit.beat, max(0.12, hit.length * 0.93), pitch, force))
            notes += stage.touched(played, roll, 0.004, "lead")
    return notes


def _hits(stage: Stage, role: str, bar: int, roll: np.random.Generator) -> list[Hit]:
    """One bar of the motif, or what the singer leaves of it."""
    section, meter = stage.section_of(bar), stage.plan.grid.meter_of(bar)
    motif = PHRASE[(bar - section.bar) % 4]
    rests_at_end = motif == "C" and section.bars >= 4 and roll.random() < 0.4
    options = by_meter.melody(_pace(stage), meter)
    rhythm = str(stage.ground.roll(f"{role}.rhythm.{section.name}", ord(motif)).choice(options))
    hits = stage.hits("x-------........" if rests_at_end else rhythm, bar)
    if not stage.plan.singing:
        return hits
    free = [hit for hit in hits if not stage.is_sung(hit.beat, min(hit.length, ANSWER_BEATS))]
    return [hit._replace(length=_unsung(stage, hit)) for hit in free]


def _unsung(stage: Stage, hit: Hit) -> float:
    """As much of a note's length as nobody sings over."""
    length = hit.length
    while length > ANSWER_BEATS / 2 and stage.is_sung(hit.beat, length):
        length /= 2
    return length


def _pace(stage: Stage) -> str:
    pace = PACES.index(stage.style.melody)
    if stage.plan.feel.density > 0.3:
        pace = 2
    if stage.plan.feel.density < -0.3 or stage.plan.feel.energy < -0.4:
        pace = 0
    pace += {"half-time": -1, "double-time": 1}.get(stage.plan.time_feel, 0)
    return PACES[min(2, max(0, pace))]


def _pickup(stage: Stage, hits: list[Hit], bar: int, roll: np.random.Generator) -> list[Hit]:
    """Two or three short notes that lead into the next section, or back into the music that goes on."""
    following = stage.next_section(bar)
    if following is None and not (stage.leads_on(bar) and stage.section_of(bar).bars > 1):
        return []
    if following and (following.name == "ending" or stage.rests(following)):
        return []
    end, pulse = stage.line(bar + 1), stage.plan.grid.meter_of(bar).pulses()[-1][1]
    begin = end - max(pulse, 1.0) if pulse >= 0.5 else end - 1.0
    busy_until = hits[-1].beat + hits[-1].length if hits else stage.line(bar)
    if busy_until > begin + 1e-6 or begin < stage.line(bar) or roll.random() < 0.25:
        return []
    count = round((end - begin) / 0.5)
    return [
        Hit(begin + number * 0.5, "x", 0.5) for number in range(count) if not stage.is_sung(begin + number * 0.5, 0.5)
    ]


def _next(stage: Stage, pitch: int, move: int, hit: Hit, strong: bool, room: tuple[int, int, int]) -> int:
    """Some steps of the scale onwards. A strong note settles on a chord tone; no long note rubs against one."""
    low, high, home = room
    away = pitch - home
    if abs(away) > FREE:
        # The further the melody has strayed from the arc of its phrase, the more its steps lead back.
        back = 1 + (abs(away) - FREE) // 3
        move = min(move, -back) if away > 0 else max(move, back)
    chord = stage.chord_at(hit.beat)
    tones = {(chord.root + step) % 12 for step in QUALITIES[chord.quality]}
    scale = np.array([key for key in range(low, high + 1) if key % 12 in stage.key.scale])
    at = int(np.abs(scale - pitch).argmin())
    target = int(scale[min(max(at + move, 0), len(scale) - 1)])
    if not strong and (hit.length < 0.5 or not avoided(target, chord)):
        return target
    settled = [key for key in range(low, high + 1) if key % 12 in tones]
    return min(settled, key=lambda key: (abs(key - target), key))


def avoided(pitch: int, chord: Chord) -> bool:
    """Is it a semitone above a chord tone, like the fourth over a major chord? Source: Levine 1995, ch. 3."""
    tones = {(chord.root + step) % 12 for step in QUALITIES[chord.quality]}
    return pitch % 12 not in tones and (pitch - 1) % 12 in tones
