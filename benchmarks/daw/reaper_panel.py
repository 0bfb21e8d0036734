"""REAPER's panel in the fakes, under a real Lua 5.4: how long one frame takes, and how quick a job is over Lua sockets.

Frames are counted in the processor's time. The fake ReaImGui is Lua too, and counts; the real one is compiled.
"""

from __future__ import annotations

import select
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from benchmarks.stage import stage
from benchmarks.table import Row, milliseconds, percentile
from tests.daw.desk import Desk
from tests.daw.panel import IMGUI, Panel
from tests.daw.studio import BUNDLES, TICK_SECONDS, Studio, items_of
from tests.daw.udp import Udp

RATE = 48_000
TRACKS, ITEMS = 200, 25
JOBS, CLICKS, SOUNDING = 12, 30, 60
SECONDS_LOOKED_AT = 6.0
PANEL = BUNDLES["Dawbridge_Panel.lua"]
MAVRIQ = "Scripts/Mavriq ReaScript Repository/Various/Mavriq-Lua-Sockets/socket"


def rows() -> list[Row]:
    return [*_frames(), _layer(), _click()]


def _song(folder: Path, home: Path, tracks: int) -> tuple[Studio, Any]:
    path = folder / "voice.wav"
    soundfile.write(path, np.zeros((4 * RATE, 2), dtype=np.float32), RATE)
    studio = Studio(folder, home, imgui=IMGUI, stopwatch=time.thread_time)
    # The fake's project lies in Lua's memory and REAPER's does not: its garbage collection is none of ours.
    studio.runtime.execute('collectgarbage("generational")')
    project = studio.project(media=str(folder / "Media"))
    track = studio.track(project, P_NAME="Voice", is_selected=True)
    studio.item(track, path, D_POSITION=0.0, B_LOOPSRC=0)
    for number in range(tracks):
        other = studio.track(project, P_NAME=f"Track {number}")
        for place in range(ITEMS):
            studio.item(other, path, D_POSITION=1_000.0 + 100 * place)
    studio.select(project, 0.0, 4.0)
    return studio, project


def _desk(folder: Path) -> Desk:
    def write(file: str, samples: int, rate: int) -> Path:
        path = folder / "takes" / file
        path.parent.mkdir(exist_ok=True)
        soundfile.write(path, np.zeros((samples, 2), dtype=np.float32), rate)
        return path

    desk = Desk(folder / "home", write)
    desk.open()
    return desk


def _layer() -> Row:
    """The longest tick after the press of “Add a layer”, with many tracks that sound in the range."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        desk = _desk(folder)
        studio, project = _song(folder, desk.home, TRACKS)
        for track in list(project.tracks.values())[1:SOUNDING]:
            studio.item(track, folder / "voice.wav", D_POSITION=0.0, B_LOOPSRC=0)
        studio.run(PANEL)
        panel = Panel(studio)
        studio.tick(3)
        panel.press("Add a layer", at="verbs")
        studio.tick()
        studio.world.longest_tick = 0
        panel.press("Add a layer", at="Dawbridge")
        studio.until(desk.next_job)
        longest = studio.world.longest_tick
    return Row(f"REAPER's panel: longest tick of a layer that hears {SOUNDING} tracks", milliseconds(longest), "< 5 ms")


def _frames() -> list[Row]:
    """The longest frame with everything open: many jobs, a result with eight variants selected, a large project."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        desk = _desk(folder)
        studio, project = _song(folder, desk.home, TRACKS)
        studio.run(PANEL)
        panel = Panel(studio)
        studio.tick(3)
        panel.press("Advanced")
        panel.type("Variants", 8)
        panel.press("Repaint", at="Dawbridge")
        request = studio.until(desk.next_job)
        desk.accept(request.job)
        desk.done(request)
        studio.until(lambda: len(studio.world.projects[1].undo) > 0)
        studio.wait(1)
        items_of(project.tracks[2])[0].is_selected = True
        for number in range(JOBS):
            panel.press("Repaint", at="Dawbridge")
            desk.accept(studio.until(desk.next_job).job, position=number)
        studio.wait(2)
        studio.world.longest_tick = 0
        began, before = time.thread_time(), studio.world.clock
        studio.wait(SECONDS_LOOKED_AT)
        share = (time.thread_time() - began) / ((studio.world.clock - before) / TICK_SECONDS)
        calls, longest = studio.world.imgui.most_calls, studio.world.longest_tick
    size = f"{TRACKS} tracks, {TRACKS * ITEMS:,} items, {JOBS} jobs, 8 variants"
    return [
        Row(f"REAPER's panel: longest frame ({size}; {calls} calls)", milliseconds(longest), "< 5 ms"),
        Row("REAPER's panel: a frame on average", milliseconds(share)),
    ]


def _click() -> Row:
    """From the press of the button until the bridge's word that it has the job lies at the script's socket."""
    times = []
    with stage() as there, tempfile.TemporaryDirectory() as name:
        there.wait_for_engine()
        folder = Path(name)
        core = folder / "REAPER" / MAVRIQ / "core.so"
        core.parent.mkdir(parents=True)
        core.write_text("fits")
        studio, _ = _song(folder, there.home.root, 0)
        udp = Udp()
        udp.install(studio.runtime)
        studio.run(PANEL)
        panel = Panel(studio)
        _pace(studio, 10)
        panel.type("Variants", 1)
        for _ in range(CLICKS):
            began = time.perf_counter()
            panel.press("Repaint", at="Dawbridge")
            select.select([udp.sockets[1]], [], [], 5)
            times.append(time.perf_counter() - began)
            _pace(studio, 4)
        udp.close_all()
    figure = f"{milliseconds(percentile(times, 50))} / {milliseconds(percentile(times, 99))}"
    return Row("REAPER's panel: press → accepted, Lua sockets, p50 / p99", figure, "< 10 ms p50")


def _pace(studio: Studio, ticks: int) -> None:
    for _ in range(ticks):
        studio.tick()
        time.sleep(TICK_SECONDS)
