"""The bundled action and a real bridge, over a real mailbox: a selection goes in, the take comes back at its sample."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.conftest import make_tone
from tests.daw.studio import Studio, items_of, landed, listed
from tests.fakes.bridge import RunningBridge

RATE = 44_100
START, END = 2.5, 4.25
WITHIN_SECONDS = 20
ESCAPE = 27


@pytest.fixture
def bridge(tmp_path: Path) -> Iterator[RunningBridge]:
    with RunningBridge(tmp_path / "home") as running:
        running.wait_for_engine()
        yield running


def session(folder: Path, version: str, lua: str) -> tuple[Studio, Any, Any, Path]:
    """REAPER with one item of eight seconds at second 1, and seconds 2.5 to 4.25 selected."""
    path = folder / "söng.wav"
    soundfile.write(path, make_tone(8.0, RATE).T, RATE, subtype="PCM_16")
    studio = Studio(folder, folder / "home", version=version, lua=lua)
    media = folder / "Media"
    media.mkdir()
    project = studio.project(media=str(media))
    track = studio.track(project, P_NAME="Voice", is_selected=True)
    item = studio.item(track, path, D_POSITION=1.0, B_LOOPSRC=0)
    studio.select(project, START, END)
    return studio, project, item, path


def run_until(studio: Studio, is_so: Callable[[], Any]) -> None:
    deadline = time.monotonic() + WITHIN_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, f"the window shows: {studio.text}"
        studio.tick()
        time.sleep(0.002)


def finished(studio: Studio) -> bool:
    return len(studio.world.deferred) == 0


def test_a_region_comes_back_at_its_sample(tmp_path: Path, bridge: RunningBridge):
    studio, project, _, _ = session(tmp_path, "7.40", "5.4")
    studio.answer("steps=3", "", "1", "2", "7")
    studio.run()
    run_until(studio, lambda: finished(studio))

    lanes = items_of(project.tracks[2])
    assert [item.info.I_FIXEDLANE for item in lanes] == [0, 1]
    for item in lanes:
        assert round(item.info.D_POSITION * RATE) == round(START * RATE)
        take = Path(item.takes[1].source.path)
        assert soundfile.info(take).frames == round((END - START) * RATE)
        assert soundfile.info(take).samplerate == RATE
        assert take.is_relative_to(tmp_path / "Media" / "Dawbridge")
    assert len(listed(project.undo)) == 1
    assert list((bridge.home.mailbox / "out").glob("*/*")) == []
    assert list((bridge.home.mailbox / "in").iterdir()) == []


def test_on_reaper_6_the_take_differs_from_the_original_in_the_selection_only(tmp_path: Path, bridge: RunningBridge):
    studio, _, item, path = session(tmp_path, "6.80", "5.3")
    studio.answer("steps=1", "", "1", "1", "7")
    studio.run()
    run_until(studio, lambda: finished(studio))
    before, _ = soundfile.read(path, dtype="int16")
    after, rate = soundfile.read(item.takes[2].source.path, dtype="int16")
    first, last = round((START - 1) * RATE), round((END - 1) * RATE)
    assert rate == RATE
    assert after.shape == before.shape
    assert np.array_equal(after[:first], before[:first])
    assert np.array_equal(after[last:], before[last:])
    assert not np.array_equal(after[first:last], before[first:last])


def test_escape_stops_a_job_that_runs(tmp_path: Path, bridge: RunningBridge):
    studio, project, _, _ = session(tmp_path, "7.40", "5.4")
    studio.answer("steps=2000 pause=0.01", "", "1", "1", "7")
    studio.run()
    run_until(studio, lambda: studio.world.window.shown.bar)
    studio.press(ESCAPE)
    run_until(studio, lambda: finished(studio))
    assert landed(project) == 0
    assert not studio.has_window


def test_what_the_bridge_refuses_is_shown(tmp_path: Path, bridge: RunningBridge):
    studio, project, _, path = session(tmp_path, "7.40", "5.4")
    studio.answer("steps=1", "", "1", "1", "7")
    path.write_bytes(path.read_bytes()[:200_000])
    studio.run()
    run_until(studio, lambda: "Close this window" in studio.text)
    assert landed(project) == 0
