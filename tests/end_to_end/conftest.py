"""A real bridge, and a song to work on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile

from tests.conftest import make_tone
from tests.end_to_end.process import BridgeProcess


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BridgeProcess]:
    with BridgeProcess(tmp_path_factory.mktemp("home")) as running:
        running.wait_for_engine()
        yield running


@pytest.fixture
def song(tmp_path: Path) -> Path:
    """Six seconds of stereo, 24 bit, 44.1 kHz, alone in its project folder."""
    project = tmp_path / "Song"
    project.mkdir()
    path = project / "guitar.wav"
    soundfile.write(path, make_tone(seconds=6.0, rate=44_100).T, 44_100, subtype="PCM_24")
    return path
