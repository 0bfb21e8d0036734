"""Time feel: straight, swing, half-time and double-time, for any groove in any bar."""

from __future__ import annotations

from engine.sketch.meter import Hit, Meter
from engine.sketch.styles import STYLES

TIME_FEELS = ("straight", "swing", "half-time", "double-time")
LEAST_SWING, MOST_SWING = 0.62, 0.7
LEAST_SWING_OF_SIXTEENTHS = 0.59
IN_SIXTEENTHS = frozenset(
    {"lofi", "hip hop", "trap", "house", "techno", "funk", "disco", "soul", "drum and bass", "reggae"}
)
"""Styles whose swing lies in the sixteenths; the others swing their eighths."""
LEAST_BAR = 1.5
"""Quarter notes: shorter bars have neither a half nor a double pace."""
_STEADY = 6
"""Strokes to a bar of a cymbal that keeps time: it goes on as it is when the backbeat changes its pace."""
_NEAR = 1e-6


def swing_of(style: str, time_feel: str, bent: float) -> tuple[float, float]:
    """(ratio, unit): where the second of a pair falls, 0.5 straight … 0.67 triplets, and the note that swings."""
    own = STYLES[style]
    if time_feel == "straight":
        return 0.5, 0.5
    ratio, unit = own.swing, own.swing_unit if own.swing > 0.5 else _unit(style)
    if time_feel == "swing":
        ratio = max(ratio, LEAST_SWING if unit == 0.5 else LEAST_SWING_OF_SIXTEENTHS)
    return min(MOST_SWING, max(0.5, ratio + bent)), unit


def _unit(style: str) -> float:
    return 0.25 if style in IN_SIXTEENTHS else 0.5


def paced(hits: tuple[Hit, ...], meter: Meter, time_feel: str, turn: int, voice: str) -> tuple[Hit, ...]:
    """One bar of a rhythm at half or double pace; `turn` counts the bars of its section.

    `voice` is a drum of a groove ('k', 's', …), or 'bass', 'chords'. Melodies keep their own pace.
    """
    if meter.beats < LEAST_BAR:
        return hits
    if time_feel == "half-time":
        return _halved(hits, meter, turn, voice)
    return _doubled(hits, meter, voice) if time_feel == "double-time" else hits


def _halved(hits: tuple[Hit, ...], meter: Meter, turn: int, voice: str) -> tuple[Hit, ...]:
    if voice in "scrp":
        strong = [hit for hit in hits if hit.symbol != "o"]
        slow_already = len(strong) <= 1 and all(abs(hit.beat - meter.half) < _NEAR for hit in strong)
        if not strong or (slow_already and turn % 2 == 0):
            return ()
        at = meter.half if meter.half < meter.beats else 0.0
        return (Hit(at, strong[0].symbol, meter.beats - at),)
    if voice in "hdobt" and len(hits) >= _STEADY:
        return hits
    slow = _stretched(hits, meter)
    if voice == "k":
        first = (Hit(0.0, "X", 1.0),) if not slow or slow[0].beat > _NEAR else ()
        return (*first, *(hit for hit in slow if abs(hit.beat - meter.half) > _NEAR or hit.beat < _NEAR))
    return slow


def _stretched(hits: tuple[Hit, ...], meter: Meter) -> tuple[Hit, ...]:
    return tuple(
        Hit(2 * hit.beat, hit.symbol, min(2 * hit.length, meter.beats - 2 * hit.beat))
        for hit in hits
        if 2 * hit.beat < meter.beats - _NEAR
    )


def _doubled(hits: tuple[Hit, ...], meter: Meter, voice: str) -> tuple[Hit, ...]:
    steady = voice in "hdob" and len(hits) >= _STEADY
    if steady or voice == "o" or all(hit.length >= meter.beats - _NEAR for hit in hits):
        return hits
    middle = meter.beats / 2
    if abs(middle * 2 - round(middle * 2)) > _NEAR:
        return _on_pulses(hits, meter, voice)
    only_ghosts = all(hit.symbol == "o" for hit in hits)
    fast = [
        Hit(hit.beat / 2 + half, hit.symbol, hit.length / 2)
        for half in (0.0, middle)
        for hit in hits
        if (hit.symbol != "o" or only_ghosts) and abs(hit.beat * 2 - round(hit.beat * 2)) < _NEAR
    ]
    return tuple(fast)


def _on_pulses(hits: tuple[Hit, ...], meter: Meter, voice: str) -> tuple[Hit, ...]:
    """A bar that has no middle: low voices on each pulse, the backbeat half an eighth's pair later."""
    symbols = [hit.symbol for hit in hits if hit.symbol != "o"] or [hits[0].symbol]
    late = 0.5 if voice in "scrp" else 0.0
    starts = [start + late for start, _ in meter.pulses()]
    if voice in ("bass", "chords"):
        starts = [step * 0.5 for step in range(round(meter.beats * 2))]
    return tuple(Hit(start, symbols[number % len(symbols)], 0.5) for number, start in enumerate(starts))
