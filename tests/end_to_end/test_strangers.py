"""Clients that know nothing of our code, written from docs/PROTOCOL.md alone, get their take."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.end_to_end.process import BridgeProcess

HERE = Path(__file__).parent
START, END, RATE = 88_200, 176_400, 44_100


def run(script: str, bridge: BridgeProcess, song: Path, tags: str = "lofi, rhodes, 120 bpm") -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(HERE / f"{script}.py"), str(song), str(START), str(END), str(RATE), tags],
        env={**os.environ, "DAWBRIDGE_HOME": str(bridge.home.root)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["words"] == ["accepted", "started", "take", "done"]
    return told


def sound(path: str) -> np.ndarray[Any, Any]:
    audio, rate = soundfile.read(path, dtype="int32", always_2d=True)
    assert rate == RATE
    return audio


def check_new(audio: np.ndarray[Any, Any], old: np.ndarray[Any, Any]) -> None:
    """There is music, and it is not what was there."""
    level = np.sqrt(np.mean((audio / 2**31) ** 2))
    assert 0.005 < level < 0.5
    assert np.abs(audio - old).max() > 2**24


def test_zmq_and_msgpack(bridge: BridgeProcess, song: Path) -> None:
    (take,) = run("independent_zmq", bridge, song)["last"]["takes"]
    before, after = sound(str(song)), sound(take["path"])
    assert take["samples"] == len(after) == len(before)
    assert np.array_equal(after[:START], before[:START])
    assert np.array_equal(after[END:], before[END:])
    check_new(after[START:END], before[START:END])


def test_python_osc_over_a_line_that_loses_datagrams(bridge: BridgeProcess, song: Path) -> None:
    told = run("independent_osc", bridge, song)
    (take,) = told["last"]["takes"]
    assert told["repeats"] > 0, "what was acknowledged in vain comes again"
    after = sound(take["path"])
    assert len(after) == END - START
    check_new(after, sound(str(song))[START:END])


def test_a_folder_and_the_standard_library(bridge: BridgeProcess, song: Path) -> None:
    (take,) = run("independent_mailbox", bridge, song)["last"]["takes"]
    before, after = sound(str(song)), sound(take["path"])
    assert len(after) == take["samples"] == END - START + 2 * 480
    assert take["parts"][0]["handles"] == [480, 480]
    assert np.array_equal(after[:480], before[START - 480 : START])
    assert np.array_equal(after[-480:], before[END : END + 480])
    check_new(after[480:-480], before[START:END])


def test_the_same_request_gives_the_same_audio_through_every_door(bridge: BridgeProcess, song: Path) -> None:
    (one,) = run("independent_osc", bridge, song)["last"]["takes"]
    (other,) = run("independent_mailbox", bridge, song)["last"]["takes"]
    assert np.array_equal(sound(one["path"]), sound(other["path"])[480:-480])


@pytest.mark.parametrize(
    ("script", "may"),
    [("independent_zmq", {"zmq", "msgpack"}), ("independent_osc", {"pythonosc"}), ("independent_mailbox", set())],
)
def test_they_know_nothing_of_ours(script: str, may: set[str]) -> None:
    tree = ast.parse((HERE / f"{script}.py").read_text("utf-8"))
    named = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert named - set(sys.stdlib_module_names) == may
