"""Timing: where every moment of a spoken line goes when it is sung.

Consonants keep their length and lie before the beat, vowels begin on it and are stretched in their middle.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.sketch.voice.recording import Recording
from engine.sketch.voice.syllables import Place

MOST_CONSONANTS = 0.55
"""Share of the time between two vowel onsets that consonants may take before they are shortened."""
REST_SECONDS = 0.03
"""A gap between notes that is longer than this is a rest."""
EDGE_SECONDS = 0.045
"""The beginning and end of a vowel go as spoken: there its neighbours are heard."""
_LEAST_SECONDS = 0.02


@dataclass(frozen=True)
class Held:
    """A syllable with the time of its notes, in seconds."""

    syllable: int
    start: float
    end: float


@dataclass(frozen=True)
class Piece:
    """[start, end) of the song sings [low, high) of the recording; `syllable` counts those that are sung."""

    start: float
    end: float
    low: float
    high: float
    syllable: int
    is_vowel: bool = False


def lay_out(recording: Recording, held: list[Held]) -> list[Piece]:
    """Pieces in order, without overlaps; rests lie between them."""
    pieces: list[Piece] = []
    scales = [_scale(recording, before, after) for before, after in pairwise([None, *held])]
    for number, (now, scale) in enumerate(zip(held, scales, strict=True)):
        after = held[number + 1] if number + 1 < len(held) else None
        syllable = recording.syllables[now.syllable]
        pieces += _ahead(recording, syllable.onset, now.start, scale, number)
        tail = _length(recording, syllable.coda)
        if after is None or after.start - now.end > REST_SECONDS:
            close, tail_scale = now.end, min(1.0, 0.5 * (now.end - now.start) / max(tail, 1e-6))
        else:
            tail_scale = scales[number + 1]
            close = after.start - _length(recording, recording.syllables[after.syllable].onset) * tail_scale
        vowel_end = max(now.start + _LEAST_SECONDS, close - tail * tail_scale)
        pieces += _vowel(recording, syllable.nucleus, (now.start, vowel_end), number)
        pieces += _ahead(recording, syllable.coda, vowel_end + tail * tail_scale, tail_scale, number)
    return pieces


def _length(recording: Recording, places: tuple[Place, ...]) -> float:
    return sum(end - start for start, end in map(recording.span, places))


def _scale(recording: Recording, before: Held | None, now: Held | None) -> float:
    """What the consonants between two vowels are shortened to."""
    assert now is not None
    onset = _length(recording, recording.syllables[now.syllable].onset)
    if before is None:
        return min(1.0, now.start / max(onset, 1e-6))
    if now.start - before.end > REST_SECONDS:
        return min(1.0, (now.start - before.end) / max(onset, 1e-6))
    between = onset + _length(recording, recording.syllables[before.syllable].coda)
    return min(1.0, MOST_CONSONANTS * (now.start - before.start) / max(between, 1e-6))


def _ahead(recording: Recording, places: tuple[Place, ...], end: float, scale: float, number: int) -> list[Piece]:
    """Consonants that are over at `end`."""
    pieces: list[Piece] = []
    for low, high in (recording.span(place) for place in reversed(places)):
        start = end - (high - low) * scale
        if end > start:
            pieces.append(Piece(start, end, low, high, number))
        end = start
    return pieces[::-1]


def _vowel(recording: Recording, place: Place, span: tuple[float, float], number: int) -> list[Piece]:
    """A vowel over its note; of one that glides, the first half is held and the glide comes late."""
    (low, high), (start, end) = recording.span(place), span
    spoken, sung = high - low, end - start
    edge = min(EDGE_SECONDS, 0.3 * spoken, 0.3 * sung)
    if sung <= spoken or edge <= 0:
        return [Piece(start, end, low, high, number, is_vowel=True)]
    turn, moment = low + edge + 0.4 * (spoken - 2 * edge), start + edge + 0.75 * (sung - 2 * edge)
    times = [start, start + edge, moment, end - edge, end]
    places = [low, low + edge, turn, high - edge, high]
    return [
        Piece(*times_of, *places_of, number, is_vowel=True)
        for times_of, places_of in zip(pairwise(times), pairwise(places), strict=True)
    ]


def sources(pieces: list[Piece], times: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """For each time the moment of the recording that sounds there and the piece it lies in, −1 in rests."""
    starts = np.array([piece.start for piece in pieces])
    found = np.searchsorted(starts, times + 1e-9, side="right") - 1
    moments, owner = np.zeros(len(times)), np.full(len(times), -1)
    for number, piece in enumerate(pieces):
        mine = (found == number) & (times < piece.end + 1e-9)
        share = (times[mine] - piece.start) / max(piece.end - piece.start, 1e-9)
        moments[mine] = piece.low + share * (piece.high - piece.low)
        owner[mine] = number
    return moments, owner
