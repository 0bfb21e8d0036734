"""Letters and events get lost, come twice, come late or come broken: no take is lost or doubled."""

from typing import Any

from bridge_server.protocol.events import Done, EngineChanged
from bridge_server.protocol.requests import Repaint
from tests.daw.conftest import Song
from tests.daw.studio import landed, listed


def test_a_letter_that_nobody_answers_is_sent_again_as_the_same_job(song: Song):
    first = song.ask("", "", "1", "1", "")
    assert song.studio.until(song.desk.next_job) == first
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
    assert len(song.desk.unread) == 2, "a greeting and the request"


def test_a_bridge_that_was_started_anew_gets_the_job_under_its_new_key(song: Song):
    song.studio.answer("", "", "1", "1", "")
    song.studio.run()
    song.studio.until(lambda: song.desk.unread)
    song.desk.open(key="key-2")
    song.studio.wait(2)
    assert len(song.desk.unread) == 2, "the letters with the old key were taken back"
    request: Any = song.desk.next_job()
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
    began = song.studio.world.clock
    assert isinstance(song.studio.until(song.desk.next_job), Repaint)
    assert song.studio.world.clock - began < 1.1, "about a second"
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
