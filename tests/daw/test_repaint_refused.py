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
    ("item", "words"),
    [
        ({"D_PLAYRATE": 0.5}, "another speed"),
        ({"D_PLAYRATE": 1.0595, "B_PPITCH": 1}, "another speed"),
        ({"D_PLAYRATE": 2}, "another speed"),
        ({"D_PITCH": -1}, "transposed"),
        ({"I_CHANMODE": 2}, "channels"),
        ({"stretch_markers": 2}, "stretch markers"),
        ({"fx": 1}, "effects"),
        ({"envelopes": 1}, "envelopes"),
    ],
)
def test_an_item_whose_file_is_not_what_is_heard(make_song: MakeSong, item: dict[str, Any], words: str):
    message = refusal(make_song(**item))
    assert words in message
    assert "Render or glue" in message


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


def test_a_reversed_item(song: Song):
    whole = song.item.takes[1].source
    song.item.takes[1].source = song.studio.world.add_section(whole, 0, 10, True)
    assert "backwards" in refusal(song)


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


def test_two_items_that_overlap(song: Song):
    song.studio.item(song.track, song.path, D_POSITION=7.5)
    message = refusal(song)
    assert "2 items" in message
    assert "glue" in message


def test_a_selected_item_that_another_crossfades_with(song: Song):
    song.item.is_selected = True
    song.studio.item(song.track, song.path, D_POSITION=7.5)
    assert "2 items" in refusal(song)


def test_items_of_several_tracks_selected(song: Song):
    song.item.is_selected = True
    other = song.studio.track(song.project)
    song.studio.item(other, song.path, D_POSITION=2.0, is_selected=True)
    assert "2 items" in refusal(song)


def test_razor_edits_on_two_tracks(make_song: MakeSong):
    song = make_song(track={"razor": '3.0 5.0 ""'})
    song.studio.track(song.project, razor='3.0 5.0 ""')
    assert "2 razor areas" in refusal(song)


def test_a_range_too_short_to_mean_anything(song: Song):
    song.studio.select(song.project, 4.0, 4.05)
    assert "tenth of a second" in refusal(song)


def test_a_range_where_the_item_is_silent(make_song: MakeSong):
    song = make_song(D_STARTOFFS=-8.0, D_LENGTH=18.0)
    assert "no sound" in refusal(song)


def test_a_range_over_the_seam_of_a_loop(make_song: MakeSong):
    song = make_song(D_LENGTH=40.0, B_LOOPSRC=1)
    song.studio.select(song.project, 10.0, 14.0)
    assert "repeats its file" in refusal(song)


@pytest.mark.parametrize(
    ("item", "words"), [({"D_LENGTH": 40.0, "B_LOOPSRC": 1}, "repeats"), ({"C_LOCK": 1}, "locked")]
)
def test_items_that_cannot_have_a_take_on_reaper_6(make_song: MakeSong, item: dict[str, Any], words: str):
    assert words in refusal(make_song(version="6.80", lua="5.3", **item))


def test_no_bridge(song: Song):
    song.desk.close()
    assert "`dawbridge up`" in refusal(song)


def test_a_bridge_that_speaks_another_version(song: Song):
    connection = song.desk.home / "connection.json"
    connection.write_text(connection.read_text().replace('"version":1', '"version":2'))
    assert "different versions" in refusal(song)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version":1}', "\xff"])
def test_a_connection_file_that_says_nothing(song: Song, text: str):
    (song.desk.home / "connection.json").write_text(text, encoding="latin-1")
    assert "`dawbridge up`" in refusal(song)
