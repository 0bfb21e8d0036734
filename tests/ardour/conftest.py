"""One screen, one bridge and one installation of our scripts for all tests in the real Ardour."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ardour import program
from tests.ardour.lua import RATE, runtime
from tests.ardour.studio import Studio
from tests.ardour.world import World
from tests.daw.conftest import write_wav
from tests.daw.desk import Desk
from tests.end_to_end.process import BridgeProcess

LONG = "ein sehr langer Ordnername, wie ihn Musikerinnen und Musiker gern haben – 歌 🎵 " * 2


@pytest.fixture(params=["5.3", "5.4"])
def lua(request: pytest.FixtureRequest) -> Any:
    """A stock Lua, as Ardour has it (5.3), and the next."""
    return runtime(request.param)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    opened = Desk(tmp_path / "home", lambda name, samples, rate: write_wav(tmp_path / "takes" / name, samples, rate))
    opened.open()
    return opened


@pytest.fixture
def world(lua: Any, tmp_path: Path, desk: Desk) -> World:
    # A stock Lua on Windows opens no such path; Ardour's has to, see HOST_FACTS.md.
    made = World(lua, tmp_path / ("Song" if os.name == "nt" else "Söng, “live”"), desk.home)
    made.track("Voice", write_wav(tmp_path / "voice.wav", 10 * RATE, RATE, 1))
    made.select(2 * RATE, 4 * RATE, "Voice")
    return made


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """A screen for Ardour. Where Ardour cannot be had the test is skipped; on our CI it can."""
    if other := program.other_version():
        pytest.skip(f"knows how Ardour {program.VERSION} keeps its settings, and here is {other}")
    missing = program.missing()
    if missing:
        reason = f"needs {', '.join(missing)} (Debian: apt install ardour xvfb xdotool)"
        if os.environ.get("CI") == "true" and sys.platform == "linux":
            pytest.fail(reason)
        pytest.skip(reason)
    with program.screen() as number:
        yield number


@pytest.fixture(scope="module")
def bridge_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dawbridge")


@pytest.fixture(scope="module")
def bridge(bridge_home: Path) -> Iterator[BridgeProcess]:
    """A real bridge with its real engine."""
    with BridgeProcess(bridge_home) as running:
        running.wait_for_engine()
        yield running


@pytest.fixture(scope="module")
def make_studio(
    tmp_path_factory: pytest.TempPathFactory, display: str, bridge_home: Path
) -> Iterator[Callable[[int], Studio]]:
    """`make_studio(rate)`: a user, a session of three tracks, and an Ardour that is not started yet."""
    studios: list[Studio] = []

    def make(rate: int) -> Studio:
        root = tmp_path_factory.mktemp("studio")
        folder = root / LONG.strip() / LONG.strip()
        studios.append(Studio(root, folder / "Söng, “live”", rate, display, bridge_home))
        return studios[-1]

    yield make
    for studio in studios:
        studio.close()


@pytest.fixture(autouse=True)
def closed_dialogs(request: pytest.FixtureRequest) -> Iterator[None]:
    """A dialog that a failing test leaves open must not stop the next one."""
    yield
    song = request.node.funcargs.get("song")
    if song is not None and song.is_open:
        left = song.ardour.windows()
        for window in left:
            song.ardour.keys(window, "Escape")
        assert not left
