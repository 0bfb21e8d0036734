"""`dawbridge engine`, `load`, `unload` and `move`, with a real bridge around a fake engine that has weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bridge_server.client import new_job_id
from bridge_server.protocol.requests import Generate
from bridge_server.protocol.span import Span
from tests.cli.conftest import Said
from tests.end_to_end.process import FAKE, BridgeProcess
from tests.fakes.engine import HEAVY_SCRIPT
from tests.fakes.waiting import until

Command = Callable[..., Said]


@pytest.fixture
def bridge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BridgeProcess]:
    monkeypatch.setenv("DAWBRIDGE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv(HEAVY_SCRIPT, "steps=3 pause=0.1")
    with BridgeProcess(tmp_path / "home", program=FAKE) as running:
        running.wait_for_engine()
        yield running


def test_a_model_is_loaded_shown_and_unloaded(bridge: BridgeProcess, dawbridge: Command) -> None:
    said = dawbridge("engine", "load", "heavy")
    assert (said.code, "heavy is loaded on fake, 1.00 GB." in said.err) == (0, True)
    shown = dawbridge("engine")
    assert "The engine is ready." in shown.out
    assert "yes on fake, 1.00 GB" in shown.out
    assert "fake (default)" in shown.out
    assert "needs none" in shown.out
    assert dawbridge("engine", "load", "heavy", "--json").last["models"][0]["bytes"] == 10**9
    assert dawbridge("engine", "unload", "--json").last["event"] == "ok"
    until(lambda: "models" not in dawbridge("engine", "--json").last, 5, "it leaves the memory")


def test_what_cannot_be_loaded_fails_with_its_reason(
    bridge: BridgeProcess, dawbridge: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = dawbridge("engine", "load", "nobody")
    assert said.code == 1
    assert "There is no backend called 'nobody' here." in said.err


def test_a_job_is_moved(bridge: BridgeProcess, dawbridge: Command, tmp_path: Path) -> None:
    span = Span(0, 12_000, 48_000)
    jobs = [
        Generate(job=new_job_id(), span=span, project=str(tmp_path), tags="steps=1000 pause=0.01") for _ in range(3)
    ]
    with bridge.client() as client:
        for job in jobs:
            client.submit(job)
        until(lambda: "running" in dawbridge("jobs").out, 5, "the first begins")
        said = dawbridge("move", jobs[2].job)
        assert said.err.strip().endswith("is next.")
        assert "behind 1" in dawbridge("jobs").out
        assert dawbridge("move", jobs[2].job, "--behind", "5").err.strip().endswith("is behind 1 other.")
        assert "does not wait: it is running" in dawbridge("move", jobs[0].job).err
        assert dawbridge("move", "not-a-job").code == 1
        for job in jobs:
            client.cancel(job.job)
