"""Models that come and go while the engine runs."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from bridge_server.protocol.engine import Ping, Pong, Ready
from engine import server
from engine.backends.known import Registry
from engine.backends.lookout import Lookout
from engine.backends.registry import DEFAULT, survey
from tests.engine.test_server import KEY, Bridge
from tests.fakes.engine import NAME, FakeBackend

ACE = "ace-step-v1"


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The list of models of a home without any."""
    for name in ("DAWBRIDGE_ACE_STEP_V1", "DAWBRIDGE_LYRIC_VOCABULARY", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    monkeypatch.setenv("DAWBRIDGE_HOME", str(tmp_path))
    return tmp_path / "models.json"


def place(models: Path, folder: Path, complete: bool = True) -> None:
    models.write_text(json.dumps({ACE: {"folder": str(folder), "kind": "pulled", "complete": complete}}))


def test_a_model_is_found_when_it_is_complete_and_missed_when_it_has_gone(models: Path, noise_checkpoint: Path) -> None:
    found = survey()
    lookout = Lookout(found)
    assert lookout.look() is None
    place(models, noise_checkpoint, complete=False)
    half = lookout.look()
    assert half is not None
    assert ACE in [absent.backend for absent in half.absent]
    assert "edit" in half.absent[0].tasks
    place(models, noise_checkpoint)
    whole = lookout.look()
    assert whole is not None
    assert list(whole.backends) == [DEFAULT, ACE]
    assert ACE not in [absent.backend for absent in whole.absent]
    assert whole.backends[DEFAULT] is found.backends[DEFAULT], "what it holds is not thrown away"
    assert lookout.look() is None
    models.unlink()
    gone = lookout.look()
    assert gone is not None
    assert list(gone.backends) == [DEFAULT]


def test_a_model_that_stays_where_it_was_stays_loaded(models: Path, noise_checkpoint: Path, tmp_path: Path) -> None:
    place(models, noise_checkpoint)
    found = survey()
    lookout = Lookout(found)
    entries = {ACE: {"folder": str(noise_checkpoint), "kind": "pulled"}, "another": {"folder": "/", "kind": "own"}}
    models.write_text(json.dumps(entries))
    again = lookout.look()
    assert again is not None
    assert again.backends[ACE] is found.backends[ACE]
    (tmp_path / "moved").symlink_to(noise_checkpoint)
    place(models, tmp_path / "moved")
    moved = lookout.look()
    assert moved is not None
    assert moved.backends[ACE] is not found.backends[ACE]


def test_the_engine_says_anew_what_it_can_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "BRIDGE_SILENT_SECONDS", 0.5)
    bridge = Bridge()
    more = Registry({NAME: FakeBackend(), "other": FakeBackend()})
    answers = [None, more]
    running = server.Server(
        bridge.address, KEY, Registry({NAME: FakeBackend()}), NAME, lambda: answers.pop(0) if answers else None
    )
    thread = threading.Thread(target=running.run)
    thread.start()
    assert isinstance(bridge.hear(), Ready)
    for _ in range(2):
        bridge.say(Ping())
        assert isinstance(bridge.hear(), Pong)
    ready = bridge.hear()
    assert isinstance(ready, Ready)
    assert len(ready.backends) == 2
    assert running._worker.backends is more.backends
    thread.join(5)
    bridge.close()
