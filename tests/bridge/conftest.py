"""Bridges and requests that the tests of this folder share."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bridge_server.client import Client, new_job_id
from bridge_server.protocol.requests import Generate
from bridge_server.protocol.span import Span
from tests.fakes.bridge import RunningBridge


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBridge]:
    """One bridge with a fake engine for all tests of a module."""
    with RunningBridge(tmp_path_factory.mktemp("home")) as running:
        running.wait_for_engine()
        yield running


@pytest.fixture
def client(bridge: RunningBridge) -> Iterator[Client]:
    with bridge.client() as client:
        yield client


@pytest.fixture
def fast_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: for tests that write thousands of files."""
    memory = Path("/dev/shm")
    if not memory.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory, prefix="dawbridge-test-") as folder:
        yield Path(folder)


@pytest.fixture
def new_job(tmp_path: Path) -> Callable[..., Generate]:
    """`new_job(**fields)`: a quarter of a second of new music beside this test's own project."""

    def make(**fields: object) -> Generate:
        whole = {"job": new_job_id(), "span": Span(0, 12_000, 48_000), "project": str(tmp_path), **fields}
        return Generate(**whole)  # type: ignore[arg-type]

    return make
