"""The engine dies, hangs, falls silent, babbles: the job is done all the same, or fails with a reason."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from bridge_server.client import Client
from bridge_server.config import Heartbeat
from bridge_server.protocol.errors import Problem
from bridge_server.protocol.events import (
    AnyEvent,
    Cancelled,
    Done,
    Failed,
    Progress,
    Started,
    TakeReady,
)
from bridge_server.protocol.requests import Generate
from tests.bridge.problems import check_problem
from tests.fakes.bridge import FAKE_ENGINE, RunningBridge
from tests.fakes.waiting import until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uses POSIX signals")
NewJob = Callable[..., Generate]
PATIENT = Heartbeat(
    every_seconds=0.05,
    start_within_seconds=10.0,
    lost_after_seconds=1.0,
    abort_within_seconds=1.0,
    restarts=50,
    window_seconds=60.0,
)


@pytest.fixture
def bridge(tmp_path: Path) -> Iterator[RunningBridge]:
    """A bridge for each test, as each loses its engine in its own way."""
    with RunningBridge(tmp_path / "home", heartbeat=PATIENT) as running:
        running.wait_for_engine()
        yield running


def starts(events: list[AnyEvent]) -> list[int]:
    return [event.attempt for event in events if isinstance(event, Started)]


def check_failed(event: AnyEvent, code: str) -> Failed:
    assert isinstance(event, Failed), event
    check_problem({"code": event.error.code, "message": event.error.message, "hint": event.error.hint}, code)
    return event


def test_a_job_whose_engine_dies_is_done_at_the_second_try(client: Client, new_job: NewJob, tmp_path: Path) -> None:
    told = list(client.run(new_job(seed=4, tags=f"steps=5 do=die at=3 once={tmp_path / 'mark'}")))
    assert starts(told) == [1, 2]
    assert isinstance(told[-1], Done)
    assert told[-1].takes[0].seed == 4


def test_a_job_that_kills_its_engine_twice_fails_with_a_reason(client: Client, new_job: NewJob) -> None:
    told = list(client.run(new_job(tags="do=die")))
    assert starts(told) == [1, 2]
    assert "2 times" in check_failed(told[-1], "engine_lost").error.message
    assert isinstance(list(client.run(new_job()))[-1], Done)


def test_a_take_that_is_there_is_not_rendered_again(client: Client, new_job: NewJob, bridge: RunningBridge) -> None:
    job = new_job(seed=10, variants=3, tags="steps=20 pause=0.01")
    client.submit(job)
    told: list[AnyEvent] = []
    first: dict[int, float] = {}
    for event in client.follow(job.job):
        told.append(event)
        if isinstance(event, TakeReady) and not first:
            first[event.take.number] = Path(event.take.path).stat().st_mtime_ns
            os.kill(bridge.engine_pid or 0, signal.SIGKILL)
    assert starts(told) == [1, 2]
    assert [event.take.number for event in told if isinstance(event, TakeReady)] == [1, 2, 3]
    done = told[-1]
    assert isinstance(done, Done)
    assert [take.seed for take in done.takes] == [10, 11, 12]
    assert Path(done.takes[0].path).stat().st_mtime_ns == first[1]


def test_an_engine_that_hangs_is_killed_when_its_job_is_cancelled(
    client: Client, new_job: NewJob, bridge: RunningBridge, tmp_path: Path
) -> None:
    hangs = tmp_path / "mark"
    job, next_job = new_job(tags=f"do=hang once={hangs}"), new_job()
    client.submit(job)
    client.submit(next_job)
    until(hangs.exists, 5, "the engine hangs")
    hung = bridge.engine_pid
    client.cancel(job.job)
    assert isinstance(list(client.follow(job.job))[-1], Cancelled)
    told = list(client.follow(next_job.job))
    assert isinstance(told[-1], Done)
    assert starts(told) == [1], "the next job must not pay for the hung one"
    assert bridge.engine_pid != hung
    assert hung is not None
    assert not psutil.pid_exists(hung)


def test_an_engine_that_falls_silent_is_replaced(client: Client, new_job: NewJob, tmp_path: Path) -> None:
    told = list(client.run(new_job(tags=f"steps=3 do=freeze at=1 once={tmp_path / 'mark'}")))
    assert starts(told) == [1, 2]
    assert isinstance(told[-1], Done)


def test_a_slow_step_is_not_silence(client: Client, new_job: NewJob) -> None:
    """The engine's other thread still answers, so a long step of the model is not taken for death."""
    told = list(client.run(new_job(tags=f"steps=1 pause={PATIENT.lost_after_seconds * 1.4}")))
    assert starts(told) == [1]
    assert isinstance(told[-1], Done)


