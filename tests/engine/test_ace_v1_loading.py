"""What may be wrong with the files of a model: always a sentence, never a crash, and `sketch` plays on."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from bridge_server.protocol.errors import (
    BadRequest,
    EngineFault,
    OutOfMemory,
    UnknownBackend,
    Unsupported,
)
from bridge_server.protocol.values import AbsentBackend, Sampling
from engine.backends import registry
from engine.backends.ace_v1 import checkpoint
from engine.backends.ace_v1.checkpoint import PARTS
from engine.backends.ace_v1.memory import Way
from engine.backends.ace_v1.options import Options
from engine.backends.ace_v1.studio import Studio
from engine.backends.ace_v1.trouble import translated
from engine.backends.base import DeviceFault
from engine.models.ace_v1.checkpoint import CheckpointError
from engine.watch import Cancelled, Watch
from tests.engine.ace_v1_work import RATE, backend, generate, render

WEIGHTS = "ace_step_transformer/diffusion_pytorch_model.safetensors"
SHORT = generate(RATE // 4)


@pytest.fixture
def copy(noise_checkpoint: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(noise_checkpoint, tmp_path / "copy"))


@pytest.fixture
def lonely(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """No model anywhere."""
    for name in ("DAWBRIDGE_ACE_STEP_V1", "DAWBRIDGE_LYRIC_VOCABULARY", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    monkeypatch.setenv("DAWBRIDGE_HOME", str(tmp_path / "home"))
    return monkeypatch


def the_absent(found: registry.Registry) -> list[AbsentBackend]:
    return [absent for absent in found.absent if absent.backend == checkpoint.NAME]


def test_without_a_model_the_registry_knows_why(lonely: pytest.MonkeyPatch) -> None:
    found = registry.survey()
    assert list(found.backends) == ["sketch"]
    (absent,) = the_absent(found)
    assert "dawbridge models pull ace-step-v1" in absent.problem.hint


def test_without_torch_the_registry_knows_why(lonely: pytest.MonkeyPatch) -> None:
    lonely.setattr(checkpoint, "LIBRARIES", ("torch", "no_such_library"))
    (absent,) = the_absent(registry.survey())
    assert "no_such_library" in absent.problem.message
    assert "pip install" in absent.problem.hint


@pytest.mark.parametrize("how", ["environment", "models.json", "hub cache"])
def test_a_checkpoint_is_found_wherever_it_lies(
    lonely: pytest.MonkeyPatch, noise_checkpoint: Path, tmp_path: Path, how: str
) -> None:
    if how == "environment":
        lonely.setenv("DAWBRIDGE_ACE_STEP_V1", str(noise_checkpoint))
    elif how == "models.json":
        (tmp_path / "home").mkdir()
        entry = {"ace-step-v1": {"folder": str(noise_checkpoint), "kind": "own", "complete": True}}
        (tmp_path / "home" / "models.json").write_text(json.dumps(entry))
    else:
        snapshots = tmp_path / "hub" / "hub" / checkpoint.HUB_FOLDER / "snapshots"
        snapshots.mkdir(parents=True)
        (snapshots / "abc").symlink_to(noise_checkpoint)
    found = registry.survey()
    assert not the_absent(found)
    assert "noise" in found.backends["ace-step-v1"].capabilities.about
    assert registry.DEFAULT == "sketch"


def test_a_wrong_folder_is_named_and_not_passed_over(lonely: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lonely.setenv("DAWBRIDGE_ACE_STEP_V1", str(tmp_path))
    with pytest.raises(UnknownBackend, match="does not hold a whole") as refusal:
        checkpoint.find()
    assert str(tmp_path) in refusal.value.message
    assert "DAWBRIDGE_ACE_STEP_V1" in refusal.value.hint
    lonely.setenv("DAWBRIDGE_ACE_STEP_V1", str(tmp_path / "nowhere"))
    with pytest.raises(UnknownBackend, match=r"There is no folder .*nowhere"):
        checkpoint.find()


def test_looking_for_backends_imports_no_model_library(lonely: pytest.MonkeyPatch, noise_checkpoint: Path) -> None:
    lonely.setenv("DAWBRIDGE_ACE_STEP_V1", str(noise_checkpoint))
    code = (
        "import sys; from engine.backends.registry import survey; assert len(survey().backends) == 2;"
        "assert not {'torch', 'transformers', 'diffusers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def pickled(file: Path) -> None:
    file.rename(file.with_suffix(".bin"))


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def misshapen(file: Path) -> None:
    save_file({"a.weight": torch.zeros(2, 2)}, file)


def lfs(file: Path) -> None:
    file.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")


@pytest.mark.parametrize("spoil", [cut, pickled, emptied, misshapen, lfs])
def test_spoilt_weights_are_told_of(copy: Path, spoil: Callable[[Path], None]) -> None:
    spoil(copy / WEIGHTS)
    with pytest.raises(Unsupported) as refusal:
        render(backend(copy), SHORT)
    assert "ace_step_transformer" in refusal.value.message
    assert "models verify ace-step-v1 --repair" in refusal.value.hint


@pytest.mark.parametrize("part", PARTS)
def test_a_config_that_is_none_is_told_of_before_anything_is_read(copy: Path, part: str) -> None:
    (copy / part / "config.json").write_text('{"num_layers": "many", "kernel_sizes": 3, "hidden": ')
    with pytest.raises(Unsupported, match=part):
        render(backend(copy), SHORT)


@pytest.mark.parametrize(
    ("part", "config"),
    [
        ("ace_step_transformer", {"num_layers": "many"}),
        ("ace_step_transformer", {"lyric_encoder": 3}),
        ("ace_step_transformer", {"num_attention_heads": -1}),
        ("music_dcae_f8c8", {"latent_channels": "x"}),
        ("music_vocoder", {"depths": 3}),
        ("umt5-base", {"d_model": None}),
    ],
)
def test_a_config_of_another_model_is_told_of(copy: Path, part: str, config: dict[str, object]) -> None:
    file = copy / part / "config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **config}))
    with pytest.raises(Unsupported, match=part):
        render(backend(copy), SHORT)


def test_a_cancel_is_heard_while_weights_are_read(noise_checkpoint: Path) -> None:
    class Impatient(Watch):
        looks = 0

        def check(self) -> None:
            self.looks += 1
            if self.looks == 100:
                self.cancel()
            super().check()

    options = Options(torch.device("cpu"), torch.float32)
    studio = Studio.open(checkpoint.Place(noise_checkpoint, None), options)
    with pytest.raises(Cancelled):
        studio.prepare(Way(batch=1), Impatient())
    studio.prepare(Way(batch=1), Watch())


def test_steps_are_not_chosen_for_heun(noise_checkpoint: Path) -> None:
    chosen = Sampling(scheduler_type="heun", oss_steps=(2, 5))
    with pytest.raises(BadRequest, match="oss_steps") as refusal:
        render(backend(noise_checkpoint), generate(RATE // 4, sampling=chosen))
    assert "euler or pingpong" in refusal.value.hint


def with_bias(copy: Path, value: float) -> Path:
    weights = load_file(copy / WEIGHTS)
    weights["final_layer.linear.bias"] = torch.full_like(weights["final_layer.linear.bias"], value)
    save_file(weights, copy / WEIGHTS)
    return copy


def test_weights_that_are_no_numbers_are_told_of_by_name(copy: Path) -> None:
    with pytest.raises(Unsupported, match=r"ace_step_transformer.*final_layer\.linear\.bias") as refusal:
        render(backend(with_bias(copy, torch.nan)), SHORT)
    assert "models verify ace-step-v1 --repair" in refusal.value.hint


def test_numbers_that_run_away_are_no_music(copy: Path) -> None:
    with pytest.raises(EngineFault) as refusal:
        render(backend(with_bias(copy, 3e38)), SHORT)
    assert "seed" in refusal.value.hint


@pytest.mark.parametrize(
    ("error", "device", "kind"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate"), "cuda", DeviceFault),
        (RuntimeError("MPS backend out of memory"), "mps", DeviceFault),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"), "cpu", OutOfMemory),
        (CheckpointError("x"), "cpu", Unsupported),
        (FloatingPointError("x"), "cuda", EngineFault),
        (RuntimeError("something else"), "cpu", RuntimeError),
    ],
)
def test_errors_are_translated_once(error: Exception, device: str, kind: type[Exception]) -> None:
    with pytest.raises(kind) as told, translated(torch.device(device)):
        raise error
    if isinstance(told.value, DeviceFault):
        assert isinstance(told.value.error, OutOfMemory)
        assert told.value.error.hint
