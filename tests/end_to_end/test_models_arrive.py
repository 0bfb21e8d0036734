"""A model that is fetched while the bridge runs serves the next job: nothing is started again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bridge_server.client import Client, new_job_id
from bridge_server.protocol.errors import UnknownBackend
from bridge_server.protocol.events import Done, EngineChanged, Welcome
from bridge_server.protocol.requests import Generate
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Sampling
from tests.end_to_end.process import BridgeProcess
from tests.fakes.tiny_ace_v1 import write_tiny_checkpoint
from tests.fakes.waiting import until

ACE = "ace-step-v1"
DAWBRIDGE = [sys.executable, "-c", "import sys; from bridge_server.cli import main; sys.exit(main())"]


def knows_it(client: Client) -> Welcome | None:
    welcome = client.hello()
    return welcome if ACE in [known.backend for known in welcome.backends] else None


def test_a_model_arrives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DAWBRIDGE_ACE_STEP_V1", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    monkeypatch.setenv("DAWBRIDGE_DEVICE", "cpu")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    checkpoint = write_tiny_checkpoint(tmp_path / "noise")
    with BridgeProcess(tmp_path / "home") as running:
        running.wait_for_engine()
        with running.client("reaper") as client:
            before = client.hello()
            assert ACE in [absent.backend for absent in before.absent]
            assert "edit" in before.absent[0].tasks
            assert before.absent[0].problem.hint
            job = Generate(
                job=new_job_id(), span=Span(0, 24_000, 48_000), backend=ACE, sampling=Sampling(infer_step=2), seed=1
            )
            with pytest.raises(UnknownBackend, match="not on this machine"):
                client.submit(job)
            subprocess.run(
                [*DAWBRIDGE, "models", "path", ACE, str(checkpoint)],
                check=True,
                env={**os.environ, "DAWBRIDGE_HOME": str(tmp_path / "home")},
                stdout=subprocess.DEVNULL,
            )
            after = until(lambda: knows_it(client), 20, "the bridge knows the model")
            assert ACE not in [absent.backend for absent in after.absent]
            told = next(event for event in client.events() if isinstance(event, EngineChanged))
            assert told.state == "ready", "so that hosts ask again what they need not grey out any more"
            assert [event for event in client.run(job) if isinstance(event, Done)]
