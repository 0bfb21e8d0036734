"""Another synthesis, deliberately unlike the one takes are made with: whole spectra of sines and bursts of noise.

It shares no line with `engine.sketch.synth`: other timbres, envelopes, drums, balance and room, drawn anew for each
piece, so that ears which only know our own sounds fail on it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.sketch.score import Note, Part, Score

RATE = 48_000
Audio = NDArray[np.float32]
_LEVELS = {"drums": 0.5, "percussion": 0.2, "bass": 0.4, "lead": 0.35}
_NOISE_DRUMS = {
    37: (0.03, 1500), 38: (0.14, 900), 39: (0.16, 1100), 42: (0.04, 6000), 44: (0.04, 5000), 46: (0.3, 5000),
    49: (1.1, 2500), 51: (0.4, 4000), 54: (0.1, 5000), 70: (0.07, 4000), 69: (0.08, 4500),
}  # fmt: skip
"""General MIDI key → (seconds, Hz above which it hisses)."""
_SKIN_DRUMS = {35: 48, 36: 52, 38: 180, 40: 190, 41: 80, 43: 95, 45: 110, 47: 130, 48: 150, 50: 175, 63: 240, 64: 180,
               56: 560}  # fmt: skip


def play(score: Score, seed: int) -> Audio:
    """(2, samples) of a score in timbres that `seed` draws."""
    dice = np.random.default_rng(seed)
    mix = np.zeros((2, score.plan.samples), dtype=np.float32)
    for part in score.parts:
        role = part.role.split(maxsplit=1)[0]
        stem = _drums(part, score, dice) if role in ("drums", "percussion") else _tones(part, score, dice)
        level = _LEVELS.get(role, 0.28) * dice.uniform(0.7, 1.4)
        power = np.sqrt(np.mean(stem**2)) + 1e-9
        side = dice.uniform(0.6, 1.4)
        mix += np.stack([stem * side, stem * (2 - side)]) * np.float32(level * 0.15 / power)
    echo = np.zeros_like(mix)
    for delay, gain in ((0.037, 0.25), (0.061, 0.2), (0.113, 0.12), (0.171, 0.08)):
        echo[:, int(delay * RATE) :] += np.float32(gain) * mix[::-1, : -int(delay * RATE)]
    mix += echo
    return np.asarray(np.clip(mix / max(1.0, np.abs(mix).max() / 0.9), -1, 1), dtype=np.float32)


def _tones(part: Part, score: Score, dice: np.random.Generator) -> Audio:
    slope, odd = dice.uniform(0.8, 2.2), dice.uniform(0.2, 1.0)
    number = np.arange(1, 25)
    weights = number**-slope * np.where(number % 2 == 0, odd, 1.0)
    rise, fall = dice.choice([0.004, 0.02, 0.06]), dice.choice([0.4, 1.2, 6.0])
    stem = np.zeros(score.plan.samples, dtype=np.float32)
    for note, at, samples in _placed(part, score):
        pitch = 440 * 2 ** ((note.pitch - 69 + dice.normal(0, 0.02)) / 12)
        now = np.arange(samples) / RATE
        shape = np.minimum(1, now / rise) * np.exp(-now / fall) * np.minimum(1, (samples - np.arange(samples)) / 960)
        turn = np.exp(2j * np.pi * pitch * now)
        wave, partial = np.zeros(samples), np.ones(samples, dtype=np.complex128)
        for weight in weights[number * pitch < 16_000]:
            partial *= turn
            if weight > 0.004:
                wave += weight * partial.imag
        stem[at : at + samples] += (note.velocity / 127 * wave * shape).astype(np.float32)
    return stem


def _drums(part: Part, score: Score, dice: np.random.Generator) -> Audio:
    stem = np.zeros(score.plan.samples + RATE * 2, dtype=np.float32)
    bend = dice.uniform(1.5, 4.0)
    for note, at, _ in _placed(part, score):
        seconds, edge = _NOISE_DRUMS.get(note.pitch, (0.2, 0))
        now = np.arange(int(RATE * min(1.5, 5 * seconds))) / RATE
        wave = np.zeros(len(now))
        if edge:
            hiss = dice.standard_normal(len(now))
            # A first difference, repeated, is the crudest high-pass there is: nothing like a Butterworth filter.
            for _ in range(1 if edge < 2000 else 3):
                hiss = np.diff(hiss, prepend=0) * 0.7
            wave += 0.5 * hiss * np.exp(-now / (seconds / 2))
        if skin := _SKIN_DRUMS.get(note.pitch):
            turns = skin * (now + (bend - 1) * 0.02 * (1 - np.exp(-now / 0.02)))
            wave += 1.2 * np.cos(2 * np.pi * turns) * np.exp(-now / 0.09) * np.minimum(1, now / 0.001)
        stem[at : at + len(wave)] += (note.velocity / 127 * wave).astype(np.float32)
    return stem[: score.plan.samples]


def _placed(part: Part, score: Score) -> list[tuple[Note, int, int]]:
    grid, found = score.plan.grid, []
    for note in part.notes:
        at = max(0, grid.sample(note.start))
        samples = min(grid.sample(note.start + note.length), score.plan.samples) - at
        if samples > 0:
            found.append((note, at, samples))
    return found
