"""Ardour's scripts in the real Ardour, under Xvfb: what they take of its thread, and how quick a job is.

The scripts time themselves with Ardour's own clock: an action writes down how long it looked and how long it sent, the
watcher its longest turn. Turns in which a file is brought in or a track made are Ardour's own work and counted apart.
Needs what the tests in tests/ardour need; without it there are no rows.
"""

from __future__ import annotations

import json
import re
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.table import Row, milliseconds, percentile
from tests.ardour.program import missing, screen
from tests.ardour.studio import Studio
from tests.end_to_end.process import BridgeProcess
from tests.fakes.waiting import until

RATE = 48_000
CLICKS = 10
TRACKS = 10
SLICE = "< 5 ms"
TOOK = re.compile(r"took verb=\w+ what=(\w+) ms=([\d.]+)")
CROWD = """
for number = 1, {count} do
  Session:new_audio_track(2, 2, nil, 1, "Other " .. number, ARDOUR.PresentationInfo.max_order,
    ARDOUR.TrackMode.Normal, false)
end
"""


def rows() -> list[Row]:
    if missing():
        return []
    root = Path(tempfile.mkdtemp())
    home = root / "dawbridge"
    home.mkdir()
    with screen() as display, BridgeProcess(home) as bridge:
        bridge.wait_for_engine()
        studio = Studio(root, root / "Song", RATE, display, home)
        studio.open()
        try:
            return _measure(studio)
        finally:
            studio.close()


def _measure(studio: Studio) -> list[Row]:
    """A song of three tracks beside `TRACKS` empty ones; the same two seconds repainted again and again."""
    studio.bring(studio.sound("voice.wav", 60, RATE), "Voice", 0)
    studio.ardour.ask(CROWD.format(count=TRACKS))
    studio.ardour.select("Voice", 2 * RATE, 4 * RATE)
    accepted, placed = [], []
    for _ in range(CLICKS):
        before = studio.regions()
        studio.remember(variants="1", tags="lofi", lyrics="", key="", replace="no")
        studio.ardour.press("repaint")
        window = studio.ardour.dialog("Dawbridge: Repaint")
        words = _Words(studio)
        studio.ardour.keys(window, "alt+o")
        studio.new_regions(before)
        words.join()
        accepted.append(words.accepted - words.began)
        placed.append((studio.session / "dawbridge-takes.jsonl").stat().st_mtime - words.done)
    took: dict[str, list[float]] = {"look": [], "send": []}
    for what, figure in TOOK.findall(studio.script_log()):
        took[what].append(float(figure) / 1000)
    (report,) = studio.dawbridge.glob("ardour-*-report.json")
    time.sleep(6)  # the watcher writes its report every five seconds
    slices = json.loads(report.read_text())["slices"]
    return [
        Row("Ardour: an action, from its key to its form, p50 / longest", _pair(took["look"]), SLICE),
        Row("Ardour: an action, from its form to the letter, p50 / longest", _pair(took["send"]), SLICE),
        Row("Ardour: the watcher's turns over 5 ms; the longest", _turns(slices), SLICE),
        Row(
            "Ardour: the longest turn of a landing (Ardour's import, new track)", milliseconds(slices["landing"] / 1000)
        ),
        Row("Ardour: job written down → accepted, mailbox, p50 / p99", _percentiles(accepted), "< 100 ms p50"),
        Row("Ardour: takes done → region placed, p50 / p99", _percentiles(placed), "< 200 ms p50"),
    ]


def _turns(slices: dict[str, float]) -> str:
    return f"{slices['long']} of {slices['turns']}; {milliseconds(slices['longest'] / 1000)}"


def _pair(times: list[float]) -> str:
    return f"{milliseconds(percentile(times, 50))} / {milliseconds(max(times))}"


def _percentiles(times: list[float]) -> str:
    return f"{milliseconds(percentile(times, 50))} / {milliseconds(percentile(times, 99))}"


class _Words(threading.Thread):
    """Looks often: when the job is in the session's book, and when `accepted` and `done` lie in the mailbox."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(daemon=True)
        self._book = studio.session / "dawbridge-jobs.json"
        self._out = studio.dawbridge / "mailbox" / "out"
        self._before = self._stamp()
        self.began = self.accepted = self.done = 0.0
        self.start()

    def _stamp(self) -> int:
        return self._book.stat().st_mtime_ns if self._book.exists() else 0

    def _see(self, word: str) -> float:
        until(lambda: list(self._out.glob(f"ardour-*/*-{word}.json")), 30, word)
        return time.time()

    def run(self) -> None:
        until(lambda: self._stamp() != self._before, 30, "the job is written down")
        self.began = time.time()
        self.accepted = self._see("accepted")
        self.done = self._see("done")
