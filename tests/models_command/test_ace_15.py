"""The entries of ACE-Step 1.5: their layout, what may be missing, and what is said about how far they were checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bridge_server.models.catalogue import ACE_STEP_15, CATALOGUE
from bridge_server.models.contents import missing_files
from tests.cli.conftest import Said
from tests.models_command.conftest import safetensors
from tests.models_command.hub import Hub, running

Models = Callable[..., Said]
NAME = "ace-step-1.5-xl-turbo"
TOKENIZER = "audio_tokenizer/diffusion_pytorch_model.safetensors"


def small() -> dict[str, bytes]:
    """A checkpoint as diffusers saves it."""
    files = {"model_index.json": b"{}", "scheduler/scheduler_config.json": b"{}", "README.md": b"# A model"}
    for part in ("vae", "transformer", "condition_encoder", "audio_tokenizer", "audio_token_detokenizer"):
        files[f"{part}/config.json"] = b"{}"
        files[f"{part}/diffusion_pytorch_model.safetensors"] = safetensors(5_000, len(part))
    files |= {"text_encoder/config.json": b"{}", "text_encoder/model.safetensors": safetensors(6_000, 1)}
    return files | {"tokenizer/tokenizer_config.json": b"{}", "tokenizer/tokenizer.json": b"{}"}


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with running(Hub("ACE-Step/acestep-v15-xl-turbo-diffusers", small(), {})) as there:
        monkeypatch.setattr("bridge_server.models.pull.HUB", there.base)
        yield there


def test_it_is_pulled_with_all_its_parts(models: Models, published: Hub, home: Path) -> None:
    said = models("pull", NAME, "--yes")
    assert said.code == 0, said.err
    assert "others tell them" in said.err and "MIT" in said.err
    assert (home / "models" / NAME / TOKENIZER).is_file()
    assert models("verify", NAME).code == 0


def test_it_is_whole_without_the_parts_that_may_be_missing(models: Models, published: Hub, home: Path) -> None:
    for name in [name for name in published.files if name.startswith("audio_token")]:
        del published.files[name]
    assert models("pull", NAME, "--yes").code == 0
    assert not (home / "models" / NAME / TOKENIZER).exists()
    [line] = [line for line in models("list", "--json").lines if line["name"] == NAME]
    assert line["state"] == "complete"


def test_any_other_part_is_missed() -> None:
    there = set(small())
    assert missing_files(CATALOGUE[NAME], frozenset(there)) == []
    for name in there - {"README.md"}:
        is_missed = bool(missing_files(CATALOGUE[NAME], frozenset(there - {name})))
        assert is_missed is not name.startswith("audio_token"), name


def test_each_says_what_it_can_do_and_that_nobody_has_checked_it(
    models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    words = models("list").out
    assert "MIT, unverified" in words and "For this machine:" in words
    lines = {line["name"]: line for line in models("list", "--json").lines}
    for model in ACE_STEP_15:
        line = lines[model.name]
        assert "nobody of Dawbridge has opened it" in line["caution"]
        assert ("layer" in line["tasks"]) is model.name.endswith("base")
        assert not line["is_exact"]
    assert "edit" in lines["ace-step-v1"]["tasks"] and not lines["ace-step-v1"]["caution"]
