"""The bridge is away, comes back, forgets, repeats; datagrams get lost; files cannot be written; our own slips."""

import json
import socket
import subprocess
from collections.abc import Callable

import pytest

from daw_scripts.remote_script.Dawbridge import commands
from daw_scripts.remote_script.Dawbridge import home as home_module
from daw_scripts.remote_script.Dawbridge.jobs import Jobs
from tests.remote_script.conftest import Studio, fill


def test_no_bridge_is_said_once_and_the_job_waits(studio: Studio):
    (studio.desk.home / "connection.json").unlink()
    studio.surface._desk.courier.connected = False
    studio.send("repaint")
    studio.tick(80)
    assert len([text for text in studio.said if "bridge is not running" in text]) == 1
    assert studio.desk.requests == []
    studio.desk.open()
    studio.until(lambda: studio.desk.requests)
    assert "The bridge answers." in "\n".join(studio.said)


def test_db_start_runs_the_written_command(studio: Studio, monkeypatch: pytest.MonkeyPatch):
    ran = []
    monkeypatch.setattr(subprocess, "Popen", lambda command, **how: ran.append((command, how)))
    command = ["/opt/a b/python", "-m", "bridge_server.cli", "up"]
    (studio.desk.home / "start.json").write_text(json.dumps({"version": 1, "command": command}))
    studio.send("start")
    studio.tick(2)
    assert ran[0][0] == command
    assert ran[0][1]["stdin"] == subprocess.DEVNULL
    assert "The bridge was started" in studio.said[-1]


def test_a_bridge_that_cannot_be_started(studio: Studio):
    command = {"version": 1, "command": [str(studio.folder / "no such program")]}
    (studio.desk.home / "start.json").write_text(json.dumps(command))
    studio.send("start")
    studio.tick(2)
    assert "could not be started" in studio.said[-1]


@pytest.mark.parametrize(
    "damaged", ["", "{", "[]", '{"version": 2, "command": ["x"]}', '{"version": 1, "command": [1]}']
)
def test_damaged_start_files(studio: Studio, damaged: str):
    (studio.desk.home / "start.json").write_text(damaged)
    assert home_module.start_command(str(studio.desk.home)) is None


def test_lost_datagrams_are_sent_again_and_are_one_job(studio: Studio):
    studio.desk.deaf = 3
    request = studio.ask("repaint")
    studio.tick(40)
    assert len(studio.desk.requests) == 1
    assert len({fields["job"] for fields in studio.desk.raw}) == 1
    studio.accept(request)
    sent = len(studio.desk.raw)
    studio.tick(40)
    assert len(studio.desk.raw) == sent


def test_the_bridge_was_started_anew_with_another_key(studio: Studio):
    studio.desk.key = "another"
    studio.desk.open()
    request = studio.ask("repaint")
    assert request.job
    assert not any("key" in text.lower() for text in studio.said[1:])


def test_the_bridge_moved_to_another_port_while_a_job_waits(studio: Studio):
    """Nobody answers at the old port: connection.json is read again."""
    studio.desk.deaf = 1_000_000
    studio.send("repaint")
    studio.tick(20)
    studio.desk.deaf = 0
    studio.until(lambda: studio.desk.requests)


def test_events_in_another_order(studio: Studio):
    request = studio.ask("repaint")
    studio.desk.seq = 3
    takes = [studio.desk.take(request, 1)]
    studio.desk.send("done", job=request.job, seq=3, takes=takes)
    studio.tick(3)
    studio.desk.send("accepted", job=request.job, seq=1)
    studio.desk.send("started", job=request.job, seq=2)
    studio.tick(3)
    assert len(studio.song.steps) == 1
    assert sorted(studio.desk.acknowledged) == [1, 2, 3]


def test_a_silent_job_is_asked_after(studio: Studio):
    request = studio.ask("repaint")
    studio.accept(request)
    greeted = []
    studio.surface._desk.courier.greet = lambda: greeted.append(studio.surface._desk.jobs.after())
    studio.tick(260)
    assert greeted[0] == 2
    assert len(greeted) == 1


def test_cancel(studio: Studio):
    request = studio.ask("repaint")
    studio.accept(request)
    cancel = studio.ask("cancel")
    assert cancel.job == request.job
    studio.desk.keep("cancelled", request.job)
    studio.tick(2)
    assert studio.said[-1].endswith(": stopped")
    studio.desk.finish(request)
    studio.tick(5)
    assert studio.song.steps == [], "a result after its cancel does not land"


def test_live_is_closed_before_anybody_has_heard_the_job(studio: Studio):
    """It goes out when Live is opened again, under the same id."""
    (studio.desk.home / "connection.json").unlink()
    studio.surface._desk.courier.connected = False
    studio.send("repaint", "lofi")
    studio.tick(5)
    studio.restart()
    studio.desk.open()
    studio.until(lambda: studio.desk.requests)
    (request,) = studio.desk.requests
    assert request.tags == "lofi"
    studio.accept(request)
    studio.restart()
    studio.tick(30)
    assert len(studio.desk.raw) == 1
    studio.land(request)
    assert len(studio.song.steps) == 1


