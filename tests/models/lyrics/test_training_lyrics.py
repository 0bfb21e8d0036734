"""Lyrics as the reference's dataset reads them: one voted language, cut where the language changes."""

import pytest

from engine.models.ace_v1.lyrics import LyricTokenizer, UnknownLanguage, training_ids
from engine.models.ace_v1.lyrics.segments import cut_like_the_reference, vote_like_the_reference
from engine.models.ace_v1.lyrics.training_lyrics import ids_of_runs
from engine.models.ace_v1.lyrics.vocabulary import SPACE, START, STOP
from tests.models.conftest import Golden
from tests.parity.cases.recorded_cuts import ids_cut_as_recorded, lines_of

MIXED = "[Verse]\n你好世界\n我爱你\n\n\n[Chorus]\nHello again\n夜の星空"


def test_recorded_lyrics_are_equal(golden: Golden, tokenizer: LyricTokenizer) -> None:
    cases = golden.case("lyric_tokenizer").about["full_lyrics"]
    assert len(cases) >= 7
    for case in cases:
        assert training_ids(tokenizer, case["lyrics"]) == case["training_ids"], case["lyrics"]


@pytest.mark.parametrize(
    ("lyrics", "runs"),
    [
        (MIXED, ["[Verse]\n", "你好世界\n我爱你\n\n\n", "[Chorus]\n", "Hello again\n", "夜の星空"]),
        ("  \n나의 친구 (hello)  \n", ["나의 친구 ", "(hello)  \n"]),
        ("사랑해\n\nhello you", ["사랑해\n\n", "hello you"]),
        ("(((", ["((("]),
        ("", []),
        (" \n ", []),
    ],
)
def test_where_lyrics_are_cut(lyrics: str, runs: list[str], tokenizer: LyricTokenizer) -> None:
    assert [text for _, text in cut_like_the_reference(lyrics)] == runs


def test_the_vote_is_of_characters(tokenizer: LyricTokenizer) -> None:
    assert vote_like_the_reference(MIXED) == "zh"
    assert vote_like_the_reference("사랑해요 나의 친구\nhello") == "ko"
    assert vote_like_the_reference("") == "en"


def test_the_voted_language_unless_the_vocabulary_cannot_write_it(tokenizer: LyricTokenizer) -> None:
    """Hello is written in Chinese letters' company as Chinese; Japanese is not."""
    ids = ids_of_runs(tokenizer, [("zh", "[verse]\n你好\n\n"), ("en", "hello\n"), ("ja", "夜の星空")], "zh")
    expected = [START]
    for text, language in (("[verse]", "en"), ("你好", "zh"), ("", ""), ("", ""), ("hello", "zh"), ("", "")):
        expected += [*(tokenizer.encode_line(text, language) if text else []), SPACE]
    assert ids == [*expected, *tokenizer.encode_line("夜の星空", "ja"), SPACE]


@pytest.mark.parametrize(
    "lyrics", ["", " \n\t", "Please write a sad song that genre is pop", "write a x song that genre is"]
)
def test_songs_without_words(lyrics: str, tokenizer: LyricTokenizer) -> None:
    assert training_ids(tokenizer, lyrics) == [STOP]


def test_songs_in_other_languages_are_left_out(tokenizer: LyricTokenizer) -> None:
    with pytest.raises(UnknownLanguage, match='"th"'):
        training_ids(tokenizer, "ฉันชอบฟังเพลงในวันที่ฝนตก\nhello")


@pytest.mark.parametrize(
    "lyrics",
    [MIXED, "一行中文 mixed with English words\n사랑해요 나의 친구 (oh)\n", "[verse 1]\n12.5% more\n\n\n[outro]\n"],
)
def test_recordings_that_were_cut_elsewhere(lyrics: str, golden: Golden, tokenizer: LyricTokenizer) -> None:
    """What the parity runner does then: it finds our own ids again from where they were cut."""
    codes = golden.case("lyric_tokenizer").about["language_ids"]
    languages = {number: code for code, number in codes.items()}
    ids = training_ids(tokenizer, lyrics)
    assert ids_cut_as_recorded(tokenizer, lyrics, ids, languages) == ids
    spoilt = [token + 1 if token == max(ids) else token for token in ids]
    assert ids_cut_as_recorded(tokenizer, lyrics, spoilt, languages) != spoilt


def test_lines_of_a_recording() -> None:
    recorded = [START, 259, 7, SPACE, 8, SPACE, SPACE, 259, 9, SPACE]
    assert list(lines_of(recorded, {259: "en"})) == [[259, 7, SPACE, 8], [], [259, 9]]
