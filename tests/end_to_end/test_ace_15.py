"""ACE-Step 1.5 through two processes: diffusers' pipeline at tiny width, random weights; requests in, WAVs out."""

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
from bridge_server.protocol.errors import Unsupported
from bridge_server.protocol.events import Cancelled, Done, Failed, Progress
from bridge_server.protocol.requests import (
    Accompany,
    Again,
    Extend,
    Generate,
    JobRequest,
    Layer,
    Repaint,
    Retake,
    Separate,
)
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Music, Sampling, Source, Take
from tests.conftest import make_tone
from tests.end_to_end.process import BridgeProcess
from tests.fakes.tiny_ace_15 import write_tiny_pipeline

BACKEND = "ace-step-1.5"
QUICK = Sampling(infer_step=3)
RATE = 44_100
DAWBRIDGE = [sys.executable, "-c", "import sys; from bridge_server.cli import main; sys.exit(main())"]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BridgeProcess]:
    folder = tmp_path_factory.mktemp("studio")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAWBRIDGE_ACE_STEP_1_5", str(write_tiny_pipeline(folder / "noise-base")))
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
    return job(song, **{"sampling": QUICK, "tags": "funk", "music": Music(bpm=120.0, key="D minor"), **more})


def takes(client: Client, request: JobRequest) -> tuple[Take, ...]:
    *_, last = client.run(request)
    assert isinstance(last, Done), last
    return last.takes


def audio(path: str) -> Any:
    return soundfile.read(path, dtype="float32", always_2d=True)[0]


def test_it_is_listed_with_what_its_checkpoint_can(client: Client) -> None:
    found = {backend.backend: backend for backend in client.hello().backends}
    assert "noise" in found[BACKEND].model
    assert {"layer", "accompany", "separate"} <= set(found[BACKEND].tasks)
    assert "drums" in found[BACKEND].roles
    assert client.hello().default_backend == "sketch"


def test_every_stem_task_gives_its_stem_over_the_span(client: Client, song: Path) -> None:
    span = Span(RATE, RATE + 30_011, RATE)
    tracks = (Source(path=str(song)), Source(path=str(song), gain_db=-6.0, start=4_410))
    (layer,) = takes(client, Layer(**composed(song), sources=tracks, span=span, role="drums"))
    (backing,) = takes(client, Accompany(**composed(song), sources=tracks[:1], span=span))
    (vocals,) = takes(client, Separate(**job(song), source=tracks[0], span=span, role="vocals"))
    for take in (layer, backing, vocals):
        assert take.samples == span.length
        assert np.abs(audio(take.path)).max() > 0
    notes = " ".join(layer.notes)
    assert "grid" in notes


def test_mono_at_96_khz_keeps_its_rate_and_length(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "mono.wav"
    soundfile.write(path, make_tone(seconds=3, rate=96_000)[0], 96_000, subtype="PCM_24")
    span = Span(96_001, 192_020, 96_000)
    (take,) = takes(client, Repaint(**composed(path), source=Source(path=str(path)), span=span, form="whole"))
    before, after = audio(str(path)), audio(take.path)
    assert before.shape == after.shape
    assert np.array_equal(before[: span.start], after[: span.start])
    assert np.array_equal(before[span.end :], after[span.end :])
    assert not np.array_equal(before, after)
    again = Repaint(**composed(path), source=Source(path=take.path), span=span)
    assert any("latents that the take kept" in note for note in takes(client, again)[0].notes)


def test_a_draft_is_refined_and_made_again(client: Client, song: Path) -> None:
    request = Generate(
        **composed(song, sampling=Sampling(infer_step=12)), span=Span(0, RATE, RATE), draft=True, lyrics="[verse]\nla"
    )
    (draft,) = takes(client, request)
    assert any("a draft in 8 of 12 steps" in note for note in draft.notes)
    again, refined = (
        takes(client, Again(**job(song, seed=None), take=draft.path, refine=refine))[0] for refine in (False, True)
    )
    assert np.array_equal(audio(again.path), audio(draft.path))
    assert not np.array_equal(audio(refined.path), audio(draft.path))
    assert refined.seed == draft.seed
    assert not any("draft" in note for note in refined.notes)
    (full,) = takes(client, Generate(
        **composed(song, sampling=Sampling(infer_step=12)), span=Span(0, RATE, RATE), lyrics="[verse]\nla"
    ))  # fmt: skip
    assert np.array_equal(audio(refined.path), audio(full.path)), "as if it had been asked for at once"


def test_extend_retake_and_cover(client: Client, song: Path) -> None:
    whole = Source(path=str(song))
    extended = Extend(**composed(song), source=whole, span=Span(0, 2 * RATE, RATE), left=9_001, right=20_003)
    (take,) = takes(client, extended)
    assert {part.side: part.samples for part in take.parts} == {"left": 9_001, "right": 20_003}
    (cover,) = takes(client, Generate(**composed(song), span=Span(0, RATE, RATE), reference=whole))
    assert cover.samples == RATE
    (varied,) = takes(client, Retake(**job(song, seed=9), take=cover.path, variance=0.0))
    assert np.array_equal(audio(varied.path), audio(cover.path))


def test_cancel_in_the_middle_of_sampling(client: Client, song: Path) -> None:
    request = Generate(**composed(song, sampling=Sampling(infer_step=1000)), span=Span(0, 4 * RATE, RATE))
    client.submit(request)
    for event in client.follow(request.job):
        if isinstance(event, Progress) and "step" in event.stage:
            client.cancel(request.job)
            break
    assert isinstance(list(client.follow(request.job))[-1], Cancelled)
    assert takes(client, Generate(**composed(song), span=Span(0, RATE, RATE))), "the engine is free and well"


def test_what_it_cannot_do_is_refused(client: Client, song: Path) -> None:
    tracks, span = (Source(path=str(song)),), Span(0, RATE, RATE)
    with pytest.raises(Unsupported, match="theremin"):
        client.submit(Layer(**composed(song), sources=tracks, span=span, role="theremin"))
    *_, last = client.run(Separate(**job(song), source=tracks[0], span=span, role="theremin"))
    assert isinstance(last, Failed)
    assert (last.error.code, "drums" in last.error.hint) == ("unsupported", True)


def test_from_the_command_line(studio: BridgeProcess, song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAWBRIDGE_HOME", str(studio.home.root))
    words = ["generate", "--seconds", "1", "--tags", "funk", "--backend", BACKEND, "--steps", "3", "--seed", "5",
             "--draft", "--reference", song, "--timbre", "--out", song.parent / "takes", "--json"]  # fmt: skip

    def said(words: list[Any]) -> dict[str, Any]:
        done = subprocess.run([*DAWBRIDGE, *map(str, words)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found

    first = said(words)["takes"][0]["path"]
    assert said(["again", first, "--refine", "--json"])["event"] == "done"
