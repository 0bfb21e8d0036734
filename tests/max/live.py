"""The device in a fake Live, in Node, against a bridge that runs: an evening is a list of steps."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

EVENING = Path(__file__).with_name("evening.mjs")
LONGEST_SECONDS = 240
"""Of an evening on a machine that is busy with other things."""


def evening(node: str, script: Path, home: Path, folder: Path, steps: list[dict[str, Any]], engine: str = "v8") -> Any:
    """What lies in the set at the end, what was sent, and how long it took; evening.mjs says in which words.

    Raises AssertionError with what Node said when a step never came true.
    """
    done = subprocess.run(
        [node, str(EVENING), str(home), str(folder)],
        input=json.dumps(steps),
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "DAWBRIDGE_SCRIPT": str(script), "ENGINE": engine},
        timeout=LONGEST_SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)
