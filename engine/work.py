"""Work and Rendering: what a backend is given and what it gives back. Arrays in, arrays out; no files, no DAW."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bridge_server.protocol.engine import Rendered
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Origin

Samples = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Work:
    """One request, in the backend's own terms.

    request  as it came over the wire; its spans count at the file's rate, so use `targets` for time
    context  (C, T) float32, full scale ±1, at the backend's rate and channel count: everything the backend may hear,
             silence where there is nothing. For `repaint` and `edit` it holds the old audio of the target too; for
             `extend` the clip and room on its sides; for `layer` and `accompany` the mix of the other tracks
    targets  spans of `context` to fill, in order: two for an `extend` to both sides, else one
    bar_phase_seconds  time from the last bar line to the start of the first target, ≥ 0
    latents  what the source take kept (P10), by name; empty when the source is not a take of this backend. The bridge
             adds `hull_start` (float64): where the first sample of that take's hull lies in `context`, in its samples
    origin   of a retake: seed of the first take and how far to move from it
    """

    request: Rendered
    context: Samples
    targets: tuple[Span, ...]
    bar_phase_seconds: float = 0.0
    latents: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)
    origin: Origin | None = None

    @property
    def hull(self) -> Span:
        """From the start of the first target to the end of the last."""
        return Span(self.targets[0].start, self.targets[-1].end, self.targets[0].rate)


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """One take.

    seed     that it was made with
    stems    role → (C, T) float32 over the hull of the targets; they add up to the take. One stem 'mix' where the
             backend cannot separate
    latents  name → array, kept beside the take so that later edits start from them
    midi     role → a Standard MIDI File of its notes for each target; tick 0 is the target's first sample
    notes    sentences for the user: 'key heard: D major', 'tag not known: vaporwave'
    """

    seed: int
    stems: Mapping[str, Samples]
    latents: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)
    midi: Mapping[str, Sequence[bytes]] = field(default_factory=dict)
    notes: Sequence[str] = ()
