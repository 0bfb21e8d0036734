"""Recording, other tabs, closed projects, REAPER closed, the key pressed twice: the take finds its place once."""

import json
import shutil
from collections.abc import Callable
from typing import Any

import pytest

from bridge_server.protocol import codec
from bridge_server.protocol.events import Done
from bridge_server.protocol.requests import Repaint
from tests.daw.conftest import Song
from tests.daw.desk import Desk
from tests.daw.studio import Studio, landed, listed, names

MakeSong = Callable[..., Song]


def reopened(song: Song, open_studio: Callable[..., Studio]) -> Song:
    """REAPER was closed and is opened again, with the same project as it was saved."""
    studio = open_studio(kept=song.studio.kept)
    project = studio.project(file=song.project.file)
    track = studio.track(project, P_NAME="Voice", GUID=song.track.text.GUID)
    item = studio.item(track, song.path, D_POSITION=2.0, B_LOOPSRC=0, GUID=song.item.text.GUID)
    return Song(studio, song.desk, project, track, item, song.path)


def test_while_recording_the_take_waits(song: Song):
    request = song.ask_and_start("", "", "1", "1", "")
    song.studio.world.play_state = 5
    song.desk.done(request)
    song.studio.until(lambda: "when the recording stops" in song.studio.text)
    song.studio.wait(3)
    assert landed(song.project) == 0
    song.studio.world.play_state = 0
    song.studio.finish()
    assert landed(song.project) == 1


def test_a_late_word_about_a_finished_job_changes_nothing(song: Song):
    request = song.ask_and_start("", "", "1", "1", "")
    song.studio.world.play_state = 5
    song.desk.done(request)
    song.studio.until(lambda: "when the recording stops" in song.studio.text)
    song.desk.progress(request.job, 0.5)
    song.desk.start(request.job)
    song.desk.cancelled(request.job)
    song.studio.until(lambda: not song.desk.outbox)
    song.studio.world.play_state = 0
    song.studio.finish()
    assert landed(song.project) == 1


def test_another_tab_in_front_does_not_get_the_take(song: Song):
    request = song.ask_and_start("", "", "1", "1", "")
    other = song.studio.project(file="/other.rpp")
    song.studio.track(other, P_NAME="Voice")
    song.studio.world.front = 2
    song.desk.done(request)
    song.studio.finish()
    assert landed(song.project) == 1
    assert names(other) == ["Voice"]
    assert listed(other.undo) == []


def test_reaper_7_0_waits_until_the_tab_is_in_front(make_song: MakeSong):
    song = make_song(version="7.10")
    request = song.ask_and_start("", "", "1", "1", "")
    song.studio.project(file="/other.rpp")
    song.studio.world.front = 2
    song.desk.done(request)
    song.studio.until(lambda: "tab is in front" in song.studio.text)
    song.studio.world.front = 1
    song.studio.finish()
    assert landed(song.project) == 1


def test_a_tab_that_is_closed_gets_its_take_when_it_is_open_again(song: Song, open_studio: Callable[..., Studio]):
    request = song.ask_and_start("", "", "1", "1", "")
    song.studio.project(file="/other.rpp")
    song.studio.world.close_project(song.project)
    song.desk.done(request)
    song.studio.until(lambda: "project is open again" in song.studio.text)
    song.studio.wait(2)
    assert song.desk.outbox == []
    song.studio.fake.terminate()

    again = reopened(song, open_studio)
    again.studio.run()
    again.studio.finish()
    assert landed(again.project) == 1


def test_a_project_saved_under_a_new_name_is_still_the_same(song: Song):
    request = song.ask_and_start("", "", "1", "1", "")
    song.project.file = "/somewhere/else.rpp"
    song.desk.done(request)
    song.studio.finish()
    assert landed(song.project) == 1


def test_reaper_closed_in_the_middle_of_a_job(song: Song, open_studio: Callable[..., Studio]):
    request = song.ask_and_start("lofi", "", "1", "2", "")
    song.studio.fake.terminate()
    song.desk.done(request)

    again = reopened(song, open_studio)
    again.studio.run()
    assert "Nothing is selected" in again.studio.messages[0]
    again.studio.finish()
    assert landed(again.project) == 2
    assert again.studio.world.window.opened == 1


