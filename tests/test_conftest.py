"""The promises of conftest.py are kept: strays are found, named and ended; test audio is what it says."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import soundfile
from _pytest.outcomes import Failed

from tests.conftest import Samples, end_strays

WAIT = "import time; time.sleep(60)"


def test_a_process_that_outlives_its_test_is_named_and_killed(run_mark: str) -> None:
    before = set(psutil.pids())
    with subprocess.Popen([sys.executable, "-c", WAIT]) as process:
        with pytest.raises(Failed, match=f"outlived its test: {process.pid} .*time.sleep"):
            end_strays(before, run_mark, grace_seconds=0.1)
        assert not psutil.pid_exists(process.pid)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no orphans to adopt")
def test_an_orphan_is_found_too(run_mark: str) -> None:
    before = set(psutil.pids())
    start = f"subprocess.Popen([sys.executable, '-c', '{WAIT}'], stdout=subprocess.DEVNULL)"
    leave = [sys.executable, "-W", "ignore", "-c", f"import subprocess, sys; print({start}.pid)"]
    orphan = int(subprocess.check_output(leave))
    assert os.getpid() not in [parent.pid for parent in psutil.Process(orphan).parents()]
    with pytest.raises(Failed, match=f"outlived its test: {orphan} "):
        end_strays(before, run_mark, grace_seconds=0.1)


def test_a_process_that_ends_by_itself_is_nobodys_business(run_mark: str) -> None:
    before = set(psutil.pids())
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.2)"]) as process:
        end_strays(before, run_mark)
        assert process.wait(timeout=10) == 0


def test_tone_has_the_shape_and_level_it_was_asked_for(tone: Callable[..., Samples]) -> None:
    audio = tone(seconds=0.5, rate=44_100, channels=6, peak=0.5)
    assert audio.shape == (6, 22_050)
    assert abs(audio).max() == pytest.approx(0.5)
    assert len({row.tobytes() for row in audio}) == 6
    assert (tone(seconds=0.5, rate=44_100, channels=6, peak=0.5) == audio).all()


def test_tone_file_is_written_as_named(tone_file: Callable[..., Path]) -> None:
    info = soundfile.info(tone_file("mono.flac", "PCM_16", seconds=0.25, rate=22_050, channels=1))
    assert (info.format, info.subtype, info.samplerate, info.channels, info.frames) == (
        "FLAC",
        "PCM_16",
        22_050,
        1,
        5_512,
    )


def test_home_is_empty_and_known_to_children(home: Path) -> None:
    seen = subprocess.check_output([sys.executable, "-c", "import os; print(os.environ['DAWBRIDGE_HOME'])"], text=True)
    assert seen.strip() == str(home)
    assert not list(home.iterdir())
