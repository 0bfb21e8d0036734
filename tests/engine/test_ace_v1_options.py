"""Options of the machine: read from the environment, refused in a sentence where they cannot be."""

from __future__ import annotations

import pytest
import torch

from bridge_server.protocol.errors import BadRequest
from engine.backends.ace_v1.options import (
    COMPILE_VARIABLE,
    DEVICE_VARIABLE,
    DTYPE_VARIABLE,
    MEMORY_VARIABLE,
    Options,
    free_bytes,
)

VARIABLES = (COMPILE_VARIABLE, DEVICE_VARIABLE, DTYPE_VARIABLE, MEMORY_VARIABLE)


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def machine(monkeypatch: pytest.MonkeyPatch, *, gpus: int = 0, has_mps: bool = False) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpus > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: has_mps)


@pytest.mark.parametrize(
    ("gpus", "has_mps", "device", "dtype"),
    [(1, False, "cuda", torch.bfloat16), (0, True, "mps", torch.float32), (0, False, "cpu", torch.float32)],
)
def test_by_default_the_best_that_is_there(
    monkeypatch: pytest.MonkeyPatch, gpus: int, has_mps: bool, device: str, dtype: torch.dtype
) -> None:
    machine(monkeypatch, gpus=gpus, has_mps=has_mps)
    assert Options.from_environment() == Options(torch.device(device), dtype)


def test_what_is_named_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, gpus=2)
    for name, value in zip(VARIABLES, ("1", "cuda:1", "float16", "7.5"), strict=True):
        monkeypatch.setenv(name, value)
    assert Options.from_environment() == Options(torch.device("cuda:1"), torch.float16, True, 7_500_000_000)


@pytest.mark.parametrize("device", ["cuda", "cuda:2", "mps", "meta", "fridge", "cpu:x", "xpu"])
def test_a_device_that_is_not_there(monkeypatch: pytest.MonkeyPatch, device: str) -> None:
    machine(monkeypatch, gpus=2 if device == "cuda:2" else 0)
    monkeypatch.setenv(DEVICE_VARIABLE, device)
    with pytest.raises(BadRequest, match=device) as refusal:
        Options.from_environment()
    assert "cuda, cuda:1, mps or cpu" in refusal.value.hint


@pytest.mark.parametrize("size", ["lots", "0", "-3", "nan", "inf"])
def test_a_size_that_is_none(monkeypatch: pytest.MonkeyPatch, size: str) -> None:
    monkeypatch.setenv(MEMORY_VARIABLE, size)
    with pytest.raises(BadRequest, match=size) as refusal:
        Options.from_environment()
    assert "7.5" in refusal.value.hint


def test_a_precision_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DTYPE_VARIABLE, "int8")
    with pytest.raises(BadRequest, match="int8") as refusal:
        Options.from_environment()
    assert "bfloat16" in refusal.value.hint


def test_the_computer_tells_how_much_is_free() -> None:
    free = free_bytes(torch.device("cpu"))
    assert free is None or free > 1_000_000
