"""Percussion: kits of drums made of swept sines and shaped noise. Keys follow the General MIDI percussion map."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.sketch.synth import waves
from engine.sketch.synth.waves import Wave

KICK, RIM, SNARE, CLAP, HAT, PEDAL, OPEN, RIDE, CRASH = 36, 37, 38, 39, 42, 44, 46, 51, 49
LOW_TOM, MID_TOM, HIGH_TOM, TAMBOURINE, COWBELL, SHAKER, CONGA, LOW_CONGA = 45, 47, 50, 54, 56, 70, 63, 64
METAL = (205.3, 304.4, 369.6, 522.7, 540.0, 800.0)
"""Hz of the six oscillators of an analogue drum machine's cymbals (TR-808 service notes)."""


_LONGEST = 3.0
"""Seconds that a cymbal rings at the most."""


@dataclass(frozen=True, kw_only=True)
class Kit:
    """How a set of drums is tuned: Hz, seconds, and levels 0 … 1."""

    kick: tuple[float, float, float] = (52.0, 160.0, 0.16)
    click: float = 0.35
    snare: tuple[float, float, float] = (190.0, 0.12, 0.75)
    snap_hz: float = 1600.0
    hat_hz: float = 7000.0
    hat_seconds: float = 0.035
    metal: float = 0.35
    toms: float = 1.0
    soft: float = 0.001
    top_hz: float = 0.0
    room: float = 0.1


KITS: dict[str, Kit] = {
    "acoustic kit": Kit(),
    "rock kit": Kit(kick=(55, 190, 0.15), click=0.6, snare=(200, 0.16, 0.85), hat_seconds=0.05, room=0.16),
    "jazz kit": Kit(kick=(62, 110, 0.22), click=0.12, snare=(215, 0.13, 0.7), hat_seconds=0.03, metal=0.5, room=0.16),
    "brush kit": Kit(kick=(60, 100, 0.2), click=0.05, snare=(210, 0.14, 0.96), snap_hz=2200, soft=0.012, metal=0.25,
                     room=0.14),
    "lofi kit": Kit(kick=(50, 130, 0.17), click=0.15, snare=(180, 0.1, 0.7), snap_hz=1200, top_hz=6500, room=0.08),
    "hip hop kit": Kit(kick=(48, 150, 0.2), click=0.3, snare=(175, 0.13, 0.75), top_hz=11000, room=0.06),
    "808 kit": Kit(kick=(46, 120, 0.4), click=0.15, snare=(185, 0.13, 0.6), hat_seconds=0.025, metal=0.8, room=0.03),
    "909 kit": Kit(kick=(50, 230, 0.22), click=0.5, snare=(195, 0.14, 0.75), hat_seconds=0.035, metal=0.6, room=0.04),
    "electronic kit": Kit(kick=(52, 260, 0.16), click=0.5, snare=(180, 0.2, 0.8), hat_hz=8000, metal=0.5, room=0.14),
    "orchestral percussion": Kit(kick=(42, 70, 0.6), click=0.1, snare=(170, 0.25, 0.8), toms=0.7, soft=0.003, room=0.4),
    "hand percussion": Kit(click=0.1, metal=0.2, room=0.14),
}  # fmt: skip


def _sweep(low_hz: float, high_hz: float, fall: float, samples: int) -> Wave:
    """A sine that falls from `high_hz` onto `low_hz`."""
    now = np.arange(samples) / waves.RATE
    turns = low_hz * now + (high_hz - low_hz) * fall * (1 - np.exp(-now / fall))
    return waves.sine_of(waves.wrapped(turns))


def _kick(kit: Kit, strength: float) -> Wave:
    low, high, ring = kit.kick
    samples = int(waves.RATE * min(1.6, ring * 6))
    wave = _sweep(low, high * (0.8 + 0.2 * strength), 0.03, samples) * waves.decay(samples, ring)
    waves.add_burst(wave, kit.click * strength, 21, (1500, 6000), 0.004)
    return np.asarray(np.tanh(1.6 * wave), dtype=np.float32)


