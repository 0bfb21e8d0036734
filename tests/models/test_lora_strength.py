"""How strongly a LoRA was trained, from the header of its file: peft's rules, whatever a file may say."""

import json
import math
import time

import pytest

from engine.models.ace_v1.checkpoint import CheckpointError
from engine.models.ace_v1.lora_strength import METADATA, trained_scales

FIRST, SECOND, OUT, SPEAKER = (
    "transformer_blocks.0.attn.to_q",
    "transformer_blocks.10.cross_attn.to_q",
    "transformer_blocks.0.attn.to_out.0",
    "speaker_embedder",
)
RANKS = {FIRST: 4, SECOND: 4, OUT: 16, SPEAKER: 2}


def scales(**header: object) -> dict[str, float]:
    return trained_scales("rap", RANKS, {METADATA: json.dumps(header)} if header else {})


def test_without_a_header_every_layer_has_one() -> None:
    assert scales() == dict.fromkeys(RANKS, 1.0)
    assert scales(r=4) == dict.fromkeys(RANKS, 1.0)


def test_alpha_over_rank_or_its_root() -> None:
    assert scales(lora_alpha=8) == {FIRST: 2.0, SECOND: 2.0, OUT: 0.5, SPEAKER: 4.0}
    assert scales(lora_alpha=8, use_rslora=True)[SPEAKER] == pytest.approx(8 / math.sqrt(2))
    assert scales(**{"transformer.lora_alpha": 8}) == scales(lora_alpha=8)


@pytest.mark.parametrize(
    ("pattern", "matched"),
    [
        ("to_q", {FIRST, SECOND}),
        ("attn.to_q", {FIRST}),  # after a dot only: not …cross_attn.to_q
        (FIRST, {FIRST}),
        (f"^{FIRST}$", {FIRST}),
        ("^to_q", set()),
        ("to_out.0", {OUT}),
        ("to_out", set()),
        (r"transformer_blocks\.\d\.attn\.to_q", {FIRST}),
        (r"transformer_blocks\.\d+\.\w+\.to_q", {FIRST, SECOND}),
        (".*attn.*", {FIRST, SECOND, OUT}),
        ("(to_q|to_out.0)", {FIRST, SECOND, OUT}),
        ("to_k|speaker_embedder", {SPEAKER}),
        ("[a-z]peaker_embedder", {SPEAKER}),
    ],
)
def test_a_layers_own_alpha_goes_first(pattern: str, matched: set[str]) -> None:
    found = scales(lora_alpha=1, alpha_pattern={pattern: 64, ".*": 1})
    assert {path for path, scale in found.items() if scale == 64 / RANKS[path]} == matched


@pytest.mark.parametrize(
    "pattern",
    ["", "(", "[", "*", "a**", "[z-a]", "((a+)+)+$", "(a*)*b", ".*.*.*x", r"(a)\1", "(?=a)", "a{9}", "a" * 501, "é*("],
)
def test_other_patterns_are_refused_before_they_run(pattern: str) -> None:
    with pytest.raises(CheckpointError, match="names layers by a pattern that cannot be read") as refusal:
        scales(alpha_pattern={pattern: 1})
    assert "honour_metadata" in refusal.value.hint


def test_no_pattern_takes_long() -> None:
    """The slowest that are let through, on the longest names that they meet."""
    ranks = {f"{'a' * 90}.{number}": 1 for number in range(300)} | {"a" * 100_000: 1}
    began = time.process_time()
    found = trained_scales("rap", ranks, {METADATA: json.dumps({"alpha_pattern": {r"\w*\w*b": 2, ".*.*c": 2}})})
    assert time.process_time() - began < 5
    assert set(found.values()) == {1.0}


@pytest.mark.parametrize(
    "header",
    ["[1]", "{", "3", "null", '{"alpha_pattern": [1]}', '{"alpha_pattern": "to_q"}'],
)
def test_a_header_of_something_else(header: str) -> None:
    with pytest.raises(CheckpointError, match=r"header"):
        trained_scales("rap", RANKS, {METADATA: header})


@pytest.mark.parametrize("alpha", ['"8"', "true", "NaN", "Infinity", "[8]", "{}"])
def test_an_alpha_that_is_no_number(alpha: str) -> None:
    for header in (f'{{"lora_alpha": {alpha}}}', f'{{"alpha_pattern": {{"to_q": {alpha}}}}}'):
        with pytest.raises(CheckpointError, match="which is no number"):
            trained_scales("rap", RANKS, {METADATA: header})
