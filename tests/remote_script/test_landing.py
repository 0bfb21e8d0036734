"""From a finished take to clips: on a new track, at the beat, unwarped, in one undo step; nothing else is touched."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.remote_script.conftest import Studio, fill
from tests.remote_script.fake_clips import Clip
from tests.remote_script.fake_live import Track

LIVES = [((12, 3), "lanes"), ((12, 0), "tracks"), ((11, 3), "tracks")]


def names(studio: Studio) -> list[str]:
    return [track.name for track in studio.song.tracks]


def state(track: Track) -> list[tuple[Any, ...]]:
    """Everything of the user's that must stay."""
    return [(clip.name, clip.start_time, clip.end_time, clip.muted, clip.file_path) for clip in track.arrangement_clips]


def files(clips: Any) -> list[str]:
    return [Path(clip.file_path).name for clip in clips]


def test_variants_land_in_lanes_below_the_original(studio: Studio):
    before = state(studio.song.tracks[0])
    takes = studio.land(studio.ask("repaint", "lofi", "variants=3"), 3)
    assert names(studio) == ["Voice", "Voice – variants", "Keys", "Synth"]
    track = studio.song.tracks[1]
    assert files(track.arrangement_clips) == ["take-1.wav"]
    assert [lane.name for lane in track.take_lanes] == ["Variant 1", "Variant 2", "Variant 3"]
    assert [files(lane.arrangement_clips) for lane in track.take_lanes] == [[Path(t["path"]).name] for t in takes]
    for clip in [*track.arrangement_clips, *(lane.arrangement_clips[0] for lane in track.take_lanes)]:
        assert clip.start_time == 20.0
        assert not clip.warping
        assert clip.end_time == pytest.approx(28.0, abs=1e-4)
    assert track.arrangement_clips[0].name == "Repaint 1 · lofi"
    assert state(studio.song.tracks[0]) == before
    assert len(studio.song.steps) == 1
    assert studio.song.stray == []
    assert studio.song.view.selected_track == studio.song.tracks[0]
    assert "3 variants on “Voice – variants”. One undo takes it back." in "\n".join(studio.said)


@pytest.mark.parametrize("version", [(12, 0), (11, 3)])
def test_before_12_2_each_variant_has_a_track_and_one_sounds(
    open_studio: Callable[..., Studio], version: tuple[int, ...]
):
    studio = open_studio(version=version)
    fill(studio)
    studio.land(studio.ask("repaint", "variants=2"), 2)
    assert names(studio) == ["Voice", "Voice – variants 1", "Voice – variants 2", "Keys", "Synth"]
    assert [track.mute for track in studio.song.tracks] == [False, False, True, False, False]
    assert len(studio.song.steps) == 1


def test_live_too_old_to_take_files_names_the_file(open_studio: Callable[..., Studio]):
    studio = open_studio(version=(11, 2), can_import=False)
    fill(studio)
    request = studio.ask("repaint")
    studio.accept(request)
    takes = studio.desk.finish(request)
    studio.until(lambda: "11.3.25" in studio.said[-1])
    assert takes[0]["path"] in studio.said[-1]
    assert names(studio) == ["Voice", "Keys", "Synth"]


def test_a_warped_guess_is_waited_for_and_told_again(studio: Studio, monkeypatch: pytest.MonkeyPatch):
    """Live carries `warping = False` out later; if it forgets, it is told once more."""
    request = studio.ask("repaint")
    studio.accept(request)
    studio.desk.finish(request)
    arrive = studio.song.tick
    monkeypatch.setattr(studio.song, "tick", studio.song.later.clear)
    studio.until(lambda: studio.song.steps)
    monkeypatch.setattr(studio.song, "tick", arrive)
    (clip,) = studio.song.tracks[1].arrangement_clips
    assert clip.warping
    studio.tick(15)
    assert not clip.warping
    assert studio.song.stray == []


