"""A client whose bridge has gone: it finds the next one and misses nothing, or says what to do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bridge_server.client import Client
from bridge_server.protocol.errors import NoBridge
from bridge_server.protocol.events import Accepted, Done, JobEvent
from bridge_server.protocol.requests import Generate
from tests.fakes.bridge import RunningBridge

SILENT_SECONDS = 0.2


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_a_client_follows_its_job_into_the_next_bridge(root: Path, new_job: Callable[..., Generate]) -> None:
    """The first bridge stops with the job in its queue: what it kept, the second does."""
    job = new_job()
    with RunningBridge(root) as first:
        client = Client(first.connection, "patient")
        client.hello()
        client.submit(job)
    with client, RunningBridge(root) as second:
        seen = []
        for event in client.events(SILENT_SECONDS):
            if isinstance(event, JobEvent):
                seen.append(event)
            if isinstance(event, Done):
                break
        assert client.connection == second.connection
    assert {event.job for event in seen} == {job.job}
    numbers = [event.seq for event in seen if event.seq]
    assert numbers == sorted(set(numbers))
    assert not [event for event in seen if isinstance(event, Accepted)]


def test_without_another_bridge_it_says_that_the_jobs_are_safe(root: Path) -> None:
    with RunningBridge(root) as bridge:
        client = Client(bridge.connection, "patient")
        client.hello()
    with client, pytest.raises(NoBridge) as gone:
        list(client.events(SILENT_SECONDS))
    assert "dawbridge up" in gone.value.hint
