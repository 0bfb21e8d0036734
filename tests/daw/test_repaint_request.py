"""From a selection on REAPER's timeline to a request that counts in samples of the file."""

from collections.abc import Callable
from typing import Any

import pytest

from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Music
from tests.daw.conftest import Song, write_wav
from tests.daw.studio import listed

MakeSong = Callable[..., Song]


def test_the_whole_request(song: Song):
    request = song.ask("lofi, 82 bpm, rhodes", "", "0.5", "3", "11")
    assert request.source.path == str(song.path)
    assert request.span == Span(96_000, 288_000, 48_000)
    assert request.timeline == 192_000
    assert (request.tags, request.lyrics, request.strength) == ("lofi, 82 bpm, rhodes", "", 0.5)
    assert (request.variants, request.seed) == (3, 11)
    assert request.music == Music(bpm=120.0, meter="4/4", since_bar=0)
    assert request.form == "region"
    assert request.project == str(song.studio.folder / "Media")
    assert song.desk.client.startswith("reaper-")


def test_an_empty_seed_is_left_to_chance_and_two_jobs_never_share_an_id(song: Song):
    first = song.ask_and_start("", "", "1", "1", "")
    assert first.seed is None
    second = song.ask("", "", "1", "1", "")
    assert first.job != second.job


def test_the_item_s_offset_moves_the_span(make_song: MakeSong):
    request = make_song(D_STARTOFFS=1.25).ask()
    assert request.span == Span(156_000, 348_000, 48_000)
    assert request.timeline == 192_000


def test_an_item_that_begins_with_silence_is_repainted_where_it_sounds(make_song: MakeSong):
    request = make_song(D_STARTOFFS=-3.0, D_LENGTH=12.0).ask()
    assert request.span == Span(0, 144_000, 48_000)
    assert request.timeline == 240_000, "the file begins to sound at second 5"


def test_an_item_longer_than_its_file_ends_where_the_file_ends(make_song: MakeSong):
    song = make_song(D_LENGTH=20.0)
    song.studio.select(song.project, 10.0, 15.0)
    assert song.ask().span == Span(384_000, 480_000, 48_000)


def test_a_loop_counts_from_the_start_of_its_pass(make_song: MakeSong):
    song = make_song(D_LENGTH=40.0, B_LOOPSRC=1)
    song.studio.select(song.project, 24.0, 26.0)
    request = song.ask()
    assert request.span == Span(96_000, 192_000, 48_000)
    assert request.timeline == 24 * 48_000


@pytest.mark.parametrize(
    ("start", "end", "span"),
    [
        (0.0, 4.0, (0, 96_000)),
        (10.0, 30.0, (384_000, 480_000)),
        (0.0, 30.0, (0, 480_000)),
        (3.0, 3.5, (48_000, 72_000)),
    ],
    ids=["over the left edge", "over the right edge", "around the item", "inside"],
)
def test_a_selection_is_cut_to_the_item(song: Song, start: float, end: float, span: tuple[int, int]):
    song.studio.select(song.project, start, end)
    assert song.ask().span == Span(*span, 48_000)


def test_samples_are_those_of_the_file_whatever_the_project_s_rate(make_song: MakeSong):
    song = make_song(rate=44_100)
    song.studio.select(song.project, 2.0 + 1 / 3, 5.0)
    request = song.ask()
    assert request.span == Span(14_700, 132_300, 44_100)
    assert request.timeline == round((2 + 1 / 3) * 44_100)


def test_the_result_begins_at_the_sample_that_was_sent(make_song: MakeSong):
    """A selection that falls between two samples of the file lands on the sample, in phase with the item."""
    song = make_song(rate=44_100)
    song.studio.select(song.project, 4.00001, 6.0)
    request = song.ask_and_start("", "", "1", "1", "")
    song.desk.done(request)
    song.studio.finish()
    item = song.project.tracks[2]["items"][1]
    sample = (item.info.D_POSITION - 2.0) * 44_100
    assert abs(sample - request.span.start) < 1e-6


