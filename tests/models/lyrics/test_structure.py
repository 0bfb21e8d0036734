"""Structure tags, as musicians write them."""

import pytest

from engine.models.ace_v1.lyrics import LyricTokenizer
from engine.models.ace_v1.lyrics.structure import TOKENS, read_tag

VERSE, CHORUS, INST, SOLO, PRE_CHORUS = 6683, 6684, 6688, 6690 - 1, 6691


@pytest.mark.parametrize("token", TOKENS)
def test_the_tokens_themselves_are_tags(token: str, tokenizer: LyricTokenizer) -> None:
    assert tokenizer.encode(f"[{token}]") == [261, 259, 6681 + TOKENS.index(token), 2]


@pytest.mark.parametrize(
    ("line", "token"),
    [
        ("[Verse 1]", VERSE),
        ("[VERSE II]", VERSE),
        ("[verse 2: Anna]", VERSE),
        ("【Verse】", VERSE),
        ("[1절]", VERSE),
        ("[Aメロ]", VERSE),
        ("[Strophe]", VERSE),
        ("(Chorus)", CHORUS),
        ("[CHORUS x2]", CHORUS),
        ("[Chorus] x2", CHORUS),
        ("[Final Chorus]", CHORUS),
        ("[Refrain (2x)]", CHORUS),
        ("[副歌]", CHORUS),
        ("[Pre Chorus]", PRE_CHORUS),
        ("[prechorus 2]", PRE_CHORUS),
        ("[instrumental]", INST),
        ("[Instrumental Break]", INST),
        ("[Guitar Solo]", SOLO),
    ],
)
def test_clear_tags_become_tokens(line: str, token: int, tokenizer: LyricTokenizer) -> None:
    song = tokenizer.tokenize(line)
    assert song.ids == [261, 259, token, 2]
    assert song.notes == []


@pytest.mark.parametrize("line", ["(solo)", "(ooh ooh)", "(break)", "verse", "chorus of angels", "[Verse 1"])
def test_sung_words_are_no_tags(line: str) -> None:
    assert read_tag(line) is None


def test_an_unclear_tag_is_read_like_the_reference_and_noted(tokenizer: LyricTokenizer) -> None:
    song = tokenizer.tokenize("Hello\n[drop]")
    assert song.ids[-6:] == [*tokenizer.encode_line("[drop]", "en"), 2]
    assert len(song.notes) == 1
    assert "line 2" in song.notes[0]


def test_words_after_a_tag_are_a_line_of_their_own(tokenizer: LyricTokenizer) -> None:
    assert tokenizer.encode("[Verse 1] Hello again") == tokenizer.encode("[verse]\nHello again")
    assert tokenizer.encode("[Hook][Verse]") == tokenizer.encode("[hook]\n[verse]")


def test_compatible_mode_leaves_tags_as_written(tokenizer: LyricTokenizer) -> None:
    expected = tokenizer.encode_line("[Verse 1]", "en")
    assert tokenizer.encode("[Verse 1]", compatible=True) == [261, *expected, 2]
    assert expected[1] == 1, "the reference's own slip: the bracket is unknown"
