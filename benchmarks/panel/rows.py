"""What the panel's own HTTP takes, beside a plain script that does the same work where there is one."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import httpx
import numpy as np
import soundfile

from benchmarks.panel import beside
from benchmarks.panel.archive import fill
from benchmarks.stage import Stage, stage
from benchmarks.table import Row, milliseconds, percentile
from bridge_server.client import new_job_id
from bridge_server.panel.media.peaks import of_file
from bridge_server.protocol.events import Done
from bridge_server.protocol.requests import Panel, Repaint
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Source
from bridge_server.region.read import open_audio

RATE = 48_000
ROUNDS = 15


def rows() -> list[Row]:
    return [*_over_http(), *beside.rows(), *_in_a_browser()]


def _over_http() -> list[Row]:
    with (
        tempfile.TemporaryDirectory(prefix="dawbridge-bench-") as folder,
        stage() as running,
        closing(_logged_in(running)) as http,
    ):
        return [
            Row("bridge with the panel open, resident", f"{running.resident_megabytes:.0f} MB", "< 80 MB"),
            *_history(running, http),
            *_waveforms(Path(folder), http),
            *_hearing(Path(folder), running, http),
        ]


def _logged_in(running: Stage) -> httpx.Client:
    with running.client("bench") as client:
        link = str(client.ask(Panel(id="link")).url)  # type: ignore[union-attr]
    base = link.partition("/enter")[0]
    http = httpx.Client(base_url=base, headers={"Origin": base}, timeout=60.0)
    assert http.get(link).status_code == 303
    return http


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _processor_time(work: Callable[[], object]) -> float:
    """What other work on the machine does not lengthen."""
    started = time.process_time()
    work()
    return time.process_time() - started


def _fetched(http: httpx.Client, address: str, **params: object) -> Callable[[], bytes]:
    def once() -> bytes:
        answer = http.get(address, params=params)  # type: ignore[arg-type]
        answer.raise_for_status()
        return answer.content

    return once


def _middle(times: Sequence[float]) -> str:
    return milliseconds(percentile(times, 50))


def _history(running: Stage, http: httpx.Client) -> list[Row]:
    fill(running.home, 500)
    every = _fetched(http, "/api/takes", limit=500)
    assert len(httpx.Response(200, content=every()).json()["takes"]) == 500
    listed = [_timed(every) for _ in range(ROUNDS)]
    searched = [_timed(_fetched(http, "/api/takes", text="waltz avenue", limit=500)) for _ in range(ROUNDS)]
    marked = [
        _timed(lambda: http.post("/api/takes/archive-500-00007/1/mark", json={"starred": True})) for _ in range(ROUNDS)
    ]
    fill(running.home, 10_000)
    many = [_timed(_fetched(http, "/api/takes", text="waltz avenue", limit=100)) for _ in range(ROUNDS)]
    return [
        Row("500 takes listed, over HTTP", _middle(listed), "< 300 ms on the page"),
        Row("500 takes searched for two words", _middle(searched)),
        Row("a take marked, and every tab told", _middle(marked)),
        Row("10,500 takes searched for two words", _middle(many)),
    ]


def _waveforms(folder: Path, http: httpx.Client) -> list[Row]:
    """Files of ten minutes, each new to the panel."""
    first, after, plain, worked = [], [], [], []
    for number in range(5):
        path = _ten_minutes(folder, number)
        upload = http.post("/api/uploads", params={"name": path.name}, content=path.read_bytes()).json()["id"]
        address = http.get("/api/audition", params={"upload": upload}).json()["original"]["peaks"]
        draw = _fetched(http, address, points=2_000)
        plain.append(_timed(lambda path=path: _plain_peaks(path)))
        first.append(_timed(draw))
        after += [_timed(draw) for _ in range(5)]
        worked.append(_processor_time(lambda path=path: of_file(open_audio(path))))
        path.unlink()
    ratio = percentile([a / b for a, b in zip(first, plain, strict=True)], 50)
    return [
        Row("peaks of a 10-minute file (24 bit, stereo), the first time", _middle(first), "< 200 ms"),
        Row("its processor time, on all cores together", _middle(worked)),
        Row("the same again", _middle(after), "< 10 ms"),
        Row("the first time ÷ a plain soundfile + numpy script", f"{ratio:.2f} ×"),
    ]


def _ten_minutes(folder: Path, seed: int) -> Path:
    path = folder / f"{seed}.wav"
    minute = np.random.default_rng(seed).normal(0, 0.1, (60 * RATE, 2)).astype(np.float32)
    with soundfile.SoundFile(path, "w", RATE, 2, "PCM_24") as file:
        for _ in range(10):
            file.write(minute)
    return path


def _plain_peaks(path: Path) -> None:
    """What anybody would write: read it all, the lowest and highest sample of each of 2,000 stretches."""
    audio = soundfile.read(path, dtype="float32")[0]
    stretches = audio[: len(audio) // 2_000 * 2_000].reshape(2_000, -1)
    stretches.min(axis=1), stretches.max(axis=1)


def _hearing(folder: Path, running: Stage, http: httpx.Client) -> list[Row]:
    """Three takes of ten seconds in the middle of a song of ten minutes, four seconds before and after."""
    running.wait_for_engine()
    song = _ten_minutes(folder, 99)
    laid, sounds, again = [], [], []
    for number in range(5):
        start = (60 + 40 * number) * RATE
        job = new_job_id()
        with running.client("bench") as client:
            *_, done = client.run(
                Repaint(
                    job=job,
                    project=str(folder),
                    source=Source(path=str(song)),
                    span=Span(start, start + 10 * RATE, RATE),
                    variants=3,
                    backend="sketch",
                )
            )
        assert isinstance(done, Done), done
        ask = _fetched(http, "/api/audition", job=job, around=4)
        laid.append(_timed(ask))
        heard = httpx.Response(200, content=ask()).json()
        urls = [heard["bed"]["url"], heard["original"]["url"], *(take["url"] for take in heard["takes"])]
        sounds.append(_timed(lambda urls=urls: [_fetched(http, url)() for url in urls]))
        again.append(_timed(lambda urls=urls: [_fetched(http, url)() for url in urls]))
    return [
        Row("an audition of 3 takes laid out", _middle(laid)),
        Row("its 5 sounds of 18 s rendered and sent, one after the other", _middle(sounds)),
        Row("the same again", _middle(again)),
    ]


def _in_a_browser() -> list[Row]:
    """Where Playwright and a browser are."""
    try:
        from benchmarks.panel import page
    except ImportError:
        return []
    with stage() as running:
        return page.rows(running)
