"""Singing: a recorded line on its notes. Pitch glides and sways a little, vowels are of even loudness."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, uniform_filter1d
from scipy.signal import resample_poly

from engine.sketch.voice.alignment import FRAME_SECONDS
from engine.sketch.voice.recording import Recording
from engine.sketch.voice.timing import Held, Piece, lay_out, sources
from engine.sketch.voice.voices import Singer
from engine.sketch.voice.world import synthesise
from engine.watch import Watch

Frames = NDArray[np.float64]
GLIDE_SECONDS = 0.05
"""From one note to the next; it is over shortly after the vowel has begun."""
SCOOP_CENTS = 35.0
"""How far below its note a phrase begins."""
VIBRATO_HERTZ, VIBRATO_AFTER = 5.4, 0.28
LEVEL = 0.08
"""RMS of a vowel at full velocity."""
_EVEN = 0.75
"""How much of a vowel's own unevenness is taken away, 0 … 1."""
_SILENCE = 1e-12
_FADE_SECONDS = 0.012


@dataclass(frozen=True)
class Tone:
    """A note to sing, in seconds; `pitch` is a MIDI key, `velocity` 1 … 127."""

    start: float
    end: float
    pitch: int
    velocity: int
    syllable: int


def sing_line(
    recording: Recording, tones: list[Tone], singer: Singer, chance: np.random.Generator, watch: Watch, rate: int
) -> tuple[int, Frames]:
    """(first sample, (T,) sound at `rate`) of a line. Tones in a row with one syllable are sung on one vowel."""
    held = _held(tones)
    pieces = lay_out(recording, held)
    begin = pieces[0].start
    frames = int(np.ceil((pieces[-1].end - begin) / FRAME_SECONDS)) + 2
    times = np.asarray(begin + np.arange(frames) * FRAME_SECONDS, dtype=np.float64)
    moments, owner = sources(pieces, times)
    watch.check()
    spectrum, noise, voiced = _frames(recording, moments, owner, singer)
    watch.check()
    pitch = np.where(voiced, pitch_curve(tones, times, singer, chance), 0.0)
    gain = _gain(spectrum, pieces, owner, _velocities(tones, held))
    sound = synthesise(pitch, spectrum, noise, recording.print.rate)
    watch.check()
    at = np.arange(len(sound)) / recording.print.rate / FRAME_SECONDS
    sound = sound * np.interp(at, np.arange(frames), gain)
    ratio = Fraction(rate, recording.print.rate)
    return round(begin * rate), _faded(resample_poly(sound, ratio.numerator, ratio.denominator), rate)


def _held(tones: list[Tone]) -> list[Held]:
    found: list[Held] = []
    for tone in tones:
        if found and found[-1].syllable == tone.syllable:
            found[-1] = Held(tone.syllable, found[-1].start, tone.end)
        else:
            found.append(Held(tone.syllable, tone.start, tone.end))
    return found


def _velocities(tones: list[Tone], held: list[Held]) -> list[float]:
    first = {tone.syllable: tone.velocity for tone in reversed(tones)}
    return [first[each.syllable] / 127 for each in held]


def _frames(
    recording: Recording, moments: Frames, owner: NDArray[np.int64], singer: Singer
) -> tuple[Frames, Frames, NDArray[np.bool_]]:
    """Spectrum, noise and voicing of each frame of the song; silence in rests."""
    source = recording.print
    at = np.clip(moments / FRAME_SECONDS, 0, len(source.pitch) - 1)
    low = np.floor(at).astype(int)
    high, share = np.minimum(low + 1, len(source.pitch) - 1), (at - low)[:, None]
    spectrum = source.spectrum[low] * (1 - share) + source.spectrum[high] * share
    noise = source.noise[low] * (1 - share) + source.noise[high] * share
    sung = owner >= 0
    voiced = (source.pitch[np.round(at).astype(int)] > 0) & sung
    spectrum[~sung] = _SILENCE
    spectrum = _other_throat(_joined(spectrum, owner, moments), singer.formants)
    noise[~voiced] = 1.0
    hertz = np.linspace(0, source.rate / 2, noise.shape[1])
    breath = singer.breath * np.interp(hertz, singer.breath_hertz, (0.0, 1.0))
    return spectrum, np.clip(noise + breath * (1 - noise), 1e-4, 1.0), voiced