def _snare(kit: Kit, strength: float) -> Wave:
    tune, ring, wires = kit.snare
    samples = int(waves.RATE * min(1.2, ring * 7))
    drum = _sweep(tune, tune * 1.6, 0.012, samples) * waves.decay(samples, 0.06)
    drum += 0.5 * _sweep(tune * 1.72, tune * 2, 0.01, samples) * waves.decay(samples, 0.035)
    rattle = waves.band(waves.noise(samples, 22), kit.snap_hz * (0.7 + 0.3 * strength), None)
    rattle = waves.band(rattle, None, 6500, order=1)
    return (1 - wires) * 2.4 * drum + wires * 0.9 * rattle * waves.decay(samples, ring * (0.6 + 0.4 * strength))


def _rim(kit: Kit, strength: float) -> Wave:
    samples = int(waves.RATE * 0.12)
    return waves.modes(((1.0, 0.7, 0.012), (2.72, 0.6, 0.008), (4.3, 0.3, 0.005)), 620, samples) * (0.6 + strength)


def _clap(kit: Kit, strength: float) -> Wave:
    samples = int(waves.RATE * 0.4)
    now = waves.seconds(samples)
    hands = sum(np.where(now >= at, np.exp(-(now - at) / 0.004), 0) for at in (0.0, 0.009, 0.019))
    tail = np.where(now >= 0.028, 0.8 * np.exp(-(now - 0.028) / 0.06), 0)
    return np.asarray(waves.band(waves.noise(samples, 23), 900, 3200) * (hands + tail), dtype=np.float32)


@lru_cache(maxsize=1)
def _clang() -> Wave:
    samples = int(waves.RATE * _LONGEST)
    clang = np.zeros(samples, dtype=np.float32)
    for number, base in enumerate(METAL):
        for multiple in (9, 13, 17, 23):
            if base * multiple < 17_000:
                clang += waves.sine(base * multiple, samples, 0.37 * number * multiple) / np.float32(multiple)
    return clang


def _cymbal(kit: Kit, ring: float, low_hz: float, body: float = 0.0) -> Wave:
    """Noise and a metallic chord above `low_hz`; `body` adds a ping, as a ride has."""
    samples = int(waves.RATE * min(_LONGEST, ring * 6))
    hiss = waves.band(waves.noise(samples, 24), low_hz, 17_000)
    metal = kit.metal * 3.0 * waves.band(_clang()[:samples], low_hz, None)
    wave = ((1 - kit.metal) * 0.6 * hiss + metal) * waves.decay(samples, ring)
    wave = waves.band(wave, None, 8500, order=1)
    if body:
        ping = ((1.0, 1.0, 0.25), (1.48, 0.6, 0.2), (2.35, 0.5, 0.12))
        wave += body * waves.modes(ping, 2900, samples)
    return wave


def _tom(tune: float) -> Callable[[Kit, float], Wave]:
    def sound(kit: Kit, strength: float) -> Wave:
        samples = int(waves.RATE * 0.9)
        low = tune * kit.toms
        wave = _sweep(low, low * (1.3 + 0.3 * strength), 0.05, samples) * waves.decay(samples, 0.16)
        waves.add_burst(wave, 0.12, 25, (400, 3000), 0.015)
        return wave

    return sound


def _shaker(kit: Kit, strength: float) -> Wave:
    samples = int(waves.RATE * 0.14)
    now = waves.seconds(samples)
    swish = np.sin(np.pi * np.clip(now / 0.06, 0, 1)) ** 2 + 0.15 * np.exp(-now / 0.02)
    return np.asarray(0.5 * waves.band(waves.noise(samples, 26), 5200, 14_000) * swish, dtype=np.float32)


