"""A command line in this process: what it prints, with which code it ends, what it would have asked for."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import soundfile

from bridge_server.cli import commands
from bridge_server.cli.app import run
from bridge_server.protocol.requests import JobRequest
from tests.conftest import make_tone

commands.load()


@dataclass(frozen=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """stdout as JSON; fails if anything else is in it."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def last(self) -> dict[str, Any]:
        return self.lines[-1]


@pytest.fixture(scope="session")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a song of 10 s and two tracks, 48 kHz, stereo, 24 bit: for tests to copy."""
    folder = tmp_path_factory.mktemp("sounds")
    for number, name in enumerate(("song", "drums", "keys")):
        soundfile.write(folder / f"{name}.wav", make_tone(seconds=10, seed=number).T, 48_000, subtype="PCM_24")
    return folder


@pytest.fixture
def dawbridge(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """`dawbridge("jobs", "--json")`."""

    def call(*words: object) -> Said:
        capsys.readouterr()
        code = run([str(word) for word in words])
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return call


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, dawbridge: Callable[..., Said]) -> Callable[..., JobRequest]:
    """The request that a command would hand in; fails if it hands in none."""
    caught: list[JobRequest] = []
    for name in ("compose", "join", "rework", "takes"):
        module = import_module(f"bridge_server.cli.{name}")
        monkeypatch.setattr(module, "perform", lambda request, *_: caught.append(request))

    def ask(*words: object) -> JobRequest:
        said = dawbridge(*words)
        assert said.code == 0, said.err
        return caught[-1]

    return ask
