"""The text encoder against the recorded reference, and the tokenizer beside it."""

from pathlib import Path

import pytest
import torch

from engine.models.ace_v1.random_checkpoint import character_tokenizer
from engine.models.ace_v1.text_encoder import PromptTokenizer, TemperedQuery, TextEncoder
from tests.models.conftest import Golden, GoldenCase


@pytest.fixture(scope="module")
def case(golden: Golden) -> GoldenCase:
    return golden.case("umt5")


@pytest.fixture(scope="module")
def encoder(case: GoldenCase) -> TextEncoder:
    encoder = TextEncoder(case.about["config"])
    weights = {name.removeprefix("sd."): tensor for name, tensor in case.tensors.items() if name.startswith("sd.")}
    missing, unexpected = encoder.model.load_state_dict(weights, strict=False)
    assert missing == ["encoder.embed_tokens.weight"]
    assert not unexpected
    return encoder.eval().requires_grad_(False)


def test_prompts(encoder: TextEncoder, case: GoldenCase) -> None:
    ids, mask = case.tensors["input_ids"], case.tensors["attention_mask"]
    case.close(encoder(ids, mask), "hidden")
    case.close(encoder(ids, mask, temperature=0.01), "hidden_weak")
    case.close(encoder(ids, mask), "hidden")


def test_a_long_prompt(encoder: TextEncoder, case: GoldenCase) -> None:
    ids = case.tensors["long_ids"]
    case.close(encoder(ids, torch.ones_like(ids)), "long_hidden")


def test_an_error_leaves_no_weakness_behind(encoder: TextEncoder, case: GoldenCase) -> None:
    with pytest.raises(IndexError):
        encoder(torch.tensor([[10_000]]), torch.ones(1, 1), temperature=0.01)
    assert all(query.temperature == 1.0 for query in encoder.modules() if isinstance(query, TemperedQuery))
    case.close(encoder(case.tensors["input_ids"], case.tensors["attention_mask"]), "hidden")


@pytest.fixture
def tokenizer(tmp_path: Path) -> PromptTokenizer:
    (tmp_path / "tokenizer.json").write_text(character_tokenizer(), "utf-8")
    return PromptTokenizer(tmp_path)


def test_prompts_are_padded_and_marked_at_their_end(tokenizer: PromptTokenizer) -> None:
    ids, mask = tokenizer(["funk", "a b"])
    assert mask.tolist() == [[1] * 6, [1] * 5 + [0]]
    assert ids[0, -1] == 1
    assert ids[1, -2:].tolist() == [1, 0]
    assert ids[0, 0] == 3  # The mark of a word's beginning.


def test_a_prompt_is_cut_but_keeps_its_end_mark(tokenizer: PromptTokenizer) -> None:
    ids, mask = tokenizer(["x" * 1000])
    assert ids.shape == mask.shape == (1, 256)
    assert ids[0, -1] == 1
    assert tokenizer.count("x" * 1000) == 1002


def test_an_empty_prompt(tokenizer: PromptTokenizer) -> None:
    assert tokenizer([""])[0].tolist() == [[1]]


def test_no_tokenizer(tmp_path: Path) -> None:
    with pytest.raises((OSError, ValueError)):
        PromptTokenizer(tmp_path / "nowhere").count("funk")