def test_a_section_counts_in_its_file(make_song: MakeSong):
    song = make_song()
    whole = song.studio.world.add_source(str(song.path), song.studio.table())
    section = song.studio.world.add_section(whole, 3.0, 5.0)
    song.item.takes[1].source = section
    song.item.info.D_LENGTH = 5.0
    request = song.ask()
    assert request.source.path == str(song.path)
    assert request.span == Span((3 + 2) * 48_000, (3 + 5) * 48_000, 48_000)


@pytest.mark.parametrize(
    ("tempo", "music"),
    [
        ([(0, 90, 4, 4)], Music(bpm=90.0, meter="4/4", since_bar=round(4 % (4 * 60 / 90) * 48_000))),
        ([(0, 120, 7, 8)], Music(bpm=120.0, meter="7/8", since_bar=24_000)),
        ([(0, 120, 4, 4), (3, 60, 3, 4)], Music(bpm=60.0, meter="3/4", since_bar=48_000)),
        ([(0, 10, 5, 32)], Music(since_bar=round(4 % (5 * 60 / 10 / 8) * 48_000))),
    ],
    ids=["off the bar line", "7/8", "a marker before the selection", "beyond what the protocol holds"],
)
def test_tempo_and_meter_are_those_at_the_selection(
    make_song: MakeSong, tempo: list[tuple[int, int, int, int]], music: Music
):
    song = make_song()
    markers = [dict(zip(("t", "bpm", "num", "den"), marker, strict=True)) for marker in tempo]
    song.project.tempo = song.studio.runtime.table_from([song.studio.table(**marker) for marker in markers])
    assert song.ask().music == music


@pytest.mark.parametrize("bpm", [93, 97, 101])
@pytest.mark.parametrize("bars", range(1, 6))
def test_a_selection_on_a_bar_line_is_on_it(make_song: MakeSong, bars: int, bpm: int):
    """Bar lines fall between samples; half a sample before one must not count as a whole bar behind the last."""
    song = make_song(seconds=60.0)
    song.project.tempo[1].bpm = bpm
    bar = 4 * 60 / bpm
    song.studio.select(song.project, bars * bar, bars * bar + 2)
    assert song.ask().music.since_bar <= 1


def test_the_project_s_start_offset_changes_labels_only(make_song: MakeSong):
    plain, moved = make_song(), make_song(project={"offset": 100.0})
    ours, theirs = plain.ask(), moved.ask()
    assert (ours.span, ours.timeline, ours.music) == (theirs.span, theirs.timeline, theirs.music)
    moved.desk.accept(theirs.job)
    moved.studio.until(lambda: "1:44.000" in moved.studio.text)


def test_an_unsaved_project_has_no_folder_and_is_told_once(make_song: MakeSong):
    song = make_song(project={"file": ""})
    song.studio.answer("lofi")
    song.studio.run()
    assert len(song.studio.messages) == 1
    assert "not saved" in song.studio.messages[0]
    song.studio.until(lambda: song.desk.unread)
    request: Any = song.desk.read()[0]
    assert request.project == ""
    song.studio.answer("lofi")
    song.studio.run()
    assert len(song.studio.messages) == 1


@pytest.mark.parametrize(
    "name",
    ["Zoë's take.wav", "音楽 (1), 100%.wav", "-dash #1.wav", 'the "best".wav', "naïve" + "x" * 180 + ".wav"],
)
def test_any_file_name_arrives(make_song: MakeSong, name: str):
    song = make_song(name=f"söngs/{name}")
    assert song.ask().source.path == str(song.path)


@pytest.mark.parametrize("tags", ['say "hi", it\'s 90%', "🎷, שלום, ひ", "a,,b,", "back\\slash", "|pipe; semi"])
def test_any_tags_arrive(song: Song, tags: str):
    assert song.ask(tags).tags == tags


def test_lyrics_have_lines(song: Song):
    request = song.ask("pop", '[verse]|Where "were" you, | my 🎷?', "1", "1", "")
    assert request.lyrics == '[verse]\nWhere "were" you,\nmy 🎷?'


