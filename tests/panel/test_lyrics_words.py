"""The panel's pure modules, run by Node: syllables, lines of lyrics, comparison of versions, the studio's requests."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
CASE = re.compile(r"^(not )?ok \d+ - (.+)$", re.MULTILINE)
FILES = ("syllables", "words", "studio", "history")


@pytest.mark.parametrize("name", FILES)
def test_every_case_of_the_pure_modules(name: str) -> None:
    node = shutil.which("node")
    if node is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI has to have Node, so that the panel's modules are tested somewhere")
        pytest.skip("Node is not installed")
    file = Path(__file__).parent / f"{name}.test.mjs"
    environment = {**os.environ, "PANEL_JS": str(ROOT / "bridge_server" / "panel" / "static" / "js")}
    done = subprocess.run(
        [node, "--test", "--test-reporter=tap", str(file)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment,
        timeout=100,
    )
    cases = CASE.findall(done.stdout)
    assert len(cases) >= 4, done.stdout + done.stderr
    assert not [case for failed, case in cases if failed], done.stdout
