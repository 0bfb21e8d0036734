"""Notes on MIDI tracks, remarks, drafts and references, by the names of clips and OSC."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import mido
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daw_scripts.remote_script.Dawbridge import midi
from tests.remote_script import fake_clips
from tests.remote_script.conftest import Studio, fill


@pytest.fixture(autouse=True)
def live_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """Live's own Python module, which is there inside Live only."""
    specification = SimpleNamespace(MidiNoteSpecification=fake_clips.MidiNoteSpecification)
    monkeypatch.setitem(sys.modules, "Live", SimpleNamespace(Clip=specification))  # type: ignore[arg-type]


def scores(studio: Studio) -> list[Any]:
    return [track for track in studio.song.tracks if ", notes for " in track.name]


def land(studio: Studio, *wishes: str, variants: int = 1, **how: Any) -> Any:
    request = studio.ask("repaint", f"variants={variants}", *wishes)
    studio.land(request, variants, **how)
    return request


def test_notes_lie_below_the_sound_in_the_same_undo_step(studio: Studio):
    land(studio, "midi=yes", variants=2, midi=("drums", "bass"))
    names = [track.name for track in studio.song.tracks]
    assert names[:4] == ["Voice", "Voice – variants", "drums, notes for Voice", "bass, notes for Voice"]
    for track, role in zip(scores(studio), ("drums", "bass"), strict=True):
        (clip,) = track.arrangement_clips
        assert (clip.name, clip.start_time, clip.end_time) == (f"Repaint 1 · {role}, notes", 20.0, 25.0)
        assert clip.notes == [(36, 90.0 + beat, float(beat), 0.5) for beat in range(4)]
    assert len(studio.song.steps) == 1
    assert studio.song.stray == []
    assert studio.song.view.selected_track == studio.song.tracks[0]


def test_they_are_exchanged_with_their_variant_where_they_lie_now_and_taken_back(studio: Studio):
    land(studio, "midi=yes", variants=2, midi=("drums",))
    scores(studio)[0].arrangement_clips[0].__dict__["start_time"] = 40.0
    studio.send("choose", 2)
    studio.tick(5)
    (clip,) = scores(studio)[0].arrangement_clips
    assert (clip.name, clip.start_time, clip.notes[0][0]) == ("Repaint 2 · drums, notes", 40.0, 37)
    studio.send("discard")
    studio.tick(3)
    assert [track.name for track in studio.song.tracks] == ["Voice", "Keys", "Synth"]
    assert studio.song.stray == []


def test_notes_on_a_track_with_something_of_the_users_are_taken_from_it(studio: Studio):
    land(studio, "midi=yes", midi=("drums",))
    (track,) = scores(studio)
    mine = track.put(60, 64, audio=False, name="")
    studio.send("discard")
    studio.tick(3)
    assert list(track.arrangement_clips) == [mine]
    assert scores(studio) == [track]


def test_where_live_takes_no_notes_the_sound_lies_there_and_it_is_said(open_studio: Callable[..., Studio]):
    old = open_studio(version=(12, 0))
    fill(old)
    land(old, "midi=yes", midi=("drums",))
    assert scores(old) == []
    assert any("did not take all notes" in line and "drums.mid" in line for line in old.said)
    assert [track.name for track in old.song.tracks][:2] == ["Voice", "Voice – variants"]


def test_where_live_refuses_without_a_word(studio: Studio):
    studio.song.refuses_midi = True
    land(studio, "midi=yes", midi=("drums", "bass"))
    assert scores(studio) == []
    assert any("did not take all notes" in line for line in studio.said)
    studio.send("discard")
    studio.tick(3)
    assert [track.name for track in studio.song.tracks] == ["Voice", "Keys", "Synth"]


def test_nobody_who_does_not_ask_for_notes_gets_any(studio: Studio):
    land(studio, midi=("drums",))
    assert scores(studio) == []


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes):
    path = tmp_path_factory.getbasetemp() / "any.mid"
    for bytes_ in (data, b"MThd\0\0\0\6\0\0\0\1\1\xe0MTrk\0\0\0\xff" + data):
        path.write_bytes(bytes_)
        try:
            found = midi.read(str(path))
        except midi.NotMidi:
            continue
        assert all(note.length > 0 for note in found.notes)


def test_it_reads_what_mido_reads(tmp_path: Path):
    file, track = mido.MidiFile(ticks_per_beat=96), mido.MidiTrack()
    for message in (("note_on", 60, 80, 0), ("note_on", 64, 70, 48), ("note_off", 60, 0, 48), ("note_off", 64, 9, 96)):
        track.append(mido.Message(message[0], note=message[1], velocity=message[2], time=message[3]))
    track.insert(1, mido.Message("pitchwheel", pitch=3))
    track.insert(2, mido.Message("sysex", data=(1, 2, 3)))
    file.tracks.append(track)
    file.save(tmp_path / "x.mid")
    score = midi.read(str(tmp_path / "x.mid"))
    assert [(note.pitch, note.velocity, note.start, note.length) for note in score.notes] == [
        (60, 80, 0.0, 1.0),
        (64, 70, 0.5, 1.5),
    ]
    assert score.beats == 2.0


def test_remarks_of_the_engine_are_said_for_the_variant_that_sounds(studio: Studio):
    land(studio, variants=2, notes=("key heard: D major",))
    assert any(line.endswith("key heard: D major") for line in studio.said)
    count = len(studio.said)
    studio.send("choose", 2)
    studio.tick(5)
    assert any(line.endswith("key heard: D major") for line in studio.said[count:])


def knowing(studio: Studio, *settings: str) -> Studio:
    studio.desk.settings = list(settings)
    studio.surface._desk.courier.greet()
    studio.until(lambda: studio.surface._desk.courier.welcome["backends"][0]["settings"] == list(settings))
    return studio


def test_a_draft_is_called_one_and_finished(studio: Studio):
    request = land(knowing(studio, "draft"), "draft=yes")
    assert request.draft
    (clip,) = studio.song.tracks[1].arrangement_clips
    assert clip.name == "Repaint 1 (draft)"
    studio.song.view.detail_clip = clip
    assert studio.ask("again").refine
    assert not studio.ask("again", "refine=no").refine
    retake = studio.ask("retake", "variants=1")
    studio.land(retake)
    assert any(c.name == "Retake 1 (draft)" for track in studio.song.tracks for c in track.arrangement_clips)


def test_what_is_no_draft_is_not_finished(studio: Studio):
    land(studio)
    studio.song.view.detail_clip = studio.song.tracks[1].arrangement_clips[0]
    assert not studio.ask("again").refine


def test_what_the_engine_has_not_is_refused(studio: Studio):
    assert "The engine has no draft" in knowing(studio).refuse("repaint", "draft=yes")


def test_new_music_may_sound_like_a_reference(studio: Studio):
    path = studio.wav("ref, “1”.wav", 1.0)
    knowing(studio, "reference", "timbre")
    request = studio.ask("generate", f"reference={path}", "timbre=yes")
    assert (request.reference.path, request.reference_use) == (path, "timbre")
    assert studio.ask("generate", f'reference="{path}"').reference_use == "follow"


def test_a_reference_that_is_no_path_is_refused(studio: Studio):
    assert "whole path of an audio file" in studio.refuse("generate", "reference=voice.wav")
