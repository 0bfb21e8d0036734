"""Where new audio meets old: short equal-power fades, all of them inside the span."""

from __future__ import annotations

import numpy as np

from bridge_server.protocol.values import Fade
from bridge_server.region.excerpt import Samples

IN_SECONDS = 0.004
"""From old audio into new: short, so that a downbeat on the first sample keeps its attack."""

RISE_SECONDS = 0.001
"""From silence into new audio: only a step is taken away, no attack."""

OUT_SECONDS = 0.020
"""From new audio back to old, or to silence: long enough for low notes to end without a thump."""


def fade_for(length: int, rate: int, from_silence: bool) -> Fade:
    """The usual fade of a span of `length` samples; on tiny spans at most an eighth fades in and a quarter out."""
    seconds = RISE_SECONDS if from_silence else IN_SECONDS
    return Fade(
        in_samples=min(round(seconds * rate), length // 8),
        out_samples=min(round(OUT_SECONDS * rate), length // 4),
    )


def rise(samples: int) -> Samples:
    """Gain of the new audio while it fades in; read backwards, that of the old. Their squares add up to 1."""
    gain: Samples = np.sin((np.arange(samples) + 0.5) * (np.pi / 2 / max(samples, 1))).astype(np.float32)
    return gain


def shape(wet: Samples, fade: Fade) -> Samples:
    """Fade the edges of new audio, in place, as stems and splices hold it. Returns `wet` itself."""
    wet[:, : fade.in_samples] *= rise(fade.in_samples)
    wet[:, wet.shape[1] - fade.out_samples :] *= rise(fade.out_samples)[::-1]
    return wet


def underlay(new: Samples, dry: Samples, fade: Fade, equal_gain: bool = False) -> None:
    """Add to shaped new audio, in place, what is left of the old audio while the new fades in and out.

    equal_gain  for new audio that was shaped twice: then both gains, not their squares, add up to 1, so that nothing
                clips where old and new are both at full scale
    """
    power = 2 if equal_gain else 1
    tail = dry.shape[1] - fade.out_samples
    new[:, : fade.in_samples] += dry[:, : fade.in_samples] * rise(fade.in_samples)[::-1] ** power
    new[:, tail:] += dry[:, tail:] * rise(fade.out_samples) ** power


def splice(dry: Samples, wet: Samples, fade: Fade) -> Samples:
    """Put new audio in the place of old, with equal-power fades inside the span.

    dry, wet  (C, T) float32, both over exactly the span
    Returns (C, T). Nothing outside the span is read or changed, so P1 is a null test to the last bit; the first
    sample is nearly all old and the last one too, so the seams do not click.
    """
    out = shape(wet.copy(), fade)
    underlay(out, dry, fade)
    return out
