"""What cannot be repainted is said before anything is asked, with the reason and what to do."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.daw.conftest import Song

MakeSong = Callable[..., Song]


def refusal(song: Song) -> str:
    """Run the action; the one message it shows. Nothing is asked, sent, changed or left running."""
    song.studio.run()
    assert len(song.studio.messages) == 1
    assert len(song.studio.world.forms) == 0
    assert song.desk.unread == []
    assert len(song.project.undo) == 0
    assert not song.studio.tick()
    return song.studio.messages[0]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ({"type": "MIDI"}, "MIDI"),
        ({"type": "VIDEO"}, "video"),
        ({"type": "RPP_PROJECT"}, "project"),
        ({"type": "WAVE", "seconds": 0}, "not there"),
    ],
)
def test_sources_that_are_no_audio_file(song: Song, source: dict[str, Any], words: str):
    song.item.takes[1].source = song.studio.world.add_source(str(song.path), song.studio.table(**source))
    assert words in refusal(song)


def test_an_empty_item(song: Song):
    song.item.takes = song.studio.table()
    assert "empty" in refusal(song)


def test_offline_media(song: Song):
    song.path.unlink()
    assert str(song.path) in refusal(song)


def test_nothing_selected(song: Song):
    song.studio.select(song.project, 0, 0)
    assert "Nothing is selected" in refusal(song)


def test_a_range_without_an_item(song: Song):
    song.studio.select(song.project, 30, 40)
    assert "No item" in refusal(song)


def test_a_selected_item_outside_the_range(make_song: MakeSong):
    song = make_song(is_selected=True)
    song.studio.select(song.project, 30, 40)
    assert "does not reach" in refusal(song)


def test_a_range_too_short_to_mean_anything(song: Song):
    song.studio.select(song.project, 4.0, 4.05)
    assert "tenth of a second" in refusal(song)


def test_a_range_where_the_item_is_silent(make_song: MakeSong):
    song = make_song(D_STARTOFFS=-8.0, D_LENGTH=18.0)
    assert "no sound" in refusal(song)


def test_no_bridge_and_nobody_wants_one(song: Song):
    song.desk.close()
    assert "not running. Start it now?" in refusal(song)


def test_a_bridge_that_speaks_another_version(song: Song):
    connection = song.desk.home / "connection.json"
    connection.write_text(connection.read_text().replace('"version":1', '"version":2'))
    assert "different versions" in refusal(song)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version":1}', "\xff"])
def test_a_connection_file_that_says_nothing(song: Song, text: str):
    (song.desk.home / "connection.json").write_text(text, encoding="latin-1")
    assert "not running. Start it now?" in refusal(song)


def test_razor_edits_that_do_not_agree(make_song: MakeSong):
    song = make_song(track={"razor": '3.0 5.0 ""'})
    song.studio.track(song.project, razor='3.0 6.0 ""')
    assert "2 razor areas" in refusal(song)


def test_a_project_that_was_opened_read_only(make_song: MakeSong):
    assert "read-only" in refusal(make_song(project={"is_read_only": True}))
