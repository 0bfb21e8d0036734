"""Tones: what one note of each family of instruments sounds like. (T,) or (2, T) float32, not levelled."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from engine.sketch.synth import waves
from engine.sketch.synth.waves import Wave

Tone = Callable[[float, float, int], Wave]
"""(pitch in Hz, strength 0 … 1, samples) → wave."""
_TIMES = np.concatenate([[0.0], np.geomspace(0.004, 12.0, 27)])


def _shape(name: str, count: int) -> NDArray[np.float64]:
    number = np.arange(1, count + 1)
    odd = number % 2
    shapes = {
        "saw": 1 / number,
        "square": odd / number,
        "triangle": odd / number**2,
        "pulse": np.abs(np.sin(np.pi * number * 0.22)) / number,
    }
    return np.asarray(shapes[name], dtype=np.float64)


def subtractive(  # noqa: PLR0913  (a synthesizer's front panel)
    shape: str = "saw",
    *,
    cutoff: tuple[float, float, float] = (6000.0, 2500.0, 0.3),
    resonance: float = 0.9,
    voices: tuple[float, ...] = (0.0,),
    sub: float = 0.0,
    rise: float = 0.004,
    fade: float = 0.0,
    vibrato: float = 0.0,
    wide: bool = False,
    formants: tuple[tuple[float, float, float], ...] = (),
) -> Tone:
    """Oscillators through a falling low-pass filter.

    cutoff    Hz at the attack, Hz later, time constant in s; a soft touch lowers the first
    voices    cents of each oscillator; `wide` spreads them to both sides
    sub       level of a sine an octave below
    fade      time constant of the level in s, 0 to hold
    formants  (Hz, width in Hz, gain) on top, for voice-like pads
    """

    def tone(pitch: float, strength: float, samples: int) -> Wave:
        count = waves.harmonic_count(waves.detuned(pitch, max(voices)))
        harmonics = np.arange(1, count + 1, dtype=np.float64) * pitch
        start, end, constant = cutoff
        start = end + (start - end) * (0.35 + 0.65 * strength)
        falling = np.exp(-_TIMES / constant)
        cutoffs = np.maximum(start + (end - start) * (1 - falling), pitch * 0.8)
        amplitudes = _shape(shape, count) * waves.low_pass(harmonics, cutoffs, resonance)
        if formants:
            peaks = [gain * np.exp(-(((harmonics - at) / width) ** 2)) for at, width, gain in formants]
            amplitudes = amplitudes * (0.08 + np.sum(peaks, axis=0))
        if fade:
            amplitudes = amplitudes * np.exp(-_TIMES / fade)[:, None]
        scatter = np.random.default_rng(int(pitch * 10)).uniform(0, 2 * np.pi, (len(voices), count))
        played = []
        for number, cents in enumerate(voices):
            table = waves.tables(amplitudes, scatter[number] if len(voices) > 1 else 0.0)
            played.append(waves.read(table, _TIMES, waves.cycles(waves.detuned(pitch, cents), samples, vibrato)))
        wave: Wave
        if wide:
            wave = np.stack([sum(played[0::2], np.zeros(1, np.float32)), sum(played[1::2], np.zeros(1, np.float32))])
        else:
            wave = np.asarray(sum(played[1:], played[0]))
        if sub:
            wave = wave + np.float32(sub) * waves.sine(pitch / 2, samples)
        return waves.attack(wave, rise)

    return tone


def plucked(
    *, sustain: float = 1.6, bright: float = 1.0, place: float = 0.18, pick: float = 0.06, body: float = 0.0
) -> Tone:
    """A plucked string: each harmonic rings and dies as the loop of Karplus and Strong lets it, at the exact pitch.

    sustain  time constant of the fundamental of A3 in s; bright 0 … 2, place of the pluck along the string, pick noise
    Source: Karplus and Strong, Digital Synthesis of Plucked-String and Drum Timbres, 1983; Jaffe and Smith, 1983.
    """

    def tone(pitch: float, strength: float, samples: int) -> Wave:
        count = waves.harmonic_count(pitch, 90)
        number = np.arange(1, count + 1)
        touch = (0.5 + 0.5 * strength) * bright
        start = np.abs(np.sin(np.pi * number * place)) / number * np.exp(-number * pitch / (5200 * touch + 600))
        # The averaging loop loses cos(ω/2) per round trip: time constants fall with the square of the harmonic.
        loss = 1 / (sustain * (220 / pitch) ** 0.45) + (number**2 - 1) * (pitch / 220) ** 1.2 * 0.035 / bright
        amplitudes = start * np.exp(-_TIMES[:, None] * loss)
        amplitudes = amplitudes * (1 + body * np.exp(-(((number * pitch - 200) / 120) ** 2)))
        wave = waves.read(waves.tables(amplitudes), _TIMES, waves.cycles(pitch, samples))
        if pick:
            waves.add_burst(wave, pick * touch, 7, (900, 5000), 0.006)
        return waves.attack(wave, 0.001)

    return tone


def piano(*, bright: float = 1.0, strings: tuple[float, ...] = (-0.7, 0.8)) -> Tone:
    """A struck string: two strings slightly apart, a hammer that is softer when played softly, a knock of wood."""

    def tone(pitch: float, strength: float, samples: int) -> Wave:
        count = waves.harmonic_count(pitch, 60)
        number = np.arange(1, count + 1)
        hammer = np.exp(-number * pitch / (700 + 2600 * strength * bright)) * np.abs(np.sin(np.pi * number * 0.12))
        start = hammer / number**0.6
        quick = 1 / (0.5 * (262 / pitch) ** 0.4) * (1 + 0.12 * (number - 1))
        slow = 1 / (2.4 * (262 / pitch) ** 0.55) * (1 + 0.22 * (number - 1))
        level = 0.6 * np.exp(-_TIMES[:, None] * quick) + 0.4 * np.exp(-_TIMES[:, None] * slow)
        table = waves.tables(start * level)
        left, right = (
            waves.read(table, _TIMES, waves.cycles(waves.detuned(pitch, cents), samples)) for cents in strings
        )
        place = np.float32(np.clip((np.log2(pitch / 262)) * 0.12, -0.3, 0.3))
        wave = np.stack([left + 0.5 * right, right + 0.5 * left])
        waves.add_burst(wave, 0.03 + 0.05 * strength, 11, (120, 1400), 0.012)
        wave *= np.array([[1 - place], [1 + place]], dtype=np.float32)
        return waves.attack(wave, 0.0015)

    return tone


def electric_piano(*, tine: float = 0.8, bark: float = 1.7, ring: float = 1.7, tremolo: float = 0.12) -> Tone:
    """Tine and tone bar: two FM pairs, as the electric pianos of FM synthesizers have it, with a slow auto-pan."""

    def tone(pitch: float, strength: float, samples: int) -> Wave:
        body = waves.fm(
            pitch,
            1.0,
            (bark * (0.25 + strength) * (0.35 + 0.65 * waves.decay(samples, 0.5))).astype(np.float32),
            samples,
        )
        bell_index = (tine * strength * waves.decay(samples, 0.12)).astype(np.float32)
        ratio = next((each for each in (14.0, 7.0, 4.0) if each * pitch < 4700), 2.0)
        bell = waves.fm(pitch, ratio, bell_index, samples) * waves.decay(samples, 0.35)
        wave = (body + 0.35 * bell) * waves.decay(samples, ring * (262 / pitch) ** 0.35)
        sway = np.float32(tremolo) * waves.sine(4.3, samples)
        return waves.attack(np.stack([wave * (1 + sway), wave * (1 - sway)]), 0.0015)

    return tone


def organ(drawbars: tuple[float, ...] = (0.7, 1.0, 0.6, 0.5, 0.0, 0.25, 0.0, 0.15), click: float = 0.05) -> Tone:
    """Drawbars from the sub-octave up, with a turning speaker on both sides."""

    def tone(pitch: float, strength: float, samples: int) -> Wave:
        low = pitch / 2
        # Footages 16', 8', 5 1/3', 4', 2 2/3', 2', 1 3/5', 1' as harmonics of the sub-octave.
        stops = np.array([1, 2, 3, 4, 6, 8, 10, 16])
        amplitudes = np.zeros((1, 16))
        for stop, level in zip(stops, drawbars, strict=True):
            if stop * low < waves.CEILING:
                amplitudes[0, stop - 1] = level
        turn = waves.sine(6.1, samples)
        table = waves.tables(amplitudes)
        steady, bend = waves.cycles(low, samples), waves.wrapped(np.float64(0.0009 * low / 6.1) * turn)
        sides = [waves.read(table, _TIMES[:1], phase) for phase in (steady + bend, steady - bend)]
        swell = np.float32(0.12) * turn
        wave = np.stack([sides[0] * (1 + swell), sides[1] * (1 - swell)])
        waves.add_burst(wave, click * strength, 3, (800, 6000), 0.004)
        return waves.attack(wave, 0.003)

    return tone


def mallet(partials: tuple[tuple[float, float, float], ...], *, knock: float = 0.0, motor: float = 0.0) -> Tone:
    """A struck bar, bell or tine: its modes, softer upper ones for a softer touch, a knock and a motor's tremolo."""

    def tone(pitch: float, strength: float, samples: int) -> Wave:
        shorter = (440 / pitch) ** 0.35
        struck = tuple((r, a * (1.0 if r <= 1 else 0.3 + 0.7 * strength), d * shorter) for r, a, d in partials)
        wave = waves.modes(struck, pitch, samples)
        if motor:
            wave *= 1 - np.float32(0.5 * motor) * (1 - waves.sine(5.4, samples, 0.25))
        if knock:
            waves.add_burst(wave, knock, 5, (300, 3000), 0.005)
        return waves.attack(wave, 0.001)

    return tone


