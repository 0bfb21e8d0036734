"""The bundled device script in a file, for everything here that runs it in Node."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from daw_scripts.max.script import bundle

SCRIPT_VARIABLE = "DAWBRIDGE_SCRIPT"


@pytest.fixture(scope="session")
def device_script(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("max") / "dawbridge.js"
    path.write_text(bundle("0.0.0"), encoding="utf-8")
    yield path
