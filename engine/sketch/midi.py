"""MIDI: the notes of a score as Standard MIDI Files, one for each stem and stretch of new music.

Tick 0 is the first sample of the stretch, so a file belongs exactly where the stem's audio does.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

import mido

from engine.sketch.grid import Grid
from engine.sketch.score import Note, Part, Score, Sung
from engine.sketch.synth.percussion import KITS

TICKS = 960
"""To a quarter note."""
_RAMP_BEATS = 0.25
"""A ramp becomes steps of this length: MIDI knows no ramps."""
_DRUM_CHANNEL = 9
_VOICE = 53
"""Voice Oohs."""

PROGRAMS = {
    "finger bass": 33, "picked bass": 34, "slap bass": 36, "upright bass": 32, "sub bass": 39, "808 bass": 39,
    "synth bass": 38, "acid bass": 38, "reese bass": 39, "fm bass": 38, "piano": 0, "house piano": 1, "rhodes": 4,
    "wurlitzer": 4, "electric piano": 5, "organ": 16, "clavinet": 7, "harpsichord": 6, "pluck": 88, "marimba": 12,
    "kalimba": 108, "bells": 14, "glockenspiel": 9, "vibraphone": 11, "acoustic guitar": 25, "nylon guitar": 24,
    "electric guitar": 27, "jazz guitar": 26, "muted guitar": 28, "distorted guitar": 30, "harp": 46, "warm pad": 89,
    "saw pad": 90, "glass pad": 88, "choir pad": 91, "strings": 48, "pizzicato": 45, "brass section": 61,
    "trumpet": 56, "french horn": 60, "synth lead": 81, "square lead": 80, "lead guitar": 29, "flute": 73,
    "whistle": 78, "fiddle": 110, "saxophone": 65,
}  # fmt: skip
"""The General MIDI program nearest to each of our instruments, from 0. Source: General MIDI System Level 1, table 2."""


class _At(NamedTuple):
    """A message and its tick; ends of notes come before what begins at the same tick."""

    tick: int
    order: int
    message: mido.Message | mido.MetaMessage


def files(score: Score) -> dict[str, tuple[bytes, ...]]:
    """role → one file for each window of the plan, from left to right."""
    found = {part.role: tuple(_file(score, part, window) for window in score.plan.windows) for part in score.parts}
    if vocal := score.vocal:
        part = Part("vocals", f"guide vocal, {vocal.words.voice}", vocal.notes)
        found[part.role] = tuple(_file(score, part, window, vocal.sung) for window in score.plan.windows)
    return found


def _file(score: Score, part: Part, window: tuple[int, int], sung: tuple[Sung, ...] = ()) -> bytes:
    grid = score.plan.grid
    start, end = grid.beat(window[0]), grid.beat(window[1])
    is_kit = part.instrument in KITS
    channel = _DRUM_CHANNEL if is_kit else 0
    # A name outside Latin-1 cannot be written; ours are ASCII, and `errors` guards the user's own roles.
    name = f"{part.role} ({part.instrument})".encode("ascii", "replace").decode()
    head = [_At(0, 0, mido.MetaMessage("track_name", name=name))]
    if not is_kit:
        program = PROGRAMS.get(part.instrument, _VOICE if sung else 0)
        head.append(_At(0, 0, mido.Message("program_change", channel=channel, program=program)))
    events = [*_tempi(grid, start, end), *_meters(grid, start, end), *head]
    for note in _inside(part.notes, start, end):
        key = {"channel": channel, "note": note.pitch}
        on, off = _tick(note.start - start), max(_tick(note.start - start) + 1, _tick(note.start + note.length - start))
        events.append(_At(on, 2, mido.Message("note_on", velocity=max(1, note.velocity), **key)))
        events.append(_At(off, 1, mido.Message("note_off", velocity=0, **key)))
    before = None
    for note, syllable in zip(part.notes, sung, strict=bool(sung)):
        is_new = before is None or (before.line, before.syllable) != (syllable.line, syllable.syllable)
        before = syllable
        if is_new and start - 1e-6 <= note.start < end:
            events.append(_At(max(0, _tick(note.start - start)), 2, mido.MetaMessage("lyrics", text=syllable.text)))
    return _written(events, _tick(end - start))


def _inside(notes: tuple[Note, ...], start: float, end: float) -> Iterator[Note]:
    """The notes of a window, each key up before it goes down again: a MIDI key cannot be held twice."""
    found = sorted(note for note in notes if start - 1e-6 <= note.start < end)
    until: dict[int, float] = {}
    for note in reversed(found):
        stop = min(note.start + note.length, end, until.get(note.pitch, end))
        until[note.pitch] = note.start
        yield Note(max(start, note.start), stop - note.start, note.pitch, note.velocity)


def _tempi(grid: Grid, start: float, end: float) -> Iterator[_At]:
    """The tempo at the start, each later change, and ramps in small steps that arrive in time."""
    beats = {start, *(beat for beat in map(grid.beat_at, (turn.seconds for turn in grid.turns)) if start < beat < end)}
    for turn, following in zip(grid.turns, grid.turns[1:], strict=False):
        if turn.ramp:
            at, stop = grid.beat_at(turn.seconds), min(end, grid.beat_at(following.seconds))
            while (at := at + _RAMP_BEATS) < stop - 1e-6:
                beats |= {at} if at > start else set()
    order = sorted(beats)
    for beat, after in zip(order, [*order[1:], end], strict=True):
        seconds = grid.seconds(after) - grid.seconds(beat)
        micros = round(1e6 * seconds / (after - beat)) if after > beat else mido.bpm2tempo(grid.bpm_at(beat))
        yield _At(_tick(beat - start), 0, mido.MetaMessage("set_tempo", tempo=min(micros, 2**24 - 1)))


def _meters(grid: Grid, start: float, end: float) -> Iterator[_At]:
    bar, last = grid.bar_of(start), grid.bar_of(end - 1e-6)
    before = None
    for number in range(bar, last + 1):
        meter = grid.meter_of(number)
        if meter != before:
            at = _tick(max(0.0, grid.line(number) - start))
            yield _At(at, 0, mido.MetaMessage("time_signature", numerator=meter.count, denominator=meter.unit))
        before = meter


def _tick(beats: float) -> int:
    return round(beats * TICKS)


def _written(events: list[_At], length: int) -> bytes:
    track, now = mido.MidiTrack(), 0
    for event in sorted(events, key=lambda each: each[:2]):
        event.message.time = event.tick - now
        track.append(event.message)
        now = event.tick
    track.append(mido.MetaMessage("end_of_track", time=max(0, length - now)))
    file, out = mido.MidiFile(type=0, ticks_per_beat=TICKS, charset="utf-8"), BytesIO()
    file.tracks.append(track)
    file.save(file=out)
    return out.getvalue()
