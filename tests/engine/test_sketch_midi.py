"""Every take's score as MIDI: it reads back, and each note lies where its sound does."""

from __future__ import annotations

from io import BytesIO

import mido
import pytest

from bridge_server.protocol.values import Change, Music
from engine.sketch.midi import PROGRAMS, files
from engine.sketch.synth.instruments import PITCHED
from engine.sketch.synth.percussion import KITS
from tests.engine.sketch_work import RATE, extend, generate, render, score, silence

MUSICS = [
    Music(bpm=96.0),
    Music(bpm=133.0, meter="7/8"),
    Music(bpm=120.0, changes=(Change(at=3 * RATE, bpm=87.0), Change(at=6 * RATE, meter="3/4"))),
    Music(bpm=120.0, changes=(Change(at=2 * RATE, ramp=True), Change(at=8 * RATE, bpm=60.0))),
]


def notes_of(data: bytes) -> list[tuple[float, float, int, int]]:
    """(start and end in seconds, key, velocity) by mido's own tempo map."""
    seconds, down, found = 0.0, {}, []
    for message in mido.MidiFile(file=BytesIO(data)):
        seconds += message.time
        if message.type == "note_on":
            assert message.note not in down, "a key goes down that is down already"
            down[message.note] = (seconds, message.velocity)
        elif message.type == "note_off":
            began, velocity = down.pop(message.note)
            found.append((began, seconds, message.note, velocity))
    assert not down
    return sorted(found)


@pytest.mark.parametrize("music", MUSICS)
def test_every_note_is_where_it_sounds(music: Music) -> None:
    found = score(render(generate("funk, brass section", 12, music)))
    grid = found.plan.grid
    for part in found.parts:
        ((data),) = files(found)[part.role]
        heard = notes_of(data)
        starts = sorted((grid.sample(note.start) / RATE, note.pitch) for note in part.notes)
        assert len(heard) == len(starts)
        for (began, ended, _, velocity), (expected, _) in zip(heard, starts, strict=True):
            assert began == pytest.approx(expected, abs=0.003)
            assert ended > began
            assert 1 <= velocity <= 127
        assert sorted(key for _, _, key, _ in heard) == sorted(key for _, key in starts)


def test_tempo_meter_name_and_drum_map() -> None:
    found = score(render(generate("rock", 8, Music(bpm=141.0, meter="6/8"))))
    for part in found.parts:
        messages = list(mido.MidiFile(file=BytesIO(files(found)[part.role][0])))
        tempo = next(message for message in messages if message.type == "set_tempo")
        meter = next(message for message in messages if message.type == "time_signature")
        assert mido.tempo2bpm(tempo.tempo) == pytest.approx(141, abs=0.01)
        assert (meter.numerator, meter.denominator) == (6, 8)
        assert part.role in next(message for message in messages if message.type == "track_name").name
        channels = {message.channel for message in messages if message.type == "note_on"}
        assert channels <= ({9} if part.instrument in KITS else {0})
        assert any(message.type == "program_change" for message in messages) is (part.instrument not in KITS)


def test_a_file_lasts_as_long_as_its_stem() -> None:
    found = score(render(generate("ambient", 10, Music(bpm=77.0))))
    for (data,) in files(found).values():
        assert mido.MidiFile(file=BytesIO(data)).length == pytest.approx(10, abs=0.002)


def test_an_extension_to_both_sides_has_a_file_for_each() -> None:
    found = score(render(extend(silence(20), 6, 8, "rock")))
    for role, both in files(found).items():
        left, right = (mido.MidiFile(file=BytesIO(data)).length for data in both)
        assert (left, right) == (pytest.approx(6, abs=0.01), pytest.approx(8, abs=0.01)), role


def test_every_instrument_has_a_general_midi_program() -> None:
    assert PROGRAMS.keys() == PITCHED.keys()
    assert all(0 <= program <= 127 for program in PROGRAMS.values())