def test_a_script_that_comes_back_asks_for_what_it_missed(song: Song, open_studio: Callable[..., Studio]):
    request = song.ask_and_start("", "", "1", "1", "")
    seen = song.desk.seq
    song.studio.fake.terminate()
    takes = song.desk.done(request)
    shutil.rmtree(song.desk.home / "mailbox" / "out")

    again = reopened(song, open_studio)
    again.studio.run()
    again.studio.until(lambda: song.desk.read() == [] and song.desk.greetings[-1].after == seen)
    song.desk.say(Done(job=request.job, seq=song.desk.seq, takes=takes))
    again.studio.finish()
    assert landed(again.project) == 1


def test_a_crash_after_the_drop_does_not_drop_twice(song: Song):
    request = song.ask_and_start("", "", "1", "2", "")
    record = song.studio.resource / "Dawbridge" / "jobs" / f"{request.job}.json"
    before = record.read_bytes()
    song.desk.done(request)
    song.studio.finish()
    saved = json.loads(before)
    saved["state"], saved["takes"] = "done", plain(song.desk, request)
    record.write_text(json.dumps(saved))
    song.studio.run()
    song.studio.finish()
    assert landed(song.project) == 2


def plain(desk: Desk, request: Repaint) -> list[dict[str, Any]]:
    """The takes as they stand in JSON."""
    return [json.loads(codec.to_json(take)) for take in desk.takes(request)]


@pytest.mark.parametrize("version", ["7.40", "6.80"])
def test_the_key_pressed_again_starts_a_second_job_and_keeps_the_first(make_song: MakeSong, version: str):
    """REAPER 7 ends the first run of the script; REAPER 6 leaves both running, and the first steps back."""
    song = make_song(version=version)
    first = song.ask_and_start("one", "", "1", "1", "")
    if version == "7.40":
        song.studio.fake.terminate()
    song.studio.select(song.project, 9.0, 11.0)
    second = song.ask_and_start("two", "", "1", "1", "")
    song.studio.until(lambda: len(song.studio.world.deferred) == 1)
    samples = 480_000 if version == "6.80" else None
    song.desk.done(second, samples)
    song.desk.done(first, samples)
    song.studio.finish()
    assert len(listed(song.project.undo)) == 2
    assert len(listed(song.item.takes)) - 1 + landed(song.project) == 2


def test_the_toolbar_button_is_lit_while_it_runs(song: Song):
    request = song.ask_and_start("", "", "1", "1", "")
    assert listed(song.studio.world.action_options) == [1 | 2 | 4]
    song.desk.done(request)
    song.studio.finish()
    song.studio.fake.terminate()
    assert listed(song.studio.world.action_options) == [7, 8]


def test_a_take_undone_and_its_waveform_half_drawn(song: Song):
    request = song.ask_and_start("", "", "1", "1", "")
    song.desk.done(request)
    song.studio.until(lambda: landed(song.project) == 1)
    song.studio.world.undo(song.project)
    song.studio.finish()
    assert names(song.project) == ["Voice"]


def test_the_loop_does_little_at_every_tick(song: Song):
    """A structural stand-in for 5 ms a tick: file operations are few, and dialogs would raise in the fake."""
    request = song.ask_and_start("", "", "1", "8", "")
    for step in range(20):
        song.desk.progress(request.job, step / 20)
        song.studio.tick(4)
    song.desk.done(request)
    song.studio.finish()
    assert song.studio.world.most_operations <= 12
    assert listed(song.studio.world.unguarded) == []


def test_a_store_that_cannot_be_read_is_left_alone(song: Song):
    folder = song.studio.resource / "Dawbridge" / "jobs"
    folder.mkdir(parents=True)
    (folder / "broken-record.json").write_text("{")
    request = song.ask_and_start("", "", "1", "1", "")
    song.desk.done(request)
    song.studio.finish()
    assert landed(song.project) == 1
    assert (folder / "broken-record.json").exists()