def test_an_error_of_the_backend_fails_the_job_and_not_the_engine(
    client: Client, new_job: NewJob, bridge: RunningBridge
) -> None:
    before = bridge.engine_pid
    failed = check_failed(list(client.run(new_job(tags="do=break")))[-1], "engine_fault")
    assert "a string broke" in failed.error.message
    check_failed(list(client.run(new_job(tags="do=refuse")))[-1], "too_long")
    assert isinstance(list(client.run(new_job()))[-1], Done)
    assert bridge.engine_pid == before


def test_after_out_of_memory_comes_a_fresh_engine(client: Client, new_job: NewJob, bridge: RunningBridge) -> None:
    before = bridge.engine_pid
    told = list(client.run(new_job(tags="do=memory")))
    assert starts(told) == [1]
    check_failed(told[-1], "out_of_memory")
    told = list(client.run(new_job()))
    assert starts(told) == [1]
    assert isinstance(told[-1], Done)
    assert bridge.engine_pid != before


def test_late_words_of_a_lost_attempt_are_not_heard(client: Client, new_job: NewJob) -> None:
    told = list(client.run(new_job(seed=6, tags="steps=5 pause=0.02 do=chatter at=1")))
    assert isinstance(told[-1], Done)
    assert [take.seed for take in told[-1].takes] == [6]
    assert "late" not in {event.stage for event in told if isinstance(event, Progress)}


def test_cancelling_when_the_last_word_is_already_there_does_not_cost_the_engine(
    client: Client, new_job: NewJob, bridge: RunningBridge
) -> None:
    """However cancel and end cross on their way, the engine is not killed for it."""
    before = bridge.engine_pid
    for round_ in range(8):
        job = new_job(variants=3)
        client.submit(job)
        for event in client.follow(job.job):
            if isinstance(event, TakeReady) and event.take.number == 1 + round_ % 3:
                client.cancel(job.job)
                break
        assert isinstance(list(client.follow(job.job))[-1], Done | Cancelled)
    assert isinstance(list(client.run(new_job()))[-1], Done)
    assert bridge.engine_pid == before


def test_the_engine_ends_with_its_bridge(tmp_path: Path) -> None:
    with RunningBridge(tmp_path / "home") as bridge:
        bridge.wait_for_engine()
        engine = psutil.Process(bridge.engine_pid)
    assert not engine.is_running() or engine.status() == psutil.STATUS_ZOMBIE


# starting

SHORT = Heartbeat(
    every_seconds=0.05,
    start_within_seconds=0.6,
    lost_after_seconds=1.0,
    abort_within_seconds=0.3,
    restarts=3,
    window_seconds=2.5,
)


@pytest.mark.parametrize("start", ["exit", "mute", "stranger"])
def test_an_engine_that_never_comes_up_is_tried_three_times_and_again_later(
    start: str, tmp_path: Path, new_job: NewJob, caplog: pytest.LogCaptureFixture
) -> None:
    """The job that waits for it is done as soon as it comes up after all."""
    mark = tmp_path / "mended"
    engine = (*FAKE_ENGINE, "--start", start, "--mended", str(mark))
    job = new_job()
    with RunningBridge(tmp_path / "home", engine, SHORT) as bridge, bridge.client() as client:
        client.submit(job)
        until(lambda: client.hello().engine == "down", 5, "down")
        assert caplog.text.count("engine.lost") == 1 + SHORT.restarts
        welcome = client.hello()
        assert (welcome.engine, welcome.backends) == ("down", ())
        check_engine_problem(welcome.engine_problem)
        mark.touch()
        told = list(client.follow(job.job))
        assert isinstance(told[-1], Done)
        assert client.hello().engine == "ready"


def test_a_program_that_is_not_there_is_said_to_be(tmp_path: Path) -> None:
    with (
        RunningBridge(tmp_path / "home", (str(tmp_path / "no engine"),), SHORT) as bridge,
        bridge.client() as client,
    ):
        until(lambda: client.hello().engine == "down", 3, "down")
        assert "could not be started" in check_engine_problem(client.hello().engine_problem)


def check_engine_problem(problem: Problem | None) -> str:
    assert problem is not None
    check_problem({"code": problem.code, "message": problem.message, "hint": problem.hint}, "engine_lost")
    assert "engine.log" in problem.hint
    return problem.message
