"""Running Node from pytest: skipped with a reason where there is none, but never in CI."""

import os
import shutil
import subprocess

import pytest

from tests.protocol.conftest import ROOT


def run_node(*arguments: str) -> str:
    """Standard output of `node`. One argument is a script to evaluate; fails the test when Node fails."""
    node = shutil.which("node")
    if node is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI has to have Node, so that the JavaScript is tested somewhere")
        pytest.skip("Node is not installed")
    command = ["-e", arguments[0]] if len(arguments) == 1 else list(arguments)
    done = subprocess.run([node, *command], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
