"""Nothing is lost on the way: what a client missed it gets, once and in order, even after the bridge was away."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bridge_server.client import Client
from bridge_server.protocol.events import Accepted, AnyEvent, Cancelled, Done, JobEvent, Progress, Started, Welcome
from bridge_server.protocol.requests import Cancel, Generate, Hello
from tests.fakes.bridge import RunningBridge
from tests.fakes.knocks import MailboxKnock, answer
from tests.fakes.waiting import until

NewJob = Callable[..., Generate]


def kept(events: list[AnyEvent]) -> list[JobEvent]:
    return [event for event in events if isinstance(event, JobEvent) and event.seq]


def replay(client: Client, after: int, watch: str = "mine") -> list[JobEvent]:
    """What `hello` brings back: welcome says how far, then they come."""
    welcome = client.ask(Hello(id="back", after=after, watch=watch))  # type: ignore[arg-type]
    assert isinstance(welcome, Welcome)
    client.ask(Cancel(id="fence", job=FENCE))
    missed, client._kept_back = kept(client._kept_back), []
    return missed


FENCE = "fence-job"
"""A job that has ended long ago: the answer to cancelling it comes after everything that was replayed."""


@pytest.fixture
def fence(client: Client, new_job: NewJob) -> None:
    list(client.run(new_job(job=FENCE, project="")))


@pytest.mark.usefixtures("fence")
def test_exactly_what_was_missed_comes_again(bridge: RunningBridge, new_job: NewJob) -> None:
    with bridge.client("reaper") as reaper:
        told = kept(list(reaper.run(new_job(variants=2))))
    with bridge.client("other") as other:
        kept(list(other.run(new_job())))
    for missed in range(len(told)):
        with bridge.client("reaper") as reaper:
            assert replay(reaper, told[missed].seq - 1) == told[missed:]
            assert replay(reaper, told[-1].seq) == []
    with bridge.client("reaper") as reaper:
        assert reaper.hello().seq > told[-1].seq
        assert not kept(reaper._kept_back), "-1 asks for nothing old"
        everybody = replay(reaper, 0, "all")
        assert [event.seq for event in everybody] == list(range(1, len(everybody) + 1))
        assert set(told) < set(everybody)


@pytest.mark.usefixtures("fence")
def test_a_result_waits_for_a_client_that_went_away(bridge: RunningBridge, new_job: NewJob) -> None:
    job = new_job(tags="steps=10 pause=0.02")
    with bridge.client("sleeper") as sleeper:
        accepted = sleeper.submit(job)
    with bridge.client() as watcher:
        watcher.ask(Hello(id="w", watch="all"))
        list(watcher.follow(job.job))
        watcher.ask(Hello(id="w", watch="mine"))
    with bridge.client("sleeper") as sleeper:
        missed = replay(sleeper, accepted.seq)
    assert isinstance(missed[-1], Done)
    assert Path(missed[-1].takes[0].path).is_file()


def test_a_clean_restart_changes_nothing_for_the_client(tmp_path: Path, new_job: NewJob) -> None:
    waiting, done, gone = (new_job(job=f"job-{name}") for name in ("waiting", "done", "gone"))
    running = new_job(job="job-running", tags="steps=100 pause=0.01")
    with RunningBridge(tmp_path / "home") as bridge, bridge.client("reaper") as client:
        told = kept(list(client.run(done)))
        key = bridge.connection.key
        client.submit(running)
        next(event for event in client.follow(running.job) if isinstance(event, Progress) and event.fraction > 0)
        told += kept([client.submit(waiting), client.submit(gone)])
        client.cancel(gone.job)
        assert isinstance(list(client.follow(gone.job))[-1], Cancelled)
        client._kept_back.clear()
    assert not bridge.home.connection.exists()
    with RunningBridge(tmp_path / "home") as bridge, bridge.client("reaper") as client:
        assert bridge.connection.key != key
        client.ask(Hello(id="back", after=0))
        ends = set()
        events = []
        for event in client.events():
            events.append(event)
            if isinstance(event, Done):
                ends.add(event.job)
            if ends == {running.job, waiting.job, done.job}:
                break
        again = kept(events)
        assert again[: len(told) - 3] == told[: len(told) - 3]
        assert [event.seq for event in again] == sorted({event.seq for event in again})
        starts = [event.attempt for event in again if isinstance(event, Started) and event.job == running.job]
        assert starts == [1, 2]
        assert [event.job for event in again if isinstance(event, Accepted)].count(running.job) == 1
        assert [event.job for event in again if isinstance(event, Cancelled)] == [gone.job]


def test_the_mailbox_keeps_events_for_a_client_that_has_not_spoken_since(tmp_path: Path, new_job: NewJob) -> None:
    job = {"request": "generate", "job": "job-mailbox", "span": {"start": 0, "end": 9_600, "rate": 48_000}}
    with RunningBridge(tmp_path / "home") as bridge:
        bridge.wait_for_engine()
        knock = MailboxKnock(bridge.connection, "reaper")
        knock.letter({**job, "project": str(tmp_path), "tags": "steps=500 pause=0.01"})
        answer(knock, lambda event: event["event"] == "started")
    with RunningBridge(tmp_path / "home") as bridge:
        until(lambda: list((bridge.home.mailbox / "out" / "reaper").glob("*-started.json")), 5, "started again")
        with bridge.client() as client:
            client.cancel("job-mailbox")
        assert answer(knock, lambda event: event["event"] == "cancelled")["job"] == "job-mailbox"
