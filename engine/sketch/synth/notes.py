"""Notes: each sound that is needed is made once and kept, so that a note that comes again costs nothing."""

from __future__ import annotations

import threading
from collections import OrderedDict
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from engine.sketch.score import Note
from engine.sketch.synth import percussion, waves
from engine.sketch.synth.instruments import PITCHED, Instrument
from engine.sketch.synth.percussion import KITS
from engine.sketch.synth.waves import RATE, Wave

LAYERS = 5
LONGEST_HELD = 8.0
"""Seconds that a held note sounds at the most; players strike anew before that."""
CACHE_BYTES = 96 << 20
_STEP = RATE // 4
_LEAST = RATE // 2
"""A note's level is taken from its first half second, so that it is the same however long the note is."""


class Sound(NamedTuple):
    """What the shelf keeps notes by: an instrument, a MIDI key, and how hard it is struck, 0 … LAYERS − 1."""

    instrument: str
    pitch: int
    layer: int


def sound_of(instrument: str, note: Note) -> Sound:
    return Sound(instrument, note.pitch, min(LAYERS - 1, note.velocity * LAYERS // 128))


def amplitude(velocity: int) -> float:
    return float((velocity / 127) ** 1.7)


def length(instrument: str, key_up: int) -> int:
    """Samples that a note sounds whose key goes up after `key_up`; 0 for a drum, which always sounds to its end."""
    if instrument in KITS:
        return 0
    sound = PITCHED[instrument]
    return min(key_up + int(sound.release * RATE), int((LONGEST_HELD if sound.held else sound.ring) * RATE))


class Shelf:
    """Notes (2, T) at full level, the least recently used of which give way. For any number of threads."""

    def __init__(self) -> None:
        self._notes: OrderedDict[Sound, Wave] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def play(self, instrument: str, note: Note, key_up: int, most: int) -> Wave:
        """(2, T) of one note at its velocity, from the key down to the end of its release, at most `most` samples."""
        needed = length(instrument, key_up)
        wave = self.get(sound_of(instrument, note), min(needed, most))[:, :most]
        level = np.float32(amplitude(note.velocity))
        if not needed:
            return wave * level
        wave = wave[:, :needed] * level
        fade = min(int(PITCHED[instrument].release * RATE), needed)
        if (inside := wave.shape[1] - (needed - fade)) > 0:
            wave[:, needed - fade :] *= release(fade)[:inside]
        return wave

    def get(self, sound: Sound, samples: int) -> Wave:
        """At least `samples` of a sound (all of a drum), made if need be; do not write into it."""
        wave = self._kept(sound, samples)
        return wave if wave is not None else self._keep(sound, make(sound, samples))

    def has(self, sound: Sound, samples: int) -> bool:
        return self._kept(sound, samples) is not None

    def _kept(self, sound: Sound, samples: int) -> Wave | None:
        with self._lock:
            wave = self._notes.get(sound)
            if wave is None or wave.shape[1] < samples:
                return None
            self._notes.move_to_end(sound)
            return wave

    def _keep(self, sound: Sound, wave: Wave) -> Wave:
        with self._lock:
            before = self._notes.pop(sound, None)
            self._bytes += wave.nbytes - (before.nbytes if before is not None else 0)
            self._notes[sound] = wave
            while self._bytes > CACHE_BYTES and len(self._notes) > 1:
                self._bytes -= self._notes.popitem(last=False)[1].nbytes
        return wave

    def clear(self) -> None:
        with self._lock:
            self._notes.clear()
            self._bytes = 0


def make(sound: Sound, samples: int) -> Wave:
    """(2, T): a whole drum stroke, or a note of at least `samples`, which begins alike whatever its length."""
    strength = (sound.layer + 0.5) / LAYERS
    if sound.instrument in KITS:
        stroke = percussion.hit(KITS[sound.instrument], sound.pitch, strength)
        return _placed(_centred(stroke), percussion.pan_of(sound.pitch))
    return _sounded(PITCHED[sound.instrument], sound.pitch, strength, max(_LEAST, -(-samples // _STEP) * _STEP))


def bytes_of(sound: Sound, samples: int) -> int:
    """Roughly what a sound takes up."""
    return 8 * (RATE if sound.instrument in KITS else max(_LEAST, samples))


def _sounded(sound: Instrument, pitch: int, strength: float, samples: int) -> Wave:
    wave = sound.tone(440 * 2 ** ((pitch - 69) / 12), strength, samples)
    if pitch < 60:
        wave = _centred(wave)
    # Notes of one instrument come out alike loud whatever their pitch; the ear's own slope is left in.
    power = float(np.sqrt(np.mean(wave[..., :_LEAST].astype(np.float64) ** 2)))
    wave = wave * np.float32(0.2 / max(power, 1e-6))
    return wave if wave.ndim == 2 else _placed(wave, sound.pan)


def _centred(wave: Wave) -> Wave:
    """Without direct current."""
    return waves.band(wave, 22.0, None, order=1)


def _placed(wave: Wave, pan: float) -> Wave:
    """Mono to (2, T) at equal power."""
    angle = (pan + 1) * np.pi / 4
    return np.stack([wave * np.float32(np.cos(angle)), wave * np.float32(np.sin(angle))]) * np.float32(np.sqrt(2))


@lru_cache(maxsize=128)
def release(samples: int) -> Wave:
    """From 1 to nothing, half a cosine long."""
    return (0.5 + 0.5 * np.cos(np.pi * np.arange(1, samples + 1) / samples)).astype(np.float32)
