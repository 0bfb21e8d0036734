"""The order of the queue as the user wants it: by `move`, told by `queue`, kept over a restart."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bridge_server.client import Client, new_job_id
from bridge_server.jobs.queue import SMALL_SECONDS, FairQueue
from bridge_server.protocol.errors import UnknownJob
from bridge_server.protocol.events import AnyEvent, QueueChanged, Started
from bridge_server.protocol.requests import Generate, Hello, List, Move
from bridge_server.protocol.span import Span
from tests.fakes.bridge import RunningBridge
from tests.fakes.waiting import until

SLOW = "steps=1000 pause=0.01"
NewJob = Callable[..., Generate]


def filled(*jobs: str) -> FairQueue:
    queue = FairQueue()
    for job in jobs:
        queue.add(job, "reaper", 10.0)
    return queue


def test_what_is_moved_goes_first_and_the_rest_as_before() -> None:
    queue = filled(*"abcd")
    assert queue.move("c", 0)
    assert queue.order() == list("cabd")
    assert queue.move("d", 1)
    assert queue.order() == list("cdab")
    assert [queue.pop() for _ in range(len(queue))] == list("cdab")


def test_what_waits_before_it_is_not_overtaken_any_more() -> None:
    queue = FairQueue()
    queue.add("long", "reaper", SMALL_SECONDS * 10)
    queue.add("short", "reaper", 1.0)
    assert queue.order() == ["short", "long"]
    queue.move("long", 0)
    queue.add("shorter", "reaper", 1.0)
    assert queue.order() == ["long", "short", "shorter"]


def test_what_the_user_put_in_order_still_counts_for_its_client() -> None:
    """Moving one's own jobs forward does not take the turns of others for good."""
    queue = FairQueue()
    for number in range(3):
        queue.add(f"mine{number}", "me", 20.0)
        queue.add(f"yours{number}", "you", 20.0)
    queue.move("mine2", 0)
    assert queue.order() == ["mine2", "yours0", "mine0", "yours1", "mine1", "yours2"]


def test_beyond_the_end_is_the_end() -> None:
    queue = filled(*"abc")
    assert queue.move("a", 99)
    assert queue.order() == list("bca")
    assert not queue.move("x", 0)
    assert queue.remove("c") and queue.order() == list("ba")


def test_looking_changes_nothing() -> None:
    queue = FairQueue()
    for number in range(20):
        queue.add(str(number), f"client{number % 3}", 5.0 + 40 * (number % 2))
    order = queue.order()
    assert order == queue.order() == [queue.pop() for _ in range(20)]


@pytest.fixture
def stage(client: Client, new_job: NewJob) -> tuple[str, list[str]]:
    """A job that runs, and three that wait."""
    running = new_job(tags=SLOW)
    client.submit(running)
    next(event for event in client.follow(running.job) if isinstance(event, Started))
    waiting = [new_job() for _ in range(3)]
    for job in waiting:
        client.submit(job)
    return running.job, [job.job for job in waiting]


def queued(client: Client) -> list[str]:
    lines = [line for line in client.list(List(id="q", limit=1_000)).jobs if line.position is not None]
    return [line.job for line in sorted(lines, key=lambda line: line.position or 0)]


def next_queue(client: Client) -> tuple[str, ...]:
    return next(event for event in client.events() if isinstance(event, QueueChanged)).jobs


def test_a_client_puts_a_waiting_job_first_and_watchers_hear(
    client: Client, bridge: RunningBridge, stage: tuple[str, list[str]]
) -> None:
    running, waiting = stage
    try:
        with bridge.client() as watcher:
            watcher.ask(Hello(id="w", watch="all"))
            client.ask(Move(id="m", job=waiting[2], position=0))
            assert next_queue(watcher) == (waiting[2], waiting[0], waiting[1])
            assert queued(client) == [waiting[2], waiting[0], waiting[1]]
            client.ask(Move(id="r", job=running))
            assert queued(client) == [waiting[2], waiting[0], waiting[1]]
            with pytest.raises(UnknownJob):
                client.ask(Move(id="x", job="no-such-job"))
            client.cancel(running)
            assert [event.job for event in started(watcher, 3)] == [waiting[2], waiting[0], waiting[1]]
            assert next_queue(watcher) == ()
    finally:
        client.cancel(running)


def started(client: Client, count: int) -> list[Started]:
    found: list[Started] = []
    for event in client.events():
        if isinstance(event, Started):
            found.append(event)
        if len(found) == count:
            return found
    return found


def test_only_watchers_are_told(client: Client, new_job: NewJob) -> None:
    heard: list[AnyEvent] = list(client.run(new_job()))
    assert not [event for event in heard if isinstance(event, QueueChanged)]


def test_a_running_job_says_since_when_and_what_it_does(client: Client, stage: tuple[str, list[str]]) -> None:
    running, _ = stage
    try:
        line = next(line for line in client.list(List(id="q", limit=1_000)).jobs if line.job == running)
        assert line.started >= line.created > 0
        assert line.position is None
    finally:
        client.cancel(running)


def test_the_order_survives_a_restart(tmp_path: Path) -> None:
    span = Span(0, 12_000, 48_000)
    jobs = [Generate(job=new_job_id(), span=span, project=str(tmp_path), tags=SLOW) for _ in range(4)]
    with RunningBridge(tmp_path / "home") as first, first.client("me") as client:
        first.wait_for_engine()
        for job in jobs:
            client.submit(job)
        next(event for event in client.follow(jobs[0].job) if isinstance(event, Started))
        client.ask(Move(id="m", job=jobs[3].job, position=0))
        before = queued(client)
    with RunningBridge(tmp_path / "home") as second, second.client("me") as client:
        # What had begun begins again first, then comes what was moved.
        assert [job for job in queued(client) if job in before] == before
        second.wait_for_engine()
        until(lambda: jobs[0].job not in queued(client), 5, "what had begun begins")
        assert queued(client) == before
        for job in jobs:
            client.cancel(job.job)
