"""Listening to what no file tells: in slices that leave REAPER quick, from the start again after edits, never half."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.daw.conftest import Song
from tests.daw.studio import items_of, listed

MakeSong = Callable[..., Song]
RATE = 48_000
SLICE_SECONDS = 0.005


def open_song(make_song: MakeSong, **item: Any) -> Song:
    """A song that has to be listened to."""
    song = make_song(seconds=3.0, D_PITCH=1, **item)
    samples = np.random.default_rng(3).uniform(-0.5, 0.5, (3 * RATE, 2)).astype(np.float32)
    soundfile.write(song.path, samples, RATE, subtype="FLOAT")
    song.studio.select(song.project, 3.0, 4.0)
    return song


def begin(song: Song) -> None:
    song.studio.answer("", "", "1", "1", "")
    song.studio.run()
    song.studio.until(lambda: len(song.studio.world.reads))


@pytest.mark.parametrize("microseconds", [0.05, 0.5, 5.0])
def test_no_tick_takes_longer_than_five_milliseconds(make_song: MakeSong, microseconds: float):
    """However fast the computer is: slices grow and shrink by what the last ones took."""
    song = open_song(make_song)
    song.studio.world.read_seconds = microseconds * 1e-6
    song.ask("", "", "1", "1", "")
    assert song.studio.world.longest_tick < SLICE_SECONDS
    frames = max(listed(song.studio.world.reads))
    assert frames <= 65_536 // 2
    assert (frames > 256) == (microseconds < 2)


def test_a_slow_first_read_makes_the_next_ones_smaller(make_song: MakeSong):
    song = open_song(make_song)
    song.studio.world.read_seconds = 4e-5
    begin(song)
    first, *others = song.studio.until(lambda: len(song.studio.world.reads) > 8 and listed(song.studio.world.reads))
    assert first == 256
    assert others[-1] == 128


def test_an_edit_of_the_track_starts_it_from_the_beginning(make_song: MakeSong):
    song = open_song(make_song)
    song.studio.world.read_seconds = 2e-6
    begin(song)
    song.item.info.D_VOL = 0.5
    song.track.revision += 1
    request = song.studio.until(song.desk.next_job)
    sound, _ = soundfile.read(request.source.path, dtype="float32")
    expected, _ = soundfile.read(song.path, dtype="float32")
    start = request.span.start
    np.testing.assert_array_equal(sound[start : start + RATE], expected[RATE : 2 * RATE] * np.float32(0.5))
    assert song.studio.world.open_accessors == 0


def test_a_track_that_is_edited_all_the_time_is_told(make_song: MakeSong):
    song = open_song(make_song)
    song.studio.world.read_seconds = 2e-6
    begin(song)
    for _ in range(20):
        song.track.revision += 1
        song.studio.tick()
    song.studio.until(lambda: "again and again" in song.studio.text)
    assert list(song.studio.folder.rglob("source.wav*")) == []
    assert song.studio.world.open_accessors == 0


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda song: song.project.tracks.__setitem__(1, None), "is gone"),
        (lambda song: setattr(song.item.info, "B_MUTE", 1), "Nothing sounds"),
    ],
    ids=["track deleted", "muted meanwhile"],
)
def test_what_cannot_be_heard_is_told(make_song: MakeSong, harm: Callable[[Song], None], words: str):
    song = open_song(make_song)
    song.studio.answer("", "", "1", "1", "")
    song.studio.run()
    harm(song)
    song.studio.until(lambda: words in song.studio.text or "could not say" in song.studio.text)
    assert song.desk.next_job() is None
    assert song.studio.world.open_accessors == 0


def test_a_script_that_is_ended_meanwhile_lets_go_of_everything(make_song: MakeSong):
    song = open_song(make_song)
    song.studio.world.read_seconds = 1e-4
    begin(song)
    assert song.studio.world.open_accessors == 1
    song.studio.fake.terminate()
    assert song.studio.world.open_accessors == 0
    assert list(song.studio.folder.rglob("source.wav*")) == []
    song.studio.world.read_seconds = 0.0
    song.studio.act("Show status")
    assert song.studio.until(song.desk.next_job), "the next script listens again"


def test_a_full_disk_is_told_and_leaves_nothing_behind(make_song: MakeSong):
    song = open_song(make_song)
    song.studio.runtime.execute(
        """
        local open = io.open
        io.open = function(path, mode)
          local file, reason = open(path, mode)
          if not file or not path:find("source%.wav") then return file, reason end
          local full = { close = function() return file:close() end, setvbuf = function() end }
          function full:write() return nil, "No space left on device" end
          return full
        end
        """
    )
    song.studio.answer("", "", "1", "1", "")
    song.studio.run()
    song.studio.until(lambda: "disk may be full" in song.studio.text)
    assert list(song.studio.folder.rglob("source.wav*")) == []


def test_escape_stops_it(make_song: MakeSong):
    song = open_song(make_song)
    song.studio.world.read_seconds = 1e-4
    begin(song)
    song.studio.press(27)
    song.studio.finish()
    assert song.desk.next_job() is None
    assert list(song.studio.folder.rglob("source.wav*")) == []
    assert list(song.studio.resource.glob("Dawbridge/jobs/*")) == []


def test_what_was_listened_to_goes_with_a_job_that_came_to_nothing_and_stays_beside_a_take(make_song: MakeSong):
    song = open_song(make_song)
    stopped = song.ask_and_start("", "", "1", "1", "")
    song.studio.press(27)
    song.studio.until(song.desk.read)
    song.desk.cancelled(stopped.job)
    song.studio.finish()
    assert list(song.studio.folder.rglob("source.wav")) == []
    landed = song.ask_and_start("", "", "1", "1", "")
    song.desk.done(landed)
    song.studio.finish()
    assert [path.parent.name for path in song.studio.folder.rglob("source.wav")] == [landed.job]


def test_an_unsaved_project_is_listened_to_into_our_own_folder(make_song: MakeSong):
    song = make_song(seconds=1.0, D_PITCH=1, project={"file": ""})
    song.studio.select(song.project, 2.2, 2.6)
    song.studio.answer("", "", "1", "1", "")
    song.studio.run()
    request = song.studio.until(song.desk.next_job)
    assert request.source.path == str(song.studio.resource / "Dawbridge" / "audio" / f"{request.job}.wav")
    assert request.project == ""


def test_the_result_lies_where_the_range_was_and_moves_with_its_item(make_song: MakeSong):
    song = open_song(make_song)
    request = song.ask_and_start("", "", "1", "1", "")
    assert request.span.start == 3 * RATE, "three seconds of the timeline lie before it"
    song.item.info.D_POSITION = 12.0
    song.desk.done(request)
    song.studio.finish()
    (item,) = items_of(song.project.tracks[2])
    assert item.info.D_POSITION == 13.0


def test_files_of_32_bit_floats_are_what_others_read(make_song: MakeSong):
    song = open_song(make_song)
    info = soundfile.info(song.ask("", "", "1", "1", "").source.path)
    assert (info.format, info.subtype, info.samplerate, info.channels) == ("WAV", "FLOAT", RATE, 2)