def test_a_clip_that_stays_warped_is_told(studio: Studio, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(type(studio.song), "tick", lambda self: self.later.clear())
    studio.land(studio.ask("repaint"))
    studio.tick(40)
    assert "Switch Warp off" in studio.said[-1]


def test_the_tempo_has_changed_meanwhile(studio: Studio):
    """The beat stays, the seconds stay: so it says that the end does not fit any more."""
    request = studio.ask("repaint")
    studio.song.tempo = 100.0
    studio.land(request)
    (clip,) = studio.song.tracks[1].arrangement_clips
    assert clip.start_time == 20.0
    assert clip.end_time == pytest.approx(20 + 4 * 100 / 60, abs=1e-4)
    assert "the tempo has changed" in studio.said[-1]


@pytest.mark.parametrize(("verb", "beat"), [("extend_right", 32.0), ("extend_left", 8.0)])
def test_extensions_lie_beside_the_clip(studio: Studio, verb: str, beat: float):
    (clip,) = studio.song.tracks[0].arrangement_clips
    studio.song.view.detail_clip = clip
    studio.land(studio.ask(verb, "length=2 bars"))
    (made,) = studio.song.tracks[1].arrangement_clips
    assert made.start_time == pytest.approx(beat, abs=1e-4)
    assert made.end_time == pytest.approx(beat + 8, abs=1e-4)


def test_a_retake_lies_where_its_take_lies(studio: Studio):
    takes = studio.land(studio.ask("repaint"))
    (made,) = studio.song.tracks[1].arrangement_clips
    studio.song.view.detail_clip = made
    request = studio.ask("retake")
    assert request.take == takes[0]["path"]
    studio.land(request, timeline=123)
    assert names(studio)[:3] == ["Voice", "Voice – variants", "Voice – variants"]
    assert studio.song.tracks[2].arrangement_clips[0].start_time == 20.0


def test_stems_on_mute_tracks_of_their_own(studio: Studio):
    request = studio.ask("repaint", "stems=yes")
    studio.land(request, stems=("drums", "bass"))
    assert names(studio)[:4] == ["Voice", "Voice – variants", "Repaint 1 · drums", "Repaint 1 · bass"]
    assert [track.mute for track in studio.song.tracks][:4] == [False, False, True, True]
    assert len(studio.song.steps) == 1


def test_replace_mutes_only_whole_clips_inside(studio: Studio):
    voice = studio.song.tracks[0]
    inside = studio.audio(voice, 21, 23, "inside.wav")
    studio.land(studio.ask("repaint", "replace=yes"))
    assert inside.muted
    assert not voice.arrangement_clips[0].muted


def test_the_track_was_moved_and_renamed(studio: Studio):
    request = studio.ask("repaint")
    song = studio.song
    song._tracks.insert(2, song._tracks.pop(0))
    song._tracks[2]._name = "Lead vocal"
    studio.land(request)
    assert names(studio) == ["Keys", "Synth", "Lead vocal", "Voice – variants"]


def test_the_track_is_gone(studio: Studio):
    request = studio.ask("repaint")
    studio.song._tracks.pop(0)
    studio.accept(request)
    (take,) = studio.desk.finish(request)
    studio.until(lambda: "is gone" in studio.said[-1])
    assert take["path"] in studio.said[-1]
    assert names(studio) == ["Keys", "Synth"]
    assert studio.song.steps == []


def test_it_waits_while_live_records(studio: Studio):
    request = studio.ask("repaint")
    studio.song.record_mode = True
    studio.accept(request)
    studio.desk.finish(request)
    studio.tick(20)
    assert [text for text in studio.said if "when the recording stops" in text] == studio.said[-1:]
    assert studio.song.steps == []
    studio.song.record_mode = False
    studio.tick(3)
    assert len(studio.song.steps) == 1


def test_another_set_is_open(studio: Studio, open_studio: Callable[..., Studio]):
    request = studio.ask("repaint")
    first, other = studio.song, type(studio.song)((12, 3))
    other.add("Voice")
    studio.live.open(other)
    studio.song = other
    studio.accept(request)
    studio.desk.finish(request)
    studio.tick(20)
    assert "when its project is open again" in studio.said[-1]
    assert other.steps == []
    assert other.master_track.data == {}, "a set that is only looked at is not changed"
    studio.live.open(first)
    studio.song = first
    studio.tick(3)
    assert len(first.steps) == 1


def test_live_was_closed_meanwhile(studio: Studio):
    """The result was ready while Live was away: `hello` brings it."""
    request = studio.ask("repaint")
    studio.accept(request)
    studio.surface.disconnect()
    takes = [studio.desk.take(request, 1)]
    studio.desk.seq += 1
    done = {"job": request.job, "seq": studio.desk.seq, "takes": takes}
    studio.restart()
    studio.until(lambda: studio.surface._desk.courier.connected)
    studio.desk.send("done", **done)
    studio.until(lambda: studio.song.steps)
    assert names(studio)[1] == "Voice – variants"


def test_a_reply_that_comes_twice_lands_once(studio: Studio):
    request = studio.ask("repaint")
    studio.accept(request)
    takes = studio.desk.finish(request)
    studio.desk.send("done", job=request.job, seq=studio.desk.seq, takes=takes)
    studio.tick(10)
    studio.desk.send("done", job=request.job, seq=studio.desk.seq, takes=takes)
    studio.tick(10)
    assert len(studio.song.steps) == 1
    studio.restart()
    studio.until(lambda: studio.surface._desk.courier.connected)
    studio.desk.send("done", job=request.job, seq=studio.desk.seq, takes=takes)
    studio.tick(10)
    assert len(studio.song.steps) == 1


@pytest.mark.parametrize("version", [(12, 3), (11, 3)])
def test_a_file_that_live_cannot_read_leaves_nothing_behind(
    open_studio: Callable[..., Studio], version: tuple[int, ...]
):
    studio = open_studio(version=version)
    fill(studio)
    request = studio.ask("repaint", "variants=2")
    studio.accept(request)
    takes = [studio.desk.take(request, number) for number in (1, 2)]
    Path(takes[1]["path"]).write_bytes(b"no audio")
    studio.desk.keep("done", request.job, takes=takes)
    studio.until(lambda: "does not appear to point to a valid audio file" in studio.said[-1])
    assert takes[0]["path"] in studio.said[-1]
    assert names(studio) == ["Voice", "Keys", "Synth"]


def test_a_clip_that_live_does_not_give_back_is_found(studio: Studio, monkeypatch: pytest.MonkeyPatch):
    made = Track._create_audio_clip

    def silent(self: Track, path: str, position: float) -> None:
        made(self, path, position)

    monkeypatch.setattr(Track, "_create_audio_clip", silent)
    studio.land(studio.ask("repaint"))
    (clip,) = studio.song.tracks[1].arrangement_clips
    assert isinstance(clip, Clip)
    assert clip.name == "Repaint 1"
