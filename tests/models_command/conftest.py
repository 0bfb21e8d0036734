"""A small model in the layout of ACE-Step v1, a hub that has it, and an environment in which nothing is known."""

from __future__ import annotations

import json
import random
import struct
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from bridge_server.home import Home
from bridge_server.models.catalogue import CATALOGUE, WebFile
from bridge_server.models.patience import Patience
from tests.cli.conftest import Said, dawbridge
from tests.models_command.hub import Hub, running, sha256

__all__ = ["Said", "dawbridge"]

REPO = "ACE-Step/ACE-Step-v1-3.5B"
VOCABULARY = b'{"model": {"type": "BPE"}}' + b" " * 300
VOCABULARY_ADDRESS = "/ace-step/ACE-Step/main/acestep/models/lyrics_utils/vocab.json"
IMPATIENT = Patience(wait_seconds=0.0, stall_seconds=0.25, least_bytes=1024, sleep=lambda _: None)


@cache
def safetensors(size: int, seed: int) -> bytes:
    """One tensor of `size` random bytes."""
    header = json.dumps({"weight": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}).encode()
    return struct.pack("<Q", len(header)) + header + random.Random(seed).randbytes(size)


def small_model() -> dict[str, bytes]:
    """File names as ACE-Step v1 has them, beside some that nobody should fetch."""
    return {
        ".gitattributes": b"*.safetensors filter=lfs",
        "README.md": b"# A model",
        "ace_step_transformer/config.json": b'{"num_layers": 2}',
        "ace_step_transformer/diffusion_pytorch_model.safetensors": safetensors(3_000_000, 1),
        "ace_step_transformer/optimizer.pt": b"\x80\x04 a pickle",
        "music_dcae_f8c8/config.json": b'{"latent_channels": 8}',
        "music_dcae_f8c8/diffusion_pytorch_model.safetensors": safetensors(40_000, 2),
        "music_vocoder/config.json": b'{"rate": 44100}',
        "music_vocoder/diffusion_pytorch_model.safetensors": safetensors(20_000, 3),
        "umt5-base/config.json": b'{"d_model": 768}',
        "umt5-base/model.safetensors": safetensors(30_000, 4),
        "umt5-base/tokenizer.json": b"{}" + b" " * 5000,
        "umt5-base/pytorch_model.bin": b"\x80\x04 a pickle",
        "samples/song.json": b'{"not": "a part of the model"}',
    }


WANTED = sorted(
    name for name in small_model() if not name.endswith((".pt", ".bin")) and not name.startswith((".git", "samples/"))
)


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No proxy, token or cache of this machine has a say, the real hub cannot be reached even by mistake, and nobody
    waits for the disk: no test pulls a plug."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "HF_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_HUB_OFFLINE", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    for model in CATALOGUE.values():
        monkeypatch.delenv(model.variable, raising=False)
    monkeypatch.setattr("os.fsync", lambda _: None)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "huggingface"))
    monkeypatch.setattr("bridge_server.models.pull.HUB", "http://127.0.0.1:9")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """Has the small model, and the vocabulary at the address at which GitHub has the real one."""
    vocabulary = CATALOGUE["lyric-vocabulary"]
    assert isinstance(vocabulary.source, WebFile)
    with running(Hub(REPO, small_model(), {VOCABULARY_ADDRESS: VOCABULARY})) as there:
        source = replace(vocabulary.source, base=there.base, size=len(VOCABULARY), sha256=sha256(VOCABULARY))
        monkeypatch.setitem(CATALOGUE, vocabulary.name, replace(vocabulary, source=source))
        monkeypatch.setattr("bridge_server.models.pull.HUB", there.base)
        yield there


@pytest.fixture
def place(home: Path) -> Path:
    """Where the model goes."""
    return home / "models" / "ace-step-v1"


@pytest.fixture
def its_home(home: Path) -> Home:
    return Home(home)


@pytest.fixture
def models(dawbridge: Callable[..., Said], home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Said]:
    """`models("pull", "--yes")`, with hardly any patience."""
    monkeypatch.setattr("bridge_server.cli.models.USUAL", IMPATIENT)
    return lambda *words: dawbridge("models", *words)


def files_in(folder: Path) -> dict[str, bytes]:
    """name → bytes, without the manifest."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".dawbridge-model.json"
    }
