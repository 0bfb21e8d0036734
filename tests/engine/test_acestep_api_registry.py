"""The server that the user has named is a backend; it is never asked just to find out what there is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from bridge_server.protocol.servers import FILE_NAME, NAME, Offer, OfferedModel, Server
from engine.backends.lookout import Lookout
from engine.backends.registry import DEFAULT, survey

NOWHERE = Server(address="http://192.0.2.1:9")


@pytest.fixture
def file(home: Path) -> Path:
    return home / FILE_NAME


def write(file: Path, server: Server) -> None:
    file.write_bytes(msgspec.json.encode(server))


def test_it_comes_changes_and_goes_while_the_engine_runs(file: Path) -> None:
    found = survey()
    assert NAME not in found.backends
    lookout = Lookout(found)
    write(file, NOWHERE)
    added = lookout.look()
    assert added is not None
    assert "repaint" in added.backends[NAME].capabilities.tasks
    assert DEFAULT == "sketch", "nothing leaves this machine unless a request names it"
    assert lookout.look() is None
    offer = Offer(models=(OfferedModel(name="acestep-v15-base", is_loaded=True),))
    write(file, msgspec.structs.replace(NOWHERE, offer=offer))
    changed = lookout.look()
    assert changed is not None
    assert "layer" in changed.backends[NAME].capabilities.tasks
    file.unlink()
    gone = lookout.look()
    assert gone is not None
    assert NAME not in gone.backends


@pytest.mark.parametrize("text", ["", "[]", '{"address": "ftp://a"}', '{"address": "http://a", "key": "a\\r\\nb"}'])
def test_a_damaged_file_is_told_and_stops_nothing_else(file: Path, text: str) -> None:
    file.write_text(text, "utf-8")
    found = survey()
    assert DEFAULT in found.backends
    [problem] = [absent.problem for absent in found.absent if absent.backend == NAME]
    assert "server add" in problem.hint


def test_it_needs_no_model_library() -> None:
    """A machine whose model is elsewhere installs no torch."""
    code = (
        "import sys; sys.modules.update(dict.fromkeys(('torch', 'transformers', 'diffusers', 'safetensors')));"
        "import engine.backends.acestep_api.backend, engine.backends.acestep_api.__main__"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
