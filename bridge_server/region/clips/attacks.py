"""Attacks: where notes and drums begin. A stretched attack would be two, or a smear."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bridge_server.region.excerpt import Samples

_STEP_SECONDS = 0.003
_MEMORY_SECONDS = 0.05
_APART_SECONDS = 0.06

_RISE = 4.0
"""How much more sound than at any moment of the 50 ms before makes an attack: 6 dB. The pulses of a low note do not."""

_FLOOR = 1e-3
"""Of the loudest moment: what rises below is none."""

NONE = -1


def find_attacks(heard: Samples, rate: int) -> NDArray[np.int64]:
    """Samples at which the high part of the sound grows fast, rising. heard (C, T)."""
    step = max(1, round(_STEP_SECONDS * rate))
    # A difference of neighbouring samples is a high-pass: it lets a drum be heard through a bass.
    power = (np.diff(heard, axis=1, prepend=heard[:, :1]).astype(np.float64) ** 2).sum(axis=0)
    count = len(power) // step
    if count == 0:
        return np.zeros(0, np.int64)
    energy = power[: count * step].reshape(count, step).mean(axis=1)
    memory = max(2, round(_MEMORY_SECONDS * rate / step))
    held = np.concatenate([np.zeros(memory), energy[:-1]])
    past = np.lib.stride_tricks.sliding_window_view(held, memory).max(axis=-1)
    apart = max(1, round(_APART_SECONDS * rate / step))
    found: list[int] = []
    for index in np.flatnonzero(energy > _RISE * past + _FLOOR * energy.max()):
        if not found or index - found[-1] >= apart:
            found.append(int(index))
    return np.array(found, np.int64) * step


def keep_whole(
    attacks: NDArray[np.int64], grid: NDArray[np.int64], centres: NDArray[np.int64], reach: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Move frames so that each attack sounds once, at its time, at the input's own speed.

    grid     centres of the frames in the result
    centres  in the input, rising
    reach    samples on each side of an attack within which a frame holds it
    Returns the new centres, and for each frame the number of the attack that it holds, or NONE.
    """
    inside = np.flatnonzero((attacks > centres[0]) & (attacks < centres[-1]))
    if not len(inside):
        return centres, np.full(len(centres), NONE)
    places = np.interp(attacks[inside], centres, grid)
    nearest = np.abs(grid[:, None] - places).argmin(axis=1)
    away = grid - places[nearest]
    holds = np.abs(away) < reach
    moved = np.where(holds, np.round(attacks[inside][nearest] + away).astype(np.int64), centres)
    return moved, np.where(holds, inside[nearest], NONE)
