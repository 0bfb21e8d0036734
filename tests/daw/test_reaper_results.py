"""Results in the project: silencing the original, stems, choosing, keeping, discarding; also from other programs."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bridge_server.protocol.events import Place
from bridge_server.protocol.requests import Choose
from tests.daw.conftest import Song
from tests.daw.studio import items_of, listed, names

MakeSong = Callable[..., Song]
FORM = ("lofi", "", "1", "3", "7", "", "")
NEXT, PREVIOUS = "Choose next variant", "Choose previous variant"


def land(song: Song, request: Any, **how: Any) -> tuple[Any, ...]:
    song.desk.accept(request.job)
    takes = song.desk.done(request, **how)
    song.studio.finish()
    return takes


def drop(song: Song, replace: str = "no", stems: str = "no", **how: Any) -> Any:
    request = song.ask(*FORM, replace, stems)
    land(song, request, **how)
    return request


def lanes(song: Song, track: int = 2) -> dict[int, float]:
    return dict(song.project.tracks[track].lane_plays)


def labels(song: Song) -> list[str]:
    return [step.label for step in listed(song.project.undo)]


def pieces(song: Song) -> list[tuple[float, float, float]]:
    return sorted((i.info.D_POSITION, i.info.D_LENGTH, i.info.B_MUTE) for i in items_of(song.project.tracks[1]))


# in place of the original


def test_the_original_is_cut_and_muted_where_it_is_to_be_silent(make_song: MakeSong):
    song = make_song(D_STARTOFFS=1.0, D_LENGTH=9.0)
    drop(song, replace="yes")
    assert pieces(song) == [(2.0, 2.0, 0), (4.0, 4.0, 1), (8.0, 3.0, 0)]
    starts = sorted(item.takes[1].info.D_STARTOFFS for item in items_of(song.project.tracks[1]))
    assert starts == [1.0, 3.0, 7.0]
    assert labels(song) == ["Dawbridge: Repaint 0:04.000–0:08.000"]
    assert listed(song.studio.world.unguarded) == []
    assert listed(song.studio.world.deleted) == []
    song.studio.world.undo(song.project)
    assert pieces(song) == [(2.0, 9.0, 0)]


def test_all_items_in_the_range_are_silenced(make_song: MakeSong):
    song = make_song(D_LENGTH=4.0)
    song.studio.item(song.track, song.path, D_POSITION=6.0, D_LENGTH=4.0)
    drop(song, replace="yes")
    assert pieces(song) == [(2.0, 2.0, 0), (4.0, 2.0, 1), (6.0, 2.0, 1), (8.0, 2.0, 0)]


def test_in_a_lane_of_the_user_the_first_variant_takes_the_place_of_the_original(make_song: MakeSong):
    song = make_song(track={"I_FREEMODE": 2, "I_NUMFIXEDLANES": 2})
    song.studio.item(song.track, song.path, D_POSITION=2.0, I_FIXEDLANE=1)
    drop(song, replace="yes")
    assert names(song.project) == ["Voice"]
    muted = [item for item in items_of(song.track) if item.info.B_MUTE]
    assert [(item.info.D_POSITION, item.info.D_LENGTH, item.info.I_FIXEDLANE) for item in muted] == [(4.0, 4.0, 0)]
    assert lanes(song, 1) == {0: 1, 1: 0, 2: 2, 3: 0, 4: 0}


# stems


def test_stems_lie_on_tracks_of_their_own_in_a_folder(make_song: MakeSong):
    song = make_song(track={"I_FOLDERDEPTH": -1})
    song.studio.track(song.project, 1, P_NAME="Band", I_FOLDERDEPTH=1)
    song.studio.track(song.project, P_NAME="Other")
    request = song.ask(*FORM, "no", "yes")
    land(song, request, roles=("drums", "bass"))
    assert names(song.project) == ["Band", "Voice", "Voice – stems", "drums", "bass", "Other"]
    assert [track.info.I_FOLDERDEPTH for track in listed(song.project.tracks)] == [1, 0, 1, 0, -2, 0]
    drums = items_of(song.project.tracks[4])
    assert [(item.info.D_POSITION, item.info.D_LENGTH) for item in drums] == [(4.0, 4.0)] * 3
    assert [Path(item.takes[1].source.path).name.rsplit("-", 1)[1] for item in drums] == ["drums.wav"] * 3
    assert lanes(song, 4) == lanes(song, 5) == {0: 1, 1: 0, 2: 0}
    assert len(labels(song)) == 1
    song.studio.act(NEXT)
    assert lanes(song, 4) == lanes(song, 5) == {0: 0, 1: 1, 2: 0}, "all stems of a variant go together"
    song.studio.world.undo(song.project)
    song.studio.world.undo(song.project)
    assert names(song.project) == ["Band", "Voice", "Other"]
    assert [track.info.I_FOLDERDEPTH for track in listed(song.project.tracks)] == [1, -1, 0]


def test_a_take_without_stems_lies_as_a_mix(song: Song):
    drop(song, stems="yes")
    assert names(song.project) == ["Voice", "Voice – variants"]


# choosing


def test_variants_are_chosen_round_and_round(song: Song):
    drop(song)
    items_of(song.project.tracks[2])[0].is_selected = True
    song.item.is_selected = False
    seen = []
    for title in (NEXT, NEXT, NEXT, PREVIOUS):
        song.studio.act(title)
        seen.append([lane for lane, plays in lanes(song).items() if plays])
    assert seen == [[1], [2], [0], [2]]
    assert labels(song)[1:] == [f"Dawbridge: choose variant {number}" for number in (2, 3, 1, 3)]
    assert listed(song.studio.world.unguarded) == []


def test_choosing_in_one_range_changes_nothing_in_another(song: Song):
    drop(song)
    song.studio.select(song.project, 9.0, 11.0)
    drop(song)
    song.studio.select(song.project, 0, 0)
    song.project.cursor = 10.0
    song.studio.act(NEXT)
    assert sorted(lane for lane, plays in lanes(song).items() if plays) == [0, 4]
    song.project.cursor = 5.0
    song.studio.act(PREVIOUS)
    assert sorted(lane for lane, plays in lanes(song).items() if plays) == [2, 4]


def test_a_result_with_variants_comes_before_one_without(song: Song):
    drop(song)
    land(song, song.do("Generate into time selection", "dub", "", "1", ""))
    song.studio.act(NEXT)
    assert song.studio.messages == []
    assert [lane for lane, plays in lanes(song).items() if plays] == [1]


def test_a_single_variant_cannot_be_chosen_among(song: Song):
    land(song, song.ask("lofi", "", "1", "1", "7"))
    song.studio.act(NEXT)
    assert song.studio.messages == ["This result has only one variant."]


def test_reaper_6_chooses_among_takes(make_song: MakeSong):
    song = make_song(version="6.80", lua="5.3")
    request = song.ask("lofi", "", "1", "2", "7")
    land(song, request, samples=480_000)
    song.item.is_selected = True
    song.studio.act(NEXT)
    assert song.item.current == 3
    song.studio.act(NEXT)
    assert song.item.current == 2


def test_reaper_6_gets_results_without_an_item_as_one_item_with_takes(make_song: MakeSong):
    song = make_song(version="6.80", lua="5.3")
    song.studio.select(song.project, 20.0, 24.0)
    land(song, song.do("Generate into time selection", "dub", "", "3", ""))
    (item,) = items_of(song.project.tracks[2])
    assert (item.info.D_POSITION, len(listed(item.takes)), item.current) == (20.0, 3, 1)
    assert song.project.tracks[2].info.I_FREEMODE == 0


# keeping


def test_keeping_tells_the_bridge_and_marks_the_take(song: Song):
    request = drop(song)
    song.studio.act(NEXT)
    song.studio.act("Keep variant")
    (choose,) = song.studio.until(lambda: [one for one in song.desk.read() if isinstance(one, Choose)])
    assert (choose.job, choose.number) == (request.job, 2)
    song.desk.ok(choose.id)
    song.studio.finish()
    take = items_of(song.project.tracks[2])[1].takes[1]
    assert json.loads(take.text["P_EXT:dawbridge_take"])["kept"] is True
    assert take.text.P_NAME.startswith("✓ ")
    song.studio.act("Keep variant")
    assert take.text.P_NAME.count("✓") == 1
    assert labels(song).count("Dawbridge: keep variant 2") == 1


def test_keeping_works_without_a_bridge(song: Song):
    drop(song)
    song.desk.close()
    song.studio.act("Keep variant")
    song.studio.finish()
    assert items_of(song.project.tracks[2])[0].takes[1].text.P_NAME.startswith("✓ ")


# discarding


def test_discarding_takes_away_what_was_dropped_and_nothing_else(song: Song):
    request = song.ask(*FORM, "yes", "no")
    takes = land(song, request)
    song.studio.item(song.project.tracks[2], song.path, D_POSITION=30.0)
    song.studio.act("Discard result")
    assert [item.info.D_POSITION for item in items_of(song.project.tracks[2])] == [30.0]
    assert [mute for _, _, mute in pieces(song)] == [0, 0, 0], "the original is heard again"
    assert all(Path(take.path).is_file() for take in takes)
    assert labels(song)[-1] == "Dawbridge: discard results"
    song.studio.world.undo(song.project)
    assert len(items_of(song.project.tracks[2])) == 4
    assert [mute for _, _, mute in pieces(song)] == [0, 1, 0]


def test_what_is_kept_is_not_discarded(song: Song):
    drop(song, replace="yes")
    song.studio.act("Keep variant")
    song.studio.act("Discard result")
    (item,) = items_of(song.project.tracks[2])
    assert item.takes[1].text.P_NAME.startswith("✓ ")
    assert [mute for _, _, mute in pieces(song)] == [0, 1, 0]


def test_reaper_6_discards_takes_and_leaves_the_original(make_song: MakeSong):
    song = make_song(version="6.80", lua="5.3", is_selected=True)
    land(song, song.ask("lofi", "", "1", "2", "7"), samples=480_000)
    other = song.studio.item(song.track, song.path, D_POSITION=40.0, is_selected=True)
    song.studio.act("Discard result")
    assert [take.source.path for take in listed(song.item.takes)] == [str(song.path)]
    assert len(listed(other.takes)) == 1
    assert (song.item.is_selected, other.is_selected) == (True, True)


# chosen in another program


def place(song: Song, request: Any, takes: Any, number: int) -> None:
    song.desk.say(Place(job=request.job, seq=song.desk.next_seq(), take=takes[number - 1]))


def test_a_variant_that_is_chosen_elsewhere_is_heard_here(song: Song):
    request = song.ask(*FORM)
    takes = land(song, request)
    other = song.ask("other", "", "1", "1", "")
    place(song, request, takes, 3)
    song.studio.until(lambda: lanes(song).get(2))
    assert [lane for lane, plays in lanes(song).items() if plays] == [2]
    place(song, request, takes, 3)
    song.studio.until(lambda: not song.desk.outbox)
    assert labels(song).count("Dawbridge: choose variant 3") == 1
    land(song, other)


def test_a_variant_that_is_chosen_before_it_has_landed_is_the_one_that_is_heard(song: Song):
    request = song.ask_and_start(*FORM)
    song.studio.world.play_state = 5
    takes = song.desk.done(request)
    place(song, request, takes, 2)
    song.studio.wait(2)
    song.studio.world.play_state = 0
    song.studio.finish()
    assert [lane for lane, plays in lanes(song).items() if plays] == [1]


def test_a_discarded_variant_that_is_chosen_elsewhere_is_laid_in_again(song: Song):
    request = song.ask(*FORM)
    takes = land(song, request)
    song.studio.act("Discard result")
    assert items_of(song.project.tracks[2]) == []
    other = song.ask("other", "", "1", "1", "")
    place(song, request, takes, 2)
    song.studio.until(lambda: items_of(song.project.tracks[2]))
    (item,) = items_of(song.project.tracks[2])
    assert (item.info.D_POSITION, item.takes[1].source.path) == (4.0, takes[1].path)
    land(song, other)


def test_a_choice_that_the_bridge_repeats_is_obeyed_once(song: Song):
    request = song.ask(*FORM)
    takes = land(song, request)
    other = song.ask("other", "", "1", "1", "")
    place(song, request, takes, 3)
    song.studio.until(lambda: lanes(song).get(2))
    song.studio.act(NEXT)
    heard = lanes(song)
    song.desk.say(Place(job=request.job, seq=song.desk.seq, take=takes[2]))
    song.studio.until(lambda: not song.desk.outbox)
    song.studio.wait(1)
    assert lanes(song) == heard
    land(song, other)


# many of them


@pytest.mark.parametrize("count", [205])
def test_only_the_newest_landed_jobs_are_remembered(song: Song, count: int):
    folder = song.studio.resource / "Dawbridge" / "landed"
    folder.mkdir(parents=True)
    for number in range(count):
        (folder / f"repaint-20250101-{number:06d}-abc.json").write_text('{"id":"x"}')
    drop(song)
    song.studio.act("Show status")
    song.studio.wait(1)
    left = sorted(path.name for path in folder.iterdir())
    assert len(left) == 200
    assert "repaint-20250101-000000-abc.json" not in left
    assert any(name.startswith("repaint-2026") for name in left)


def test_a_result_that_was_dragged_to_a_plain_track_is_muted_instead(song: Song):
    drop(song)
    plain = song.studio.track(song.project, P_NAME="Plain")
    moved = items_of(song.project.tracks[2])[0]
    song.studio.world.remove(song.project.tracks[2]["items"], moved)
    moved.track, moved.info.I_FIXEDLANE = plain, 0
    plain["items"][1] = moved
    moved.is_selected = True
    song.studio.act(NEXT)
    assert moved.info.B_MUTE == 1
