"""The JavaScript tests, run by pytest so that one command runs all."""

import re

from tests.protocol.conftest import VECTORS
from tests.protocol.node import run_node


def test_node_passes_its_vectors():
    told = run_node("--test", "--test-reporter=tap", "tests/protocol/vectors.test.mjs")
    passed = re.search(r"^# pass (\d+)$", told, flags=re.MULTILINE)
    assert passed is not None
    assert int(passed[1]) > len(VECTORS["messages"])
