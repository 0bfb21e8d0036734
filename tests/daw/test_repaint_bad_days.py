"""The bridge dies, the tab is closed, the key is pressed twice, words get lost: no take is lost or doubled."""

import json
import shutil
from collections.abc import Callable
from typing import Any

import pytest

from bridge_server.protocol import codec
from bridge_server.protocol.errors import BadSpan, UnknownJob, Unsupported
from bridge_server.protocol.events import Done, EngineChanged, Refused
from bridge_server.protocol.requests import Repaint
from tests.daw.conftest import Song
from tests.daw.desk import Desk, cancels, hellos
from tests.daw.studio import Studio, items_of, listed, names

MakeSong = Callable[..., Song]

ESCAPE, SPACE, CLOSED = 27, 32, -1


def landed(project: Any) -> int:
    """How many variants lie on the sibling track."""
    return sum(len(items_of(track)) for track in listed(project.tracks) if "variants" in track.text.P_NAME)


def reopened(song: Song, open_studio: Callable[..., Studio]) -> Song:
    """REAPER was closed and is opened again, with the same project as it was saved."""
    studio = open_studio(kept=song.studio.kept)
    project = studio.project(file=song.project.file)
    track = studio.track(project, P_NAME="Voice", GUID=song.track.text.GUID)
    item = studio.item(track, song.path, D_POSITION=2.0, B_LOOPSRC=0, GUID=song.item.text.GUID)
    return Song(studio, song.desk, project, track, item, song.path)


# the wire


def test_a_letter_that_nobody_answers_is_sent_again_as_the_same_job(song: Song):
    first = song.ask("", "", "1", "1", "")
    song.studio.until(lambda: song.desk.unread)
    assert song.desk.read() == [first]
    song.studio.wait(6)
    assert "dawbridge up" in song.studio.text
    assert song.desk.read() == [first]
    song.desk.accept(first.job)
    song.studio.until(lambda: "in the queue" in song.studio.text)
    song.studio.wait(30)
    assert song.desk.read() == [], "an accepted job is not sent again"


def test_a_letter_that_lies_unread_is_not_piled_upon(song: Song):
    song.studio.answer()
    song.studio.run()
    song.studio.wait(20)
    assert len(song.desk.unread) == 1


def test_a_bridge_that_was_started_anew_gets_the_job_under_its_new_key(song: Song):
    song.studio.answer("", "", "1", "1", "")
    song.studio.run()
    song.studio.until(lambda: song.desk.unread)
    song.desk.open(key="key-2")
    song.studio.wait(2)
    assert len(song.desk.unread) == 1, "the letter with the old key was taken back"
    request: Any = song.desk.read()[0]
    song.desk.accept(request.job)
    song.desk.open(key="key-3")
    song.studio.until(lambda: "in the queue" in song.studio.text)


def test_a_stale_letter_is_replaced_at_once(song: Song):
    song.studio.answer("", "", "1", "1", "")
    song.studio.run()
    song.studio.until(lambda: song.desk.unread)
    song.desk.key = "key-2"
    assert song.desk.read() == [], "the desk refuses a letter with the wrong key"
    song.desk.open(key="key-2")
    waited = 0
    while not song.desk.unread:
        song.studio.tick()
        waited += 1
    assert waited < 30, "about a second"
    assert isinstance(song.desk.read()[0], Repaint)
    assert song.studio.messages == []


def test_a_bridge_that_goes_away_and_comes_back(song: Song):
    request = song.ask_and_start("", "", "1", "1", "")
    song.desk.close()
    song.studio.until(lambda: "dawbridge up" in song.studio.text)
    song.desk.open(key="key-2")
    song.desk.done(request)
    song.studio.finish()
    assert landed(song.project) == 1


def test_the_engine_s_state_is_shown(song: Song):
    request = song.ask("", "", "1", "1", "")
    song.desk.say(EngineChanged(state="starting"))
    song.desk.accept(request.job)
    song.studio.until(lambda: "engine to start" in song.studio.text)
    song.desk.say(EngineChanged(state="down"))
    song.studio.until(lambda: "engine is down" in song.studio.text)


