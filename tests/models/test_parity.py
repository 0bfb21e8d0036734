"""The golden folder of the tests, case by case, and the runner itself."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.parity.__main__ import main
from tests.parity.case import Folder, Tolerance
from tests.parity.comparison import difference
from tests.parity.kinds import KINDS, kind_of, run_case

GOLDEN = Path(__file__).resolve().parents[1] / "golden/acestep-v1"
FOLDER = Folder(GOLDEN)
MOST_BYTES = 8_000_000


@pytest.mark.parametrize("name", [name for name in FOLDER.names if name != "lyric_tokenizer"])
def test_equals_the_reference(name: str) -> None:
    outcome = run_case(FOLDER, name)
    assert outcome.passed, outcome.reason or [found for found in outcome.differences if not found.passed]
    assert not outcome.unknown


def test_the_folder_covers_every_kind_and_stays_small() -> None:
    assert {kind_of(name) for name in FOLDER.names} == set(KINDS)
    assert sum(path.stat().st_size for path in GOLDEN.rglob("*")) <= MOST_BYTES


def test_without_its_vocabulary_the_tokenizer_is_not_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(GOLDEN), "--case", "lyric_tokenizer"]) == 0
    shown = capsys.readouterr().out
    assert "not run needs the lyric vocabulary: --vocab FILE" in shown
    assert "0 passed, 0 failed, 1 not run" in shown


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of one case, to be spoilt."""
    for name in ("guidance.json", "guidance.safetensors"):
        shutil.copyfile(GOLDEN / name, tmp_path / name)
    write_index(tmp_path, "guidance")
    return tmp_path


def write_index(folder: Path, *names: str) -> None:
    entries = [{"case": name, "tolerance": {"atol": 2e-5, "rtol": 2e-5}} for name in names]
    (folder / "index.json").write_text(json.dumps({"cases": entries}), "utf-8")


def test_a_wrong_tensor_fails_by_name(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tensors = load_file(folder / "guidance.safetensors")
    tensors["double.0"][0, 3, 2, 1] += 0.01
    save_file(tensors, folder / "guidance.safetensors")
    assert main([str(folder)]) == 1
    shown = capsys.readouterr().out
    assert "FAIL" in shown
    assert "worst: double.0" in shown
    assert "failed: guidance" in shown


def test_tensors_without_code_are_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tensors = load_file(folder / "guidance.safetensors")
    save_file({**tensors, "cfg_quantum.0": torch.ones(3)}, folder / "guidance.safetensors")
    assert main([str(folder)]) == 0
    shown = capsys.readouterr().out
    assert "not run, no code for: cfg_quantum.0" in shown
    assert "parts of cases not run: 1" in shown


def test_cases_without_code_are_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_index(folder, "guidance", "telepathy")
    assert main([str(folder)]) == 0
    assert "not run: telepathy" in capsys.readouterr().out


def test_a_case_whose_file_is_missing_fails(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_index(folder, "guidance", "schedulers")
    assert main([str(folder)]) == 1
    assert "FileNotFoundError" in capsys.readouterr().out


def test_tolerances() -> None:
    tolerance = Tolerance.read({"atol": 0.1, "rtol": 0.0, "per_tensor_atol": {"fine": 1e-3}})
    one = torch.ones(4)
    assert difference("coarse", one + 0.05, one, tolerance).passed
    assert not difference("fine", one + 0.05, one, tolerance).passed
    assert not difference("coarse", one[:3], one, tolerance).passed
    assert not difference("coarse", one * torch.nan, one, tolerance).passed
    assert not difference("coarse", torch.tensor([1, 2]), torch.tensor([1, 3]), tolerance).passed
    assert difference("exact", one, one, Tolerance.read(None)).passed
    assert not difference("exact", one + 1e-6, one, Tolerance.read(None)).passed


def test_kinds_are_told_by_name() -> None:
    assert kind_of("transformer_weights") == "transformer_weights"
    assert kind_of("transformer_long") == "transformer"
    assert kind_of("pipeline_retake") == "pipeline"
    assert kind_of("schedulersque") is None


def test_a_folder_without_an_index_is_told_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([str(tmp_path)])
    assert "holds no index.json" in capsys.readouterr().err


def test_a_case_that_is_not_there_is_told_of(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([str(folder), "--case", "guidance", "--case", "guidence"])
    said = capsys.readouterr()
    assert "there is no case guidence; there are: guidance" in said.err
    assert "guidance" not in said.out
