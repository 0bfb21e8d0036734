"""The page's clients against a real bridge, as a stranger would run them: three doors, three takes on disk."""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile

from tests.fakes.bridge import RunningBridge
from tests.protocol.test_page import block, run

LIFE = ["accepted", "started", "take", "done"]


def event_word(line: str) -> str:
    """The Python examples print the word first, the shell prints the event's JSON."""
    return str(json.loads(line)["event"]) if line.startswith("{") else line.split(maxsplit=1)[0]


@pytest.fixture
def bridge(tmp_path: Path) -> Iterator[RunningBridge]:
    with RunningBridge(tmp_path / "the home") as running:
        yield running


def test_each_example_gets_its_take(bridge: RunningBridge, page: str):
    commands = [[sys.executable, "-c", block(page, "python zmq")], [sys.executable, "-c", block(page, "python osc")]]
    if shutil.which("sh") is not None and sys.platform != "win32":
        commands.append(["sh", "-c", block(page, "sh mailbox")])
    for command in commands:
        done = run(command, bridge.home.root)
        assert done.returncode == 0, done.stdout + done.stderr
        told = [event_word(line) for line in done.stdout.splitlines()]
        assert [word for word in told if word in LIFE] == LIFE
    takes = sorted(bridge.home.takes.rglob("take-1.wav"))
    assert len(takes) == len(commands)
    for take in takes:
        sound = soundfile.info(take)
        assert (sound.frames, sound.samplerate) == (192_000, 48_000)


def test_a_refusal_reaches_each_example(bridge: RunningBridge, page: str):
    """Every door names the field that is wrong, and says what to do."""
    for language in ("python zmq", "python osc"):
        code = block(page, language).replace('"tags": "lofi, rhodes"', '"variants": 9')
        done = run([sys.executable, "-c", code], bridge.home.root)
        assert done.returncode == 1, done.stdout
        assert done.stdout.split() == ["refused"]
        assert "`variants` may be at most 8" in done.stderr
        assert "Correct the field" in done.stderr
