"""ACE-Step v1 through two processes: the real code at tiny width, random weights; requests in, WAVs out."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge_server.client import Client, new_job_id
from bridge_server.protocol.errors import UnknownBackend
from bridge_server.protocol.events import Cancelled, Done, Failed, Preview, Progress
from bridge_server.protocol.requests import Again, Edit, Extend, Generate, JobRequest, Repaint, Retake
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Lora, Sampling, Source, Take
from tests.end_to_end.process import BridgeProcess
from tests.fakes.tiny_ace_v1 import VOCABULARY, write_tiny_checkpoint

BACKEND = "ace-step-v1"
QUICK = Sampling(infer_step=4)
RATE = 44_100
DAWBRIDGE = [sys.executable, "-c", "import sys; from bridge_server.cli import main; sys.exit(main())"]

needs_vocabulary = pytest.mark.skipif(not VOCABULARY.is_file(), reason=f"the lyric vocabulary is not at {VOCABULARY}")


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BridgeProcess]:
    folder = tmp_path_factory.mktemp("studio")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAWBRIDGE_ACE_STEP_V1", str(write_tiny_checkpoint(folder / "noise")))
        patch.setenv("DAWBRIDGE_LYRIC_VOCABULARY", str(VOCABULARY))
        patch.setenv("DAWBRIDGE_DEVICE", "cpu")
        patch.setenv("OMP_NUM_THREADS", "1")
        with BridgeProcess(folder / "home") as running:
            running.wait_for_engine()
            yield running


@pytest.fixture(scope="module")
def client(studio: BridgeProcess) -> Iterator[Client]:
    with studio.client("reaper") as found:
        yield found


def job(song: Path, **more: Any) -> dict[str, Any]:
    return {
        "job": new_job_id(), "project": str(song.parent), "backend": BACKEND, "seed": 7, "sample_format": "float32",
        **more,
    }  # fmt: skip


def composed(song: Path, **more: Any) -> dict[str, Any]:
    return job(song, sampling=QUICK, tags="funk, bass", **more)


def takes(client: Client, request: JobRequest) -> tuple[Take, ...]:
    *_, last = client.run(request)
    assert isinstance(last, Done), last
    return last.takes


def audio(path: str) -> Any:
    return soundfile.read(path, dtype="float32", always_2d=True)[0]


def test_it_is_listed_and_says_that_it_is_noise(client: Client) -> None:
    found = {backend.backend: backend for backend in client.hello().backends}
    assert client.hello().default_backend == "sketch"
    assert "noise" in found[BACKEND].model
    assert "noise" in found[BACKEND].about
    assert "edit" in found[BACKEND].tasks
    assert {"infer_step", "loras", "reference"} <= set(found[BACKEND].settings)


@needs_vocabulary
def test_generate_with_lyrics_then_again_then_retake(client: Client, song: Path) -> None:
    request = Generate(
        **composed(song, variants=2, preview=True), span=Span(0, RATE, RATE), lyrics="[verse]\nhello again\n"
    )
    events = list(client.run(request))
    assert isinstance(events[-1], Done), events[-1]
    first, second = events[-1].takes
    previews = [event for event in events if isinstance(event, Preview)]
    assert [preview.number for preview in previews] == [1, 2]
    assert audio(previews[0].path).shape[1] == 2
    assert (first.samples, second.seed) == (RATE, 8)
    assert not np.array_equal(audio(first.path), audio(second.path))
    assert np.isfinite(audio(first.path)).all()
    fractions = [event.fraction for event in events if isinstance(event, Progress)]
    assert fractions == sorted(fractions)
    (again,) = takes(client, Again(**job(song, seed=None), take=second.path))
    assert np.array_equal(audio(again.path), audio(second.path)), "the second of a job again, by itself"
    same, other = (
        takes(client, Retake(**job(song, seed=99), take=first.path, variance=variance))[0] for variance in (0.0, 0.5)
    )
    assert np.array_equal(audio(same.path), audio(first.path))
    assert not np.array_equal(audio(other.path), audio(first.path))


def test_repaint_changes_nothing_outside_and_the_next_starts_from_its_latents(client: Client, song: Path) -> None:
    span = Span(2 * RATE, 3 * RATE, RATE)
    (take,) = takes(client, Repaint(**composed(song), source=Source(path=str(song)), span=span, form="whole"))
    before, after = audio(str(song)), audio(take.path)
    assert np.array_equal(before[: span.start], after[: span.start])
    assert np.array_equal(before[span.end :], after[span.end :])
    assert not np.array_equal(before[span.start : span.end], after[span.start : span.end])
    again = Repaint(**composed(song), source=Source(path=take.path), span=span)
    (second,) = takes(client, again)
    assert any("latents" in note for note in second.notes)


@pytest.mark.parametrize(("left", "right"), [(0.5, 0.75), (0, 0.5), (0.5, 0)])
def test_extend(client: Client, song: Path, left: float, right: float) -> None:
    span = Span(0, 6 * RATE, RATE)
    lengths = {"left": round(left * RATE), "right": round(right * RATE)}
    (take,) = takes(client, Extend(**composed(song), source=Source(path=str(song)), span=span, **lengths))
    assert {part.side: part.samples for part in take.parts} == {side: count for side, count in lengths.items() if count}
    assert all(np.abs(audio(part.path)).max() > 0 for part in take.parts)


@pytest.mark.parametrize("mode", ["only_lyrics", "remix"])
def test_edit(client: Client, song: Path, mode: Any) -> None:
    span = Span(RATE, 2 * RATE, RATE)
    request = Edit(
        **composed(song), source=Source(path=str(song)), span=span, mode=mode, source_tags="rock", form="whole"
    )
    (take,) = takes(client, request)
    assert np.array_equal(audio(str(song))[: span.start], audio(take.path)[: span.start])


def test_cancel_in_the_middle_of_sampling(client: Client, song: Path) -> None:
    slow = {**composed(song), "sampling": Sampling(infer_step=1000)}
    request = Generate(**slow, span=Span(0, 4 * RATE, RATE))
    client.submit(request)
    for event in client.follow(request.job):
        if isinstance(event, Progress) and "step" in event.stage:
            client.cancel(request.job)
            break
    assert isinstance(list(client.follow(request.job))[-1], Cancelled)
    assert takes(client, Generate(**composed(song), span=Span(0, RATE, RATE))), "the engine is free and well"


def test_a_lora_for_another_model_is_refused_and_the_engine_goes_on(client: Client, song: Path, tmp_path: Path) -> None:
    (tmp_path / "lora.safetensors").write_bytes(b"not a LoRA at all")
    bad = Generate(**composed(song, loras=(Lora(path=str(tmp_path / "lora.safetensors")),)), span=Span(0, RATE, RATE))
    *_, last = client.run(bad)
    assert isinstance(last, Failed)
    assert last.error.code == "bad_request"
    assert "lora.safetensors" in last.error.message


def test_from_the_command_line(studio: BridgeProcess, song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAWBRIDGE_HOME", str(studio.home.root))
    words = ["generate", "--seconds", "1", "--tags", "funk", "--backend", BACKEND, "--steps", "3", "--seed", "5",
             "--set", "cfg_type=cfg", "--reference", song, "--out", song.parent / "takes", "--json"]  # fmt: skip
    done = subprocess.run([*DAWBRIDGE, *map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    last = json.loads(done.stdout.splitlines()[-1])
    assert last["event"] == "done"
    assert Path(last["takes"][0]["path"]).is_file()


def test_without_a_checkpoint_the_request_says_how_to_get_it(tmp_path: Path, song: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HOME", str(tmp_path / "nothing"))
        patch.delenv("DAWBRIDGE_ACE_STEP_V1", raising=False)
        with BridgeProcess(tmp_path / "home") as bridge:
            bridge.wait_for_engine()
            with bridge.client() as client, pytest.raises(UnknownBackend) as refusal:
                client.submit(Generate(**composed(song), span=Span(0, RATE, RATE)))
    assert "dawbridge models pull ace-step-v1" in refusal.value.hint
