"""The suite `stems`: the backend ace-step-1.5 beside the bare AceStepPipeline, same steps, same run; tiny weights.

At full size the model itself takes so much longer that our share of it is smaller still.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.ace_15.full_size import full_size_rows
from benchmarks.ace_v1.rows import one_thread
from benchmarks.ace_v1.timing import Pairs, in_turn
from benchmarks.table import Row
from bridge_server.protocol.requests import Generate, Layer, Repaint
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Sampling, Source
from engine.backends.ace_15.backend import AceStep15
from engine.backends.ace_15.capabilities import RATE
from engine.backends.ace_15.checkpoint import NAME, Place
from engine.backends.ace_15.variant import Variant
from engine.watch import Watch
from engine.work import Work
from tests.fakes.tiny_ace_15 import tiny_pipeline, write_tiny_pipeline

GOAL = "1.05 × bare"
SECONDS, STEPS = 12, 16
COMMON: dict[str, Any] = {
    "tags": "funk",
    "sampling": Sampling(infer_step=STEPS, guidance_scale=7.0),
    "job": "benchmark",
}
SOURCE = Source(path="/song.wav")


def rows() -> list[Row]:
    """All rows, printed as they come; the full size only where there is a GPU."""
    found = []
    with one_thread(), tempfile.TemporaryDirectory() as folder:
        for row in (*_overhead(Path(folder)), *full_size_rows()):
            print(f"  {row.what}: {row.figure}", flush=True)
            found.append(row)
    return found


def _overhead(folder: Path) -> Iterator[Row]:
    for what, module in (("the engine's list of backends", "registry"), ("the backend itself", "ace_15.backend")):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", f"import engine.backends.{module}"], check=True)
        yield Row(f"a process that imports {what}", f"{time.perf_counter() - started:.1f} s")
    write_tiny_pipeline(folder)
    model, bare = AceStep15(Place(NAME, folder, Variant.BASE, is_noise=True)), tiny_pipeline()
    for task, work, asked in _works():

        def ours(work: Work = work) -> object:
            return list(model.render(work, [1], Watch()))

        def other(asked: dict[str, Any] = asked) -> object:
            generator = torch.Generator().manual_seed(1)
            return bare("funk", lyrics="[Instrumental]", num_inference_steps=STEPS, guidance_scale=7.0, shift=1.0,
                        generator=generator, **asked)  # fmt: skip

        yield _row(f"{task}, {SECONDS} s, {STEPS} steps, tiny width", in_turn(ours, other, seconds=20, least=7))


def _row(what: str, pairs: Pairs) -> Row:
    ours, other = pairs.seconds
    return Row(
        f"ace-step-1.5 beside the bare pipeline: {what}", f"{pairs.ratio:.2f} × ({ours:.2f} and {other:.2f} s)", GOAL
    )


def _works() -> Iterator[tuple[str, Work, dict[str, Any]]]:
    """A task's name, the work, and what the bare pipeline is asked for."""
    samples = SECONDS * RATE
    song = np.random.default_rng(0).normal(0, 0.1, (2, samples)).astype(np.float32)
    whole, middle = Span(0, samples, RATE), Span(samples // 4, samples // 2, RATE)
    place = {"repainting_start": SECONDS / 4, "repainting_end": SECONDS / 2, "audio_duration": None}
    heard = {"src_audio": torch.from_numpy(song), **place}
    silence = np.zeros_like(song)
    yield (
        "generate",
        Work(request=Generate(span=whole, **COMMON), context=silence, targets=(whole,)),
        {"audio_duration": float(SECONDS)},
    )
    yield (
        "repaint",
        Work(request=Repaint(span=middle, source=SOURCE, **COMMON), context=song, targets=(middle,)),
        {"task_type": "repaint", **heard},
    )
    yield (
        "layer",
        Work(request=Layer(span=middle, sources=(SOURCE,), role="drums", **COMMON), context=song, targets=(middle,)),
        {"task_type": "lego", "track_name": "drums", **heard},
    )
