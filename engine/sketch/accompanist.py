"""Accompanist: chords on keys, guitars, pads, strings and brass, each voice moving as little as it can."""

from __future__ import annotations

from engine.sketch.bassist import near
from engine.sketch.grooves import CHORDS
from engine.sketch.score import Chord, Note
from engine.sketch.stage import Stage
from engine.sketch.synth.instruments import Instrument
from engine.sketch.theory import QUALITIES

USUAL_RHYTHM = {
    "keys": "push",
    "guitar": "strum",
    "pad": "hold",
    "strings": "hold",
    "brass": "halves",
    "lead": "halves",
}
CENTRE = {"keys": 62, "guitar": 57, "pad": 64, "strings": 67, "brass": 64}
STRUM_SECONDS = 0.011


def play_chords(stage: Stage, role: str, sound: Instrument) -> list[Note]:
    """A whole part of chords, broken or together."""
    base = role.split(maxsplit=1)[0]
    rhythm = stage.style.chords.get(base, USUAL_RHYTHM.get(base, "hold"))
    if sound.role == "pad" or (stage.plan.feel.density < -0.3 and not sound.drive):
        rhythm = "hold" if sound.held else "halves"
    voices: tuple[int, ...] = ()
    notes: list[Note] = []
    for section in stage.sections:
        groove = stage.pick(f"{role}.groove", CHORDS[rhythm], section)
        for bar in range(section.bar, section.bar + section.bars):
            roll = stage.dice.roll(role, bar)
            if _rests(base, section.name, bar - section.bar):
                continue
            ending = section.name == "ending"
            played: list[Note] = []
            for hit in stage.hits("X---------------" if ending else groove, bar):
                force = int((92 if hit.symbol == "X" else 78) * (0.75 + 0.35 * section.energy))
                for start, length in stage.held(hit.beat, hit.length):
                    voices = voicing(stage.chord_at(start), voices, base, sound, stage.plan.feel.brightness)
                    chosen = (voices[(int(hit.symbol) - 1) % len(voices)],) if hit.symbol.isdigit() else voices
                    gap = 0.92 if length <= 0.5 else 0.97
                    for string, pitch in enumerate(chosen):
                        late = string * STRUM_SECONDS * stage.plan.grid.bpm_at(start) / 60 if base == "guitar" else 0.0
                        ring = length * gap - late if not hit.symbol.isdigit() else length * 1.9
                        played.append(Note(start + late, max(0.1, ring), pitch, force - 2 * string))
            notes += stage.touched(played, roll, 0.003)
    return notes


def _rests(role: str, section: str, bar: int) -> bool:
    """Who waits for the lift: brass and strings leave intros and breaks, guitars leave breaks."""
    return (section in ("intro", "break") and role == "brass") or (section == "break" and role == "guitar")


def voicing(
    chord: Chord, before: tuple[int, ...], role: str, sound: Instrument, brightness: float = 0.0
) -> tuple[int, ...]:
    """Keys from low to high: the inversion that moves the voices least and stays near the middle of the range."""
    tones = QUALITIES[chord.quality]
    if sound.drive >= 0.5:
        root = near(chord.root, 43, sound.low, sound.high)
        return root, root + (tones[2] if len(tones) > 2 and tones[2] in (6, 7) else 7), root + 12
    if role == "guitar":
        root = near(chord.root, 46, max(40, sound.low), sound.high)
        upper = [root + step % 12 + 12 for step in tones[1:]]
        return tuple(sorted([root, root + (tones[2] if len(tones) > 2 else 7), *upper[:3]]))
    classes = [(chord.root + step) % 12 for step in (tones[1:] if len(tones) > 4 else tones)]
    centre = CENTRE.get(role, 64) + round(4 * brightness)
    centre = min(max(centre, sound.low + 9), sound.high - 9)
    best: tuple[float, tuple[int, ...]] | None = None
    for turn in range(len(classes)):
        order = classes[turn:] + classes[:turn]
        for bottom in range(centre - 14, centre + 5):
            if bottom % 12 != order[0] or bottom < sound.low:
                continue
            keys = [bottom]
            for pitch_class in order[1:]:
                keys.append(keys[-1] + ((pitch_class - keys[-1]) % 12 or 12))
            if keys[-1] > sound.high or _muddy(keys):
                continue
            middle = abs(sum(keys) / len(keys) - centre)
            moved = sum(min(abs(key - old) for old in before) for key in keys) if before else 0
            if best is None or moved + 0.6 * middle < best[0]:
                best = moved + 0.6 * middle, tuple(keys)
    return best[1] if best else tuple(near(each, centre, sound.low, sound.high) for each in classes)


def _muddy(keys: list[int]) -> bool:
    """Narrow intervals low down, or two neighbours a semitone apart at the bottom."""
    return (keys[0] < 52 and keys[1] - keys[0] < 4) or keys[1] - keys[0] == 1
