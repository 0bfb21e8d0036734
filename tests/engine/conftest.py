"""What tests of engines share: tiny models of random weights, written once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.tiny_ace_15 import write_tiny_pipeline
from tests.fakes.tiny_ace_v1 import VOCABULARY, write_tiny_checkpoint


@pytest.fixture(scope="session")
def noise_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole checkpoint folder; its weights make noise. Tests that spoil files copy it first."""
    return write_tiny_checkpoint(tmp_path_factory.mktemp("ace") / "noise")


@pytest.fixture(scope="session")
def noise_pipeline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint folder of ACE-Step 1.5, base; its weights make noise. Tests that spoil files copy it first."""
    return write_tiny_pipeline(tmp_path_factory.mktemp("ace") / "noise-base")


@pytest.fixture(scope="session")
def vocabulary() -> Path:
    if not VOCABULARY.is_file():
        pytest.skip(f"the lyric vocabulary is not at {VOCABULARY}")
    return VOCABULARY


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Tests measure nothing, and other work runs beside them."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
