"""The tricky cases of REAPER that are about projects, by their numbers: time, tracks, tabs, paths, words, scripts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bridge_server.protocol.values import Change, Music
from tests.daw.conftest import Song, write_wav
from tests.daw.studio import Studio, items_of, landed, listed, names

MakeSong = Callable[..., Song]
RATE = 48_000


def tempo(song: Song, *markers: dict[str, Any]) -> None:
    song.project.tempo = song.studio.runtime.table_from([song.studio.table(**marker) for marker in markers])


def land(song: Song, request: Any, **how: Any) -> None:
    song.desk.done(request, **how)
    song.studio.finish()


# 5: tempo maps


def test_case_05_a_tempo_marker_inside_the_selection_is_a_change(song: Song):
    tempo(song, {"t": 0, "bpm": 120, "num": 4, "den": 4}, {"t": 6, "bpm": 90, "num": 7, "den": 8})
    assert song.ask("", "", "1", "1", "").music == Music(
        bpm=120.0, meter="4/4", since_bar=0, changes=(Change(at=2 * RATE, bpm=90.0, meter="7/8"),)
    )


def test_case_05_a_marker_that_only_changes_the_tempo_keeps_the_meter(song: Song):
    tempo(
        song,
        {"t": 0, "bpm": 120, "num": 3, "den": 4},
        {"t": 5, "bpm": 100, "num": 3, "den": 4, "keeps_meter": True},
        {"t": 9, "bpm": 60, "num": 4, "den": 4},
    )
    assert song.ask("", "", "1", "1", "").music.changes == (Change(at=RATE, bpm=100.0),)


def test_case_05_a_linear_ramp_through_the_selection_begins_and_ends_with_its_tempos(song: Song):
    tempo(
        song,
        {"t": 0, "bpm": 60, "num": 4, "den": 4, "ramp": True},
        {"t": 10, "bpm": 160, "num": 4, "den": 4, "keeps_meter": True},
    )
    music = song.ask("", "", "1", "1", "").music
    assert music.bpm == pytest.approx(100, abs=0.001)
    first, last = music.changes
    assert (first.at, first.ramp, first.bpm) == (0, True, None)
    assert (last.at, last.bpm) == (4 * RATE, pytest.approx(140, abs=0.001))
    # 4 bars are 16 quarters; 60 to 100 bpm in 4 s are 5.33 quarters: one bar, which ended at 3.165 s.
    assert music.since_bar / RATE == pytest.approx(0.8349, abs=0.001)


def test_case_05_a_ramp_that_begins_inside_the_selection(song: Song):
    tempo(
        song,
        {"t": 0, "bpm": 100, "num": 4, "den": 4},
        {"t": 5, "bpm": 100, "num": 4, "den": 4, "keeps_meter": True, "ramp": True},
        {"t": 7, "bpm": 140, "num": 4, "den": 4, "keeps_meter": True},
    )
    assert song.ask("", "", "1", "1", "").music.changes == (
        Change(at=RATE, bpm=100.0, ramp=True),
        Change(at=3 * RATE, bpm=140.0),
    )


def test_case_05_six_eight_counts_quarters_a_minute(song: Song):
    tempo(song, {"t": 0, "bpm": 120, "num": 6, "den": 8})
    music = song.ask("", "", "1", "1", "").music
    assert (music.bpm, music.meter, music.since_bar) == (120.0, "6/8", RATE)


# 6: start offset (labels only) is in test_repaint_request.py; the same for what lies in the project


@pytest.mark.parametrize("offset", [100.0, -3.0])
def test_case_06_the_start_offset_moves_labels_only(make_song: MakeSong, offset: float):
    moved = make_song(project={"offset": offset})
    request = moved.ask_and_start("", "", "1", "1", "")
    assert (request.span.start, request.timeline, request.music.since_bar) == (2 * RATE, 4 * RATE, 0)
    land(moved, request)
    assert items_of(moved.project.tracks[2])[0].info.D_POSITION == 4.0


# 11: groups, locks, lanes


def test_case_11_grouped_and_locked_items_stay_as_they_are(make_song: MakeSong):
    song = make_song(I_GROUPID=7, C_LOCK=1)
    other = song.studio.item(song.track, song.path, D_POSITION=20.0, I_GROUPID=7)
    before = [dict(item.info) for item in (song.item, other)]
    land(song, song.ask_and_start("", "", "1", "1", ""))
    assert [dict(item.info) for item in (song.item, other)] == before


def test_case_11_silencing_a_locked_original_is_told_and_not_done(make_song: MakeSong):
    song = make_song(C_LOCK=1)
    request = song.ask_and_start("", "", "1", "1", "", "", "", "yes")
    song.desk.done(request)
    song.studio.until(lambda: "is locked" in song.studio.text)
    assert song.item.info.B_MUTE == 0
    assert landed(song.project) == 1


def test_case_11_a_free_positioning_track_keeps_its_mode(make_song: MakeSong):
    song = make_song(track={"I_FREEMODE": 1})
    land(song, song.ask_and_start("", "", "1", "1", ""))
    assert song.track.info.I_FREEMODE == 1
    assert names(song.project) == ["Voice", "Voice – variants"]


def test_case_11_an_item_in_a_lane_that_does_not_play_is_not_meant(make_song: MakeSong):
    song = make_song(track={"I_FREEMODE": 2, "I_NUMFIXEDLANES": 2})
    hidden = write_wav(song.studio.folder / "hidden.wav", 480_000)
    song.studio.item(song.track, hidden, D_POSITION=2.0, I_FIXEDLANE=1)
    assert song.ask("", "", "1", "1", "").source.path == str(song.path)


# 12: projects that are unsaved, moved, closed; see test_repaint_days.py for tabs that are switched and closed


def test_case_12_a_project_that_became_read_only_gets_nothing_and_the_take_is_named(song: Song):
    request = song.ask_and_start("", "", "1", "1", "")
    song.project.is_read_only = True
    takes = song.desk.done(request)
    song.studio.until(lambda: "cannot be changed" in song.studio.text)
    assert takes[0].path in "".join(song.studio.lines).replace(" ", "")
    assert listed(song.project.undo) == []


def test_case_12_what_is_parked_stays_listed_until_it_is_dismissed(song: Song, open_studio: Callable[..., Studio]):
    request = song.ask_and_start("", "", "1", "1", "")
    song.project.tracks[1] = None
    song.desk.done(request)
    song.studio.until(lambda: "is gone" in song.studio.text)
    song.studio.fake.terminate()
    again = open_studio(kept=song.studio.kept)
    again.project(file="/other.rpp")
    again.act("Show status")
    again.until(lambda: "is gone" in again.text)
    again.press(27)
    again.until(lambda: "No job is running" in again.text)
    assert list(again.resource.glob("Dawbridge/jobs/*")) == []


def test_case_12_a_tab_that_is_closed_while_the_script_listens(make_song: MakeSong, open_studio: Callable[..., Studio]):
    song = make_song(D_PITCH=1)
    song.studio.world.read_seconds = 1e-4
    song.studio.answer("", "", "1", "1", "")
    song.studio.run()
    song.studio.until(lambda: "listening" in song.studio.text)
    song.studio.project(file="/other.rpp")
    song.studio.world.close_project(song.project)
    song.studio.wait(1)
    assert song.studio.world.open_accessors == 0
    song.studio.fake.terminate()
    again = open_studio(kept=song.studio.kept)
    project = again.project(file=song.project.file)
    track = again.track(project, GUID=song.track.text.GUID)
    again.item(track, song.path, D_POSITION=2.0, D_PITCH=1)
    again.act("Show status")
    request = again.until(song.desk.next_job)
    assert Path(request.source.path).is_file()


# 13: tracks and undo


def test_case_13_renamed_and_moved_tracks_are_found_by_their_guid(song: Song):
    request = song.ask_and_start("", "", "1", "1", "")
    song.studio.track(song.project, 1, P_NAME="First")
    song.track.text.P_NAME = "Singer"
    land(song, request)
    assert names(song.project) == ["First", "Singer", "Singer – variants"]


def test_case_13_undo_and_redo_of_the_drop(song: Song):
    land(song, song.ask_and_start("", "", "1", "2", "", "", "", "yes"))
    assert len(items_of(song.project.tracks[1])) == 3
    assert song.studio.world.undo(song.project)
    assert names(song.project) == ["Voice"]
    (original,) = items_of(song.project.tracks[1])
    assert (original.info.D_LENGTH, original.info.B_MUTE) == (10.0, 0)
    assert song.studio.world.redo(song.project)
    assert names(song.project) == ["Voice", "Voice – variants"]
    assert landed(song.project) == 2


def test_case_13_undo_while_a_job_runs_does_not_lose_it(song: Song):
    land(song, song.ask_and_start("", "", "1", "1", ""))
    request = song.ask_and_start("", "", "1", "1", "")
    song.studio.world.undo(song.project)
    land(song, request)
    assert landed(song.project) == 1


# 14: paths; more names are tried in test_repaint_request.py


@pytest.mark.parametrize(
    "folder",
    [
        "Zoë Müller",
        "音楽/曲 (1)",
        "it's, 100% #1",
        "-dash",
        "e\u0301 NFD",
        "x" * 100 + "/" + "y" * 100 + "/" + "z" * 90,
    ],
)
def test_case_14_any_project_folder_holds_what_is_listened_to(make_song: MakeSong, tmp_path: Path, folder: str):
    media = tmp_path / folder
    media.mkdir(parents=True)
    song = make_song(project={"media": str(media), "file": str(media / "song.rpp")}, seconds=1.0, D_PITCH=1)
    song.studio.select(song.project, 2.2, 2.6)
    request = song.ask("", "", "1", "1", "")
    assert Path(request.source.path) == media / "Dawbridge" / request.job / "source.wav"
    assert Path(request.source.path).is_file()


@pytest.mark.parametrize(
    ("folder", "joined"), [(r"C:\Users\Zoë", r"C:\Users\Zoë\Dawbridge"), (r"\\srv\x", r"\\srv\x\Dawbridge")]
)
def test_case_14_windows_paths_keep_their_separator(song: Song, folder: str, joined: str):
    found = song.studio.runtime.execute('local files = require("shared.files"); return files')
    assert found.join(folder, "Dawbridge") == joined


# 15: words


@pytest.mark.parametrize("words", ["שלום עולם", 'say "hi", he said', "🎷🎷🎷", "a,b,,c", "it's 100 % | new line"])
def test_case_15_any_words_arrive(song: Song, words: str):
    assert song.ask("", words, "1", "1", "").lyrics == words.replace(" | ", "\n")


def test_case_15_words_and_section_come_from_the_project(make_song: MakeSong):
    song = make_song(
        P_NOTES="[verse]\r\nHello, “world” 🎷\r\n", project={"notes": "A song.\r\nKey: f# moll\r\nMixed by Ana"}
    )
    song.project.regions[1] = song.studio.runtime.table_from({"from": 3.0, "to": 9.0, "name": "Verse 1"})
    request = song.ask()
    assert request.lyrics == "[verse]\nHello, “world” 🎷"
    assert (request.music.section, request.music.key) == ("Verse 1", "F# minor")
