"""Renderer: score → stems. Knows nothing of styles or harmony; the same score always gives the same samples."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from engine.sketch.loudness import loudness
from engine.sketch.score import Note, Part, Score
from engine.sketch.synth import balance, bus, room, waves
from engine.sketch.synth.instruments import PITCHED
from engine.sketch.synth.notes import CACHE_BYTES, Shelf, Sound, bytes_of, length, release, sound_of
from engine.sketch.synth.percussion import KITS
from engine.sketch.synth.soundfont import SoundFont
from engine.sketch.synth.waves import RATE, Wave
from engine.watch import Watch

__all__ = ["BALANCE", "CACHE_BYTES", "FULL_MIX", "SOUND", "Renderer"]

SOUND = 3
"""Raised when the same score would give other samples."""
BALANCE = {
    "drums": -19.0, "percussion": -28.0, "bass": -20.5, "keys": -22.5, "guitar": -23.0, "pad": -27.0, "strings": -25.0,
    "brass": -24.0, "lead": -21.5,
}  # fmt: skip
"""LUFS of each role in a full mix before the bus."""
FULL_MIX = -14.5
"""LUFS to which such a full mix adds up."""
USUAL, FEW = -14.0, -16.0
"""LUFS of a take that has no surroundings to follow: what streaming services play at; one or two parts leave room."""
FULL = 3
"""Parts from which on they are mixed like a finished record."""
MOST_THREADS = 4
INAUDIBLE = 0.025
"""Share of the room that is not worth its time: that of basses, which have nothing to say where the room answers."""


class Renderer:
    """Plays scores on as many threads as there are processors, at most four; their number changes nothing."""

    def __init__(self, threads: int | None = None) -> None:
        self._shelf = Shelf()
        self._threads = threads or min(MOST_THREADS, len(_processors()))

    def render(self, score: Score, watch: Watch, font: SoundFont | None = None) -> dict[str, Wave]:
        """Role → (2, T) float32 at 48 kHz; they add up to the mix, which stays below −1 dB full scale.

        Instruments that `font` has are played by it. Raises Cancelled within 100 ms of being asked.
        """
        with ThreadPoolExecutor(self._threads) as pool:
            quiet = watch.quiet()
            missing = self._missing(score, font)
            made = pool.map(lambda each: self._make(each[0], each[1], quiet), missing.items())
            for number, _ in enumerate(made):
                watch.step(0.5 * number, len(missing), "rendering")
            shape = balance.tilted(score.plan.feel.brightness)
            played = pool.map(lambda part: self._balanced(score, part, font, (shape, quiet)), score.parts)
            stems = {}
            for number, (part, stem) in enumerate(zip(score.parts, played, strict=True)):
                watch.step(0.5 + 0.4 * number / len(score.parts), 1, part.role)
                stems[part.role] = stem
            mix, gain_db, brightness = None, 0.0, score.plan.feel.brightness
            if len(stems) >= FULL:
                mix = bus.measured(stems, quiet, shape)
                gain_db = balance.shelf_db(mix.density, brightness)
            if gain_db or brightness:
                shaping = balance.filter_of(brightness, gain_db)
                list(pool.map(lambda stem: _shaped(stem, score, shaping), stems.values()))
                mix = bus.measured(stems, quiet)
        usual = USUAL if len(stems) >= FULL else FEW
        wanted = score.plan.loudness if score.plan.loudness is not None else usual
        bus.master(stems, wanted, watch.part(0.9, 1.0), mix)
        return stems

    def forget(self) -> None:
        """Free the kept notes."""
        self._shelf.clear()

    def _missing(self, score: Score, font: SoundFont | None) -> dict[Sound, int]:
        """The sounds that have to be made and their longest notes in samples; nothing where they would not all stay."""
        longest: dict[Sound, int] = {}
        for part in score.parts:
            if font and font.has(part.instrument):
                continue
            for note, at, end in _placed(score, part):
                sound = sound_of(part.instrument, note)
                needed = min(length(part.instrument, _key_up(score, note, at)), end - at)
                longest[sound] = max(longest.get(sound, 0), needed)
        if sum(bytes_of(*each) for each in longest.items()) > CACHE_BYTES:
            return {}
        return {sound: needed for sound, needed in longest.items() if not self._shelf.has(sound, needed)}

    def _make(self, sound: Sound, samples: int, watch: Watch) -> None:
        watch.check()
        self._shelf.get(sound, samples)

    def _balanced(self, score: Score, part: Part, font: SoundFont | None, how: tuple[bus.Curve, Watch]) -> Wave:
        """A stem at its place in the mix, as loud as it has to be for what the mix's shape will then do to it."""
        shape, watch = how
        if font and font.has(part.instrument):
            stem = _in_room(font.play(score, part, watch), score, part, watch)
        else:
            stem = _in_room(self._played(score, part, watch), score, part, watch)
        if part.instrument in KITS:
            room.round_off(stem)
        heard = loudness(stem, watch, shape)
        if heard is not None:
            stem *= np.float32(10 ** (np.clip(BALANCE.get(part.role, -24.0) - heard, -30, 30) / 20))
        return stem

    def _played(self, score: Score, part: Part, watch: Watch) -> Wave:
        stem = np.zeros((2, score.plan.samples), dtype=np.float32)
        for note, at, end in _placed(score, part):
            watch.check()
            wave = self._shelf.play(part.instrument, note, _key_up(score, note, at), end - at)
            stem[:, at : at + wave.shape[1]] += wave
        sound = PITCHED.get(part.instrument)
        if sound and sound.drive:
            room.amplify(stem, sound.drive, watch)
        return stem


def _in_room(stem: Wave, score: Score, part: Part, watch: Watch) -> Wave:
    sound = PITCHED.get(part.instrument)
    wet = (sound.room if sound else KITS[part.instrument].room) * score.plan.room
    if wet > INAUDIBLE:
        room.add_room(stem, wet, watch)
    _close(stem, score)
    return stem


def _shaped(stem: Wave, score: Score, shaping: balance.Coefficients) -> None:
    waves.pass_through(stem, *shaping)
    _silence_outside(stem, score)


def _processors() -> set[int]:
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return set(range(os.cpu_count() or 1))


def _placed(score: Score, part: Part) -> Iterator[tuple[Note, int, int]]:
    """Each note that starts in a window, its first sample and the end of the window."""
    for note in part.notes:
        at = score.plan.grid.sample(note.start)
        end = next((end for start, end in score.plan.windows if start <= at < end), None)
        if end is not None:
            yield note, at, end


def _key_up(score: Score, note: Note, at: int) -> int:
    return score.plan.grid.sample(note.start + note.length) - at


def _silence_outside(stem: Wave, score: Score) -> None:
    """Nothing at all where nothing is to be filled, not even the tail of a filter."""
    at = 0
    for start, end in score.plan.windows:
        stem[:, at:start] = 0
        at = end
    stem[:, at:] = 0


def _close(stem: Wave, score: Score) -> None:
    """Silence outside the windows; inside, the last moments fade: long after an ending, else just clear of a click."""
    ending = bool(score.sections) and score.sections[-1].name == "ending"
    for number, (start, end) in enumerate(score.plan.windows):
        seconds = 1.2 if ending and number == len(score.plan.windows) - 1 else 0.03
        fade = min((end - start) // 2, round(seconds * RATE))
        if fade:
            stem[:, end - fade : end] *= release(fade)
    _silence_outside(stem, score)