def test_the_place_in_the_queue_is_shown(song: Song):
    request = song.ask("", "", "1", "1", "")
    song.desk.accept(request.job, position=3)
    song.studio.until(lambda: "3 before it" in song.studio.text)


def test_progress_moves_the_bar(song: Song):
    request = song.ask_and_start("", "", "1", "1", "")
    widths = []
    for fraction in (0.0, 0.25, 1.0):
        song.desk.progress(request.job, fraction, f"step {fraction}")
        song.studio.until(lambda at=fraction: f"step {at}" in song.studio.text)
        widths.append(song.studio.world.window.shown.bar)
    assert widths == [0, 432 // 4, 432]


def test_a_reply_that_arrives_twice_lands_once(song: Song):
    request = song.ask_and_start("", "", "1", "2", "")
    takes = song.desk.done(request)
    song.desk.say(Done(job=request.job, seq=song.desk.next_seq(), takes=takes))
    song.studio.finish()
    assert landed(song.project) == 2
    assert len(listed(song.project.undo)) == 1


def test_events_are_taken_in_order_and_deleted(song: Song):
    request = song.ask("", "", "1", "1", "")
    song.desk.progress(request.job, 0.9)
    song.desk.accept(request.job)
    song.desk.start(request.job)
    song.desk.done(request)
    song.studio.finish()
    assert song.desk.outbox == []
    assert landed(song.project) == 1
    assert list(song.studio.resource.glob("Dawbridge/repaint/*")) == []


def test_events_about_jobs_of_others_are_cleared_away(song: Song):
    request = song.ask_and_start("", "", "1", "1", "")
    stranger = request.__class__(job="stranger-1", source=request.source, span=request.span)
    song.desk.accept("stranger-1")
    song.desk.done(stranger)
    song.studio.until(lambda: not song.desk.outbox)
    assert landed(song.project) == 0


def test_an_event_that_cannot_be_read_is_logged_and_the_rest_goes_on(song: Song):
    request = song.ask_and_start("", "", "1", "1", "")
    box = song.desk.home / "mailbox" / "out" / song.desk.client
    (box / "000000000000-done.json").write_text('{"event":"done","takes":[')
    (box / "000000000001-more.json").write_text("[1]")
    song.desk.done(request)
    song.studio.finish()
    assert landed(song.project) == 1
    assert "event.unreadable" in (song.studio.resource / "Dawbridge" / "script.log").read_text()


def test_hundreds_of_events_are_handled_a_few_a_tick(song: Song):
    request = song.ask_and_start("", "", "1", "1", "")
    for _ in range(300):
        song.desk.accept("stranger-1")
    song.desk.done(request)
    song.studio.finish()
    assert landed(song.project) == 1
    assert song.studio.world.most_operations <= 45


# errors


def test_an_error_is_shown_with_its_hint(song: Song):
    request = song.ask_and_start("", "", "1", "1", "")
    song.desk.fail(request.job, BadSpan("The span leaves the file."))
    song.studio.until(lambda: "The span leaves the file." in song.studio.text)
    assert BadSpan.default_hint in song.studio.text
    song.studio.press(CLOSED)
    song.studio.finish()
    assert landed(song.project) == 0


def test_a_refusal_is_shown_with_its_hint(song: Song):
    request = song.ask("", "la la", "1", "1", "")
    error = Unsupported("The backend sketch cannot sing.", hint="Use ace-step-v1.").problem
    song.desk.say(Refused(job=request.job, error=error))
    song.studio.until(lambda: "cannot sing. Use ace-step-v1." in song.studio.text)


def test_a_job_that_ends_without_a_take_says_so(song: Song):
    request = song.ask_and_start("", "", "1", "1", "")
    song.desk.say(Done(job=request.job, seq=song.desk.next_seq()))
    song.studio.until(lambda: "without a take" in song.studio.text)


def test_an_error_of_the_script_is_told_and_logged_and_the_job_stays(song: Song):
    request = song.ask_and_start("", "", "1", "1", "")
    song.studio.runtime.execute(
        "rawset(..., 'EnumerateFiles', function() error('oh dear') end)", song.studio.fake.reaper
    )
    song.studio.until(lambda: "error of its own" in song.studio.text)
    log = (song.studio.resource / "Dawbridge" / "script.log").read_text()
    assert "oh dear" in log
    song.studio.press(CLOSED)
    song.studio.finish()
    assert [path.stem for path in song.studio.resource.glob("Dawbridge/repaint/*")] == [request.job]


# cancelling


def test_escape_takes_an_unread_letter_back(song: Song):
    song.studio.answer()
    song.studio.run()
    song.studio.until(lambda: song.desk.unread)
    song.studio.press(ESCAPE)
    song.studio.finish()
    assert song.desk.unread == []


def test_escape_sends_cancel_until_it_is_heard(song: Song):
    request = song.ask_and_start("", "", "1", "1", "")
    song.studio.press(ESCAPE)
    song.studio.until(lambda: "stopping" in song.studio.text)
    song.studio.until(lambda: song.desk.unread)
    (first,) = cancels(song.desk.read())
    assert first.job == request.job
    song.studio.until(lambda: song.desk.unread)
    assert cancels(song.desk.read()) == [first]
    song.desk.ok(first.id)
    song.studio.until(lambda: not song.desk.outbox)
    song.studio.wait(10)
    assert song.desk.unread == []
    song.desk.cancelled(request.job)
    song.studio.finish()
    assert landed(song.project) == 0
    assert not song.studio.has_window


def test_a_cancel_of_a_job_that_the_bridge_never_saw(song: Song):
    request = song.ask("", "", "1", "1", "")
    song.studio.press(ESCAPE)
    song.studio.until(lambda: song.desk.unread)
    (cancel,) = cancels(song.desk.read())
    song.desk.say(Refused(id=cancel.id, job=request.job, error=UnknownJob("There is no such job.").problem))
    song.studio.finish()


def test_a_reply_after_the_cancel_is_kept_but_not_laid_in(song: Song):
    request = song.ask_and_start("", "", "1", "1", "")
    song.studio.press(ESCAPE)
    song.studio.until(lambda: "stopping" in song.studio.text)
    takes = song.desk.done(request)
    song.studio.until(lambda: "before it could be stopped" in song.studio.text)
    assert landed(song.project) == 0
    assert takes[0].path in song.studio.text
    song.studio.press(ESCAPE)
    song.studio.finish()


def test_closing_the_window_does_not_stop_the_job(song: Song):
    request = song.ask_and_start("", "", "1", "1", "")
    song.studio.press(CLOSED)
    song.studio.wait(3)
    assert not song.studio.has_window
    assert song.desk.read() == []
    song.desk.done(request)
    song.studio.finish()
    assert landed(song.project) == 1


def test_the_space_bar_still_plays(song: Song):
    song.ask_and_start()
    song.studio.press(SPACE)
    song.studio.tick()
    assert listed(song.studio.world.commands) == [40044]


# the host


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
    again.studio.until(lambda: song.desk.unread)
    (hello,) = hellos(song.desk.read())
    assert hello.after == seen
    song.desk.welcome(hello.id)
    song.desk.say(Done(job=request.job, seq=song.desk.seq, takes=takes))
    again.studio.finish()
    assert landed(again.project) == 1


def test_a_crash_after_the_drop_does_not_drop_twice(song: Song):
    request = song.ask_and_start("", "", "1", "2", "")
    record = song.studio.resource / "Dawbridge" / "repaint" / f"{request.job}.json"
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
    folder = song.studio.resource / "Dawbridge" / "repaint"
    folder.mkdir(parents=True)
    (folder / "broken-record.json").write_text("{")
    request = song.ask_and_start("", "", "1", "1", "")
    song.desk.done(request)
    song.studio.finish()
    assert landed(song.project) == 1
    assert (folder / "broken-record.json").exists()
