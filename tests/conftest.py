"""What every test may ask for: test audio, a home of its own, and the promise that no process outlives its test."""

import os
import signal
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile
from numpy.typing import NDArray

Samples = NDArray[np.float32]

RUN_MARK = "DAWBRIDGE_TEST_RUN"
"""Every process that a test starts inherits this variable, and so is known even after its parent has died."""

GRACE_SECONDS = 2.0
"""How long a process that was told to stop may take to be gone."""


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Started in the background by a shell: programs that a test starts would never hear of Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def tone() -> Callable[..., Samples]:
    """`make_tone`, for tests that need audio in memory."""
    return make_tone


def make_tone(
    seconds: float = 1.0, rate: int = 48_000, channels: int = 2, hertz: float = 220.0, peak: float = 0.25, seed: int = 0
) -> Samples:
    """A decaying chord over a little noise, so that no two places and no two channels are the same.

    Returns (C, T) float32, full scale ±1, at most `peak` loud.
    """
    time = np.arange(round(seconds * rate)) / rate
    noise = np.random.default_rng(seed)
    rows = []
    for channel in range(channels):
        swell = 0.6 + 0.4 * np.cos(2 * np.pi * (0.7 + 0.1 * channel) * time)
        partials = sum(np.sin(2 * np.pi * hertz * k * time + channel) / k for k in (1, 1.25, 1.5, 2))
        rows.append(swell * partials / 4 + 0.02 * noise.uniform(-1, 1, time.size))
    audio = np.array(rows).reshape(channels, time.size)
    loudest = np.abs(audio).max(initial=0.0) or 1.0
    return np.asarray(audio * (peak / loudest), dtype=np.float32)


@pytest.fixture
def tone_file(tmp_path: Path) -> Callable[..., Path]:
    """`write(name, subtype="PCM_24", **what make_tone takes)`: a sound file in the test's own folder."""

    def write(name: str = "tone.wav", subtype: str | None = "PCM_24", **sound: float) -> Path:
        path = tmp_path / name
        rate = int(sound.get("rate", 48_000))
        soundfile.write(path, make_tone(**sound).T, rate, subtype=subtype)  # type: ignore[arg-type]
        return path

    return write


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty DAWBRIDGE_HOME of the test's own: connection file, journal, mailbox and logs go there."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("DAWBRIDGE_HOME", str(folder))
    return folder


@pytest.fixture(scope="session", autouse=True)
def run_mark() -> Iterator[str]:
    """Mark all processes of this run, and fail the last test if one of them is left when all fixtures are gone."""
    mark = os.environ[RUN_MARK] = uuid.uuid4().hex
    before = set(psutil.pids())
    yield mark
    end_strays(before, mark)


@pytest.fixture(autouse=True)
def no_strays(run_mark: str) -> Iterator[None]:
    """Fail a test that leaves a process behind. What wider fixtures started before it may stay."""
    before = set(psutil.pids())
    yield
    end_strays(before, run_mark)


def end_strays(before: set[int], mark: str, grace_seconds: float = GRACE_SECONDS) -> None:
    """Kill what was started since `before` and still runs after a moment of grace; fail with the names."""
    strays = [process for pid in set(psutil.pids()) - before if (process := stray(pid, mark))]
    if not strays:
        return
    _, alive = psutil.wait_procs(strays, timeout=grace_seconds)
    left = [process for process in alive if stray(process.pid, mark)]
    names = [describe(process) for process in left]
    for process in left:
        process.kill()
    psutil.wait_procs(left, timeout=GRACE_SECONDS)
    if left:
        pytest.fail(f"outlived its test: {'; '.join(names)}", pytrace=False)


def stray(pid: int, mark: str) -> psutil.Process | None:
    """The process, if it runs and one of ours started it."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE or "multiprocessing.resource_tracker" in " ".join(
            process.cmdline()
        ):
            return None
        ours = process.environ().get(RUN_MARK) == mark or os.getpid() in (parent.pid for parent in process.parents())
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None
    return process if ours else None


def describe(process: psutil.Process) -> str:
    try:
        return f"{process.pid} {' '.join(process.cmdline())}"
    except psutil.NoSuchProcess:
        return f"{process.pid} (just ended)"
