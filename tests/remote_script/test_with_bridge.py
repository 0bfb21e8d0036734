"""The script and a real bridge over its OSC door: a clip of Live's goes in, the take comes back at its beat."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile

from bridge_server.client import new_job_id
from bridge_server.protocol.requests import Choose, Generate
from bridge_server.protocol.span import Span
from tests.conftest import make_tone
from tests.fakes.bridge import RunningBridge
from tests.remote_script.conftest import Studio
from tests.remote_script.fake_live import CInstance, Song

RATE = 44_100


@pytest.fixture
def bridge(tmp_path: Path) -> Iterator[RunningBridge]:
    with RunningBridge(tmp_path / "home") as running:
        running.wait_for_engine()
        yield running


class Nobody:
    """No desk: the bridge is real."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def read(self) -> None:
        """A real bridge reads by itself."""


def test_a_brace_comes_back_at_its_beat(tmp_path: Path, bridge: RunningBridge):
    folder = tmp_path / "Söng Project"
    folder.mkdir()
    path = folder / "voice, “1”.wav"
    soundfile.write(path, make_tone(8.0, RATE).T, RATE, subtype="PCM_16")
    song = Song((12, 3), folder)
    voice = song.add("Voice")
    voice.put(4, 20, file_path=str(path), sample_length=8 * RATE, sample_rate=float(RATE), loop_end=8.0)
    song.loop, song.loop_start, song.loop_length = True, 8.0, 4.0
    song.view.selected_track = voice
    studio = Studio(folder, Nobody(bridge.home.root), song)  # type: ignore[arg-type]
    assert isinstance(studio.live, CInstance)
    try:
        studio.send("repaint", "tags=steps=1", "variants=2", "seed=7")
        studio.until(lambda: song.steps, seconds=2_000)
        studio.tick(3)
        track = song.tracks[1]
        assert track.name == "Voice – variants"
        for lane in track.take_lanes:
            (clip,) = lane.arrangement_clips
            info = soundfile.info(clip.file_path)
            assert (info.frames, info.samplerate) == (2 * RATE, RATE)
            assert Path(clip.file_path).is_relative_to(folder / "Dawbridge")
            assert (clip.start_time, clip.end_time) == (8.0, 12.0)
        studio.send("keep")
        studio.until(lambda: "Variant 1 is kept." in studio.said[-1], seconds=500)
        studio.until(lambda: not studio.surface._desk.courier.waiting, seconds=500)
        make_elsewhere(bridge, folder)
        studio.until(lambda: "from the panel" in song.tracks[len(song.tracks) - 1].name, seconds=500)
        studio.tick(5)
        (clip,) = song.tracks[len(song.tracks) - 1].arrangement_clips
        assert (clip.name, clip.start_time, clip.end_time) == ("Generate 2 · steps=1", 24.0, 26.0)
    finally:
        studio.close()


def make_elsewhere(bridge: RunningBridge, project: Path) -> None:
    """As the panel does it: a job of its own, and `choose` for the script."""
    job = new_job_id()
    with bridge.client("panel-test") as panel:
        span = Span(12 * RATE, 13 * RATE, RATE)
        list(panel.run(Generate(job=job, project=str(project), span=span, tags="steps=1", variants=2)))
        panel.ask(Choose(id="choose", job=job, number=2, client="ableton-remote-script"))
