"""Job: the moves of its state, its cost and its seeds."""

import itertools
from typing import get_args

import pytest

from bridge_server.jobs.job import ENDED, MOVES, Job, new_seconds, seeds_of
from bridge_server.protocol.events import State
from bridge_server.protocol.requests import Again, Extend, Generate, JobRequest
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Source

STATES = get_args(State)
SPAN = Span(0, 96_000, 48_000)
LEGAL = {
    ("queued", "running"),
    ("queued", "cancelled"),
    ("queued", "failed"),
    ("running", "queued"),
    ("running", "done"),
    ("running", "failed"),
    ("running", "cancelled"),
    ("failed", "queued"),
    ("cancelled", "queued"),
}


def job(state: State = "queued", **fields: object) -> Job:
    return Job(request=Generate(job="12345678", span=SPAN, **fields), client="c", door="zmq", state=state)  # type: ignore[arg-type]


@pytest.mark.parametrize(("before", "after"), list(itertools.product(STATES, STATES)))
def test_a_state_moves_only_where_it_may(before: State, after: State) -> None:
    moving = job(before)
    if (before, after) in LEGAL:
        moving.move(after)
        assert moving.state == after
    else:
        with pytest.raises(ValueError, match=f"from {before} to {after}"):
            moving.move(after)
        assert moving.state == before


def test_done_is_the_end() -> None:
    assert set(MOVES) == set(STATES)
    assert not MOVES["done"]
    assert all("running" not in MOVES[state] for state in ENDED)


@pytest.mark.parametrize(
    ("request_", "seconds"),
    [
        (Generate(job="12345678", span=SPAN), 2.0),
        (Extend(job="12345678", source=Source(path="/a.wav"), span=SPAN, left=24_000, right=48_000), 1.5),
        (Again(job="12345678", take="/a.wav"), 10.0),
    ],
)
def test_the_cost_is_what_is_made_anew(request_: JobRequest, seconds: float) -> None:
    assert new_seconds(request_) == seconds


def test_variants_cost_as_much_as_they_are() -> None:
    assert job(variants=4).cost_seconds == 8.0


def test_seeds_count_up_and_stay_exact_in_a_double() -> None:
    last = 2**53 - 1
    assert seeds_of(job(seed=7, variants=3).request) == (7, 8, 9)
    assert seeds_of(job(seed=last, variants=2).request) == (last, 0)
