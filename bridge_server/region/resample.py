"""Between the file's rate and the engine's, without a fraction of a sample of drift."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from math import gcd

import numpy as np
import soxr

from bridge_server.region.excerpt import Excerpt, Samples

MARGIN = 512
"""Samples, at the lower of both rates, that the filter may see beyond what is kept: more than twice its length."""

TO_ENGINE = "HQ"
"""20-bit filter: what a model hears is coarser by far."""

TO_FILE = "VHQ"
"""28-bit filter for what lands in the project: its errors stay below 24 bits, and it costs 3 ms for ten seconds."""

_PARALLEL_SAMPLES = 50_000


def resample(excerpt: Excerpt, rate: int, start: int, end: int, quality: str, mirror: bool = False) -> Samples:
    """The samples [start, end) of `excerpt` at another rate.

    Positions of both rates count from the same instant, and every position where both have a sample (each
    rate/gcd samples) can be a start of the filter's work: the input is cut at such a place, so output sample n always
    means the instant n/rate exactly, whatever the rates. At the same rate the samples come back untouched.
    mirror  what lies around the excerpt is its own ends, mirrored, and not silence: a cut would ring into its ends
    Returns (C, end - start) float32.
    """
    if rate == excerpt.rate:
        return excerpt.between(start, end, mirror)
    divisor = gcd(excerpt.rate, rate)
    step_in, step_out = excerpt.rate // divisor, rate // divisor
    margin = MARGIN * max(1, -(-excerpt.rate // rate))
    cut = (start * step_in // step_out - margin) // step_in
    padded = excerpt.between(cut * step_in, -(-end * step_in // step_out) + margin, mirror)
    lead = start - cut * step_out
    return by_channel(
        padded,
        end - start,
        lambda samples: soxr.resample(samples, excerpt.rate, rate, quality)[lead : lead + end - start],
    )


def by_channel(audio: Samples, length: int, convert: Callable[[Samples], Samples]) -> Samples:
    """(C, length): each channel of `audio`, converted by itself."""
    out = np.empty((len(audio), length), np.float32)

    def fill(channel: int) -> None:
        out[channel] = convert(np.ascontiguousarray(audio[channel]))

    if len(audio) == 1 or audio.shape[1] < _PARALLEL_SAMPLES:
        for channel in range(len(audio)):
            fill(channel)
        return out
    # soxr lets go of the interpreter: two channels take the time of one on two cores.
    with ThreadPoolExecutor(2, thread_name_prefix="resample") as threads:
        list(threads.map(fill, range(len(audio))))
    return out
