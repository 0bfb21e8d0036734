"""Standard MIDI Files, read: the notes in them, in quarter notes, as Live's clips count.

Source: RP-001, Standard MIDI Files 1.0. Tempo and meter inside are left alone: Live's own hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

LENGTHS = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2}
META, SYSTEM = 0xFF, (0xF0, 0xF7)


class NotMidi(Exception):
    """The bytes are no MIDI file, or only half of one."""


@dataclass
class Note:
    """One note; `start` and `length` in quarter notes."""

    pitch: int
    velocity: int
    start: float
    length: float = 0.0


@dataclass
class Score:
    """All notes of a file, and how many quarter notes it lasts."""

    notes: list[Note] = field(default_factory=list)
    beats: float = 0.0


def read(path: str) -> Score:
    """Raises NotMidi, OSError."""
    data = Path(path).read_bytes()
    division = int.from_bytes(data[12:14], "big")
    if data[:4] != b"MThd" or not 0 < division < 0x8000:
        raise NotMidi(path)
    score, at = Score(), 14
    while at + 8 <= len(data):
        end = at + 8 + int.from_bytes(data[at + 4 : at + 8], "big")
        if data[at : at + 4] == b"MTrk":
            _Track(data, at + 8, min(end, len(data)), division).read(score)
        at = end
    if score.beats <= 0:
        raise NotMidi(path)
    score.notes.sort(key=lambda note: (note.start, note.pitch))
    return score


class _Track:
    def __init__(self, data: bytes, at: int, end: int, division: int) -> None:
        self._data, self._at, self._end, self._division = data, at, end, division
        self._tick = 0
        self._held: dict[tuple[int, int], Note] = {}

    def read(self, score: Score) -> None:
        """Raises NotMidi."""
        status = 0
        while self._at < self._end:
            self._tick += self._variable()
            if self._at < self._end and self._data[self._at] & 0x80:
                status = self._byte()
            if status == META or status in SYSTEM:
                self._at += 1 if status == META else 0
                length = self._variable()
                self._at += length
            elif status & 0xF0 in LENGTHS:
                self._message(status, score)
            else:
                raise NotMidi("a message without a status")
        score.beats = max(score.beats, self._tick / self._division)

    def _byte(self) -> int:
        if self._at >= self._end:
            raise NotMidi("a track that ends in the middle of a message")
        self._at += 1
        return self._data[self._at - 1]

    def _variable(self) -> int:
        value = 0
        while True:
            byte = self._byte()
            value = value * 128 + (byte & 0x7F)
            if not byte & 0x80:
                return value

    def _message(self, status: int, score: Score) -> None:
        kind, values = status & 0xF0, [self._byte() for _ in range(LENGTHS[status & 0xF0])]
        if kind not in (0x80, 0x90):
            return
        key = (status & 0x0F, values[0])
        if kind == 0x90 and values[1] > 0:
            self._held[key] = Note(values[0], values[1], self._tick / self._division)
        elif key in self._held:
            note = self._held.pop(key)
            note.length = max(1 / self._division, self._tick / self._division - note.start)
            score.notes.append(note)
