"""Fixtures for the tests of DAW scripts: a REAPER, a bridge, and a song on the timeline between them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge_server.protocol.requests import Repaint
from tests.daw.desk import Desk
from tests.daw.studio import Studio, lua_runtime


@pytest.fixture(params=["5.3", "5.4"])
def lua(request: pytest.FixtureRequest) -> Any:
    """A stock Lua, once as Ardour and REAPER 6 have it and once as REAPER 7 has it."""
    return lua_runtime(request.param)


def write_wav(path: Path, samples: int, rate: int = 48_000, channels: int = 2) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.zeros((samples, channels), dtype=np.float32), rate)
    return path


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A bridge that runs and waits for letters."""

    def write(name: str, samples: int, rate: int) -> Path:
        return write_wav(tmp_path / "takes" / name, samples, rate)

    opened = Desk(tmp_path / "home", write)
    opened.open()
    return opened


@dataclass
class Song:
    """One track with one item of ten seconds at second 2, and everything around it."""

    studio: Studio
    desk: Desk
    project: Any
    track: Any
    item: Any
    path: Path

    def ask(self, *typed: str) -> Repaint:
        """Run the action, and read the request that it sends."""
        self.studio.answer(*typed)
        self.studio.run()
        assert self.studio.messages == []
        return self.studio.until(self.desk.next_job)

    def do(self, title: str, *typed: str) -> Any:
        """Run the action called `title`, and read the request that it sends."""
        if typed:
            self.studio.answer(*typed)
        self.studio.act(title)
        assert self.studio.messages == []
        return self.studio.until(self.desk.next_job)

    def ask_and_start(self, *typed: str) -> Repaint:
        request = self.ask(*typed)
        self.desk.accept(request.job)
        self.desk.start(request.job)
        self.studio.until(lambda: not self.desk.outbox)
        return request


@pytest.fixture
def open_studio(tmp_path: Path, desk: Desk) -> Callable[..., Studio]:
    """`open_studio(version="7.40", lua="5.4", kept=None)`: REAPER, started once more."""

    def start(**how: Any) -> Studio:
        return Studio(tmp_path, desk.home, **how)

    return start


@pytest.fixture
def make_song(tmp_path: Path, desk: Desk, open_studio: Callable[..., Studio]) -> Callable[..., Song]:
    """`make_song(version=…, lua=…, rate=48_000, seconds=10, name="voice.wav", project={…}, track={…}, **item)`.

    `extensions` go to the studio.
    """

    def make(
        *,
        version: str = "7.40",
        lua: str = "5.4",
        rate: int = 48_000,
        seconds: float = 10.0,
        name: str = "voice.wav",
        project: dict[str, Any] | None = None,
        track: dict[str, Any] | None = None,
        extensions: dict[str, Any] | None = None,
        **item: Any,
    ) -> Song:
        path = write_wav(tmp_path / name, round(seconds * rate), rate)
        studio = open_studio(version=version, lua=lua, **(extensions or {}))
        opened = studio.project(**(project or {}))
        on = studio.track(opened, **{"P_NAME": "Voice", "is_selected": True, **(track or {})})
        placed = studio.item(on, path, **{"D_POSITION": 2.0, "B_LOOPSRC": 0, **item})
        studio.select(opened, 4.0, 8.0)
        return Song(studio, desk, opened, on, placed, path)

    return make


@pytest.fixture
def song(make_song: Callable[..., Song]) -> Song:
    """The plain case: REAPER 7, seconds 4 to 8 of the timeline selected."""
    return make_song()
