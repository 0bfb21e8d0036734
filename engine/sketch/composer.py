"""Composer: a plan and dice become a score. Nothing here makes sound."""

from __future__ import annotations

import msgspec

from engine.sketch.accompanist import play_chords
from engine.sketch.bassist import play_bass
from engine.sketch.dice import Dice
from engine.sketch.drummer import play_drums
from engine.sketch.earlier import joined
from engine.sketch.form import sections
from engine.sketch.harmony import choose_key, chord_after, harmonise
from engine.sketch.score import Note, Part, Plan, Score, Song
from engine.sketch.soloist import play_melody
from engine.sketch.stage import Stage
from engine.sketch.synth.instruments import PITCHED
from engine.sketch.synth.percussion import KITS
from engine.sketch.voice import melody
from engine.watch import Watch

LEAST_SECONDS = 0.04
"""A note that would sound for less than this is not played."""
_SUSTAINING = ("pad", "strings", "brass", "keys", "guitar", "bass", "lead")


def compose(plan: Plan, dice: Dice, watch: Watch, song: Song | None = None) -> Score:
    """Write every part of the plan's cast. The same plan and dice give the same score.

    `song` is what the music becomes a part of; the score keeps it, with itself in its place.
    """
    key = choose_key(plan, dice)
    form = sections(plan)
    chords = harmonise(plan, key, form, dice)
    stage = Stage(plan, key, form, (*chords, *chord_after(plan, key)), dice)
    vocal = plan.vocal or (melody.sing(stage, plan.words) if plan.words else None)
    if vocal and vocal.notes:
        heard = msgspec.structs.replace(plan, singing=melody.spans(vocal, stage))
        stage = Stage(heard, key, form, stage.chords, dice)
    parts = []
    for number, (role, choices) in enumerate(plan.cast.items()):
        watch.step(number, len(plan.cast), "composing")
        instrument = str(stage.ground.roll(f"{role}.instrument").choice(choices))
        notes = _with_kept(stage, role, _played(stage, role, instrument))
        parts.append(Part(role, instrument, _inside(plan, role, notes)))
    score = Score(plan, dice.throws, key, form, chords, tuple(parts), vocal=vocal)
    return score if song is None else msgspec.structs.replace(score, song=joined(song, score))


def _played(stage: Stage, role: str, instrument: str) -> list[Note]:
    if instrument in KITS:
        return play_drums(stage, role, instrument)
    sound = PITCHED[instrument]
    base = role.split(maxsplit=1)[0]
    if base == "bass":
        return play_bass(stage, role, sound)
    return (play_melody if base == "lead" else play_chords)(stage, role, sound)


def _with_kept(stage: Stage, role: str, notes: list[Note]) -> list[Note]:
    """Bars of the earlier score stay with the plan's probability; the others are new."""
    plan = stage.plan
    if plan.keep <= 0 or role not in plan.kept:
        return notes
    grid = plan.grid
    near_line = 0.05

    def stays(note: Note) -> bool:
        return bool(stage.dice.roll(f"{role}.keep", grid.bar_of(note.start + near_line)).random() < plan.keep)

    return [note for note in plan.kept[role] if stays(note)] + [note for note in notes if not stays(note)]


def _inside(plan: Plan, role: str, notes: list[Note]) -> tuple[Note, ...]:
    """Only what lies in the windows. A held note that began before one enters with it; all end by its end."""
    found = []
    holds = role.split(maxsplit=1)[0] in _SUSTAINING
    for low, high in plan.windows:
        begin, end = plan.grid.beat(low), plan.grid.beat(high)
        for note in notes:
            start, stop = note.start, min(note.start + note.length, end)
            if plan.grid.sample(start) < low:
                if not holds or plan.grid.sample(start + note.length) <= low:
                    continue
                start = begin
            # The very first moments of a bar may be all that is left of a short window.
            bar = plan.grid.beats_of(plan.grid.bar_of(start))
            least = min(LEAST_SECONDS * plan.grid.bpm_at(start) / 60, 0.5 * bar)
            enough = stop - start >= min(least, 0.5 * (end - begin)) or not holds
            if plan.grid.sample(start) < high and enough:
                found.append(Note(start, stop - start, note.pitch, note.velocity))
    return tuple(sorted(found))
