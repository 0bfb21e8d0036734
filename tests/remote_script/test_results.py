"""What a musician does with a result: hear another variant, keep one, take it back."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.remote_script.conftest import Studio, fill


def main_lane(studio: Studio) -> list[str]:
    return [Path(clip.file_path).name for clip in studio.song.tracks[1].arrangement_clips]


@pytest.fixture
def landed(studio: Studio) -> Studio:
    studio.land(studio.ask("repaint", "variants=3"), 3)
    return studio


def test_choose_puts_the_variant_on_the_main_lane(landed: Studio):
    landed.send("choose", 3)
    landed.tick(5)
    assert main_lane(landed) == ["take-3.wav"]
    (clip,) = landed.song.tracks[1].arrangement_clips
    assert (clip.start_time, clip.warping) == (20.0, False)
    assert len(landed.song.tracks[1].take_lanes) == 3
    assert landed.song.stray == []


def test_choose_without_a_number_is_the_next_one(landed: Studio):
    for expected in ("take-2.wav", "take-3.wav", "take-1.wav"):
        landed.send("choose")
        landed.tick(5)
        assert main_lane(landed) == [expected]


def test_choose_before_12_2_mutes_the_others(open_studio: Callable[..., Studio]):
    studio = open_studio(version=(12, 0))
    fill(studio)
    studio.land(studio.ask("repaint", "variants=2"), 2)
    studio.send("choose", 2)
    studio.tick(5)
    assert [track.mute for track in studio.song.tracks][:3] == [False, True, False]


def test_what_does_not_exist_cannot_be_chosen(landed: Studio):
    landed.send("choose", 5)
    landed.tick(3)
    assert "There is no variant 5; there are 3." in landed.said[-1]


def test_keep_marks_it_here_and_in_the_bridge(landed: Studio):
    landed.send("choose", 2)
    landed.tick(5)
    landed.send("keep")
    landed.until(lambda: len(landed.desk.requests) == 2)
    choose = landed.desk.requests[-1]
    assert (choose.job, choose.number) == (landed.desk.requests[0].job, 2)
    (clip,) = landed.song.tracks[1].arrangement_clips
    assert clip.name.startswith("✓ ")
    landed.desk.keep("place", choose.job, take=landed.desk.take(landed.desk.requests[0], 2))
    steps = len(landed.song.steps)
    landed.tick(5)
    assert len(landed.song.steps) == steps, "our own choice comes back as `place` and must change nothing"


def test_somebody_else_chooses(landed: Studio):
    """`dawbridge choose` in a terminal: the host is told to place it."""
    landed.desk.keep("place", landed.desk.requests[0].job, take=landed.desk.take(landed.desk.requests[0], 3))
    landed.tick(6)
    assert main_lane(landed) == ["take-3.wav"]


def test_discard_takes_back_ours_and_only_ours(landed: Studio):
    files = [clip.file_path for clip in landed.song.tracks[1].arrangement_clips]
    steps = len(landed.song.steps)
    landed.send("discard")
    landed.tick(2)
    assert [track.name for track in landed.song.tracks] == ["Voice", "Keys", "Synth"]
    assert len(landed.song.steps) == steps + 1
    assert all(Path(path).is_file() for path in files)


def test_discard_leaves_what_the_user_put_on_our_track(landed: Studio):
    own = landed.audio(landed.song.tracks[1], 60, 64, "mine.wav")
    landed.send("discard")
    landed.tick(2)
    assert landed.song.tracks[1].name == "Voice – variants"
    assert list(landed.song.tracks[1].arrangement_clips) == [own]


def test_the_clip_in_view_says_which_result(landed: Studio):
    landed.song.loop_start = 17.0
    landed.land(landed.ask("repaint", "variants=1"))
    first = landed.song.tracks[2].arrangement_clips[0]
    landed.song.view.detail_clip = first
    landed.send("discard")
    landed.tick(2)
    assert len(landed.song.tracks) == 4
    landed.song.view.detail_clip = None
    landed.send("discard")
    landed.tick(2)
    assert [track.name for track in landed.song.tracks] == ["Voice", "Keys", "Synth"]
    landed.send("discard")
    landed.tick(2)
    assert landed.said[-1] == "Dawbridge: Select a result of Dawbridge first."


def test_a_deleted_result_is_told(landed: Studio):
    landed.song._tracks.pop(1)
    landed.send("choose", 2)
    landed.tick(2)
    assert "lies here any more" in landed.said[-1]