def _tambourine(kit: Kit, strength: float) -> Wave:
    samples = int(waves.RATE * 0.3)
    jingles = waves.modes(((1.0, 0.5, 0.05), (1.31, 0.5, 0.06), (1.73, 0.4, 0.04)), 6100, samples)
    return 0.5 * jingles + 0.35 * waves.band(waves.noise(samples, 27), 5000, 15_000) * waves.decay(samples, 0.06)


def _conga(tune: float) -> Callable[[Kit, float], Wave]:
    def sound(kit: Kit, strength: float) -> Wave:
        samples = int(waves.RATE * 0.45)
        skin = _sweep(tune, tune * 1.12, 0.01, samples) * waves.decay(samples, 0.09)
        return skin + 0.25 * waves.modes(((1.6, 1.0, 0.03), (2.2, 0.6, 0.02)), tune, samples) * np.float32(strength)

    return sound


def _cowbell(kit: Kit, strength: float) -> Wave:
    samples = int(waves.RATE * 0.4)
    return waves.modes(((1.0, 0.6, 0.07), (1.48, 0.6, 0.08), (2.9, 0.2, 0.03)), 555, samples)


_LEVELS = {
    KICK: 1.0, SNARE: 0.75, RIM: 0.4, CLAP: 0.75, HAT: 0.26, PEDAL: 0.2, OPEN: 0.26, RIDE: 0.2, CRASH: 0.36,
    LOW_TOM: 0.7, MID_TOM: 0.65, HIGH_TOM: 0.6, TAMBOURINE: 0.3, COWBELL: 0.3, SHAKER: 0.3, CONGA: 0.5, LOW_CONGA: 0.55,
}  # fmt: skip
_PANS = {
    HAT: -0.25, PEDAL: -0.25, OPEN: -0.25, RIDE: 0.3, CRASH: -0.4, LOW_TOM: 0.4, MID_TOM: 0.05, HIGH_TOM: -0.3,
    TAMBOURINE: 0.35, SHAKER: 0.4, CONGA: -0.35, LOW_CONGA: -0.15, COWBELL: 0.2, RIM: 0.1,
}  # fmt: skip
_SOUNDS: dict[int, Callable[[Kit, float], Wave]] = {
    KICK: _kick,
    SNARE: _snare,
    RIM: _rim,
    CLAP: _clap,
    HAT: lambda kit, strength: _cymbal(kit, kit.hat_seconds * (0.7 + 0.5 * strength), kit.hat_hz),
    PEDAL: lambda kit, strength: _cymbal(kit, kit.hat_seconds * 0.8, kit.hat_hz * 0.8),
    OPEN: lambda kit, strength: _cymbal(kit, kit.hat_seconds * 6, kit.hat_hz * 0.9),
    RIDE: lambda kit, strength: _cymbal(kit, 0.35, 5000, 0.12 + 0.15 * strength),
    CRASH: lambda kit, strength: _cymbal(kit, 0.7, 3200),
    LOW_TOM: _tom(88),
    MID_TOM: _tom(125),
    HIGH_TOM: _tom(170),
    TAMBOURINE: _tambourine,
    COWBELL: _cowbell,
    SHAKER: _shaker,
    CONGA: _conga(265),
    LOW_CONGA: _conga(185),
}
KEYS = tuple(_SOUNDS)


def pan_of(key: int) -> float:
    return _PANS.get(key, 0.0)


def hit(kit: Kit, key: int, strength: float) -> Wave:
    """(T,) one stroke at full level; `strength` 0 … 1 makes it harder, not louder."""
    wave = np.asarray(_SOUNDS[key](kit, strength), dtype=np.float32) * np.float32(_LEVELS[key])
    if kit.top_hz:
        wave = waves.band(wave, None, kit.top_hz)
    tail = len(wave) // 4
    wave[-tail:] *= np.linspace(1, 0, tail, dtype=np.float32) ** 2
    return waves.attack(wave, kit.soft if key in (SNARE, RIDE, HAT) else 0.0005)
