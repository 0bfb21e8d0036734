"""What a take of a model keeps beside it (promise P10): its latents, and where they lie."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.frames import Grid
from engine.work import Work

LATENTS, SOURCE, FIRST_SAMPLE, HULL_START = "latents", "source", "first_sample", "hull_start"
"""Names under which a take keeps: its latents; those of what was there before; where both begin, in samples from the
start of the hull. The bridge adds where that hull lies in the context."""


def kept_latents(work: Work) -> NDArray[np.float32] | None:
    """What the source take kept, if it says where that lies; of a retake, what was there before the take."""
    kept: Mapping[str, NDArray[np.generic]] = work.latents
    name = SOURCE if work.origin is not None and SOURCE in kept else LATENTS
    return np.asarray(kept[name], np.float32) if {name, FIRST_SAMPLE, HULL_START} <= kept.keys() else None


def kept_start(work: Work) -> Fraction:
    """The sample of the context where kept latents begin."""
    return Fraction(
        sum(float(np.asarray(work.latents[name], np.float64).reshape(-1)[0]) for name in (HULL_START, FIRST_SAMPLE))
    )


def to_keep(made: Tensor, before: Tensor | None, grid: Grid, hull_start: int) -> dict[str, NDArray[np.generic]]:
    """A take's latents, those of what was there before, and where they begin, each in the shape that its model has."""
    kept: dict[str, NDArray[np.generic]] = {
        LATENTS: made.to("cpu", torch.float32).numpy(),
        FIRST_SAMPLE: np.array([float(grid.origin - hull_start)], np.float64),
    }
    if before is not None:
        kept[SOURCE] = before.to("cpu", torch.float32).numpy()
    return kept
