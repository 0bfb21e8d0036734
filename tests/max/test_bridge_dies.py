"""The bridge is killed while a job of Live's waits, and started anew: the result lands all the same."""

import threading
from pathlib import Path
from typing import Any

import soundfile

from tests.conftest import make_tone
from tests.end_to_end.process import BridgeProcess
from tests.fakes.waiting import until
from tests.max.live import evening
from tests.max.test_device_script import node


def test_the_bridge_is_killed_and_started_anew(tmp_path: Path, device_script: Path):
    project = tmp_path / "Song Project"
    project.mkdir()
    (project / "Song.als").write_bytes(b"gzip")
    soundfile.write(project / "voice.wav", make_tone(10.0).T, 48_000, subtype="PCM_24")
    steps = [
        {"clip": {"path": str(project / "voice.wav"), "start": 8}},
        {"brace": [12, 16]},
        {"press": "repaint", "fields": {"variants": 1}},
        {"await": "Done"},
    ]
    told: list[Any] = []
    program = node()

    def live() -> None:
        told.append(evening(program, device_script, tmp_path / "home", project, steps))

    at_work = threading.Thread(target=live)
    with BridgeProcess(tmp_path / "home") as first:
        first.wait_for_engine()
        at_work.start()
        until(lambda: list((project / "Dawbridge").glob("*/request.json")), 20, "the job is accepted")
        first.kill()
    with BridgeProcess(tmp_path / "home"):
        at_work.join(90)
    [evening_told] = told
    assert evening_told["faults"] == []
    [(path, start, end)] = evening_told["tracks"][1]["clips"]
    assert (start, end) == (12, 16)
    assert soundfile.info(path).frames == 96_000
    assert len(evening_told["tracks"]) == 2
