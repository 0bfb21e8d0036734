"""Work for the sketch backend, and what the tests measure on its takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bridge_server.protocol.requests import Accompany, Extend, Generate, Layer, Repaint
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Music, Origin, Source
from engine.backends.sketch import SketchBackend
from engine.sketch.score import Score, from_latents
from engine.watch import Watch
from engine.work import Rendering, Work

RATE = 48_000
JOB = "sketch-test"
Audio = NDArray[np.float32]
SHARED = SketchBackend()
"""One for all tests, as the engine has one for all jobs: notes made for one test are there for the next."""


def silence(seconds: float) -> Audio:
    return np.zeros((2, round(seconds * RATE)), dtype=np.float32)


def span(start: float, end: float) -> Span:
    return Span(round(start * RATE), round(end * RATE), RATE)


def generate(tags: str, seconds: float, music: Music | None = None, phase: float = 0.0) -> Work:
    request = Generate(job=JOB, tags=tags, music=music or Music(), span=span(0, seconds))
    return Work(request=request, context=silence(seconds), targets=(span(0, seconds),), bar_phase_seconds=phase)


def repaint(context: Audio, start: float, end: float, tags: str = "", **more: Any) -> Work:
    """Repaint `start` … `end` seconds of a file that is all in the context; `latents` and the like go to Work."""
    work = {name: more.pop(name) for name in ("latents", "origin", "bar_phase_seconds") if name in more}
    request = Repaint(job=JOB, tags=tags, source=Source(path="/x.wav"), span=span(start, end), **more)
    return Work(request=request, context=context, targets=(span(start, end),), **work)


def extend(context: Audio, left: float, right: float, tags: str = "", **more: Any) -> Work:
    """The clip lies in the context after `left` seconds of room and before `right` seconds."""
    seconds = context.shape[1] / RATE
    targets = [span(0, left)] if left else []
    targets += [span(seconds - right, seconds)] if right else []
    request = Extend(
        job=JOB, tags=tags, source=Source(path="/x.wav"), span=span(0, seconds - left - right),
        left=round(left * RATE), right=round(right * RATE), **more,
    )  # fmt: skip
    return Work(request=request, context=context, targets=tuple(targets))


def layer(context: Audio, role: str, tags: str = "", music: Music | None = None) -> Work:
    whole = Span(0, context.shape[1], RATE)
    sources = (Source(path="/x.wav"),)
    request = Layer(job=JOB, tags=tags, role=role, sources=sources, span=whole, music=music or Music())
    return Work(request=request, context=context, targets=(whole,))


def accompany(context: Audio, tags: str = "", music: Music | None = None) -> Work:
    whole = Span(0, context.shape[1], RATE)
    request = Accompany(job=JOB, tags=tags, sources=(Source(path="/x.wav"),), span=whole, music=music or Music())
    return Work(request=request, context=context, targets=(whole,))


def retake(work: Work, seed: int, variance: float, latents: dict[str, Any] | None = None) -> Work:
    return Work(
        request=work.request, context=work.context, targets=work.targets, bar_phase_seconds=work.bar_phase_seconds,
        latents=latents or {}, origin=Origin(seed=seed, variance=variance),
    )  # fmt: skip


def render(work: Work, seed: int = 1, watch: Watch | None = None) -> Rendering:
    return renders(work, [seed], watch)[0]


def renders(work: Work, seeds: Sequence[int], watch: Watch | None = None) -> list[Rendering]:
    return list(SHARED.render(work, seeds, watch or Watch()))


def mix(rendering: Rendering) -> Audio:
    return np.sum(list(rendering.stems.values()), axis=0, dtype=np.float32)


def score(rendering: Rendering) -> Score:
    found = from_latents(rendering.latents)
    assert found is not None
    return found


def power(audio: Audio) -> float:
    return float(np.sqrt(np.mean(audio.astype(np.float64) ** 2)))