def test_a_job_that_the_bridge_no_longer_knows(studio: Studio):
    request = studio.ask("repaint")
    studio.accept(request)
    cancel = studio.ask("cancel")
    error = {"code": "unknown_job", "message": "There is no such job.", "hint": "See `dawbridge jobs`."}
    studio.desk.send("refused", id=cancel.id, job=request.job, error=error)
    studio.tick(2)
    assert "There is no such job." in studio.said[-1]
    assert "nothing to stop" in studio.refuse_again("cancel")


def test_cancel_of_what_nobody_has_heard(studio: Studio):
    (studio.desk.home / "connection.json").unlink()
    studio.surface._desk.courier.connected = False
    studio.send("repaint")
    studio.tick(5)
    studio.send("cancel")
    studio.tick(5)
    assert studio.said[-1].endswith("stopped")
    studio.desk.open()
    studio.tick(60)
    assert studio.desk.requests == []


def test_failed_and_refused_are_told_as_they_are(studio: Studio):
    request = studio.ask("repaint")
    studio.accept(request)
    error = {"code": "out_of_memory", "message": "The device is too small.", "hint": "Select a shorter range."}
    studio.desk.keep("failed", request.job, error=error)
    studio.tick(2)
    assert studio.said[-1].endswith("bars 6–8: The device is too small. Select a shorter range.")
    request = studio.ask("repaint")
    studio.desk.send("refused", id="", job=request.job, error={"code": "bad_span", "message": "No.", "hint": "Yes."})
    studio.tick(2)
    assert studio.said[-1].endswith("No. Yes.")


def test_progress_in_steps_and_to_the_pedal(studio: Studio):
    request = studio.ask("repaint")
    studio.accept(request)
    for percent in range(0, 101, 2):
        studio.desk.send("progress", job=request.job, fraction=percent / 100, stage="rendering")
        studio.tick()
    assert len([text for text in studio.said if "rendering" in text]) == 11
    told = [value for address, value in studio.answers() if address.endswith("/progress")]
    assert told[-1] == pytest.approx(1.0)
    assert len(told) == 51


def test_status(studio: Studio):
    studio.send("status")
    studio.tick()
    assert studio.said[-1] == "Dawbridge: The engine is ready. No job is running."
    request = studio.ask("repaint")
    studio.accept(request)
    studio.desk.send("progress", job=request.job, fraction=0.5, stage="rendering")
    studio.tick(2)
    studio.send("status")
    studio.tick()
    assert studio.said[-1] == "Dawbridge: The engine is ready. Repaint Voice, bars 6–8 (50 %)"


def test_nonsense_on_both_wires_changes_nothing(studio: Studio):
    courier = studio.surface._desk.courier._socket.getsockname()
    for data in (
        b"",
        b"x",
        b"/dawbridge/1/done\0\0\0,s\0\0{",
        b"/dawbridge/1/file\0\0\0,s\0\0/no/file\0\0\0\0",
        b"#bundle\0",
    ):
        studio.pedal.sendto(data, courier)
        studio.pedal.sendto(data, ("127.0.0.1", studio.port))
    studio.tick(3)
    assert studio.ask("repaint").job


def test_two_lives_have_two_ports(studio: Studio, open_studio: Callable[..., Studio]):
    other = open_studio()
    assert 0 not in (studio.port, other.port)
    assert other.port != studio.port


def test_all_ports_are_taken(open_studio: Callable[..., Studio], monkeypatch: pytest.MonkeyPatch):
    """Clip names still work."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        taken = other.getsockname()[1]
        monkeypatch.setattr(commands, "PORTS", range(taken, taken + 1))
        studio = open_studio()
        assert f"{taken}–{taken} are taken; only clip names work" in studio.said[-1]
        fill(studio)
        (clip,) = studio.song.tracks[0].arrangement_clips
        studio.song.view.detail_clip = clip
        studio.tick()
        clip.__dict__["_name"] = "db:repaint"
        studio.until(lambda: studio.desk.requests)


def test_jobs_cannot_be_remembered(studio: Studio, monkeypatch: pytest.MonkeyPatch):
    def full(self: Jobs, now: float) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Jobs, "save", full)
    studio.ask("repaint")
    studio.tick(10)
    assert len([text for text in studio.said if "cannot remember" in text]) == 1


@pytest.mark.parametrize("damaged", ["", "{", "[]", '{"version": 1, "jobs": [1, {}]}', '{"version": 7}'])
def test_a_damaged_memory_is_begun_anew(open_studio: Callable[..., Studio], damaged: str, desk):
    folder = desk.home / "ableton"
    folder.mkdir(parents=True)
    (folder / "remote-script-jobs.json").write_text(damaged)
    studio = open_studio()
    fill(studio)
    assert studio.ask("repaint").job


def test_a_slip_of_ours_does_not_stop_live(studio: Studio, monkeypatch: pytest.MonkeyPatch):
    def slip(now: float) -> None:
        raise ZeroDivisionError("slip")

    monkeypatch.setattr(studio.surface._desk, "tick", slip)
    for _ in range(5):
        studio.surface.update_display()
    assert len(studio.live.log) == 1
    assert "ZeroDivisionError" in studio.live.log[0]
    assert "Log.txt" in studio.said[-1]
