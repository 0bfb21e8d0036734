"""Errors are told with their hint, and a job can be stopped."""

from bridge_server.protocol.errors import BadSpan, UnknownJob, Unsupported
from bridge_server.protocol.events import Done, Refused
from tests.daw.conftest import Song
from tests.daw.desk import cancels
from tests.daw.studio import landed, listed

ESCAPE, SPACE, CLOSED = 27, 32, -1


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
    assert [path.stem for path in song.studio.resource.glob("Dawbridge/jobs/*")] == [request.job]


def test_escape_takes_an_unread_letter_back(song: Song):
    song.studio.answer()
    song.studio.run()
    song.studio.until(lambda: song.desk.unread)
    song.studio.press(ESCAPE)
    song.studio.finish()
    assert song.desk.read() == [], "only the greeting is left"


def test_escape_sends_cancel_until_it_is_heard(song: Song):
    request = song.ask_and_start("", "", "1", "1", "")
    song.studio.press(ESCAPE)
    song.studio.until(lambda: "stopping" in song.studio.text)
    (first,) = song.studio.until(lambda: cancels(song.desk.read()))
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
    assert takes[0].path in "".join(song.studio.lines)
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
