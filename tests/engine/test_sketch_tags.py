"""Tags: what is understood, what is said about the rest, and that the page tells the truth."""

from pathlib import Path

import pytest

from bridge_server.protocol.values import Music
from engine.sketch import vocabulary
from engine.sketch.meter import Meter
from engine.sketch.score import Feel
from engine.sketch.styles import NEUTRAL, PROGRESSIONS, STYLES
from engine.sketch.synth.instruments import PITCHED
from engine.sketch.synth.percussion import KITS
from engine.sketch.tags import read_tags
from engine.sketch.theory import SCALES
from tests.engine.sketch_work import generate, render, score

PAGE = Path(__file__).parents[2] / "docs" / "SKETCH.md"


def test_the_example_of_the_page() -> None:
    wishes = read_tags("lofi, 82 bpm, D major, rhodes, brushed drums, melancholic")
    assert (wishes.style, wishes.bpm, wishes.key) == ("lofi", 82.0, (2, "major"))
    assert wishes.instruments == ["rhodes", "brush kit"]
    assert wishes.feel.brightness < 0
    assert wishes.notes() == []


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("Lo-Fi", "style", "lofi"),
        ("a slow, sad piano ballad", "style", "ballad"),
        ("90BPM", "bpm", 90.0),
        ("bpm: 128.5", "bpm", 128.5),
        ("7/8", "meter", Meter(7, 8)),
        ("key of Bb", "key", (10, "")),
        ("F# minor", "key", (6, "minor")),
        ("no drums", "without", ["drums"]),
        ("without electric guitar", "without", ["guitar"]),
        ("solo piano", "alone", True),
        ("guitar solo", "instruments", ["lead guitar"]),
        ("vaporwave", "unknown", ["vaporwave"]),
        ("female vocals", "voices", ["female", "vocals"]),
        ("rock, jazz", "spare", ["jazz"]),
        ("900 bpm", "bpm", None),
        ("", "feel", Feel()),
    ],
)
def test_words_are_understood(text: str, field: str, value: object) -> None:
    assert getattr(read_tags(text), field) == value


def test_nothing_is_dropped_in_silence() -> None:
    notes = read_tags("rock, jazz, glorp, 900 bpm, no hurry, choir of angels, rap").notes()
    for word in ("jazz", "glorp", "900", "hurry", "angels", "rap"):
        assert any(word in note for note in notes), word


def test_every_word_leads_somewhere() -> None:
    for spelling, (kind, name) in vocabulary.spellings().items():
        wishes = read_tags(spelling)
        assert not wishes.unknown, spelling
        if kind == "style":
            assert name in STYLES
        if kind == "instrument":
            assert vocabulary.role_of(name) in vocabulary.ROLES
            assert wishes.instruments == [name], spelling
    assert set(vocabulary.STYLE_WORDS) == set(STYLES)
    assert set(vocabulary.INSTRUMENT_WORDS) == set(PITCHED) | set(KITS)


def test_every_style_can_be_played() -> None:
    for name, style in STYLES.items():
        players = {player for choices in style.cast.values() for player in choices}
        assert players <= set(PITCHED) | set(KITS), name
        assert set(style.cast) <= set(vocabulary.ROLES)
        assert set(PROGRESSIONS[style.progressions]) == set(SCALES)
    assert NEUTRAL in STYLES


def test_the_project_wins_over_the_tags_and_says_so() -> None:
    take = render(generate("pop, 140 bpm, E minor, 3/4", 2, Music(bpm=100, key="C major")))
    found = score(take)
    assert (found.plan.grid.bpm, found.key.name, found.plan.grid.meter.name) == (100, "C major", "4/4")
    assert sum("was kept" in note or "were kept" in note for note in take.notes) == 3


def test_tags_speak_where_the_project_is_silent() -> None:
    found = score(render(generate("jazz, 140 bpm, Eb minor, 5/4, vibraphone, trumpet, no piano", 2)))
    assert (found.plan.grid.bpm, found.key.name, found.plan.grid.meter.name) == (140, "D# minor", "5/4")
    players = {part.role: part.instrument for part in found.parts}
    assert players["lead"] == "vibraphone"
    assert players["brass"] == "trumpet"
    assert "keys" not in players


def test_unknown_tags_come_back_with_the_take() -> None:
    assert "tag not known: vaporwave" in render(generate("vaporwave, pop", 1)).notes


def test_the_page_has_the_vocabulary_of_the_code() -> None:
    page = PAGE.read_text("utf-8")
    begin, end = "<!-- vocabulary -->\n", "<!-- end of vocabulary -->"
    assert page.split(begin)[1].split(end)[0].strip() == vocabulary.table().strip(), (
        "write engine.sketch.vocabulary.table() into docs/SKETCH.md"
    )
