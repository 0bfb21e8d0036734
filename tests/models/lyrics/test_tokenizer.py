"""Whole lyrics: prefixes, empty and broken input, notes, length, and what is missing."""

import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.models.ace_v1.lyrics import (
    LANGUAGES,
    TRAINED_TOKENS,
    BadVocabulary,
    LyricTokenizer,
    MissingLibrary,
    UnknownLanguage,
)


def languages(tokenizer: LyricTokenizer, lyrics: str) -> list[str]:
    return [line.language for line in tokenizer.tokenize(lyrics).lines]


def test_empty_lyrics_are_one_token_that_nobody_listens_to(tokenizer: LyricTokenizer) -> None:
    for lyrics in ("", "  \n\n\t"):
        song = tokenizer.tokenize(lyrics)
        assert (song.ids, song.mask) == ([0], [0])
    assert tokenizer.encode("", compatible=True) == [0]
    assert tokenizer.encode(" ", compatible=True) == [261, 2], "blanks are a line for the reference"


def test_a_prefix_forces_the_language_of_its_line(tokenizer: LyricTokenizer) -> None:
    assert languages(tokenizer, "[ko]sarang\n[en] Te quiero\n[ZH-cn]东京\n[ja]東京") == ["ko", "en", "zh", "ja"]


def test_tones_of_hand_written_pinyin_survive(tokenizer: LyricTokenizer) -> None:
    assert tokenizer.encode("[zh]ni3 hao3 shi4 jie4") == tokenizer.encode("你好世界")
    assert tokenizer.encode("行zhang3在银行里") == tokenizer.encode("行长在银行里")
    assert tokenizer.encode("他有3个mp3") != tokenizer.encode("他有个mp")


def test_a_prefix_is_a_tag_in_compatible_mode(tokenizer: LyricTokenizer) -> None:
    expected = [261, *tokenizer.encode_line("[zh]ni3 hao3", "en"), 2]
    assert tokenizer.encode("[zh]ni3 hao3", compatible=True) == expected


def test_a_named_language_is_used(tokenizer: LyricTokenizer) -> None:
    assert tokenizer.encode("la la la", language="fr") == [261, *tokenizer.encode_line("la la la", "fr"), 2]
    assert tokenizer.encode("la la la", language="fr", compatible=True)[1] == 262
    for compatible in (False, True):
        with pytest.raises(UnknownLanguage):
            tokenizer.encode("la", language="xx", compatible=compatible)


def test_line_breaks_and_accents_of_other_systems(tokenizer: LyricTokenizer) -> None:
    expected = tokenizer.encode("Te quiero, corazón\nhoy")
    for lyrics in ("Te quiero, corazón\r\nhoy", "Te quiero, corazón\rhoy", "\ufeffTe quiero, corazo\u0301n\u2028hoy"):
        assert tokenizer.encode(lyrics) == expected


def test_decode_gives_the_cleaned_letters_back(tokenizer: LyricTokenizer) -> None:
    assert (
        tokenizer.decode(tokenizer.encode_line("Hello, Mr. Smith & co.", "en")) == "[en]hello, mister smith and company"
    )
    assert tokenizer.decode([]) == ""


def test_letters_without_tokens_are_noted(tokenizer: LyricTokenizer) -> None:
    (note,) = tokenizer.tokenize("Hello\nฉันชอบฟังเพลง").notes
    assert "line 2" in note


def test_what_does_not_fit_is_left_out_and_noted(tokenizer: LyricTokenizer) -> None:
    lyrics = "Hello again my friend\n" * 10_000
    song = tokenizer.tokenize(lyrics)
    assert len(song.ids) == len(song.mask) == TRAINED_TOKENS
    assert any("left out" in note for note in song.notes)
    assert len(tokenizer.encode(lyrics, compatible=True)) > 10 * TRAINED_TOKENS


def test_ten_thousand_different_lines_take_seconds(tokenizer: LyricTokenizer) -> None:
    lyrics = "\n".join(f"Line {number} of a song that will not end" for number in range(10_000))
    before = time.monotonic()
    song = tokenizer.tokenize(lyrics, max_tokens=None)
    assert len(song.lines) == 10_000
    assert time.monotonic() - before < 30, "some 6 s on an idle core"


