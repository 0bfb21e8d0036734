"""What tests of models share: one thread, and the golden vectors recorded from the reference implementation."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from engine.models.ace_v1.config import TransformerConfig
from engine.models.ace_v1.random_checkpoint import write_random_checkpoint
from engine.models.ace_v1.transformer import Transformer
from tests.models.checkpoint_cases import SMALL

ROOT = Path(__file__).resolve().parents[2]
GOLDEN_FOLDERS = (ROOT / "tests/golden/acestep-v1", ROOT.parent / "shared/golden/acestep-v1")


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Tiny models gain nothing from a second thread, and lose three times the time to it on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@dataclass(frozen=True)
class GoldenCase:
    """One recorded case: what its JSON says, and its tensors."""

    about: dict[str, Any]
    tensors: dict[str, Tensor]
    folder: Path

    def close(self, actual: Tensor, name: str) -> None:
        """Assert that `actual` equals the recorded tensor within the tolerance of the case."""
        tolerance = self.about["tolerance"]
        torch.testing.assert_close(
            actual, self.tensors[name], atol=tolerance["atol"], rtol=tolerance["rtol"], msg=lambda m: f"{name}: {m}"
        )


class Golden:
    """The golden folder; a case that it lacks skips the test with a reason."""

    def case(self, name: str) -> GoldenCase:
        """Read `<name>.json` and its tensors."""
        for folder in GOLDEN_FOLDERS:
            if (folder / f"{name}.json").exists():
                about = json.loads((folder / f"{name}.json").read_text("utf-8"))
                path = folder / f"{name}.safetensors"
                return GoldenCase(about, load_file(path) if path.exists() else {}, folder)
        pytest.skip(f"the golden case {name} is not here; looked in {', '.join(map(str, GOLDEN_FOLDERS))}")


@pytest.fixture(scope="session")
def golden() -> Golden:
    return Golden()


def tiny_transformer(golden: Golden) -> Transformer:
    """The golden transformer, whole: width 32, 20 blocks, 6 lyric layers."""
    case = golden.case("transformer_weights")
    config = TransformerConfig.from_dict({**case.about["config"], "lyric_encoder": case.about["lyric_encoder"]})
    with torch.device("meta"):
        model = Transformer(config, keep_unused=True)
    model.load_state_dict(case.tensors, assign=True)
    return model.eval()


@pytest.fixture(scope="session")
def transformer(golden: Golden) -> Transformer:
    """The golden transformer, shared: tests that change it use `tiny_transformer`."""
    return tiny_transformer(golden).requires_grad_(False)


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole checkpoint of random weights."""
    folder = tmp_path_factory.mktemp("whole")
    write_random_checkpoint(folder, SMALL, seed=1, dtype=torch.float32)
    return folder


@pytest.fixture(scope="session")
def sharded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same in shards."""
    folder = tmp_path_factory.mktemp("sharded")
    write_random_checkpoint(folder, SMALL, seed=1, dtype=torch.float32, shard_bytes=400_000)
    return folder


@pytest.fixture
def copied(written: Path, tmp_path: Path) -> Path:
    """The transformer's folder of a checkpoint that a test may spoil."""
    return Path(shutil.copytree(written, tmp_path / "copy")) / "ace_step_transformer"
