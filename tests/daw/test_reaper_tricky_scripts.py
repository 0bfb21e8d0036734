"""The tricky cases of REAPER that are about scripts, selections and transport, by their numbers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from daw_scripts.bundle import bundle
from tests.daw.conftest import Song, write_wav
from tests.daw.desk import cancels
from tests.daw.studio import landed, listed, names

MakeSong = Callable[..., Song]


def land(song: Song, request: Any, **how: Any) -> None:
    song.desk.done(request, **how)
    song.studio.finish()


# 16: several scripts, a bridge that is strange; see also test_repaint_wire.py and test_repaint_days.py


def test_case_16_another_action_leaves_its_job_to_the_one_that_runs(song: Song):
    first = song.ask_and_start("one", "", "1", "1", "")
    song.studio.select(song.project, 9.0, 11.0)
    second = song.do("Generate into time selection", "two", "", "1", "")
    assert second.tags == "two"
    song.studio.until(lambda: len(song.studio.world.deferred) == 1)
    song.desk.accept(second.job)
    song.desk.done(first)
    land(song, second)
    assert landed(song.project) == 2
    assert {greeting.id.rsplit("-", 1)[0] for greeting in song.desk.greetings} == {song.desk.client}


def test_case_16_what_another_action_has_to_say_is_shown_by_the_one_that_runs(song: Song):
    song.ask_and_start("one", "", "1", "1", "")
    synth = song.studio.track(song.project, P_NAME="Synth")
    midi = song.studio.world.add_source("", song.studio.table(type="MIDI"))
    song.studio.item(synth, "", midi, D_POSITION=0.0, D_LENGTH=30.0)
    song.studio.answer("bass", "", "", "1", "")
    song.studio.act("Add layer to time selection")
    song.studio.until(lambda: "Not everything could be heard" in song.studio.text)
    assert len(song.studio.world.deferred) == 1


def test_case_16_a_script_that_died_is_replaced(song: Song):
    song.ask_and_start("one", "", "1", "1", "")
    song.studio.world.deferred = song.studio.table()
    song.studio.world.clock += 10
    second = song.do("Generate into time selection", "two", "", "1", "")
    assert second.tags == "two"


def test_case_16_cancel_from_another_script(song: Song):
    request = song.ask_and_start("one", "", "1", "1", "")
    song.studio.act("Cancel newest job")
    (asked,) = song.studio.until(lambda: cancels(song.desk.read()))
    assert asked.job == request.job
    song.desk.cancelled(request.job)
    song.studio.finish()
    assert landed(song.project) == 0


def test_case_16_a_reply_that_comes_twice_and_one_after_a_cancel(song: Song):
    request = song.ask_and_start("", "", "1", "1", "")
    song.desk.done(request)
    song.desk.done(request)
    song.studio.finish()
    assert landed(song.project) == 1
    second = song.ask_and_start("", "", "1", "1", "")
    song.studio.act("Cancel newest job")
    song.studio.until(lambda: cancels(song.desk.read()))
    song.desk.done(second)
    song.studio.until(lambda: "before it could be stopped" in song.studio.text)
    assert landed(song.project) == 1


# 17: what is selected; more in test_repaint_request.py


def test_case_17_a_razor_edit_on_two_tracks_asks(make_song: MakeSong):
    song = make_song(track={"razor": '3.0 5.0 ""'})
    other = song.studio.track(song.project, P_NAME="Bass", razor='3.0 5.0 ""', D_VOL=0.5)
    path = write_wav(song.studio.folder / "bass.wav", 480_000)
    song.studio.item(other, path, D_POSITION=2.0)
    song.studio.decide("no")
    song.studio.answer("", "", "1", "1", "")
    song.studio.run()
    assert "2 tracks" in song.studio.messages[0]
    request = song.studio.until(song.desk.next_job)
    assert [Path(clip.path).name for clip in request.source.clips] == ["voice.wav", "bass.wav"]
    assert request.source.clips[1].gain_db == pytest.approx(-6.02, abs=0.01)
    song.desk.accept(request.job)
    land(song, request)
    assert names(song.project) == ["Voice", "Bass", "Bass – variants"]
    assert song.project.tracks[3].info.D_VOL == 1


def test_case_17_one_request_for_each_track(make_song: MakeSong):
    song = make_song(is_selected=True)
    other = song.studio.track(song.project, P_NAME="Bass")
    path = write_wav(song.studio.folder / "bass.wav", 480_000)
    song.studio.item(other, path, D_POSITION=2.0, is_selected=True)
    song.studio.decide("yes")
    song.studio.answer("lofi", "", "1", "1", "")
    song.studio.run()
    found: list[Any] = []
    song.studio.until(lambda: found.extend(song.desk.read()) or len(found) == 2)
    assert [Path(request.source.path).name for request in found] == ["voice.wav", "bass.wav"]
    for request in found:
        song.desk.accept(request.job)
        song.desk.done(request)
    song.studio.finish()
    assert names(song.project) == ["Voice", "Voice – variants", "Bass", "Bass – variants"]


def test_case_17_without_a_selected_track_midi_and_results_are_not_counted(make_song: MakeSong):
    song = make_song(track={"is_selected": False})
    land(song, song.ask_and_start("", "", "1", "1", ""))
    synth = song.studio.track(song.project, P_NAME="Synth")
    midi = song.studio.world.add_source("", song.studio.table(type="MIDI"))
    song.studio.item(synth, "", midi, D_POSITION=0.0, D_LENGTH=30.0)
    assert song.ask("", "", "1", "1", "").source.path == str(song.path)


def test_case_17_whoever_closes_the_question_asks_for_nothing(make_song: MakeSong):
    song = make_song(track={"razor": '3.0 5.0 ""'})
    other = song.studio.track(song.project, razor='3.0 5.0 ""')
    song.studio.item(other, song.path, D_POSITION=2.0)
    song.studio.run()
    assert len(song.studio.messages) == 1
    assert not song.studio.tick()
    assert song.desk.unread == []


# 18: playback and recording


@pytest.mark.parametrize("state", [1, 2])
def test_case_18_playback_does_not_keep_a_take_away(song: Song, state: int):
    song.studio.world.play_state = state
    land(song, song.ask_and_start("", "", "1", "1", ""))
    assert landed(song.project) == 1
    assert listed(song.studio.world.commands) == []


def test_case_18_recording_that_begins_while_files_are_opened_is_not_disturbed(song: Song):
    request = song.ask_and_start("", "", "1", "8", "")
    song.desk.done(request)
    song.studio.until(lambda: len(song.studio.world.sources) > 0)
    song.studio.world.play_state = 5
    song.studio.until(lambda: "recording stops" in song.studio.text)
    assert landed(song.project) == 0
    song.studio.world.play_state = 0
    song.studio.finish()
    assert landed(song.project) == 8
    record = json.loads(next(song.studio.resource.glob("Dawbridge/landed/*")).read_text())
    assert record["id"] == request.job


KEEPER = """\
-- @description Dawbridge: A face that keeps the loop
local host = require("reaper.host")
local session = require("reaper.session")
session.open():run({
  draw = function() return host.remembered("keeper_%s") == "" end, close = function() end, is_keeper = true,
})
"""


def test_case_16_two_panels_at_once_lay_a_result_in_once(make_song: MakeSong):
    """The second takes the work over, and when it is closed, the first goes on from where the second has left it."""
    song = make_song(version="6.80", lua="5.3")
    song.studio.run(bundle(KEEPER % "one", "0.1.0"))
    request = song.ask_and_start("", "", "1", "1", "")
    song.studio.run(bundle(KEEPER % "two", "0.1.0"))
    song.studio.until(lambda: len(song.studio.world.deferred) == 2)
    song.desk.done(request, samples=480_000)
    song.studio.until(lambda: len(listed(song.item.takes)) == 2)
    second = song.ask_and_start("", "", "1", "1", "")
    song.studio.world.ext["Dawbridge"]["keeper_two"] = "closed"
    song.desk.done(second, samples=480_000)
    song.studio.until(lambda: len(song.studio.world.deferred) == 1)
    song.studio.until(lambda: len(listed(song.item.takes)) == 3)
    song.studio.world.ext["Dawbridge"]["keeper_one"] = "closed"
    song.studio.finish()
    assert len(listed(song.item.takes)) == 3
    assert len(listed(song.project.undo)) == 2
