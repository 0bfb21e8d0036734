"""Work for ace-step-1.5: what is asked for the stems, beside what both models are asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from bridge_server.protocol.requests import Accompany, Layer, Separate
from bridge_server.protocol.span import Span
from engine.backends.ace_15.backend import AceStep15
from engine.backends.ace_15.checkpoint import NAME, Place
from engine.backends.ace_15.variant import Variant
from engine.watch import Watch
from engine.work import Rendering, Work
from tests.engine.ace_v1_work import JOB, QUICK, RATE, SOURCE, Audio

HOP = 1_920


def backend(folder: Path, variant: Variant = Variant.BASE, *, has_tokenizer: bool = True) -> AceStep15:
    return AceStep15(Place(NAME, folder, variant, has_tokenizer=has_tokenizer, is_noise=True))


def clicks(seconds: float, bpm: float = 120.0, late: float = 0.0) -> Audio:
    """Short noises on every eighth, `late` seconds behind it."""
    made = np.zeros((2, round(seconds * RATE)), np.float32)
    burst = np.random.default_rng(1).normal(size=1_200) * np.exp(-np.arange(1_200) / 250)
    for number in range(int(seconds * bpm / 30)):
        at = round((number * 30 / bpm + late) * RATE)
        made[:, at : at + 1_200] += 0.5 * burst[: max(0, made.shape[1] - at)].astype(np.float32)
    return made


def layer(context: Audio, start: int, end: int, **more: Any) -> Work:
    span = Span(start, end, RATE)
    request = Layer(**{"job": JOB, "span": span, "sources": (SOURCE,), "role": "drums", "sampling": QUICK, **more})
    return Work(request=request, context=context, targets=(span,))


def accompany(context: Audio, start: int, end: int, **more: Any) -> Work:
    span = Span(start, end, RATE)
    request = Accompany(**{"job": JOB, "span": span, "sources": (SOURCE,), "sampling": QUICK, **more})
    return Work(request=request, context=context, targets=(span,))


def separate(context: Audio, start: int, end: int, role: str = "vocals") -> Work:
    span = Span(start, end, RATE)
    return Work(request=Separate(job=JOB, span=span, source=SOURCE, role=role), context=context, targets=(span,))


def render(model: AceStep15, work: Work, seed: int = 1, watch: Watch | None = None) -> Rendering:
    model.load(Watch())
    return next(iter(list(model.render(work, [seed], watch or Watch()))))
