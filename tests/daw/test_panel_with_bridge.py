"""The panel and a real bridge: over Lua sockets with real UDP, and by mailbox where there are none."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import soundfile

from tests.conftest import make_tone
from tests.daw.panel import IMGUI, Panel
from tests.daw.studio import BUNDLES, Studio, items_of
from tests.daw.udp import Udp
from tests.fakes.bridge import RunningBridge

RATE = 44_100
START, END = 2.5, 4.25
WITHIN_SECONDS = 20
PANEL = BUNDLES["Dawbridge_Panel.lua"]
MAVRIQ = "REAPER/Scripts/Mavriq ReaScript Repository/Various/Mavriq-Lua-Sockets/socket/core.so"


@pytest.fixture
def bridge(tmp_path: Path) -> Iterator[RunningBridge]:
    with RunningBridge(tmp_path / "home") as running:
        running.wait_for_engine()
        yield running


@pytest.fixture
def udp() -> Iterator[Udp]:
    found = Udp()
    yield found
    found.close_all()


class Evening:
    """REAPER with the panel open, one item of eight seconds at second 1, and seconds 2.5 to 4.25 selected."""

    def __init__(self, folder: Path, udp: Udp | None, lua: str = "5.4") -> None:
        path = folder / "söng.wav"
        soundfile.write(path, make_tone(8.0, RATE).T, RATE, subtype="PCM_16")
        if udp is not None:
            (folder / MAVRIQ).parent.mkdir(parents=True)
            (folder / MAVRIQ).write_text("fits")
        self.studio = Studio(folder, folder / "home", lua=lua, imgui=IMGUI)
        if udp is not None:
            udp.install(self.studio.runtime)
        (folder / "Media").mkdir()
        self.project = self.studio.project(media=str(folder / "Media"))
        self.track = self.studio.track(self.project, P_NAME="Voice", is_selected=True)
        self.item = self.studio.item(self.track, path, D_POSITION=1.0, B_LOOPSRC=0)
        self.studio.select(self.project, START, END)
        self.studio.run(PANEL)
        self.studio.tick()
        self.panel = Panel(self.studio)

    def until(self, is_so: Callable[[], Any]) -> None:
        deadline = time.monotonic() + WITHIN_SECONDS
        while not is_so():
            assert time.monotonic() < deadline, self.panel.text
            self.studio.tick()
            time.sleep(0.002)

    @property
    def variants(self) -> list[Any]:
        return items_of(self.project.tracks[2]) if len(self.project.tracks) > 1 else []


@pytest.mark.parametrize("lua", ["5.3", "5.4"])
def test_a_repaint_over_lua_sockets(tmp_path: Path, bridge: RunningBridge, udp: Udp, lua: str):
    evening = Evening(tmp_path, udp, lua)
    evening.until(lambda: "over Lua sockets" in evening.panel.text)
    evening.panel.type("Style", "steps=2")
    evening.panel.press("Repaint", at="Dawbridge")
    evening.until(lambda: len(evening.variants) == 2)
    for item in evening.variants:
        assert round(item.info.D_POSITION * RATE) == round(START * RATE)
        assert soundfile.info(item.takes[1].source.path).frames == round((END - START) * RATE)
    assert list((bridge.home.mailbox / "in").iterdir()) == []
    assert list((bridge.home.mailbox / "out").glob("*/*.json")) == []
    assert any(b"/repaint" in datagram[:40] for datagram in udp.sent)


def test_without_sockets_it_goes_by_mailbox(tmp_path: Path, bridge: RunningBridge):
    evening = Evening(tmp_path, None)
    evening.until(lambda: "The engine is ready." in evening.panel.text)
    assert "by mailbox" in evening.panel.text
    evening.panel.type("Style", "steps=2")
    evening.panel.press("Repaint", at="Dawbridge")
    evening.until(lambda: len(evening.variants) == 2)


def test_what_the_backends_cannot_do_is_grey_with_the_bridge_s_own_reason(tmp_path: Path, bridge: RunningBridge):
    evening = Evening(tmp_path, None)
    with bridge.client() as client:
        offered = {task for backend in client.hello().backends for task in backend.tasks}
    evening.until(lambda: "The engine is ready." in evening.panel.text)
    evening.studio.tick(3)
    shown = {"Repaint": "repaint", "Edit lyrics": "edit", "Add a layer": "layer", "Retake": "retake"}
    for title, task in shown.items():
        assert evening.panel.thing(title).is_disabled == (task not in offered)


def test_a_job_that_runs_is_stopped(tmp_path: Path, bridge: RunningBridge, udp: Udp):
    evening = Evening(tmp_path, udp)
    evening.panel.type("Style", "steps=2000 pause=0.01")
    evening.panel.press("Repaint", at="Dawbridge")
    evening.until(lambda: any(thing.kind == "Progress" and thing.value for thing in evening.panel.things))
    evening.panel.press("Cancel")
    evening.until(lambda: "Jobs" not in evening.panel.text.split("\n"))
    assert evening.variants == []


def test_what_fails_is_told_and_can_be_tried_again(tmp_path: Path, bridge: RunningBridge, udp: Udp):
    evening = Evening(tmp_path, udp)
    evening.panel.type("Style", "steps=1")
    evening.panel.type("", "la la", at="Dawbridge")
    evening.panel.press("Repaint", at="Dawbridge")
    evening.until(lambda: "cannot sing lyrics" in evening.panel.text)
    evening.panel.press("Retry")
    evening.studio.tick()
    assert "cannot sing lyrics" not in evening.panel.text
    evening.until(lambda: "cannot sing lyrics" in evening.panel.text)
    evening.panel.press("Dismiss")
    evening.studio.tick()
    assert "cannot sing lyrics" not in evening.panel.text
