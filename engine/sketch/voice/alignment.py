"""Alignment: where each phoneme lies in a spoken line.

espeak-ng the program does not tell, but it says each phoneme alone when asked to. Those are the templates that the line
is compared with: a path through their states (left to right, Viterbi) that fits the line's spectra best.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.sketch.voice.espeak import Espeak, Voice
from engine.sketch.voice.phonemes import Phoneme
from engine.watch import Watch

FRAME_SECONDS = 0.005
_BANDS, _LOWEST, _HIGHEST = 26, 80.0, 9_000.0
_STATES = 3
_SPREAD = 1.6
"""Standard deviation of a band's level, in nats of power, between a phoneme alone and in a word."""
_FLOOR = 1e-7
_SILENT = float(np.log(_FLOOR))
_SONORANT_STATES = 6
"""Nasals, liquids and glides last at least so many frames."""
_DWELL = 0.12
_REACH = 14
"""Frames around the first guess within which a vowel's onset is looked for."""
_RISE = 2
_AUDIBLE = 1.0
"""Nats above the floor, averaged over the bands."""
_INAUDIBLE = 1e-3
_EDGE_SECONDS = 0.011
"""A phoneme alone ends in this much silence that is not its own."""

Frames = NDArray[np.float64]


def spectra(sound: Frames, rate: int) -> Frames:
    """(F, bands) natural logarithm of the power in bands of equal width on the mel scale, every 5 ms."""
    size = 1 << (round(rate * 0.02) - 1).bit_length()
    frames = int(len(sound) / rate / FRAME_SECONDS) + 1
    padded = np.zeros(len(sound) + 2 * size)
    padded[size // 2 : size // 2 + len(sound)] = sound
    window = np.hanning(round(rate * 0.02))
    # 5 ms are no whole number of samples at 22,050 Hz: each frame is rounded by itself, so that none drifts.
    places = np.round(np.arange(frames) * rate * FRAME_SECONDS).astype(int)
    pieces = np.lib.stride_tricks.sliding_window_view(padded, size)[places]
    centred = np.zeros(size)
    start = (size - len(window)) // 2
    centred[start : start + len(window)] = window
    power = np.abs(np.fft.rfft(pieces * centred, axis=1)) ** 2 / np.sum(window) ** 2
    return np.asarray(np.log(power @ _bands(size, rate).T + _FLOOR))


def _bands(size: int, rate: int) -> Frames:
    low, high = (2595 * np.log10(1 + hertz / 700) for hertz in (_LOWEST, _HIGHEST))
    mel = np.linspace(low, high, _BANDS + 2)
    edges = 700 * (10 ** (mel / 2595) - 1)
    hertz = np.fft.rfftfreq(size, 1 / rate)
    rows = [
        np.clip(np.minimum((hertz - low) / (mid - low), (high - hertz) / (high - mid)), 0, None)
        for low, mid, high in zip(edges, edges[1:], edges[2:], strict=False)
    ]
    return np.array(rows)


@dataclass
class Aligner:
    """Keeps the templates of one voice."""

    espeak: Espeak
    voice: Voice
    _templates: dict[str, Frames] = field(default_factory=dict)

    def starts(
        self, words: tuple[tuple[Phoneme, ...], ...], sound: Frames, rate: int, watch: Watch
    ) -> list[list[tuple[float, float]]]:
        """(start, end) in seconds of every phoneme of every word, in order."""
        seen = spectra(sound, rate)
        means, owners = self._chain(words, watch)
        flat = [phoneme for word in words for phoneme in word]
        path = _best_path(seen, means, owners, self._dwell(flat, owners), watch)
        _settle(path, seen, flat)
        found: list[list[tuple[float, float]]] = []
        number = 0
        for word in words:
            times = []
            for _ in word:
                frames = np.flatnonzero(path == number)
                times.append((float(frames[0]) * FRAME_SECONDS, float(frames[-1] + 1) * FRAME_SECONDS))
                number += 1
            found.append(times)
        return found

    def _chain(self, words: tuple[tuple[Phoneme, ...], ...], watch: Watch) -> tuple[Frames, NDArray[np.int64]]:
        """The states of a whole line and the number of the phoneme each belongs to; −1 for a pause."""
        silence = np.full((1, _BANDS), _SILENT)
        means, owners, number = [silence], [-1], 0
        for word in words:
            for phoneme in word:
                watch.check()
                template = self.template(phoneme)
                means.append(template)
                owners += [number] * len(template)
                number += 1
            means.append(silence)
            owners.append(-1)
        return np.concatenate(means), np.array(owners)

    def _dwell(self, flat: list[Phoneme], owners: NDArray[np.int64]) -> Frames:
        """(states,) what it costs to stay for a frame: vowels and pauses are long, consonants are not."""
        cost = np.zeros(len(owners))
        for state, owner in enumerate(owners):
            if owner >= 0 and not flat[owner].is_nucleus:
                cost[state] = _DWELL
        return cost

    def template(self, phoneme: Phoneme) -> Frames:
        """(states, bands) of a phoneme said alone."""
        if phoneme.mnemonic not in self._templates:
            self._templates[phoneme.mnemonic] = self._listened(phoneme)
        return self._templates[phoneme.mnemonic]

    def _listened(self, phoneme: Phoneme) -> Frames:
        if phoneme.is_sonorant:
            return self._between_vowels(phoneme)
        rate, sound = self.espeak.sound(f"[[{phoneme.mnemonic}]]", self.voice)
        sound = sound[: max(0, len(sound) - round(_EDGE_SECONDS * rate))]
        if np.abs(sound).max(initial=0) < _INAUDIBLE and not phoneme.is_stop:
            return self._between_vowels(phoneme)
        if not len(sound):
            return np.full((1, _BANDS), _SILENT)
        seen = _trimmed(spectra(sound, rate), keep_closure=phoneme.is_stop)
        if phoneme.is_nucleus:
            # How a vowel begins and ends alone is not how it does beside a consonant.
            edge = len(seen) // 5
            seen = seen[edge : len(seen) - edge]
        cuts = np.linspace(0, len(seen), _STATES + 1).round().astype(int)
        return np.array([seen[low : max(high, low + 1)].mean(axis=0) for low, high in pairwise(cuts)])

    def _between_vowels(self, phoneme: Phoneme) -> Frames:
        """The weakest moment in the middle of ə-ə: alone, nasals and liquids are not what they are in words."""
        rate, sound = self.espeak.sound(f"[[@{phoneme.mnemonic}@]]", self.voice)
        seen = spectra(sound, rate)
        seen = _trimmed(seen, keep_closure=False)
        quarter = len(seen) // 4
        inner = seen[quarter : len(seen) - quarter]
        at = int(inner.mean(axis=1).argmin())
        core = inner[max(0, at - 2) : at + 3].mean(axis=0)
        return np.repeat(core[None], _SONORANT_STATES, axis=0)


def _trimmed(seen: Frames, *, keep_closure: bool) -> Frames:
    """Without the silence around it; the closure of a stop is silence of its own."""
    level = seen.mean(axis=1)
    loud = np.flatnonzero(level > min(level.max() - 1e-9, _SILENT + _AUDIBLE))
    return seen[(0 if keep_closure else loud[0]) : loud[-1] + 1] if len(loud) else seen


def _best_path(
    seen: Frames, means: Frames, owners: NDArray[np.int64], dwell: Frames, watch: Watch
) -> NDArray[np.int64]:
    """(F,) the owner of each frame along the cheapest way from the first state to the last; pauses may be left out."""
    states, frames = len(means), len(seen)
    squares = (seen**2).mean(axis=1)[:, None] - 2 / _BANDS * seen @ means.T + (means**2).mean(axis=1)
    cost = squares / (2 * _SPREAD**2)
    total = np.full(states, np.inf)
    total[0] = cost[0, 0]
    if states > 1:
        total[1] = cost[0, 1]
    came = np.zeros((frames, states), dtype=np.int64)
    skippable = np.zeros(states, dtype=bool)
    skippable[2:] = owners[1:-1] < 0
    for frame in range(1, frames):
        if not frame % 200:
            watch.check()
        step = np.concatenate([[np.inf], total[:-1]])
        jump = np.where(skippable, np.concatenate([[np.inf, np.inf], total[:-2]]), np.inf)
        options = np.stack([total + dwell, step, jump])
        chosen = options.argmin(axis=0)
        came[frame] = chosen
        total = options[chosen, np.arange(states)] + cost[frame]
    at = states - 1 if total[-1] <= total[-2] else states - 2
    path = np.zeros(frames, dtype=np.int64)
    for frame in range(frames - 1, -1, -1):
        path[frame] = at
        at -= came[frame, at]
    return owners[path]


def _settle(path: NDArray[np.int64], seen: Frames, flat: list[Phoneme]) -> None:
    """Move, in place, each vowel's onset to where the spectrum rises most between its consonant and its middle."""
    rise = np.zeros(len(seen))
    rise[_RISE:-_RISE] = np.clip(seen[2 * _RISE :] - seen[: -2 * _RISE], 0, 6).mean(axis=1)
    for number, phoneme in enumerate(flat):
        mine = np.flatnonzero(path == number)
        before = np.flatnonzero(path == number - 1) if number else mine[:0]
        if not phoneme.is_nucleus or not number or not flat[number - 1].rises or before[-1] + 1 != mine[0]:
            continue
        low = max(before[0] + 2, mine[0] - _REACH)
        high = min(mine[0] + max(2, (len(mine) - 1) * 2 // 3), mine[0] + _REACH)
        if high <= low:
            continue
        window = rise[low : high + 1] * np.exp(-0.5 * ((np.arange(low, high + 1) - mine[0]) / _REACH) ** 2)
        onset = low + int(window.argmax())
        path[before[0] : onset] = np.where(path[before[0] : onset] == number, number - 1, path[before[0] : onset])
        path[onset : mine[-1] + 1] = number
