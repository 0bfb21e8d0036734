"""Selections that cannot be used: each is refused with a sentence that says why and what to do, and nothing is sent."""

from collections.abc import Callable

import pytest

from tests.remote_script.conftest import Studio, fill
from tests.remote_script.fake_live import TakeLane


def test_nothing_selected(studio: Studio):
    studio.song.loop = False
    assert "Nothing is selected" in studio.refuse("repaint")
    studio.song.loop = True
    assert "Nothing is selected" in studio.refuse("repaint", "source=clip")
    assert "Nothing is selected" in studio.refuse("extend_right")


def test_the_brace_lies_over_nothing(studio: Studio):
    studio.song.loop_start = 40.0
    assert "No audio clip lies in bars 11–13 on “Voice”" in studio.refuse("repaint")


def test_shorter_than_a_tenth_of_a_second(studio: Studio):
    studio.song.loop_length = 0.1
    assert "shorter than a tenth" in studio.refuse("repaint")


def test_midi(studio: Studio):
    synth = studio.song.tracks[2]
    synth.put(16, 32, audio=False, name="Notes")
    studio.song.view.selected_track = synth
    assert "holds MIDI" in studio.refuse("repaint")


@pytest.mark.parametrize("kind", ["group", "midi", "master"])
def test_tracks_that_hold_no_audio(studio: Studio, kind: str):
    track = studio.song.add("Other", kind)
    studio.song.view.selected_track = track
    assert "holds no audio clips" in studio.refuse("repaint")


def test_a_file_that_is_not_there(studio: Studio):
    studio.song.tracks[0].arrangement_clips[0].values["file_path"] = "/Volumes/Gone/a.wav"
    assert "not there: /Volumes/Gone/a.wav" in studio.refuse("repaint")


def test_a_missing_file_beside_the_range_is_no_harm(studio: Studio):
    studio.song.tracks[0].put(34, 36, file_path="/Volumes/Gone/a.wav")
    assert len(studio.ask("repaint").source.live_clips) == 1


def test_a_clip_that_is_being_recorded(studio: Studio):
    studio.song.tracks[0].arrangement_clips[0].is_recording = True
    assert "still being recorded" in studio.refuse("repaint")


@pytest.mark.parametrize("version", [(12, 3), (11, 3)])
def test_a_session_clip(open_studio: Callable[..., Studio], version: tuple[int, ...]):
    studio = open_studio(version=version)
    fill(studio)
    clip = studio.song.tracks[0].put(0, 16, arrangement=False, file_path=studio.wav("s.wav", 1))
    studio.song.loop, studio.song.view.detail_clip = False, clip
    assert "Session View" in studio.refuse("repaint")


def test_a_clip_in_a_take_lane(studio: Studio):
    track = studio.song.tracks[0]
    lane = TakeLane(studio.song, track)
    studio.song.loop = False
    studio.song.view.detail_clip = lane._create(studio.wav("lane.wav", 2), 0.0, True)
    assert "take lane" in studio.refuse("repaint")


def test_no_other_track_sounds(studio: Studio):
    for track in studio.song.tracks:
        track._clips = []
    assert "No other track sounds in bars 6–8" in studio.refuse("layer")


def test_retake_of_nothing(studio: Studio):
    assert "Nothing is selected" in studio.refuse("retake")


@pytest.mark.parametrize(
    ("verb", "texts", "why"),
    [
        ("repaint", ["strength=2"], "0 to 1"),
        ("repaint", ["variants=9"], "1 to 8"),
        ("repaint", ["seed=x"], "whole number"),
        ("repaint", ["key=H"], "is no key"),
        ("repaint", ["colour=blue"], "“colour” is not one of"),
        ("repaint", ["x" * 2001], "at most 2000"),
        ("repaint", ["source=view"], "brace, clip or auto"),
        ("edit", [], "Nothing would change"),
        ("edit", ["tags=jazz"], "Type the new words"),
        ("repeat", [], "“repeat” is not one of: repaint,"),
        ("choose", [], "Select a result"),
        ("keep", [], "Select a result"),
        ("discard", [], "Select a result"),
        ("cancel", [], "nothing to stop"),
        ("start", [], "Nobody has written down"),
    ],
)
def test_wishes_that_cannot_be_read(studio: Studio, verb: str, texts: list[str], why: str):
    assert why in studio.refuse(verb, *texts)


def test_what_no_backend_can_is_refused_with_the_hint_of_one_that_could(studio: Studio):
    studio.desk.tasks = ["generate"]
    studio.surface._desk.courier.greet()
    studio.until(lambda: studio.surface._desk.courier.welcome["backends"][0]["tasks"] == ["generate"])
    assert studio.refuse("repaint").endswith("No backend that is installed can do this.")
    problem = {"code": "unsupported", "message": "No weights.", "hint": "Fetch them with `dawbridge models pull`."}
    studio.desk.absent = [{"backend": "ace-step-v1", "tasks": ["repaint"], "problem": problem}]
    studio.surface._desk.courier.greet()
    studio.until(lambda: studio.surface._desk.courier.welcome.get("absent"))
    assert "models pull" in studio.refuse("repaint")
