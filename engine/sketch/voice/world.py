"""WORLD: a voice taken apart into pitch, spectrum and noise, and put together again at another pitch and pace.

Source: Morise et al., "WORLD: A Vocoder-Based High-Quality Speech Synthesis System for Real-Time Applications", IEICE
Transactions 2016. The code is the package pyworld.
"""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bridge_server.protocol.errors import Unsupported
from engine.sketch.voice.alignment import FRAME_SECONDS
from engine.watch import Watch

Frames = NDArray[np.float64]
INSTALL = 'Install it beside Dawbridge: `pip install "dawbridge[voice]"`, or `pip install pyworld-prebuilt`.'
_LOWEST, _HIGHEST = 60.0, 320.0
_PIECE = 200
"""Frames that are analysed between two looks at the watch."""
_PITCH_SECONDS, _MARGIN_SECONDS = 1.2, 0.15


def is_installed() -> bool:
    return importlib.util.find_spec("pyworld") is not None


@cache
def _world() -> Any:
    """The compiled part of the package, without the few lines before it that need setuptools in some versions."""
    found = importlib.util.find_spec("pyworld")
    if found is None or not found.submodule_search_locations:
        raise Unsupported("The guide vocal needs pyworld, which is not installed.", INSTALL)
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    inner = PathFinder.find_spec("pyworld.pyworld", list(found.submodule_search_locations))
    if inner is None or inner.loader is None:
        raise Unsupported("The package pyworld is not complete.", INSTALL)
    try:
        module = module_from_spec(inner)
        inner.loader.exec_module(module)
    except (ImportError, OSError, ValueError) as error:
        raise Unsupported(f"pyworld cannot be loaded: {error}.", INSTALL) from error
    return module


@dataclass(frozen=True)
class Voiceprint:
    """A spoken line, every 5 ms.

    pitch     (F,) hertz; 0 where there is none
    spectrum  (F, bins) power
    noise     (F, bins) share of noise, 0 … 1
    """

    pitch: Frames
    spectrum: Frames
    noise: Frames
    rate: int


def analyse(
    sound: Frames, rate: int, voiced: NDArray[np.bool_], open_vowel: NDArray[np.bool_], watch: Watch
) -> Voiceprint:
    """Take a line apart.

    voiced, open_vowel  (F,) which frames have a pitch whatever the estimate says, and which are clear vowels, whose
                        little noise is known without measuring it
    """
    world = _world()
    sound = np.ascontiguousarray(sound)
    frames = len(voiced)
    times = np.arange(frames) * FRAME_SECONDS
    pitch = _pitch(world, sound, rate, frames, watch)
    heard = pitch > 0
    steady = np.interp(times, times[heard], pitch[heard]) if heard.any() else np.full(frames, 120.0)
    pitch = np.where(voiced | heard, steady, 0.0)
    size = world.get_cheaptrick_fft_size(rate)
    spectrum = np.empty((frames, size // 2 + 1))
    noise = np.tile(_clear(size // 2 + 1), (frames, 1))
    for start in range(0, frames, _PIECE):
        watch.check()
        part = slice(start, min(frames, start + _PIECE))
        spectrum[part] = world.cheaptrick(sound, pitch[part].copy(), times[part].copy(), rate, fft_size=size)
        unclear = np.flatnonzero(~open_vowel[part] & (pitch[part] > 0)) + start
        if len(unclear):
            watch.check()
            noise[unclear] = world.d4c(sound, pitch[unclear].copy(), times[unclear].copy(), rate, fft_size=size)
    noise[pitch <= 0] = 1.0
    return Voiceprint(pitch, spectrum, noise, rate)


def _clear(bins: int) -> Frames:
    """The noise of a clear vowel: hardly any below, a little more towards the top."""
    return np.asarray(10 ** np.interp(np.linspace(0, 1, bins), [0, 0.25, 0.6, 1], [-3.0, -2.2, -1.2, -0.7]))


def _pitch(world: Any, sound: Frames, rate: int, frames: int, watch: Watch) -> Frames:
    """(F,) in pieces that overlap, so that a job can be stopped between them."""
    found = np.zeros(frames)
    piece, margin = round(_PITCH_SECONDS / FRAME_SECONDS), round(_MARGIN_SECONDS / FRAME_SECONDS)
    hop = rate * FRAME_SECONDS
    for start in range(0, frames, piece):
        watch.check()
        low = max(0, start - margin)
        part = np.ascontiguousarray(sound[round(low * hop) : round((start + piece + margin) * hop)])
        if len(part) < rate * 0.05:
            continue
        rough, times = world.dio(part, rate, f0_floor=_LOWEST, f0_ceil=_HIGHEST, frame_period=1000 * FRAME_SECONDS)
        fine = world.stonemask(part, rough, times, rate)[start - low : start - low + piece]
        end = min(frames, start + len(fine))
        found[start:end] = fine[: end - start]
    return found


def synthesise(pitch: Frames, spectrum: Frames, noise: Frames, rate: int) -> Frames:
    """(T,) from pitch (F,) in hertz, spectrum and noise (F, bins), one frame every 5 ms."""
    arrays = (np.ascontiguousarray(each, dtype=np.float64) for each in (pitch, spectrum, noise))
    return np.asarray(_world().synthesize(*arrays, rate, 1000 * FRAME_SECONDS))
