"""FairQueue: who comes next, and that nobody waits for ever."""

from collections import Counter, defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge_server.jobs.queue import PATIENCE, SMALL_SECONDS, FairQueue

SMALL, LARGE = 10.0, SMALL_SECONDS + 30.0


def drain(queue: FairQueue) -> list[str]:
    return [queue.pop() for _ in range(len(queue))]


def test_one_client_is_served_in_order() -> None:
    queue = FairQueue()
    for job in "abc":
        queue.add(job, "reaper", SMALL)
    assert drain(queue) == ["a", "b", "c"]


def test_an_empty_queue_has_no_next() -> None:
    queue = FairQueue()
    assert not queue
    with pytest.raises(IndexError):
        queue.pop()


def test_a_full_line_does_not_hold_up_another_client() -> None:
    queue = FairQueue()
    for number in range(100):
        queue.add(f"a{number}", "batch", SMALL)
    queue.add("b", "reaper", SMALL)
    assert "b" in drain(queue)[:2]


def test_clients_share_by_seconds_not_by_jobs() -> None:
    queue = FairQueue()
    for number in range(30):
        queue.add(f"short{number}", "short", 5.0)
        queue.add(f"long{number}", "long", 20.0)
    first = Counter(job.rstrip("0123456789") for job in drain(queue)[:25])
    assert first["short"] == pytest.approx(4 * first["long"], abs=4)


def test_a_client_that_was_away_gets_no_arrears() -> None:
    queue = FairQueue()
    for number in range(10):
        queue.add(f"busy{number}", "busy", SMALL)
    assert [queue.pop() for _ in range(5)] == [f"busy{number}" for number in range(5)]
    for number in range(5):
        queue.add(f"late{number}", "late", SMALL)
    owners = [job[:4] for job in drain(queue)]
    assert Counter(owners[:4]) == {"busy": 2, "late": 2}


def test_going_away_and_coming_back_is_no_way_to_jump_the_line() -> None:
    queue = FairQueue()
    queue.add("greedy0", "greedy", 1_000.0)
    assert queue.pop() == "greedy0"
    queue.add("modest0", "modest", SMALL)
    queue.add("greedy1", "greedy", SMALL)
    assert queue.pop() == "modest0"


def test_small_overtakes_large_but_only_so_often() -> None:
    queue = FairQueue()
    queue.add("large", "reaper", LARGE)
    for number in range(10):
        queue.add(f"small{number}", "reaper", SMALL)
    order = drain(queue)
    assert order.index("large") == PATIENCE
    assert [job for job in order if job != "large"] == [f"small{number}" for number in range(10)]


def test_large_jobs_keep_their_order() -> None:
    queue = FairQueue()
    for number in range(5):
        queue.add(f"large{number}", "reaper", LARGE)
    assert drain(queue) == [f"large{number}" for number in range(5)]


def test_remove_takes_a_job_out_of_turn() -> None:
    queue = FairQueue()
    for job in "abc":
        queue.add(job, "reaper", SMALL)
    assert queue.remove("b")
    assert not queue.remove("b")
    assert drain(queue) == ["a", "c"]


ARRIVALS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from("abc"), st.floats(0.01, 400.0)),
        st.just("pop"),
        st.tuples(st.just("remove"), st.integers(0, 60)),
    ),
    max_size=80,
)


@settings(max_examples=150, deadline=None)
@given(ARRIVALS)
def test_every_job_comes_out_once_and_none_waits_for_ever(arrivals: list[object]) -> None:
    queue, added, out = FairQueue(), {}, []
    order_in: dict[str, list[str]] = defaultdict(list)
    for number, arrival in enumerate(arrivals):
        match arrival:
            case "pop" if queue:
                out.append(queue.pop())
            case "pop":
                continue
            case ("remove", at):
                was_there = f"job{at}" in added and f"job{at}" not in out
                assert queue.remove(f"job{at}") == was_there
                if was_there:
                    order_in[added.pop(f"job{at}")].remove(f"job{at}")
            case (client, cost):
                job = f"job{number}"
                queue.add(job, client, cost)
                added[job] = client
                order_in[client].append(job)
    out += drain(queue)
    assert sorted(out) == sorted(added)
    for client, line in order_in.items():
        order_out = [job for job in out if added[job] == client]
        overtakers = {
            job: sum(order_out.index(later) < order_out.index(job) for later in line[line.index(job) :]) for job in line
        }
        assert all(count <= PATIENCE for count in overtakers.values())


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.floats(1.0, 100.0), min_size=40, max_size=40), st.lists(st.floats(1.0, 100.0), min_size=40, max_size=40)
)
def test_while_two_clients_wait_neither_gets_far_ahead(one: list[float], other: list[float]) -> None:
    """Goyal, Vin, Cheng 1996, theorem 1: the services differ by no more than the two largest jobs."""
    queue, costs = FairQueue(), {}
    for client, line in (("one", one), ("other", other)):
        for number, cost in enumerate(line):
            queue.add(f"{client}-{number}", client, cost)
            costs[f"{client}-{number}"] = cost
    served, left = {"one": 0.0, "other": 0.0}, {"one": 40, "other": 40}
    bound = max(one) + max(other)
    while all(left.values()):
        job = queue.pop()
        client = job.split("-")[0]
        served[client] += costs[job]
        left[client] -= 1
        assert abs(served["one"] - served["other"]) <= bound + 1e-6
