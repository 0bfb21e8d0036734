"""Which checkpoints of ACE-Step 1.5 are found, what each can do, and what is said of those that cannot be used."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bridge_server.protocol.errors import Unsupported
from engine.backends.ace_15 import checkpoint
from engine.backends.ace_15.capabilities import capabilities
from engine.backends.ace_15.checkpoint import NAME, Place, find
from engine.backends.ace_15.variant import Variant, defaults, told_by
from engine.backends.deferred import Deferred
from engine.backends.registry import survey
from engine.watch import Watch
from tests.engine.ace_15_work import backend

VARIABLES = ("DAWBRIDGE_ACE_STEP_1_5", "DAWBRIDGE_ACE_STEP_1_5_VARIANT", "DAWBRIDGE_HOME")


@pytest.fixture
def lonely(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.fixture
def copied(noise_pipeline: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(noise_pipeline, tmp_path / "model"))


def test_without_a_checkpoint_it_says_where_to_get_one(lonely: pytest.MonkeyPatch) -> None:
    found = find()
    assert not found.places
    [(name, error)] = found.problems
    assert (name, error.code) == (NAME, "unknown_backend")
    assert "dawbridge models" in error.hint
    [absent] = [each for each in survey().absent if each.backend == NAME]
    assert {"layer", "separate", "accompany"} <= set(absent.tasks)


def test_a_folder_that_the_user_names(lonely: pytest.MonkeyPatch, noise_pipeline: Path) -> None:
    lonely.setenv("DAWBRIDGE_ACE_STEP_1_5", str(noise_pipeline))
    assert find().places == (Place(NAME, noise_pipeline, Variant.BASE, has_tokenizer=True, is_noise=True),)
    known = survey()
    assert isinstance(known.backends[NAME], Deferred)
    assert "noise" in known.backends[NAME].capabilities.model
    assert "keys" in known.role_words[NAME]
    again = survey(known)
    assert again.backends[NAME] is known.backends[NAME], "what is loaded stays loaded"


def test_each_kind_has_a_variable(lonely: pytest.MonkeyPatch, noise_pipeline: Path) -> None:
    lonely.setenv("DAWBRIDGE_ACE_STEP_1_5_XL_BASE", str(noise_pipeline))
    assert [place.name for place in find().places] == [f"{NAME}-xl-base"]


def test_every_checkpoint_in_the_list_is_a_backend(
    lonely: pytest.MonkeyPatch, noise_pipeline: Path, tmp_path: Path
) -> None:
    entries = {
        NAME: {"folder": str(noise_pipeline), "kind": "pulled", "complete": True},
        f"{NAME}-xl-sft": {"folder": str(noise_pipeline), "kind": "own"},
        f"{NAME}-base": {"folder": str(tmp_path / "gone"), "kind": "own"},
        f"{NAME}-turbo": {"folder": str(noise_pipeline), "kind": "pulled", "complete": False},
        "ace-step-v1": {"folder": "/elsewhere", "kind": "own"},
        f"{NAME}-bad": 7,
    }
    (tmp_path / "models.json").write_text(json.dumps(entries), encoding="utf-8")
    lonely.setenv("DAWBRIDGE_HOME", str(tmp_path))
    found = find()
    assert [place.name for place in found.places] == [NAME, f"{NAME}-xl-sft"]
    assert [name for name, _ in found.problems] == [f"{NAME}-base"]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (shutil.rmtree, "There is no folder"),
        (lambda folder: (folder / "model_index.json").unlink(), "layout of diffusers"),
        (lambda folder: shutil.rmtree(folder / "vae"), "vae is missing"),
        (
            lambda folder: (folder / "vae" / "diffusion_pytorch_model.safetensors").rename(folder / "vae" / "x.bin"),
            "pickles",
        ),
    ],
)
def test_a_folder_that_cannot_be_used(lonely: pytest.MonkeyPatch, copied: Path, spoil: object, words: str) -> None:
    spoil(copied)  # type: ignore[operator]
    lonely.setenv("DAWBRIDGE_ACE_STEP_1_5", str(copied))
    [(_, error)] = find().problems
    assert words in error.message
    assert error.hint


def test_damaged_weights_are_told_of_before_anything_is_rendered(copied: Path) -> None:
    file = copied / "transformer" / "diffusion_pytorch_model.safetensors"
    file.write_bytes(b"\xff" * 64)
    with pytest.raises(Unsupported, match="cannot be used") as refusal:
        backend(copied).load(Watch())
    assert "verify" in refusal.value.hint


@pytest.mark.parametrize(
    ("named", "config", "words", "expected"),
    [
        ("", {"is_turbo": True}, "acestep-v15-base", Variant.TURBO),
        ("", {"model_version": "turbo"}, "", Variant.TURBO),
        ("base", {}, "acestep-v15-sft", Variant.BASE),
        ("", {"is_turbo": False}, "ace-step-1.5 acestep-v15-xl-sft-diffusers", Variant.SFT),
        ("", {}, "ace-step-1.5 acestep-v15-base-diffusers", Variant.BASE),
        ("", {}, "my own", Variant.BASE),
    ],
)
def test_what_a_checkpoint_is(named: str, config: dict[str, object], words: str, expected: Variant) -> None:
    assert told_by(named, config, words) is expected


def test_capabilities_and_defaults_follow_the_checkpoint() -> None:
    can = {variant: capabilities(Place(NAME, Path("/x"), variant)) for variant in Variant}
    assert {"layer", "accompany", "separate"} <= set(can[Variant.BASE].tasks)
    assert "drums" in can[Variant.BASE].roles
    for variant in (Variant.TURBO, Variant.SFT):
        assert not {"layer", "accompany", "separate", "edit"} & set(can[variant].tasks)
    steps = {variant: defaults(variant, "text2music") for variant in Variant}
    assert (steps[Variant.TURBO].steps, steps[Variant.TURBO].guidance, steps[Variant.TURBO].shift) == (8, 1.0, 3.0)
    for variant in (Variant.SFT, Variant.BASE):
        assert (steps[variant].steps, steps[variant].guidance, steps[variant].shift) == (50, 7.0, 1.0)


def test_no_model_library_is_imported_to_know_all_this(noise_pipeline: Path) -> None:
    code = (
        "import sys; from engine.backends.registry import survey; found = survey();"
        f"assert {checkpoint.NAME!r} in found.backends;"
        "heavy = {'torch', 'diffusers', 'transformers', 'peft'} & set(sys.modules); assert not heavy, heavy"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": "/usr/bin", "DAWBRIDGE_ACE_STEP_1_5": str(noise_pipeline)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
