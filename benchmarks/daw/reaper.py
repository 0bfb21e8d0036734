"""REAPER's scripts in the fake REAPER, under a real Lua 5.4: the longest tick, and how quick a job is.

Ticks are counted in the processor's time, so that what else runs on the machine does not matter. The fake's copy of the
project for undo does not count; its audio accessor, which is slower than REAPER's, does.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from benchmarks.stage import stage
from benchmarks.table import Row, milliseconds, percentile
from tests.daw.desk import Desk
from tests.daw.studio import BUNDLES, TICK_SECONDS, Studio, listed

RATE = 48_000
CLICKS = 30
DROPS = 12
FILE_SECONDS = 2.0
ROLES = ("drums", "bass", "keys", "pad", "lead", "vocals")
SLICE = "< 5 ms"
REPAINT = BUNDLES["Dawbridge_Repaint time selection.lua"]


def rows() -> list[Row]:
    return [*_slices(), _click(), _landing()]


def _song(folder: Path, home: Path, seconds: float, **item: Any) -> tuple[Studio, Any]:
    """REAPER with one stereo item that is selected as a whole, and 100 tracks with ten items each around it.

    An item that is longer than its file, which has a few seconds, repeats it.
    """
    path = folder / "voice.wav"
    noise = (
        np.random.default_rng(1).uniform(-0.5, 0.5, (round(min(seconds, FILE_SECONDS) * RATE), 2)).astype(np.float32)
    )
    soundfile.write(path, noise, RATE, subtype="FLOAT")
    studio = Studio(folder, home, stopwatch=time.thread_time)
    project = studio.project(media=str(folder / "Media"))
    track = studio.track(project, P_NAME="Voice", is_selected=True)
    studio.item(track, path, D_POSITION=0.0, B_LOOPSRC=int(seconds > FILE_SECONDS), D_LENGTH=seconds, **item)
    for number in range(100):
        other = studio.track(project, P_NAME=f"Track {number}")
        for place in range(10):
            studio.item(other, path, D_POSITION=1_000.0 + 100 * place)
    studio.select(project, 0.0, seconds)
    studio.world.load(str(path))
    return studio, project


def _until(studio: Studio, is_so: Callable[[], Any], real_time: bool = False) -> Any:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = is_so()
        if found:
            return found
        studio.tick()
        if real_time:
            time.sleep(TICK_SECONDS)
    raise TimeoutError(f"the window shows: {studio.text}")


def _desk(folder: Path) -> Desk:
    def write(name: str, samples: int, rate: int) -> Path:
        path = folder / "takes" / name
        path.parent.mkdir(exist_ok=True)
        soundfile.write(path, np.zeros((samples, 2), dtype=np.float32), rate)
        return path

    desk = Desk(folder / "home", write)
    desk.open()
    return desk


def _slices() -> list[Row]:
    """The longest tick of listening to a minute, and of laying in eight variants with six stems and notes each."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        desk = _desk(folder)
        studio, _ = _song(folder, desk.home, 60.0, D_PITCH=1.0)
        studio.answer("lofi", "", "1", "8", "1", "", "", "yes", "yes", "yes")
        began = time.thread_time()
        studio.run(REPAINT)
        submitted = time.thread_time() - began
        ticks = studio.world.clock
        request = _until(studio, desk.next_job)
        listening, ticks = studio.world.longest_tick, studio.world.clock - ticks
        desk.accept(request.job)
        takes = desk.takes(request, samples=RATE, roles=ROLES, notes=ROLES)
        studio.world.longest_tick = 0
        desk.done_with(request, takes)
        _until(studio, lambda: len(studio.world.deferred) == 0)
        landing = studio.world.longest_tick
    return [
        Row("REAPER: an action from its key to its job, but for the form", milliseconds(submitted)),
        Row("REAPER: longest tick while a minute of stereo is listened to", milliseconds(listening), SLICE),
        Row("REAPER: a minute of stereo is listened to in", f"{ticks:.1f} s at {1 / TICK_SECONDS:.0f} ticks a second"),
        Row("REAPER: longest tick, 8 variants with 6 stems and notes are laid in", milliseconds(landing), SLICE),
    ]


def _click() -> Row:
    """From the key to the bridge's word that it has the job, over the mailbox, at REAPER's pace of ticks."""
    times = []
    with stage() as there, tempfile.TemporaryDirectory() as name:
        there.wait_for_engine()
        studio, _ = _song(Path(name), there.home.root, 2.0)
        for _ in range(CLICKS):
            studio.answer("lofi", "", "1", "1", "1", "", "", "no", "no")
            began = time.perf_counter()
            studio.run(REPAINT)
            _until(studio, lambda: "handing over" not in studio.text and studio.lines, real_time=True)
            times.append(time.perf_counter() - began)
            _until(studio, lambda: len(studio.world.deferred) == 0, real_time=True)
    figure = f"{milliseconds(percentile(times, 50))} / {milliseconds(percentile(times, 99))}"
    return Row("REAPER: key → accepted, mailbox, p50 / p99", figure, "< 100 ms p50")


def _landing() -> Row:
    """From the bridge's word that a take lies on disk to its item on the timeline, on the clock of REAPER's ticks.

    Drops begin at every phase of the script's look into its mailbox.
    """
    times = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        desk = _desk(folder)
        studio, project = _song(folder, desk.home, 2.0)
        for phase in range(DROPS):
            studio.answer("lofi", "", "1", "1", "1", "", "", "no", "no")
            studio.run(REPAINT)
            request = _until(studio, desk.next_job)
            desk.accept(request.job)
            takes, steps = desk.takes(request), len(project.undo)
            _until(studio, lambda: not desk.outbox)
            studio.tick(phase)
            began = studio.world.clock
            desk.done_with(request, takes)
            while len(listed(project.undo)) == steps:
                studio.tick()
            times.append(studio.world.clock - began)
            _until(studio, lambda: len(studio.world.deferred) == 0)
    figure = f"{milliseconds(percentile(times, 50))} / {milliseconds(max(times))}"
    return Row("REAPER: file written → item placed, p50 / longest", figure, "< 200 ms")
