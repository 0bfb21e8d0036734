"""Ableton Live: from Send to accepted, from the result to its clip, and how long Live stands still, in a fake Live."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from benchmarks.stage import Stage, stage
from benchmarks.table import Row, milliseconds, percentile
from daw_scripts.max.script import bundle
from tests.max.live import EVENING, evening

ROUNDS = 100
RESULTS = 8
RATE = 48_000
CALL_MS = (0.1, 0.5, 1.0)


def rows() -> list[Row]:
    """Empty where there is no Node, which plays Max here."""
    node = shutil.which("node")
    if node is None:
        return []
    with tempfile.TemporaryDirectory(prefix="dawbridge-live-") as name, stage() as there:
        folder = Path(name)
        script = folder / "dawbridge.js"
        script.write_text(bundle("0.0.0"), encoding="utf-8")
        there.wait_for_engine()
        asked = _evening(node, script, there, folder, _asking())
        landed = _evening(node, script, there, folder, _landing())
        return [_accepted(asked), _placed(landed), _turns(asked, landed), _longest(node, script)]


def _evening(node: str, script: Path, there: Stage, folder: Path, steps: list[dict[str, Any]]) -> Any:
    voice = folder / "voice.wav"
    soundfile.write(voice, np.zeros((10 * RATE, 2), dtype=np.float32), RATE)
    begin = [{"clip": {"path": str(voice), "start": 8}}, {"brace": [12, 16]}]
    return evening(node, script, there.home.root, folder, begin + steps)


def _asking() -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = []
    for count in range(1, ROUNDS + 1):
        steps += [{"press": "repaint"}, {"accepted": count}, {"message": "cancel"}, {"await": "Stopped"}]
    return steps


def _landing() -> list[dict[str, Any]]:
    once: list[dict[str, Any]] = [{"press": "repaint"}, {"await": "Done"}]
    return once * RESULTS


def _accepted(told: Any) -> Row:
    times = [time / 1000 for time in told["timings"]]
    figure = f"{milliseconds(percentile(times, 50))} / {milliseconds(percentile(times, 99))}"
    return Row("Live: Send → accepted, OSC, one clip in the range, p50 / p99", figure, "p50 < 10 ms")


def _placed(told: Any) -> Row:
    times = [time / 1000 for time in told["placed"]]
    figure = f"{milliseconds(percentile(times, 50))} / {milliseconds(max(times))}"
    return Row("Live: done received → clip in the set, p50 / longest", figure, "< 200 ms")


def _turns(*told: Any) -> Row:
    turns = [time / 1000 for one in told for time in one["work"]]
    figure = f"{milliseconds(percentile(turns, 99))} / {milliseconds(max(turns))}"
    return Row(f"Live: processor time of the script in one turn, {len(turns)} turns, p99 / longest", figure, "≤ 5 ms")


def _longest(node: str, script: Path) -> Row:
    program = EVENING.with_name("slices.mjs")
    environment = {**os.environ, "DAWBRIDGE_SCRIPT": str(script)}
    done = subprocess.run([node, str(program)], capture_output=True, text=True, check=True, env=environment)
    found = json.loads(done.stdout)
    figure = ", ".join(f"{found[f'{cost:g}']:.1f} ms" for cost in CALL_MS)
    calls = ", ".join(f"{cost:g}" for cost in CALL_MS)
    return Row(f"Live: longest turn in a set of 240 clips, at {calls} ms a call into Live", figure, "≤ 5 ms")