def _joined(spectrum: Frames, owner: NDArray[np.int64], moments: Frames) -> Frames:
    """Where two words meet that were spoken apart, one spectrum fades into the other."""
    jumps = np.flatnonzero((owner[1:] >= 0) & (owner[:-1] >= 0) & (np.abs(np.diff(moments)) > 0.03)) + 1
    for jump in jumps:
        low, high = max(0, int(jump) - 3), min(len(spectrum) - 1, int(jump) + 3)
        share = np.linspace(0, 1, high - low + 1)[:, None]
        first, last = np.log(spectrum[low] + _SILENCE), np.log(spectrum[high] + _SILENCE)
        spectrum[low : high + 1] = np.exp(first * (1 - share) + last * share)
    return spectrum


def _other_throat(spectrum: Frames, factor: float) -> Frames:
    """Move the resonances by a factor."""
    bins = spectrum.shape[1]
    at = np.minimum(np.arange(bins) / factor, bins - 1)
    low = np.floor(at).astype(int)
    share = at - low
    return np.asarray(spectrum[:, low] * (1 - share) + spectrum[:, np.minimum(low + 1, bins - 1)] * share)


def pitch_curve(tones: list[Tone], times: Frames, singer: Singer, chance: np.random.Generator) -> Frames:
    """(F,) hertz: the notes, the glides between them, a scoop into each phrase, and vibrato on long notes."""
    keys = np.full(len(times), float(tones[0].pitch))
    sway = np.zeros(len(times))
    phase = chance.uniform(0, 2 * np.pi)
    for number, tone in enumerate(tones):
        # The way to a note begins before it, among the consonants.
        keys[times >= tone.start - GLIDE_SECONDS / 2] = tone.pitch
        mine = (times >= tone.start) & (times < tone.end)
        since = times[mine] - tone.start
        depth = np.clip((since - VIBRATO_AFTER) / 0.3, 0, 1) * singer.vibrato_cents
        sway[mine] = depth * np.sin(2 * np.pi * VIBRATO_HERTZ * since + phase)
        if not number or tone.start - tones[number - 1].end > 0.2:
            sway -= (
                SCOOP_CENTS
                * np.exp(-np.clip(times - tone.start + 0.02, 0, None) / 0.035)
                * (np.abs(times - tone.start) < 0.4)
            )
    width = round(GLIDE_SECONDS / FRAME_SECONDS)
    keys = gaussian_filter1d(keys, width / 4, mode="nearest")
    drift = gaussian_filter1d(chance.normal(0, 1, len(times) + 80), 12)[40:-40] * 14
    return np.asarray(440 * 2 ** ((keys - 69 + (sway + drift) / 100) / 12))


def _gain(spectrum: Frames, pieces: list[Piece], owner: NDArray[np.int64], velocities: list[float]) -> Frames:
    """(F,) factor that brings every vowel to its velocity's level; consonants go with the vowels beside them."""
    power = np.sqrt(spectrum.sum(axis=1) / spectrum.shape[1])
    level, known = np.zeros(len(owner)), np.zeros(len(owner), dtype=bool)
    vowel = np.array([number >= 0 and pieces[number].is_vowel for number in owner])
    smooth = np.exp(uniform_filter1d(np.log(power + 1e-9), 9))
    for number, velocity in enumerate(velocities):
        mine = vowel & np.array([each >= 0 and pieces[each].syllable == number for each in owner])
        if not mine.any():
            continue
        whole = float(np.sqrt(np.mean(power[mine] ** 2)))
        own = np.clip(smooth[mine] / max(whole, 1e-9), 0.2, 3.0)
        level[mine] = LEVEL * velocity**1.2 / max(whole, 1e-6) / own**_EVEN
        known |= mine
    if not known.any():
        return np.ones(len(owner))
    places = np.flatnonzero(known)
    gain = np.interp(np.arange(len(owner)), places, level[places])
    return np.asarray(gaussian_filter1d(gain, 4.0, mode="nearest"))


def _faded(sound: Frames, rate: int) -> Frames:
    fade = min(len(sound) // 2, round(_FADE_SECONDS * rate))
    ramp = 0.5 - 0.5 * np.cos(np.pi * np.arange(fade) / max(1, fade))
    sound[:fade] *= ramp
    sound[len(sound) - fade :] *= ramp[::-1]
    return sound
