"""Rehearsal: the music that nobody hears, played so that tables, filters, the room and a band's sounds are there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bridge_server.protocol.requests import Generate, Repaint
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Music, Source
from engine.work import Work

RATE, SECONDS, REPAINTED = 48_000, 8, 2
TAGS = "pop"
_NAME = "rehearsal"


def first() -> Work:
    """Eight seconds of a band."""
    span = Span(0, SECONDS * RATE, RATE)
    request = Generate(job=_NAME, tags=TAGS, music=Music(bpm=120.0, key="C major"), span=span)
    return Work(request=request, context=np.zeros((2, span.length), dtype=np.float32), targets=(span,))


def second(played: NDArray[np.float32]) -> Work:
    """A repaint in the middle of (2, T) of it, where all has to be heard."""
    middle = played.shape[1] // 2
    span = Span(middle, middle + REPAINTED * RATE, RATE)
    request = Repaint(job=_NAME, source=Source(path=f"/{_NAME}.wav"), span=span)
    return Work(request=request, context=played, targets=(span,))
