"""Every line that was recorded from the reference, id for id."""

from typing import Any

import pytest

from engine.models.ace_v1.lyrics import LyricTokenizer
from engine.models.ace_v1.lyrics.cleaning import clean
from engine.models.ace_v1.lyrics.segments import detect_like_the_reference
from tests.models.conftest import Golden


@pytest.fixture(scope="module")
def recorded(golden: Golden) -> dict[str, Any]:
    return golden.case("lyric_tokenizer").about


def test_cleaned_lines_are_equal(recorded: dict[str, Any], tokenizer: LyricTokenizer) -> None:
    cases = [(case["line"].strip(), case) for case in recorded["lines"]]
    cases += [(case["text"], case) for case in recorded["direct"]]
    assert len(cases) > 100
    for text, case in cases:
        assert clean(text, case["language"]) == case["cleaned"]


def test_ids_of_lines_are_equal(recorded: dict[str, Any], tokenizer: LyricTokenizer) -> None:
    cases = [(case["line"].strip(), case) for case in recorded["lines"]]
    cases += [(case["text"], case) for case in recorded["direct"]]
    for text, case in cases:
        assert tokenizer.encode_line(text, case["language"]) == case["ids"], text


def test_whole_lyrics_are_equal_in_compatible_mode(recorded: dict[str, Any], tokenizer: LyricTokenizer) -> None:
    for case in recorded["full_lyrics"]:
        assert tokenizer.encode(case["lyrics"], compatible=True) == case["inference_ids"]


def test_the_reference_detection_is_nearly_the_recorded_one(
    recorded: dict[str, Any], tokenizer: LyricTokenizer
) -> None:
    """Recorded codes depend on library versions; 86 of the 88 public ones are met."""
    lines = recorded["lines"]
    met = sum(detect_like_the_reference(case["line"].strip()) == case["detected"] for case in lines)
    assert met >= 0.95 * len(lines)


def test_language_tokens_are_the_recorded_ones(recorded: dict[str, Any], tokenizer: LyricTokenizer) -> None:
    for language, token in recorded["language_ids"].items():
        assert tokenizer.encode_line("", language) == [token]