def fm_tone(ratio: float, index: tuple[float, float, float], *, fade: float = 0.0, rise: float = 0.002) -> Tone:
    """One FM pair: index at the attack, index later, time constant in s."""

    def tone(pitch: float, strength: float, samples: int) -> Wave:
        start, end, constant = index
        moving = end + (start * (0.4 + 0.6 * strength) - end) * waves.decay(samples, constant)
        wave = waves.fm(pitch, ratio, moving.astype(np.float32), samples)
        if fade:
            wave = wave * waves.decay(samples, fade)
        return waves.attack(wave, rise)

    return tone


def blown(harmonics: tuple[float, ...], *, breath: float = 0.05, rise: float = 0.04, vibrato: float = 14.0) -> Tone:
    """A flute or whistle: few harmonics, breath around the pitch, vibrato that comes late."""

    def tone(pitch: float, strength: float, samples: int) -> Wave:
        levels = np.array([[level * strength ** (0.4 * number) for number, level in enumerate(harmonics)]])
        levels[0, np.arange(1, len(harmonics) + 1) * pitch > waves.CEILING] = 0
        wave = waves.read(waves.tables(levels), _TIMES[:1], waves.cycles(pitch, samples, vibrato))
        air = waves.band(waves.noise(samples, 13), pitch * 0.9, min(pitch * 4, waves.CEILING), 1)
        return waves.attack(wave + np.float32(breath) * air, rise)

    return tone


def slide_sub(drop: float = 1.6, ring: float = 1.1) -> Tone:
    """An 808: a sine that falls onto its pitch and rings, with a little grit so that small speakers hear it."""

    def tone(pitch: float, strength: float, samples: int) -> Wave:
        glide = pitch * (drop - 1) * 0.03 * (1 - waves.decay(samples, 0.03).astype(np.float64))
        wave = waves.sine_of(waves.cycles(pitch, samples) + waves.wrapped(glide))
        wave = np.tanh(wave * np.float32(1.2 + 1.3 * strength)) * waves.decay(samples, ring)
        return waves.attack(wave, 0.002)

    return tone
