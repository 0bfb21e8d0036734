"""How often sketch hears right: key, chords, tempo and bar lines of recordings that another synthesis made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np

from benchmarks.sketch import disguises
from benchmarks.sketch.a_cappella import sung
from benchmarks.sketch.scores import RATE, Piece, pieces
from benchmarks.table import Row
from engine.sketch import hearing, hearing_time
from engine.sketch.grid import Grid
from engine.sketch.theory import TRIAD, Key
from engine.watch import Watch

COUNT, DISGUISED = 200, 50
Tally = Counter[str]


def rows(count: int = COUNT, disguised: int = DISGUISED) -> list[Row]:
    found = []
    tallies = study(count, disguised)
    for name, tally in tallies.items():
        found.append(Row(f"hearing, {name}, {tally['pieces']} pieces", _sentence(tally)))
    return found


def study(count: int, disguised: int, try_piece: Callable[[Piece], Tally] | None = None) -> dict[str, Tally]:
    """Name of the condition → counts. `try_piece` may be other ears."""
    judge = try_piece or heard
    found: dict[str, Tally] = {"as played": Counter(), **{name: Counter() for name in disguises.DISGUISES}}
    found["a cappella, sung by espeak-ng"] = Counter()
    for number, piece in enumerate(pieces(count)):
        found["as played"] += judge(piece)
        if number % max(1, count // disguised):
            continue
        for name, disguise in disguises.DISGUISES.items():
            found[name] += judge(_disguised(piece, name, disguise, number))
        if (voice := sung(piece.score, piece.lead, piece.audio.shape[1])) is not None:
            found["a cappella, sung by espeak-ng"] += judge(piece.changed(voice))
    return {name: tally for name, tally in found.items() if tally}


def _disguised(piece: Piece, name: str, disguise: Callable[..., disguises.Audio], number: int) -> Piece:
    dice = np.random.default_rng(number)
    if disguise is disguises.detuned:
        faster = 2 ** (float(dice.uniform(15, 45) * dice.choice([-1, 1])) / 1200)
        return piece.changed(disguises.resampled(piece.audio, faster), tuning=faster)
    stretch = disguises.STRETCH if disguise is disguises.stretched else 1.0
    return piece.changed(disguise(piece.audio, dice), stretch=stretch)


def heard(piece: Piece) -> Tally:
    """What the ears of sketch make of one piece, with nothing given."""
    audio = piece.audio
    listened = hearing.listen(audio, [(0, audio.shape[1])], Watch())
    key = hearing.key_of(listened)
    grid = Grid(piece.bpm, piece.score.plan.grid.meter, piece.phase_seconds, RATE)
    tally = judged_key(piece.key, key) + judged_chords(piece, hearing.chords_of(listened, grid, 0, key), grid)
    pulse = hearing_time.pulse_of(audio, piece.score.plan.grid.meter, listened, Watch())
    return tally + judged_time(piece, pulse.bpm if pulse else None, pulse.phase_seconds if pulse else None)


def judged_key(truth: Key, found: Key | None) -> Tally:
    if found is None:
        return Counter({"pieces": 1, "no key": 1})
    away = (found.tonic - truth.tonic) % 12
    if found == truth:
        name = "key exact"
    elif set(found.scale) == set(truth.scale):
        name = "key relative"
    elif found.mode == truth.mode and away in (5, 7):
        name = "key fifth"
    else:
        name = "key parallel" if away == 0 else "key wrong"
    return Counter({"pieces": 1, name: 1})


def judged_chords(piece: Piece, found: object, grid: Grid) -> Tally:
    """Half a bar counts where both know a chord in its middle."""
    tally: Tally = Counter()
    for chord in found:  # type: ignore[attr-defined]
        middle = grid.sample(chord.start + chord.length / 2)
        beat = piece.score.plan.grid.beat(piece.lead + round(middle * piece.tuning / piece.stretch))
        truth = next((each for each in piece.score.chords if each.start <= beat < each.start + each.length), None)
        if truth is None:
            continue
        tally["halves"] += 1
        if truth.root == chord.root:
            tally["root"] += 1
            tally["root and third"] += _third(truth.quality) in ("", _third(chord.quality))
    return tally


def _third(quality: str) -> str:
    if quality in ("5", "sus4", "sus2", "7sus4"):
        return ""
    if quality in TRIAD or quality in ("aug", "6", "13"):
        return "major"
    return "minor"


def judged_time(piece: Piece, bpm: float | None, phase: float | None) -> Tally:
    tally: Tally = Counter()
    if bpm is None:
        return Counter({"no tempo": 1})
    ratio = bpm / piece.bpm
    if abs(ratio - 1) <= 0.01:
        tally["tempo"] += 1
        if phase is not None:
            bar = piece.bar_seconds
            off = (phase - piece.phase_seconds + bar / 2) % bar - bar / 2
            beat = 60 / piece.bpm
            tally["bars tried"] += 1
            tally["bar line"] += abs(off) < 0.06
            tally["beat"] += abs((off + beat / 2) % beat - beat / 2) < 0.06
    elif min(abs(ratio - other) / other for other in (0.5, 2.0)) <= 0.01:
        tally["octave"] += 1
    return tally


def _sentence(tally: Tally) -> str:
    count, halves, bars = tally["pieces"], tally["halves"], tally["bars tried"]

    def share(name: str, of: int) -> str:
        return f"{100 * tally[name] / of:.0f}" if of else "–"

    return (
        f"key {share('key exact', count)} % exact, {share('key relative', count)} % relative, "
        f"{share('key fifth', count)} % a fifth off; "
        f"chords per half bar: root {share('root', halves)} %, root and third {share('root and third', halves)} %; "
        f"tempo ±1 % {share('tempo', count)} %, half or double {share('octave', count)} %; "
        f"where the tempo is right, beat {share('beat', bars)} %, bar line {share('bar line', bars)} % (±60 ms)"
    )
