"""The bridge with its panel beside the bridge without it: how soon it answers, how much memory it holds, in one run."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.table import Row, milliseconds, percentile
from bridge_server.client import Client
from bridge_server.home import Home
from bridge_server.protocol.errors import BridgeError

ROUNDS = 7
SETTLED_SECONDS = 4.0
IDLE_SECONDS = 4.0

WITH = "import sys; from bridge_server.__main__ import main; sys.exit(main())"
WITHOUT = f"from bridge_server.panel import door; door.LIBRARIES = ('not_installed',); {WITH}"
"""As where the extra `panel` is not installed."""


@dataclass(frozen=True)
class Beginning:
    """seconds from the start of the process to its first answer; megabytes it holds, and its share of a core, idle"""

    seconds: float
    megabytes: float
    core: float


def rows() -> list[Row]:
    """In turn, so that whoever else uses the machine disturbs both alike."""
    bare, full = [], []
    for _ in range(ROUNDS):
        bare.append(_begin(WITHOUT))
        full.append(_begin(WITH))
    ratios = [a.seconds / b.seconds for a, b in zip(full, bare, strict=True)]
    return [
        Row("bridge to its first answer, with the panel", milliseconds(_middle(full, "seconds")), "< 1500 ms"),
        Row("the same, without it", milliseconds(_middle(bare, "seconds"))),
        Row("with ÷ without, pair by pair", f"{percentile(ratios, 50):.2f} ×"),
        Row("bridge idle, with the panel", f"{_middle(full, 'megabytes'):.0f} MB", "< 80 MB"),
        Row("the same, without it", f"{_middle(bare, 'megabytes'):.0f} MB"),
        Row("processor of the idle bridge, with the panel", f"{_middle(full, 'core'):.1%} of a core", "< 1 %"),
    ]


def _middle(found: list[Beginning], what: str) -> float:
    return percentile([float(getattr(each, what)) for each in found], 50)


def _begin(program: str) -> Beginning:
    with tempfile.TemporaryDirectory(prefix="dawbridge-bench-", ignore_cleanup_errors=True) as folder:
        began = time.perf_counter()
        environment = {**os.environ, "DAWBRIDGE_HOME": folder}
        popen = subprocess.Popen([sys.executable, "-c", program, "--osc-port", "0"], env=environment)
        try:
            _wait_for_answer(Home(Path(folder)))
            seconds = time.perf_counter() - began
            time.sleep(SETTLED_SECONDS)
            process = psutil.Process(popen.pid)
            before = sum(process.cpu_times()[:2])
            time.sleep(IDLE_SECONDS)
            worked = sum(process.cpu_times()[:2]) - before
            return Beginning(seconds, process.memory_info().rss / 1e6, worked / IDLE_SECONDS)
        finally:
            popen.terminate()
            popen.wait(20)


def _wait_for_answer(home: Home) -> None:
    while True:
        try:
            Client.connect("bench", home).close()
        except BridgeError:
            time.sleep(0.002)
        else:
            return
