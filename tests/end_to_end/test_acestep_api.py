"""A server of the user's own through bridge and engine: added while both run, asked, gone again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge_server.client import Client, new_job_id
from bridge_server.protocol.errors import UnknownBackend
from bridge_server.protocol.events import Cancelled, Done, Failed, Progress
from bridge_server.protocol.requests import Again, Generate, JobRequest, Layer, Repaint
from bridge_server.protocol.servers import NAME
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Source, Take
from tests.conftest import make_tone
from tests.end_to_end.process import BridgeProcess
from tests.fakes.acestep_server import BASE, FakeAceStep, serving
from tests.fakes.waiting import until

RATE = 44_100
DAWBRIDGE = [sys.executable, "-c", "import sys; from bridge_server.cli import main; sys.exit(main())"]


def dawbridge(home: Path, *words: str) -> dict[str, Any]:
    """What `dawbridge server …` says about it."""
    done = subprocess.run(
        [*DAWBRIDGE, *words, "--json"],
        env={**os.environ, "DAWBRIDGE_HOME": str(home)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeAceStep]:
    with serving(FakeAceStep(models={BASE: True})) as there:
        yield there


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory, fake: FakeAceStep) -> Iterator[BridgeProcess]:
    """A bridge to which the server was added while it ran."""
    folder = tmp_path_factory.mktemp("studio") / "home"
    with BridgeProcess(folder) as running:
        running.wait_for_engine()
        with running.client("early") as client, pytest.raises(UnknownBackend):
            client.submit(Generate(job=new_job_id(), span=Span(0, 24_000, 48_000), backend=NAME))
        said = dawbridge(folder, "server", "add", fake.address)
        assert said["event"] == "server", said
        assert {"repaint", "layer", "separate"} <= set(said["requests"])
        yield running


@pytest.fixture(scope="module")
def client(studio: BridgeProcess) -> Iterator[Client]:
    with studio.client("reaper") as found:
        until(lambda: NAME in [known.backend for known in found.hello().backends], 20, "the bridge knows the server")
        yield found


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "song.wav"
    soundfile.write(path, make_tone(seconds=20, rate=RATE).T, RATE, subtype="PCM_24")
    return path


def job(song: Path, **more: Any) -> dict[str, Any]:
    return {"job": new_job_id(), "project": str(song.parent), "backend": NAME, "seed": 7, **more}


def taken(client: Client, request: JobRequest) -> Take:
    *_, last = client.run(request)
    assert isinstance(last, Done), last
    return last.takes[0]


def audio(path: str | Path) -> Any:
    return soundfile.read(path, dtype="float32", always_2d=True)[0]


def test_a_repaint_changes_nothing_outside(client: Client, song: Path) -> None:
    span = Span(200_001, 500_000, RATE)
    take = taken(client, Repaint(**job(song, source=Source(path=str(song)), span=span, form="whole")))
    before, after = audio(song), audio(take.path)
    assert after.shape == before.shape
    edge = RATE // 10
    assert np.array_equal(before[: span.start - edge], after[: span.start - edge])
    assert np.array_equal(before[span.end + edge :], after[span.end + edge :])
    assert not np.allclose(before[span.start + edge : span.end - edge], after[span.start + edge : span.end - edge])
    again = taken(client, Again(job=new_job_id(), take=take.path))
    assert np.array_equal(audio(again.path), after)


def test_a_layer_is_a_stem_as_long_as_its_span(client: Client, song: Path) -> None:
    span = Span(44_100, 441_000, RATE)
    take = taken(client, Layer(**job(song, sources=(Source(path=str(song)),), span=span, role="bass")))
    assert take.samples == span.length


def test_a_cancel_is_answered_although_the_server_goes_on(client: Client, fake: FakeAceStep, song: Path) -> None:
    fake.looks = 10_000
    request = Generate(**job(song, span=Span(0, RATE * 2, RATE)))
    client.submit(request)
    events = client.follow(request.job)
    next(event for event in events if isinstance(event, Progress) and "server" in event.stage)
    started = time.monotonic()
    client.cancel(request.job)
    assert isinstance(list(events)[-1], Cancelled)
    assert time.monotonic() - started < 2
    fake.looks = 2


def test_a_failure_is_told_in_the_servers_words(client: Client, fake: FakeAceStep, song: Path) -> None:
    fake.faults = ["failed"]
    *_, last = client.run(Generate(**job(song, span=Span(0, RATE, RATE))))
    assert isinstance(last, Failed)
    assert (last.error.code, bool(last.error.hint)) == ("server_failed", True)
    assert "the reason why" in last.error.message


def test_removed_it_is_gone(studio: BridgeProcess, client: Client) -> None:
    assert dawbridge(studio.home.root, "server", "remove")["event"] == "server removed"
    until(lambda: NAME not in [known.backend for known in client.hello().backends], 20, "the bridge forgets the server")
