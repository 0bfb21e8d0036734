"""Work for ace-step-v1, and what the tests look at in its takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bridge_server.protocol.requests import Edit, Extend, Generate, Repaint
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Origin, Sampling, Source
from engine.backends.ace_v1.backend import AceStepV1
from engine.backends.ace_v1.checkpoint import Place
from engine.watch import Watch
from engine.work import Rendering, Work
from tests.conftest import make_tone

RATE = 48_000
JOB = "ace-v1-test"
QUICK = Sampling(infer_step=3)
SOURCE = Source(path="/x.wav")
Audio = NDArray[np.float32]


def backend(checkpoint: Path, vocabulary: Path | None = None) -> AceStepV1:
    return AceStepV1(Place(checkpoint, vocabulary))


def silence(samples: int) -> Audio:
    return np.zeros((2, samples), np.float32)


def music(seconds: float) -> Audio:
    return make_tone(seconds=seconds, rate=RATE)


def generate(samples: int, **more: Any) -> Work:
    """`context`, `origin`, `latents` go to Work, the rest into the request."""
    work = {name: more.pop(name) for name in ("origin", "latents", "context") if name in more}
    span = Span(0, samples, RATE)
    request = Generate(**{"job": JOB, "span": span, "tags": "funk", "sampling": QUICK, **more})
    return Work(request=request, targets=(span,), **{"context": silence(samples), **work})


def repaint(context: Audio, start: int, end: int, **more: Any) -> Work:
    work = {name: more.pop(name) for name in ("origin", "latents") if name in more}
    span = Span(start, end, RATE)
    request = Repaint(**{"job": JOB, "span": span, "source": SOURCE, "tags": "funk", "sampling": QUICK, **more})
    return Work(request=request, context=context, targets=(span,), **work)


def edit(context: Audio, start: int, end: int, **more: Any) -> Work:
    work = {name: more.pop(name) for name in ("origin", "latents") if name in more}
    span = Span(start, end, RATE)
    request = Edit(**{"job": JOB, "span": span, "source": SOURCE, "tags": "funk", "sampling": QUICK, **more})
    return Work(request=request, context=context, targets=(span,), **work)


def extend(clip: Audio, left: int, right: int, **more: Any) -> Work:
    """The clip lies in the context after `left` samples of room and before `right`."""
    work = {name: more.pop(name) for name in ("origin", "latents") if name in more}
    context = np.concatenate([silence(left), clip, silence(right)], axis=1)
    end = context.shape[1]
    targets = [Span(0, left, RATE)] if left else []
    targets += [Span(end - right, end, RATE)] if right else []
    request = Extend(
        **{"job": JOB, "span": Span(0, clip.shape[1], RATE), "source": SOURCE, "left": left, "right": right,
           "sampling": QUICK, **more}
    )  # fmt: skip
    return Work(request=request, context=context, targets=tuple(targets), **work)


def renders(model: AceStepV1, work: Work, seeds: Sequence[int] = (1,), watch: Watch | None = None) -> list[Rendering]:
    model.load(Watch())
    return list(model.render(work, seeds, watch or Watch()))


def render(model: AceStepV1, work: Work, seed: int = 1, watch: Watch | None = None) -> Rendering:
    return renders(model, work, [seed], watch)[0]


def mix(rendering: Rendering) -> Audio:
    return rendering.stems["mix"]


def kept(rendering: Rendering, hull_start: float) -> dict[str, Any]:
    """The latents of a take as the bridge hands them back."""
    arrays: Mapping[str, Any] = rendering.latents
    return {**arrays, "hull_start": np.array(hull_start, np.float64)}


def origin(seed: int, variance: float) -> Origin:
    return Origin(seed=seed, variance=variance)
