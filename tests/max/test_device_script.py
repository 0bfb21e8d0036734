"""The tests of Live's device script, which Node runs: one pytest for all of them, which names every case."""

import logging
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from daw_scripts.max.script import bundle
from daw_scripts.max.syntax import es5_faults
from tests.max.conftest import SCRIPT_VARIABLE

log = logging.getLogger(__name__)

HERE = Path(__file__).parent
CASE = re.compile(r"^(not )?ok \d+ - (.+)$", re.MULTILINE)
NUMBERED = re.compile(r"(\d+)\. ")
TRICKY_CASES = 20


def node() -> str:
    found = shutil.which("node")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI has to have Node, so that the device's script is tested somewhere")
        pytest.skip("Node is not installed")
    return found


def run_cases(script: Path) -> str:
    """What `node --test` says, as TAP."""
    files = sorted(str(path) for path in HERE.glob("*.test.mjs"))
    command = [node(), "--test", "--test-reporter=tap", *files]
    environment = {**os.environ, SCRIPT_VARIABLE: str(script)}
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment, timeout=400)
    return done.stdout + done.stderr


@pytest.mark.timeout(420)
def test_every_case_of_the_device_script(device_script: Path):
    told = run_cases(device_script)
    cases = CASE.findall(told)
    for failed, name in cases:
        log.info("%s %s", "FAILED" if failed else "passed", name)
    assert not [name for failed, name in cases if failed], told
    seen = {int(found[1]) for _, name in cases if (found := NUMBERED.match(name))}
    assert seen == set(range(1, TRICKY_CASES + 1)), "every tricky case of the notes on Live has a test of its number"


def test_the_script_is_ecmascript_5():
    node()
    assert es5_faults(bundle("0.0.0")) == []


def test_the_same_sources_give_the_same_script():
    assert bundle("1.2.3") == bundle("1.2.3")
    assert "Dawbridge 1.2.3 for Ableton Live" in bundle("1.2.3").splitlines()[0]


def test_a_newer_word_of_javascript_is_seen():
    node()
    assert es5_faults(bundle("0.0.0") + "\nlet x = 1;\n")
