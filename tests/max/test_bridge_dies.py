"""The bridge is killed while a job of Live's waits, and started anew: the result lands all the same."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import soundfile

from tests.conftest import make_tone
from tests.end_to_end.process import BridgeProcess
from tests.fakes.waiting import until
from tests.max.live import LONGEST_SECONDS, evening
from tests.max.test_device_script import node


@pytest.mark.timeout(420)
def test_the_bridge_is_killed_and_started_anew(tmp_path: Path, device_script: Path):
    project = tmp_path / "Song Project"
    project.mkdir()
    (project / "Song.als").write_bytes(b"gzip")
    soundfile.write(project / "voice.wav", make_tone(10.0).T, 48_000, subtype="PCM_24")
    steps: list[dict[str, Any]] = [
        {"clip": {"path": str(project / "voice.wav"), "start": 8}},
        {"brace": [12, 16]},
        {"press": "repaint", "fields": {"variants": 1}},
        {"await": "Done"},
    ]
    program = node()
    with ThreadPoolExecutor(1) as pool, BridgeProcess(tmp_path / "home") as first:
        engine = first.wait_for_engine()
        engine.suspend()  # so that the job is at work for certain when the bridge goes
        live = pool.submit(evening, program, device_script, tmp_path / "home", project, steps)
        accepted = project / "Dawbridge"
        until(lambda: live.done() or list(accepted.glob("*/request.json")), 120, "the job is accepted")
        first.kill()
        engine.kill()
        with BridgeProcess(tmp_path / "home"):
            told = live.result(LONGEST_SECONDS)
    assert told["faults"] == []
    [(path, start, end)] = told["tracks"][1]["clips"]
    assert (start, end) == (12, 16)
    assert soundfile.info(path).frames == 96_000
    assert len(told["tracks"]) == 2
