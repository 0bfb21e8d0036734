"""Renderer: score → stems. Knows nothing of styles or harmony; the same score always gives the same samples."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np

from engine.sketch.loudness import loudness
from engine.sketch.score import Note, Part, Score
from engine.sketch.synth import bus, percussion, room, waves
from engine.sketch.synth.instruments import PITCHED, Instrument
from engine.sketch.synth.percussion import KITS
from engine.sketch.synth.waves import RATE, Wave
from engine.watch import Watch

BALANCE = {
    "drums": -19.0, "percussion": -28.0, "bass": -20.5, "keys": -22.5, "guitar": -23.0, "pad": -27.0, "strings": -25.0,
    "brass": -24.0, "lead": -21.5,
}  # fmt: skip
"""LUFS of each role in a full mix before the bus."""
FULL_MIX = -14.5
"""LUFS to which such a full mix adds up."""
USUAL = -16.0
"""LUFS of a take that has no surroundings to follow."""
LAYERS = 5
LONGEST_HELD = 8.0
"""Seconds that a held note sounds at the most; players strike anew before that."""
CACHE_BYTES = 96 << 20


def amplitude(velocity: int) -> float:
    return float((velocity / 127) ** 1.7)


class Renderer:
    """Keeps the notes it has made, so that a note that comes again costs nothing."""

    def __init__(self) -> None:
        self._notes: OrderedDict[tuple[str, int, int, int], Wave] = OrderedDict()
        self._held_bytes = 0

    def render(self, score: Score, watch: Watch) -> dict[str, Wave]:
        """Role → (2, T) float32 at 48 kHz; they add up to the mix, which stays below −1 dB full scale.

        Raises Cancelled within 100 ms of being asked.
        """
        stems: dict[str, Wave] = {}
        levels: dict[str, float] = {}
        share = 1 / max(1, len(score.parts))
        for number, part in enumerate(score.parts):
            own = watch.part(0.95 * number * share, 0.95 * (number + 1) * share)
            stem = self._stem(score, part, own)
            heard = loudness(stem, own.part(0.95, 1.0))
            target = BALANCE.get(part.role, -24.0)
            if heard is not None:
                stem *= np.float32(10 ** (np.clip(target - heard, -30, 30) / 20))
                levels[part.role] = target
            stems[part.role] = stem
        if levels:
            together = 10 * np.log10(sum(10 ** (each / 10) for each in levels.values()))
            wanted = score.plan.loudness if score.plan.loudness is not None else USUAL
            bus.level(stems, float(10 ** ((wanted - together) / 20)), watch.part(0.95, 1.0))
        return stems

    def _stem(self, score: Score, part: Part, watch: Watch) -> Wave:
        stem = np.zeros((2, score.plan.samples), dtype=np.float32)
        grid, bar, here = score.plan.grid, None, watch
        for number, note in enumerate(part.notes):
            at = grid.sample(note.start)
            end = next((end for start, end in score.plan.windows if start <= at < end), None)
            if end is None:
                continue
            if (now := grid.bar_of(note.start)) != bar:
                fraction = number / (2 * len(part.notes))
                here, bar = watch.part(fraction, fraction), now
                here.step(0, 1, part.role)
            key_up = grid.sample(note.start + note.length) - at
            wave = self._note(part.instrument, note, key_up, here)[:, : end - at]
            stem[:, at : at + wave.shape[1]] += wave
        sound = PITCHED.get(part.instrument)
        if sound and sound.drive:
            room.amplify(stem, sound.drive, watch.part(0.5, 0.6))
        if score.plan.feel.brightness:
            room.tilt(stem, score.plan.feel.brightness, watch.part(0.6, 0.65))
        wet = (sound.room if sound else KITS[part.instrument].room) * score.plan.room
        if wet > 0:
            room.add_room(stem, wet, watch.part(0.65, 0.95))
        _close(stem, score)
        return stem

    def _note(self, name: str, note: Note, key_up: int, watch: Watch) -> Wave:
        """(2, T) of one note at its velocity, from the key down to the end of its release."""
        layer = min(LAYERS - 1, note.velocity * LAYERS // 128)
        level = np.float32(amplitude(note.velocity))
        if name in KITS:
            return self._cached((name, note.pitch, layer, 0), watch) * level
        sound = PITCHED[name]
        release = int(sound.release * RATE)
        longest = LONGEST_HELD if sound.held else sound.ring
        needed = min(key_up + release, int(longest * RATE))
        size = 1
        while size * RATE // 4 < needed:
            size *= 2
        wave = self._cached((name, note.pitch, layer, size), watch)[:, :needed] * level
        fade = min(release, needed)
        wave[:, needed - fade :] *= (0.5 + 0.5 * np.cos(np.pi * np.arange(1, fade + 1) / fade)).astype(np.float32)
        return wave

    def _cached(self, key: tuple[str, int, int, int], watch: Watch) -> Wave:
        wave = self._notes.get(key)
        if wave is not None:
            self._notes.move_to_end(key)
            return wave
        watch.step(0, 1, key[0])
        name, pitch, layer, size = key
        strength = (layer + 0.5) / LAYERS
        if name in KITS:
            wave = _placed(_centred(percussion.hit(KITS[name], pitch, strength)), percussion.pan_of(pitch))
        else:
            wave = _sounded(PITCHED[name], pitch, strength, size * RATE // 4)
            wave = _centred(wave) if pitch < 60 else wave
        self._notes[key] = wave
        self._held_bytes += wave.nbytes
        while self._held_bytes > CACHE_BYTES:
            self._held_bytes -= self._notes.popitem(last=False)[1].nbytes
        return wave

    def forget(self) -> None:
        """Free the kept notes."""
        self._notes.clear()
        self._held_bytes = 0


def _sounded(sound: Instrument, pitch: int, strength: float, samples: int) -> Wave:
    wave = sound.tone(440 * 2 ** ((pitch - 69) / 12), strength, samples)
    # Notes of one instrument come out alike loud whatever their pitch; the ear's own slope is left in.
    first = wave[..., : RATE // 2]
    power = float(np.sqrt(np.mean(first.astype(np.float64) ** 2)))
    wave = wave * np.float32(0.2 / max(power, 1e-6))
    return wave if wave.ndim == 2 else _placed(wave, sound.pan)


def _centred(wave: Wave) -> Wave:
    """Without direct current."""
    return waves.band(wave, 22.0, None, order=1)


def _placed(wave: Wave, pan: float) -> Wave:
    """Mono to (2, T) at equal power."""
    angle = (pan + 1) * np.pi / 4
    return np.stack([wave * np.float32(np.cos(angle)), wave * np.float32(np.sin(angle))]) * np.float32(np.sqrt(2))


def _close(stem: Wave, score: Score) -> None:
    """Silence outside the windows; inside, the last moments fade: long after an ending, else just clear of a click."""
    ending = bool(score.sections) and score.sections[-1].name == "ending"
    at = 0
    for number, (start, end) in enumerate(score.plan.windows):
        stem[:, at:start] = 0
        seconds = 1.2 if ending and number == len(score.plan.windows) - 1 else 0.03
        fade = min((end - start) // 2, round(seconds * RATE))
        if fade:
            stem[:, end - fade : end] *= (0.5 + 0.5 * np.cos(np.pi * np.arange(1, fade + 1) / fade)).astype(np.float32)
        at = end
    stem[:, at:] = 0
