"""The life of a job, as a client sees it: order of events, sending twice, cancel, retry, choose."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bridge_server.client import Client, new_job_id
from bridge_server.protocol.errors import DuplicateJob, UnknownJob
from bridge_server.protocol.events import (
    Accepted,
    AnyEvent,
    Cancelled,
    Done,
    EngineChanged,
    Failed,
    JobEvent,
    Ok,
    Place,
    Progress,
    Started,
    TakeReady,
)
from bridge_server.protocol.requests import Choose, Generate, Hello, List, Retry
from bridge_server.protocol.span import Span
from tests.bridge.problems import check_problem
from tests.fakes.bridge import RunningBridge
from tests.fakes.waiting import until

SLOW = "steps=400 pause=0.01"
NewJob = Callable[..., Generate]


def words(events: list[AnyEvent]) -> list[str]:
    return [type(event).__name__ for event in events if not isinstance(event, Progress)]


def end_of(client: Client, job: str) -> AnyEvent:
    return list(client.follow(job))[-1]


@pytest.fixture
def busy(client: Client, new_job: NewJob) -> Iterator[str]:
    """A job that is being rendered, and ends with the test at the latest."""
    job = new_job(tags=SLOW)
    client.submit(job)
    next(event for event in client.follow(job.job) if isinstance(event, Progress) and event.stage.startswith("step"))
    yield job.job
    client.cancel(job.job)
    until(lambda: state_of(client, job.job) == "cancelled", 5, "the engine lets go")


def state_of(client: Client, job: str) -> str:
    jobs = client.list(List(id="state", limit=1_000)).jobs
    return next((line.state for line in jobs if line.job == job), "")


def test_events_come_in_order(client: Client, new_job: NewJob) -> None:
    job = new_job(variants=3, seed=7, tags="steps=4 pause=0.03")
    told = list(client.run(job))
    assert words(told) == ["Accepted", "Started", "TakeReady", "TakeReady", "TakeReady", "Done"]
    takes = [event.take for event in told if isinstance(event, TakeReady)]
    assert [(take.number, take.seed) for take in takes] == [(1, 7), (2, 8), (3, 9)]
    done = told[-1]
    assert isinstance(done, Done)
    assert done.takes == tuple(takes)
    fractions = [event.fraction for event in told if isinstance(event, Progress)]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0.0
    assert len(fractions) >= 4


def test_progress_is_not_chatty(client: Client, new_job: NewJob) -> None:
    job = new_job(tags="steps=60 pause=0.005")
    started = time.monotonic()
    told = [event for event in client.run(job) if isinstance(event, Progress)]
    at_most = 10 * (time.monotonic() - started) + 5
    assert len(told) <= at_most


def test_no_seed_is_a_random_one_that_is_told(client: Client, new_job: NewJob) -> None:
    seeds = set()
    for _ in range(2):
        done = list(client.run(new_job()))[-1]
        assert isinstance(done, Done)
        seeds.add(done.takes[0].seed)
    assert len(seeds) == 2


def test_a_job_sent_twice_is_one_job_with_one_answer(client: Client, new_job: NewJob) -> None:
    job = new_job(tags="steps=10 pause=0.02")
    first = client.submit(job)
    assert client.submit(job) == first
    done = end_of(client, job.job)
    assert client.submit(job) == first
    assert end_of(client, job.job) == done
    lines = [line for line in client.list(List(id="lines", limit=1_000)).jobs if line.job == job.job]
    assert [(line.state, line.fraction) for line in lines] == [("done", 1.0)]


def test_another_request_under_the_same_id_is_refused(client: Client, new_job: NewJob) -> None:
    job = new_job(seed=1)
    client.submit(job)
    with pytest.raises(DuplicateJob) as refusal:
        client.submit(new_job(job=job.job, seed=2))
    check_problem({"code": refusal.value.code, "message": refusal.value.message, "hint": refusal.value.hint})
    done = end_of(client, job.job)
    assert isinstance(done, Done)
    assert done.takes[0].seed == 1


def test_a_waiting_job_is_cancelled_before_it_starts(client: Client, new_job: NewJob, busy: str) -> None:
    job = new_job()
    accepted = client.submit(job)
    assert accepted.position == 1
    client.cancel(job.job)
    assert words(list(client.follow(job.job))) == ["Cancelled"]


def test_a_running_job_is_cancelled_at_its_next_step(client: Client, new_job: NewJob, tmp_path: Path) -> None:
    job = new_job(tags=SLOW, project=str(tmp_path))
    client.submit(job)
    next(event for event in client.follow(job.job) if isinstance(event, Progress) and event.stage.startswith("step"))
    asked = time.monotonic()
    client.cancel(job.job)
    answered = time.monotonic() - asked
    assert isinstance(end_of(client, job.job), Cancelled)
    let_go = time.monotonic() - asked
    assert answered < 1.0, "design: 100 ms"
    assert let_go < 2.0
    assert not list(tmp_path.rglob("take-*.wav"))
    assert isinstance(list(client.run(new_job()))[-1], Done)


def test_cancelling_what_is_not_there_or_over(client: Client, new_job: NewJob) -> None:
    with pytest.raises(UnknownJob):
        client.cancel("never-seen")
    job = new_job()
    done = list(client.run(job))[-1]
    client.cancel(job.job)
    assert client.submit(job) is not None
    assert end_of(client, job.job) == done


def test_a_cancelled_job_may_be_retried(client: Client, new_job: NewJob, busy: str) -> None:
    job = new_job(seed=3)
    client.submit(job)
    client.cancel(job.job)
    assert isinstance(end_of(client, job.job), Cancelled)
    assert isinstance(client.ask(Retry(id="again", job=job.job)), Ok)
    client.cancel(busy)
    told = list(client.follow(job.job))
    assert words(told) == ["Accepted", "Started", "TakeReady", "Done"]


def test_a_failed_job_may_be_retried_and_repeats_nothing(client: Client, new_job: NewJob, tmp_path: Path) -> None:
    job = new_job(seed=3, tags=f"do=break once={tmp_path / 'mark'}")
    failed = list(client.run(job))[-1]
    assert isinstance(failed, Failed)
    check_problem(
        {"code": failed.error.code, "message": failed.error.message, "hint": failed.error.hint}, "engine_fault"
    )
    client.ask(Retry(id="again", job=job.job))
    told = list(client.follow(job.job))
    assert words(told) == ["Accepted", "Started", "TakeReady", "Done"]
    again = client.submit(job)
    assert isinstance(again, Accepted)
    assert end_of(client, job.job) == told[-1]


def test_retrying_what_waits_runs_or_is_done_changes_nothing(client: Client, new_job: NewJob) -> None:
    with pytest.raises(UnknownJob):
        client.ask(Retry(id="q1", job="never-seen"))
    job = new_job()
    list(client.run(job))
    assert isinstance(client.ask(Retry(id="q2", job=job.job)), Ok)
    assert state_of(client, job.job) == "done"


def test_a_chosen_take_is_placed_by_its_owner(
    client: Client, bridge: RunningBridge, new_job: NewJob, tmp_path: Path
) -> None:
    job = new_job(variants=2)
    done = list(client.run(job))[-1]
    with bridge.client() as panel:
        panel.ask(Choose(id="1", job=job.job, number=2))
        with pytest.raises(UnknownJob):
            panel.ask(Choose(id="2", job=job.job, number=3))
    place = next(event for event in client.events() if isinstance(event, Place))
    assert (place.job, place.take.number, place.take.chosen) == (job.job, 2, True)
    takes = client.list(List(id="3", what="takes", project=str(tmp_path))).takes
    assert {take.number: take.chosen for take in takes} == {1: False, 2: True}
    client.ask(Choose(id="4", job=job.job, number=1))
    takes = client.list(List(id="5", what="takes", project=str(tmp_path))).takes
    assert {take.number: take.chosen for take in takes} == {1: True, 2: False}
    client.submit(job)
    assert end_of(client, job.job) == done


def test_takes_are_listed_by_project(client: Client, new_job: NewJob, tmp_path: Path) -> None:
    for name in ("one", "two"):
        list(client.run(new_job(project=str(tmp_path / name), variants=2)))
    takes = client.list(List(id="1", what="takes", project=str(tmp_path / "one"))).takes
    assert [take.number for take in takes] == [2, 1]
    assert all(Path(take.path).is_relative_to(tmp_path / "one" / "Dawbridge") for take in takes)


def test_who_watches_all_hears_of_everybodys_jobs(bridge: RunningBridge, client: Client, new_job: NewJob) -> None:
    job = new_job()
    with bridge.client("panel") as panel:
        panel.ask(Hello(id="w1", watch="all"))
        mine = [event for event in client.run(job) if not isinstance(event, Progress)]
        assert [event for event in panel.follow(job.job) if not isinstance(event, Progress)] == mine
        panel.ask(Hello(id="w2", watch="mine"))
        other = new_job()
        list(client.run(other))
        panel.hello()
        assert not [event for event in panel._kept_back if isinstance(event, JobEvent)]


def test_two_clients_share_the_engine(bridge: RunningBridge, client: Client, new_job: NewJob, busy: str) -> None:
    many = [new_job(job=f"many-{number}-{new_job_id()}") for number in range(6)]
    for job in many:
        client.submit(job)
    with bridge.client("latecomer") as latecomer:
        late = new_job()
        assert latecomer.submit(late).position == 7
        client.cancel(busy)
        end_of(latecomer, late.job)
        states = {line.job: line.state for line in latecomer.list(List(id="1", limit=1_000)).jobs}
        assert sum(states[job.job] == "done" for job in many) <= 2
    for job in many:
        end_of(client, job.job)


def test_a_thousand_jobs_are_accepted_and_done(fast_folder: Path) -> None:
    span = Span(0, 4_800, 48_000)
    with RunningBridge(fast_folder) as bridge, bridge.client() as client:
        bridge.wait_for_engine()
        for number in range(1_000):
            client.send(Generate(job=f"job-{number:05}", span=span, seed=number))
        accepted, done = [], set()
        while len(done) < 1_000:
            match next(client.events()):
                case Accepted(job=job):
                    accepted.append(job)
                case Done(job=job):
                    done.add(job)
                case Started() | TakeReady() | Progress() | EngineChanged():
                    continue
                case other:
                    raise AssertionError(f"unexpected: {other}")
        assert accepted == [f"job-{number:05}" for number in range(1_000)]
        listing = client.list(List(id="all", limit=1_000))
        assert {line.state for line in listing.jobs} == {"done"}
        assert len(listing.jobs) == 1_000
