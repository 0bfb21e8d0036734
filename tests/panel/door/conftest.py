"""The door is tested without a browser: a bridge in this process, and a client that was let in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.bridge import RunningBridge
from tests.panel.caller import Caller


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBridge]:
    with RunningBridge(tmp_path_factory.mktemp("home")) as running:
        running.wait_for_engine()
        yield running


@pytest.fixture
def caller(bridge: RunningBridge) -> Iterator[Caller]:
    with Caller(bridge) as caller:
        yield caller
