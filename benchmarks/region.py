"""The bridge's share of a repaint, beside a plain script that reads, resamples and writes the same region.

The share is everything that is not the model: read the span with its context, bring it to the engine's rate, and bring
the answer back: resample, splice, measure and match loudness, write a Broadcast Wave with its recipe.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from benchmarks.table import Row, milliseconds, percentile
from bridge_server.protocol.requests import Repaint
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Capabilities, Source
from bridge_server.region.deliver import Rendered, deliver
from bridge_server.region.prepare import prepare

ROUNDS = 15
SPAN_SECONDS = 10
ENGINE_RATE = 44_100
ENGINE_SECONDS = 0.25
"""`sketch` takes about so long for ten seconds of music; a model takes much longer."""
CAPABILITIES = Capabilities(
    backend="bench", model="none", about="", tasks=("repaint",), sample_rate=ENGINE_RATE, context_seconds=10.0
)


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="dawbridge-bench-") as folder:
        long, short = (_song(Path(folder), minutes) for minutes in (10, 1))
        return [*_against_plain(long), _growth(long, short)]


def _song(folder: Path, minutes: int) -> Path:
    path = folder / f"{minutes}-minutes.wav"
    generator = np.random.default_rng(1)
    with soundfile.SoundFile(path, "w", 48_000, 2, "PCM_24") as file:
        for _ in range(minutes):
            file.write(generator.normal(0, 0.1, (60 * 48_000, 2)).astype(np.float32))
    return path


def _span(path: Path) -> Span:
    start = soundfile.info(path).frames // 2
    return Span(start, start + SPAN_SECONDS * 48_000, 48_000)


def _bridge(path: Path, engine_seconds: float) -> Callable[[], float]:
    """What the bridge adds to a job: seconds before the engine starts, and after it has ended.

    engine_seconds  how long the engine's work lasts, which is not counted; the bridge measures and hashes meanwhile
    """
    request = Repaint(job="bench-repaint", source=Source(path=str(path)), span=_span(path))
    folder = path.with_suffix("")
    folder.mkdir(exist_ok=True)
    wet = _music(SPAN_SECONDS * ENGINE_RATE)

    def once() -> float:
        started = time.perf_counter()
        prepared = prepare(request, CAPABILITIES)
        before = time.perf_counter() - started
        time.sleep(engine_seconds)
        started = time.perf_counter()
        deliver(prepared, Rendered(number=1, seed=1, stems={"mix": wet}), folder)
        return before + time.perf_counter() - started

    return once


def _plain(path: Path) -> Callable[[], float]:
    """What anybody would write in ten lines: no splice, no loudness, no recipe, no care for alignment."""
    span = _span(path)
    context = int(CAPABILITIES.context_seconds * 48_000)
    wet = _music(SPAN_SECONDS * ENGINE_RATE).T

    def once() -> float:
        started = time.perf_counter()
        with soundfile.SoundFile(path) as file:
            file.seek(span.start - context)
            audio = file.read(span.length + 2 * context, dtype="float32")
        soxr.resample(audio, 48_000, ENGINE_RATE, "HQ")
        out = soxr.resample(wet, ENGINE_RATE, 48_000, "VHQ")
        target = path.with_name("plain.wav")
        soundfile.write(target, out[: span.length], 48_000, "PCM_24")
        # The bridge's file is safe on the disk before anybody hears of it; to compare, so must this one be.
        with target.open("rb+") as written:
            os.fsync(written.fileno())
        return time.perf_counter() - started

    return once


def _music(length: int) -> NDArray[np.float32]:
    return np.random.default_rng(2).normal(0, 0.1, (2, length)).astype(np.float32)


def _against_plain(path: Path) -> list[Row]:
    """In turn, so that a slow moment of the machine meets all; the ratios are those of neighbours."""
    bridge, at_once, plain = _bridge(path, ENGINE_SECONDS), _bridge(path, 0.0), _plain(path)
    bridge(), at_once(), plain()
    rounds = [(bridge(), at_once(), plain()) for _ in range(ROUNDS)]
    ours, hurried, theirs = ([times[who] for times in rounds] for who in range(3))
    return [
        Row("bridge's share of a 10 s repaint, 10-minute file", milliseconds(percentile(ours, 50)), "< 150 ms"),
        Row("the same region by a plain soundfile + soxr script", milliseconds(percentile(theirs, 50))),
        Row("ratio of the two, round by round", _ratio(ours, theirs), "≤ 1.5 ×"),
        Row("the same ratio with an engine that takes no time at all", _ratio(hurried, theirs)),
    ]


def _growth(long: Path, short: Path) -> Row:
    bridges = _bridge(long, ENGINE_SECONDS), _bridge(short, ENGINE_SECONDS)
    rounds = [(bridges[0](), bridges[1]()) for _ in range(ROUNDS)]
    ratio = _ratio([times[0] for times in rounds], [times[1] for times in rounds])
    return Row("the same repaint: 10-minute file ÷ 1-minute file", ratio, "1 ×")


def _ratio(ours: Sequence[float], theirs: Sequence[float]) -> str:
    return f"{percentile([a / b for a, b in zip(ours, theirs, strict=True)], 50):.2f} ×"