@pytest.mark.parametrize(
    "line", ["9" * 100_000, "a" * 100_000, "好" * 20_000, "$1,2 " * 2_000, "[" * 100_000, "\u202e(" * 9_000]
)
def test_a_line_of_any_length_is_read(line: str, tokenizer: LyricTokenizer) -> None:
    for compatible in (False, True):
        assert tokenizer.encode(line, compatible=compatible)[0] == 261


@pytest.mark.parametrize(
    "lyrics",
    [
        "\ud800",
        "a\udfffb",
        "\x00\x07",
        "🎸🔥",
        "\u200fمرحبا\u200e",
        "﷽",
        "👩\u200d👩\u200d👧\u200d👦",
        '"',
        '"\n한',
        "½ ² ٣ ३",
        "[zh]",
    ],
)
def test_odd_text_is_read(lyrics: str, tokenizer: LyricTokenizer) -> None:
    for language in ("", *LANGUAGES):
        for compatible in (False, True):
            assert tokenizer.encode(lyrics, language=language, compatible=compatible)


def test_half_a_surrogate_pair_is_left_out_in_compatible_mode_its_line_is(tokenizer: LyricTokenizer) -> None:
    assert tokenizer.encode("Hello\ud800 again") == tokenizer.encode("Hello again")
    assert tokenizer.encode("Hello\ud800 again", compatible=True) == [261]


ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=60)
LYRICAL = st.lists(
    st.sampled_from(
        [
            "[verse 1]",
            "[zh]",
            "(",
            "12.5",
            "1,000",
            "$20",
            "3€",
            "1st",
            "5.",
            "é",
            "你",
            "の",
            "사",
            "я",
            "ب",
            "ह",
            '"',
            "\n",
            " ",
            "a",
        ]
    )
).map("".join)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lyrics=ANY_TEXT | LYRICAL, language=st.sampled_from(["", *LANGUAGES]), compatible=st.booleans())
def test_no_text_is_refused(tokenizer: LyricTokenizer, lyrics: str, language: str, compatible: bool) -> None:
    song = tokenizer.tokenize(lyrics, language=language, compatible=compatible)
    assert len(song.mask) == len(song.ids) >= 1
    assert all(0 <= token < 6693 for token in song.ids)
    assert song.ids == tokenizer.encode(lyrics, language=language, compatible=compatible)
    assert song.ids[0] == (261 if any(song.mask) else 0)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lyrics=LYRICAL)
def test_every_line_ends_in_the_line_token(tokenizer: LyricTokenizer, lyrics: str) -> None:
    song = tokenizer.tokenize(lyrics)
    assert not any(song.mask) or song.ids[-1] == 2


def test_a_line_that_cannot_be_cleaned_is_kept_and_noted(
    tokenizer: LyricTokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(text: str, language: str, *, keep_pinyin: bool = False) -> str:
        raise ValueError(text)

    expected = tokenizer.encode("Hello again")
    monkeypatch.setattr("engine.models.ace_v1.lyrics.tokenizer.clean", fails)
    song = tokenizer.tokenize("Hello again")
    assert song.ids == expected
    assert "line 1" in song.notes[0]
    assert tokenizer.encode("Hello again", language="en", compatible=True) == [261]


@pytest.mark.parametrize(
    ("module", "package", "line", "language"),
    [("num2words", "num2words", "I have 2", "en"), ("pypinyin", "pypinyin", "你好", "zh")],
)
def test_a_missing_library_is_named(
    tokenizer: LyricTokenizer, monkeypatch: pytest.MonkeyPatch, module: str, package: str, line: str, language: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    for compatible in (False, True):
        with pytest.raises(MissingLibrary, match=f"pip install {package}"):
            tokenizer.encode(line, language=language, compatible=compatible)
    assert tokenizer.encode("No numbers here", language="en")


def test_another_vocabulary_is_refused(tmp_path: Path, vocab: Path) -> None:
    with pytest.raises(BadVocabulary, match="is not at"):
        LyricTokenizer(tmp_path / "vocab.json")
    (tmp_path / "vocab.json").write_bytes(vocab.read_bytes()[:-1])
    with pytest.raises(BadVocabulary, match="damaged"):
        LyricTokenizer(tmp_path / "vocab.json")
