"""SoundFont: a user's own `.sf2` or `.sf3` plays the notes in place of our synthesis, where `tinysoundfont` is there.

The variable DAWBRIDGE_SOUNDFONT names the file. Programs and drum keys are those of General MIDI; what the file does
not have, our own synthesis plays. Only the synthesizer of `tinysoundfont` is used, so that it runs without `pyaudio`.
"""

from __future__ import annotations

import os
import struct
import threading
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bridge_server.protocol.errors import NotFound, UnreadableAudio, Unsupported
from engine.sketch.midi import PROGRAMS
from engine.sketch.score import Part, Score
from engine.sketch.synth.percussion import KITS
from engine.sketch.synth.waves import RATE, Wave
from engine.watch import Watch

VARIABLE = "DAWBRIDGE_SOUNDFONT"
_DRUM_CHANNEL, _DRUM_BANK = 9, 128
_PIECE = RATE // 2
_MOST_VOICES = 256
_HEADROOM_DB = -12.0
_WRONG = f"Correct {VARIABLE}, or remove it to hear sketch's own sounds."


class _Event(NamedTuple):
    """A key that goes down, or up at velocity 0; keys go up before others go down at the same sample."""

    sample: int
    velocity: int
    pitch: int


class SoundFont:
    """One loaded file. Stems are played one after another, whoever asks: the synthesizer has one set of voices.

    Raises NotFound for no file, UnreadableAudio for one that is no whole SoundFont, Unsupported without tinysoundfont.
    """

    def __init__(self, path: Path) -> None:
        self.name = path.name
        _checked(path)
        try:
            player = import_module("tinysoundfont._tinysoundfont")
        except ImportError as error:
            raise Unsupported(
                f"{VARIABLE} names {path.name}, but tinysoundfont, which plays SoundFonts, is not installed.",
                "Install it beside Dawbridge: pip install --no-deps tinysoundfont. Or remove the variable.",
            ) from error
        try:
            self._font: Any = player.SoundFont(str(path))
        except RuntimeError as error:
            raise UnreadableAudio(f"{path} cannot be read as a SoundFont.", _WRONG) from error
        self._font.set_output(player.OutputMode.StereoInterleaved, RATE, _HEADROOM_DB)
        self._font.set_max_voices(_MOST_VOICES)
        self._lock = threading.Lock()

    def has(self, instrument: str) -> bool:
        """Does the file have a sound for this instrument of ours?"""
        return bool(self._font.get_preset_index(*_preset(instrument)) >= 0)

    def play(self, score: Score, part: Part, watch: Watch) -> Wave:
        """(2, T) of a part: each window from silence to its end."""
        stem = np.zeros((2, score.plan.samples), dtype=np.float32)
        is_kit = part.instrument in KITS
        channel = _DRUM_CHANNEL if is_kit else 0
        with self._lock:
            for start, end in score.plan.windows:
                self._hush()
                bank, program = _preset(part.instrument)
                self._font.channel_set_bank(channel, 0 if is_kit else bank)
                self._font.channel_set_preset_number(channel, program, is_kit)
                at = start
                for event in _events(score, part, start, end):
                    self._render(stem, at, event.sample, watch)
                    at = event.sample
                    if event.velocity:
                        self._font.channel_note_on(channel, event.pitch, event.velocity / 127)
                    else:
                        self._font.channel_note_off(channel, event.pitch)
                self._render(stem, at, end, watch)
        return stem

    def _hush(self) -> None:
        """As after loading: a reset lets what sounds fade for a moment, so that moment is played to nobody."""
        self._font.reset()
        self._font.render(_bytes(np.zeros((_PIECE, 2), dtype=np.float32)), False)
        self._font.set_max_voices(_MOST_VOICES)

    def _render(self, stem: Wave, start: int, end: int, watch: Watch) -> None:
        for at in range(start, end, _PIECE):
            watch.check()
            samples = min(end - at, _PIECE)
            frames = np.zeros((samples, 2), dtype=np.float32)
            self._font.render(_bytes(frames), False)
            stem[:, at : at + samples] = frames.T


def _bytes(frames: Wave) -> memoryview:
    return frames.data.cast("B")


def _preset(instrument: str) -> tuple[int, int]:
    return (_DRUM_BANK, 0) if instrument in KITS else (0, PROGRAMS.get(instrument, 0))


def _events(score: Score, part: Part, start: int, end: int) -> Iterator[_Event]:
    grid, found = score.plan.grid, []
    for note in part.notes:
        at = grid.sample(note.start)
        if start <= at < end:
            found.append(_Event(at, max(1, note.velocity), note.pitch))
            found.append(_Event(min(end, max(at + 1, grid.sample(note.start + note.length))), 0, note.pitch))
    yield from sorted(found)


def _checked(path: Path) -> None:
    """A RIFF file of the form `sfbk` that is all there. The player below trusts what it reads, so we do not.

    Source: SoundFont Technical Specification 2.04, section 4.
    """
    try:
        with path.open("rb") as file:
            head = file.read(12)
            size = path.stat().st_size
            chunks = set()
            while len(name := file.read(8)) == 8:
                kind, length = struct.unpack("<4sI", name)
                form = file.read(4) if kind == b"LIST" else b""
                chunks.add(form or kind)
                file.seek(length + length % 2 - len(form), os.SEEK_CUR)
    except FileNotFoundError as error:
        raise NotFound(f"The SoundFont {path} is not there.", _WRONG) from error
    except OSError as error:
        raise UnreadableAudio(f"The SoundFont {path} cannot be opened: {error.strerror}.", _WRONG) from error
    riff, claimed, form = struct.unpack("<4sI4s", head) if len(head) == 12 else (b"", 0, b"")
    if (riff, form) != (b"RIFF", b"sfbk") or not {b"sdta", b"pdta"} <= chunks:
        raise UnreadableAudio(f"{path} is not a SoundFont.", _WRONG)
    if claimed + 8 > size:
        raise UnreadableAudio(f"The SoundFont {path} is cut short: {size} of {claimed + 8} bytes.", _WRONG)


def chosen() -> SoundFont | None:
    """The SoundFont that the environment names; None where it names none. Raises like `SoundFont`."""
    named = os.environ.get(VARIABLE, "")
    if not named:
        return None
    path = Path(named).expanduser()
    try:
        stamp = path.stat().st_mtime_ns
    except OSError:
        stamp = 0
    return _loaded(path, stamp)


@lru_cache(maxsize=1)
def _loaded(path: Path, stamp: int) -> SoundFont:
    """Loaded once as long as the file stays the same."""
    return SoundFont(path)
