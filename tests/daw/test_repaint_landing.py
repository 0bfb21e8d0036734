"""The result lands where it was asked for, as new takes, in one undo step; the original stays as it is."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from bridge_server.protocol.requests import Repaint
from tests.daw.conftest import Song
from tests.daw.studio import items_of, listed, names


def land(song: Song, request: Repaint) -> None:
    song.desk.done(request)
    song.studio.finish()


def state(item: Any) -> tuple[Any, ...]:
    """Everything about an item that a musician would notice if it changed."""
    takes = [(take.source.path, dict(take.info), dict(take.text)) for take in listed(item.takes)]
    return dict(item.info), dict(item.text), item.current, takes


def mark_of(take: Any) -> dict[str, Any]:
    """What the project remembers about a take of ours."""
    return json.loads(take.text["P_EXT:dawbridge_take"])


@pytest.mark.parametrize(("version", "lua"), [("7.40", "5.4"), ("7.10", "5.4"), ("7.40", "5.3")])
def test_takes_land_in_lanes_of_a_sibling_track(make_song: Callable[..., Song], version: str, lua: str):
    song = make_song(version=version, lua=lua, take_volume=0.5)
    before = state(song.item)
    request = song.ask_and_start("warm tape, rhodes", "", "0.8", "2", "7")
    song.desk.progress(request.job, 0.5)
    song.studio.until(lambda: "rendering" in song.studio.text)
    takes = song.desk.takes(request)
    land(song, request)

    assert names(song.project) == ["Voice", "Voice – variants"]
    sibling = song.project.tracks[2]
    assert sibling.info.I_FREEMODE == 2
    assert sibling.info.I_NUMFIXEDLANES == 2
    assert [sibling.text["P_LANENAME:0"], sibling.text["P_LANENAME:1"]] == ["Variant 1", "Variant 2"]
    assert dict(sibling.lane_plays) == {0: 1, 1: 0}
    for lane, (item, take) in enumerate(zip(items_of(sibling), takes, strict=True)):
        assert item.info.D_POSITION == 4.0
        assert item.info.D_LENGTH == 4.0
        assert item.info.B_LOOPSRC == 0
        assert int(item.info.I_FIXEDLANE) == lane
        assert item.takes[1].source.path == take.path
        assert item.takes[1].info.D_VOL == 0.5
        assert str(item.takes[1].text.P_NAME) == f"Repaint {lane + 1} · warm tape, rhodes"
        assert mark_of(item.takes[1]) == {"job": request.job, "number": lane + 1, "path": take.path}
        assert item.takes[1].source.peaks_done
    assert state(song.item) == before
    assert len(items_of(song.track)) == 1


def test_one_undo_step_takes_everything_back(song: Song):
    request = song.ask_and_start("lofi", "", "1", "3", "")
    land(song, request)
    steps = listed(song.project.undo)
    assert [step.label for step in steps] == ["Dawbridge: Repaint 0:04.000–0:08.000"]
    assert listed(song.studio.world.unguarded) == []
    assert song.studio.world.undo(song.project)
    assert names(song.project) == ["Voice"]
    assert len(items_of(song.project.tracks[1])) == 1


def test_reaper_6_gets_takes_of_the_item(make_song: Callable[..., Song]):
    song = make_song(version="6.80", lua="5.3", D_STARTOFFS=1.5, D_LENGTH=8.0)
    before = state(song.item)
    request = song.ask_and_start("lofi", "", "1", "2", "")
    assert request.form == "whole"
    takes = song.desk.done(request, samples=480_000)
    song.studio.finish()

    assert names(song.project) == ["Voice"]
    assert [take.source.path for take in listed(song.item.takes)] == [str(song.path), takes[0].path, takes[1].path]
    assert song.item.current == 2, "the first new take is the one that plays"
    assert [take.info.D_STARTOFFS for take in listed(song.item.takes)] == [1.5, 1.5, 1.5]
    assert mark_of(song.item.takes[2]) == {"job": request.job, "number": 1, "path": takes[0].path}
    after = state(song.item)
    assert after[0] == before[0]
    assert after[3][0] == before[3][0], "the original take is as it was"
    assert len(listed(song.project.undo)) == 1
    song.studio.world.undo(song.project)
    assert len(listed(song.project.tracks[1]["items"][1].takes)) == 1


def test_a_track_with_lanes_gets_new_lanes_that_do_not_play(make_song: Callable[..., Song]):
    song = make_song(track={"I_FREEMODE": 2, "I_NUMFIXEDLANES": 2})
    song.studio.item(song.track, song.path, D_POSITION=2.0, I_FIXEDLANE=1)
    request = song.ask_and_start("", "", "1", "2", "")
    song.desk.done(request)
    song.studio.until(lambda: "lane 3" in song.studio.text)
    assert names(song.project) == ["Voice"]
    assert [item.info.I_FIXEDLANE for item in items_of(song.track)] == [0, 1, 2, 3]
    assert dict(song.track.lane_plays) == {0: 1, 1: 0, 2: 0, 3: 0}
    song.studio.press(27)
    song.studio.finish()


def test_every_job_has_lanes_of_its_own_and_the_newest_is_heard(song: Song):
    land(song, song.ask_and_start("", "", "1", "2", ""))
    song.studio.select(song.project, 9.0, 11.0)
    land(song, song.ask_and_start("", "", "1", "2", ""))
    assert names(song.project) == ["Voice", "Voice – variants"]
    sibling = song.project.tracks[2]
    assert [item.info.I_FIXEDLANE for item in items_of(sibling)] == [0, 1, 2, 3]
    assert dict(sibling.lane_plays) == {0: 1, 1: 0, 2: 2, 3: 0}, "both ranges are heard"
    song.studio.select(song.project, 4.0, 6.0)
    land(song, song.ask_and_start("", "", "1", "1", ""))
    assert items_of(sibling)[-1].info.I_FIXEDLANE == 4
    assert dict(sibling.lane_plays) == {0: 0, 1: 0, 2: 2, 3: 0, 4: 2}, "the earlier result of that range makes way"


def test_a_folder_still_ends_where_it_ended(make_song: Callable[..., Song]):
    song = make_song(track={"I_FOLDERDEPTH": -2})
    song.studio.track(song.project, 1, P_NAME="Band", I_FOLDERDEPTH=1)
    song.studio.track(song.project, P_NAME="Other")
    land(song, song.ask_and_start("", "", "1", "1", ""))
    assert names(song.project) == ["Band", "Voice", "Voice – variants", "Other"]
    assert [track.info.I_FOLDERDEPTH for track in listed(song.project.tracks)] == [1, 0, -2, 0]


def test_the_take_follows_an_item_that_was_moved_and_trimmed(song: Song):
    request = song.ask_and_start("", "", "1", "1", "")
    other = song.studio.track(song.project, P_NAME="Elsewhere")
    song.track["items"][1] = None
    other["items"][1] = song.item
    song.item.track = other
    song.item.info.D_POSITION, song.item.info.D_LENGTH = 13.0, 9.0
    song.item.takes[1].info.D_STARTOFFS = 1.0
    land(song, request)
    assert names(song.project) == ["Voice", "Elsewhere", "Elsewhere – variants"]
    assert items_of(song.project.tracks[3])[0].info.D_POSITION == 14.0


def test_the_take_lands_on_the_track_when_the_item_is_gone(song: Song):
    request = song.ask_and_start("", "", "1", "1", "")
    song.track["items"][1] = None
    land(song, request)
    assert items_of(song.project.tracks[2])[0].info.D_POSITION == 4.0


def test_a_take_whose_track_is_gone_is_parked_with_its_path(song: Song):
    request = song.ask_and_start("", "", "1", "1", "")
    song.project.tracks[1] = None
    song.studio.track(song.project, P_NAME="Other")
    takes = song.desk.done(request)
    song.studio.until(lambda: "is gone" in song.studio.text)
    assert takes[0].path in "".join(song.studio.lines)
    assert names(song.project) == ["Other"]
    assert listed(song.project.undo) == []
    song.studio.press(-1)
    song.studio.finish()
    assert list(song.studio.resource.glob("Dawbridge/jobs/*")) == []


def test_on_reaper_6_a_take_whose_item_is_gone_or_locked_is_parked(make_song: Callable[..., Song]):
    song = make_song(version="6.80", lua="5.3")
    request = song.ask_and_start("", "", "1", "1", "")
    song.item.info.C_LOCK = 1
    song.desk.done(request, samples=480_000)
    song.studio.until(lambda: "gone or locked" in song.studio.text)
    assert len(listed(song.item.takes)) == 1


def test_a_take_that_reaper_cannot_read_changes_nothing(song: Song):
    request = song.ask_and_start("", "", "1", "2", "")
    takes = song.desk.takes(request)
    with open(takes[1].path, "wb") as file:  # noqa: PTH123
        file.write(b"not audio")
    song.desk.write = lambda name, samples, rate: song.studio.folder / "takes" / name
    song.desk.done(request)
    song.studio.until(lambda: "cannot be read" in song.studio.text)
    assert names(song.project) == ["Voice"]
    assert [source.is_destroyed for source in listed(song.studio.world.sources)] == [True]


def test_a_drop_that_breaks_half_way_is_undone(song: Song):
    request = song.ask_and_start("", "", "1", "2", "")
    song.studio.runtime.execute(
        "rawset(..., 'UpdateItemLanes', function() error('lanes are broken') end)", song.studio.fake.reaper
    )
    song.desk.done(request)
    song.studio.until(lambda: "lanes are broken" in song.studio.text)
    assert names(song.project) == ["Voice"]
    assert listed(song.project.undo) == []


def test_a_script_that_is_ended_between_opening_and_laying_in_lets_go_of_the_files(song: Song):
    request = song.ask_and_start("", "", "1", "8", "")
    song.desk.done(request)
    song.studio.until(lambda: len(song.studio.world.sources) > 0)
    song.studio.fake.terminate()
    assert names(song.project) == ["Voice"]
    assert all(source.is_destroyed for source in listed(song.studio.world.sources))
    song.studio.act("Show status")
    song.studio.until(lambda: names(song.project) == ["Voice", "Voice – variants"])
    assert len(items_of(song.project.tracks[2])) == 8
