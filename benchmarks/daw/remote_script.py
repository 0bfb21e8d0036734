"""Live's Remote Script: from a pedal's datagram to accepted, from done to its clip, longest tick; in a fake Live."""

from __future__ import annotations

import socket
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile
from pythonosc.osc_message_builder import OscMessageBuilder

from benchmarks.stage import stage
from benchmarks.table import Row, milliseconds, percentile
from daw_scripts.remote_script.Dawbridge.surface import Surface
from tests.remote_script.fake_live import CInstance, Song

ROUNDS = 50
RESULTS = 8
RATE = 48_000
PATIENCE_SECONDS = 30
PAUSE_SECONDS = 0.0005
"""Live rests for a tenth of a second; here just long enough for the bridge to get a word in."""
TRACKS, CLIPS = 60, 500
"""Of a large set, which a layer has to look through."""


class Live:
    """A fake Live that hardly rests between ticks, so that what is measured is the script and the bridge."""

    def __init__(self, home: Path, folder: Path) -> None:
        voice = folder / "voice.wav"
        soundfile.write(voice, np.zeros((16 * RATE, 2), dtype=np.float32), RATE)
        self.song = Song((12, 3), folder)
        self.voice = self.song.add("Voice")
        self.voice.put(0, 32, file_path=str(voice), sample_length=16 * RATE, sample_rate=float(RATE), loop_end=16.0)
        self.song.loop, self.song.loop_start, self.song.loop_length = True, 8.0, 8.0
        self.song.view.selected_track = self.voice
        self.live = CInstance(self.song)
        self.surface = Surface(self.live, str(home))
        self.pedal = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.ticks: list[float] = []
        self.landings: list[float] = []

    def close(self) -> None:
        self.surface.disconnect()
        self.pedal.close()

    def until(self, is_so: Callable[[], object]) -> float:
        """Tick until it is so; the seconds that took."""
        began = time.perf_counter()
        while not is_so():
            before, steps = time.perf_counter(), len(self.song.steps)
            self.surface.update_display()
            taken = time.perf_counter() - before
            (self.ticks if len(self.song.steps) == steps else self.landings).append(taken)
            self.song.tick()
            time.sleep(PAUSE_SECONDS)
            if time.perf_counter() - began > PATIENCE_SECONDS:
                raise TimeoutError(f"Live shows: {self.live.messages[-3:]}")
        return time.perf_counter() - began

    def send(self, word: str, *texts: str) -> None:
        builder = OscMessageBuilder(address="/dawbridge/live/" + word)
        for text in texts:
            builder.add_arg(text)
        self.pedal.sendto(builder.build().dgram, ("127.0.0.1", self.surface._port.port))

    def states(self) -> list[str]:
        return [job["state"] for job in self.surface._desk.jobs._jobs.values()]

    def settled(self) -> bool:
        """Nothing is on its way, and nothing is being laid in."""
        return not self.surface._desk.jobs.open() and self.surface._desk._landing is None

    def fill(self) -> None:
        """A large set: many tracks with many clips, most of them far away."""
        near = self.voice.arrangement_clips[0]
        for number in range(TRACKS):
            track = self.song.add(f"Track {number}")
            track._clips = [near, *(track.put(start, start + 4) for start in range(5_000, 5_000 + 4 * CLIPS, 4))]


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="dawbridge-remote-") as name, stage() as there:
        there.wait_for_engine()
        live = Live(there.home.root, Path(name))
        try:
            live.until(lambda: live.surface._desk.courier.connected)
            accepted = [_accepted(live) for _ in range(ROUNDS)]
            for _ in range(RESULTS):
                _land(live)
            asking = list(live.ticks)
            live.ticks.clear()
            live.fill()
            live.send("layer", "role=bass")
            live.until(lambda: len(live.surface._desk.jobs._jobs) == ROUNDS + RESULTS + 1)
            large = list(live.ticks)
        finally:
            live.close()
    figure = f"{milliseconds(percentile(accepted, 50))} / {milliseconds(percentile(accepted, 99))}"
    longest = milliseconds(max(asking))
    clips = TRACKS * CLIPS
    return [
        Row("Live, Remote Script: OSC verb → accepted, p50 / p99, without the wait for a tick", figure, "p50 < 10 ms"),
        Row(
            "Live, Remote Script: tick in which done is received and its 2 variants are laid in, longest",
            milliseconds(max(live.landings)),
            "< 200 ms",
        ),
        Row("Live, Remote Script: longest tick but for landings", longest, "≤ 5 ms"),
        Row(f"the same while a layer looks through {clips:,} clips", milliseconds(max(large)), "≤ 5 ms"),
    ]


def _accepted(live: Live) -> float:
    live.send("repaint", "variants=1")
    live.live.messages.clear()
    taken = live.until(lambda: any("in the queue" in sentence for sentence in live.live.messages))
    live.send("cancel")
    live.until(live.settled)
    return taken


def _land(live: Live) -> None:
    live.send("repaint", "variants=2")
    live.until(lambda: "done" in live.states() or "running" in live.states())
    live.until(live.settled)
