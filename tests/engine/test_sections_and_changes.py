"""What the project says about form and time: its section reaches the music, its changes of tempo the notes."""

from __future__ import annotations

import pytest

from bridge_server.protocol.requests import Generate
from bridge_server.protocol.values import Change, Music
from engine.backends.ace_v1.words import Sung, with_section
from engine.backends.unfollowed import unfollowed
from engine.sketch.form import sections
from tests.engine.sketch_work import RATE, generate, render, score, span

SONG = 16 * 4 * 60 / 120


def form(section: str) -> list[str]:
    rendering = render(generate("lofi", SONG, Music(bpm=120.0, section=section)))
    return [each.name for each in sections(score(rendering).plan)]


def test_a_piece_of_its_own_has_a_beginning_and_an_end() -> None:
    assert form("")[0] == "intro"
    assert form("")[-1] == "ending"


@pytest.mark.parametrize(
    ("section", "first", "last"),
    [
        ("Verse 1", "verse", "verse"), ("Intro", "intro", "intro"), ("Outro", "outro", "ending"),
        ("B", "verse", "verse"),
        ("Pre-Chorus", "lift", "lift"), ("Refrain 2", "chorus", "chorus"), ("サビ", "chorus", "chorus"),
    ],
)  # fmt: skip
def test_a_section_of_a_song_has_what_its_name_says(section: str, first: str, last: str) -> None:
    found = form(section)
    assert (found[0], found[-1]) == (first, last)
    assert len(set(found) - {"ending"}) == 1, "one section, not a song in small"


SUNG = "Hold the line\nall night"


@pytest.mark.parametrize(
    ("section", "before", "after"),
    [
        ("Verse 2", Sung("funk", SUNG), Sung("funk", f"[verse]\n{SUNG}")),
        ("REFRAIN", Sung("funk", SUNG), Sung("funk", f"[chorus]\n{SUNG}")),
        ("Verse 2", Sung("funk", f"[bridge]\n{SUNG}"), Sung("funk", f"[bridge]\n{SUNG}")),
        ("Verse 2", Sung("funk", f"{SUNG}\n(chorus)\nla la"), Sung("funk", f"{SUNG}\n(chorus)\nla la")),
        ("Intro", Sung("funk", ""), Sung("funk, intro", "")),
        ("Instrumental", Sung("funk", " \n"), Sung("funk, instrumental", " \n")),
        ("Intro", Sung("long Intro, funk", ""), Sung("long Intro, funk", "")),
        ("Part 17 with drone", Sung("funk", SUNG), Sung("funk", SUNG)),
        ("", Sung("funk", SUNG), Sung("funk", SUNG)),
        ("[Chorus]", Sung("funk", SUNG), Sung("funk", f"[chorus]\n{SUNG}")),
    ],
)
def test_the_section_becomes_a_structure_tag_where_the_words_have_none(section: str, before: Sung, after: Sung) -> None:
    assert with_section(before, section) == after


def asked(*changes: Change) -> Generate:
    return Generate(job="sections", span=span(0, 8), music=Music(bpm=120.0, changes=changes))


def test_what_is_not_followed_is_told() -> None:
    faster = Change(at=2 * RATE, bpm=140.0)
    assert unfollowed(asked(faster), "sketch") == (
        "the project changes its tempo 2.0 s into the range; sketch kept to 120 bpm in 4/4",
    )
    (both,) = unfollowed(asked(Change(at=RATE, meter="3/4"), faster), "sketch")
    assert "tempo and meter 1.0 s" in both
    (ramp,) = unfollowed(asked(Change(at=0, ramp=True), faster), "sketch")
    assert "tempo 0.0 s" in ramp


def test_changes_that_change_nothing_are_not_spoken_of() -> None:
    assert unfollowed(asked(), "sketch") == ()
    assert unfollowed(asked(Change(at=RATE, bpm=120.0, meter="4/4"), Change(at=2 * RATE)), "sketch") == ()