def test_the_last_tags_stand_in_the_form_again_but_no_seed(song: Song):
    song.ask("dub, tape, 70 bpm", "la la", "0,25", "4", "99")
    song.studio.run()
    form = listed(song.studio.world.forms)[-1]
    assert listed(form.shown) == ["dub, tape, 70 bpm", "la la", "0,25", "4", "", "", "", "no", "no", "no"]
    assert len(listed(form.captions)) == 10


def test_a_decimal_comma_is_a_decimal_point(song: Song):
    assert song.ask("", "", "0,25", "1", "").strength == 0.25


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (("", "", "2"), "0 to 1"),
        (("", "", "nan"), "0 to 1"),
        (("", "", "1", "9"), "1 to 8"),
        (("", "", "1", "2.5"), "1 to 8"),
        (("", "", "1", "2", "-1"), "whole number"),
        (("", "", "1", "2", "9007199254740992"), "whole number"),
        (("x" * 2001,), "2001 characters"),
    ],
)
def test_an_answer_that_makes_no_sense_is_explained_and_asked_again(song: Song, typed: tuple[str, ...], message: str):
    song.studio.answer(*typed)
    song.studio.answer("lofi", "", "1", "2", "")
    song.studio.run()
    assert message in song.studio.messages[0]
    assert len(listed(song.studio.world.forms)) == 2
    song.studio.until(lambda: song.desk.unread)


def test_a_form_that_is_closed_sends_nothing(song: Song):
    song.studio.run()
    assert not song.studio.tick()
    assert song.desk.unread == []
    assert song.studio.messages == []


# which item, which range


def test_a_razor_edit_comes_before_the_time_selection(make_song: MakeSong):
    song = make_song(track={"razor": '3.0 5.0 "" 0.000 1.000,1.0 2.0 "{ENVELOPE}"'})
    assert song.ask().span == Span(48_000, 144_000, 48_000)


def test_without_a_range_the_selected_item_is_meant(make_song: MakeSong):
    song = make_song(is_selected=True)
    song.studio.select(song.project, 0, 0)
    assert song.ask().span == Span(0, 480_000, 48_000)


def test_without_a_range_and_an_item_the_region_under_the_cursor_is_meant(song: Song):
    song.studio.select(song.project, 0, 0)
    song.project.regions[1] = song.studio.runtime.table_from({"from": 3.0, "to": 7.0})
    song.project.cursor = 5.0
    assert song.ask().span == Span(48_000, 240_000, 48_000)


def test_a_selected_item_comes_before_one_on_the_selected_track(song: Song):
    other = song.studio.track(song.project, P_NAME="Keys")
    path = write_wav(song.studio.folder / "keys.wav", 480_000)
    song.studio.item(other, path, D_POSITION=0.0, is_selected=True)
    assert song.ask().source.path == str(path)


def test_without_a_selected_track_the_only_item_in_the_range_is_meant(make_song: MakeSong):
    song = make_song(track={"is_selected": False})
    song.studio.track(song.project, P_NAME="Empty", is_selected=True)
    assert song.ask().source.path == str(song.path)


def test_muted_items_and_lanes_that_do_not_play_are_not_meant(make_song: MakeSong):
    song = make_song(track={"I_FREEMODE": 2, "I_NUMFIXEDLANES": 2})
    song.studio.item(song.track, song.path, D_POSITION=2.0, I_FIXEDLANE=1)
    song.studio.item(song.track, song.path, D_POSITION=2.0, B_MUTE=1)
    assert song.ask().span == Span(96_000, 288_000, 48_000)


def test_the_active_take_is_meant(song: Song):
    path = write_wav(song.studio.folder / "second.wav", 480_000)
    source = song.studio.world.add_source(str(path), song.studio.table())
    song.studio.world.add_take(song.item, song.studio.table(), source)
    song.item.current = 2
    assert song.ask().source.path == str(path)
