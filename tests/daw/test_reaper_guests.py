"""REAPER and the panel in the browser: a range is opened there, and takes that were asked for there land here."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from bridge_server.protocol.events import PanelLink, Place
from bridge_server.protocol.requests import Panel, Repaint
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Source, Take
from tests.daw.conftest import Song
from tests.daw.studio import items_of, listed, names

MakeSong = Callable[..., Song]
RATE = 48_000
LINK = "http://127.0.0.1:40123/enter?token=aB3-_x"
GUESTS = "Repaint – from the panel"
STATUS = "Show status"


def guest(song: Song, project: str | None = None, **more: Any) -> tuple[Take, ...]:
    """Two takes that the panel has asked for, at second 3, with the request beside them."""
    job, span = "repaint-of-the-panel", Span(3 * RATE, 5 * RATE, RATE)
    request = Repaint(job=job, source=Source(path="/x.wav"), span=span, tags="lofi", variants=2, **more)
    takes = song.desk.takes(request)
    folder = song.project.media if project is None else project
    beside = Path(takes[0].path).parent / "request.json"
    told = {"request": "repaint", "job": job, "tags": "lofi", "draft": request.draft, "project": folder}
    beside.write_text(json.dumps(told))
    return takes


def greet(song: Song) -> None:
    """A script runs its loop, and the bridge knows it."""
    song.studio.act(STATUS)
    song.studio.until(lambda: song.desk.read() is not None and song.desk.greetings)
    song.studio.wait(0.3)


def place(song: Song, take: Take) -> None:
    song.desk.say(Place(job=take.job, seq=song.desk.next_seq(), take=take))
    song.studio.wait(2)


def open_panel(song: Song) -> Panel:
    song.studio.act("Open in the panel")
    return song.studio.until(lambda: next((one for one in song.desk.read() if isinstance(one, Panel)), None))


def laid(song: Song, track: int) -> list[tuple[str, float, float]]:
    found = items_of(song.project.tracks[track])
    return [(item.takes[1].text.P_NAME, item.info.D_POSITION, item.info.D_LENGTH) for item in found]


def test_a_take_of_the_panel_lies_at_its_place_on_a_track_of_its_own(song: Song):
    greet(song)
    first, second = guest(song)
    place(song, first)
    assert names(song.project) == ["Voice", GUESTS]
    assert laid(song, 2) == [("Repaint 1 · lofi", 3.0, 2.0)]
    assert [step.label for step in listed(song.project.undo)] == ["Dawbridge: Repaint 0:03.000–0:05.000"]
    assert listed(song.studio.world.unguarded) == []
    place(song, second)
    assert [name for name, _, _ in laid(song, 2)] == ["Repaint 1 · lofi", "Repaint 2 · lofi"]
    assert dict(song.project.tracks[2].lane_plays)[1] > 0
    assert dict(song.project.tracks[2].lane_plays)[0] == 0, "what was chosen last is heard"
    place(song, first)
    assert len(laid(song, 2)) == 2, "what lies there is not laid in again"
    assert dict(song.project.tracks[2].lane_plays)[0] > 0
    assert listed(song.studio.world.deleted) == []


def test_one_undo_takes_it_away(song: Song):
    greet(song)
    place(song, guest(song)[0])
    song.studio.world.undo(song.project)
    assert names(song.project) == ["Voice"]


def test_on_reaper_6_it_is_an_item_with_a_take(make_song: MakeSong):
    song = make_song(version="6.80", lua="5.3")
    greet(song)
    place(song, guest(song)[0])
    assert laid(song, 2) == [("Repaint 1 · lofi", 3.0, 2.0)]


def test_it_waits_for_its_project_and_says_so_once(song: Song):
    greet(song)
    first, _ = guest(song, project="/music/Another song")
    place(song, first)
    assert names(song.project) == ["Voice"]
    song.studio.wait(3)
    assert song.studio.text.count("is not open: /music/Another song") == 1
    assert first.path in song.studio.text.replace(" ", "")
    other = song.studio.project(file="/music/Another song/x.rpp", media="/music/Another song/")
    song.studio.wait(3)
    assert names(other) == [GUESTS]
    assert names(song.project) == ["Voice"]


def test_one_of_no_project_goes_to_the_tab_in_front(song: Song):
    greet(song)
    place(song, guest(song, project="")[0])
    assert names(song.project) == ["Voice", GUESTS]


def test_while_something_is_recorded_it_waits(song: Song):
    greet(song)
    song.studio.world.play_state = 4
    place(song, guest(song)[0])
    assert names(song.project) == ["Voice"]
    song.studio.world.play_state = 0
    song.studio.wait(2)
    assert names(song.project) == ["Voice", GUESTS]


def test_a_draft_of_the_panel_is_called_one_and_its_remarks_are_shown(song: Song):
    greet(song)
    first, _ = guest(song, draft=True)
    place(song, replace(first, notes=("a draft in 8 of 50 steps",)))
    assert laid(song, 2)[0][0] == "Repaint 1 · lofi (draft)"
    song.studio.select(song.project, 3.0, 5.0)
    song.studio.wait(1)
    assert "a draft in 8 of 50 steps" in song.studio.text


def test_without_its_request_the_take_itself_says_where_it_belongs(song: Song):
    greet(song)
    first, _ = guest(song)
    (Path(first.path).parent / "request.json").unlink()
    place(song, first)
    assert names(song.project) == ["Voice", "Generate – from the panel"]
    assert laid(song, 2) == [("Generate 1", 3.0, 2.0)]


def test_the_range_goes_to_the_panel_and_its_link_is_opened(song: Song):
    asked = open_panel(song)
    assert asked.source is not None
    assert asked.source.path == str(song.path)
    assert asked.span == Span(2 * RATE, 6 * RATE, RATE)
    assert (asked.timeline, asked.project) == (4 * RATE, song.project.media)
    assert asked.music.bpm == 120.0
    song.desk.say(PanelLink(id=asked.id, url=LINK))
    song.studio.finish()
    assert listed(song.studio.world.executed)[-1] == f'"/usr/bin/env" "xdg-open" "{LINK}"'


def test_with_sws_its_own_function_opens_the_link(make_song: MakeSong):
    song = make_song(extensions={"sws": True})
    asked = open_panel(song)
    song.desk.say(PanelLink(id=asked.id, url=LINK))
    song.studio.finish()
    assert listed(song.studio.world.shown_pages) == [LINK]
    assert listed(song.studio.world.executed) == []


def test_an_empty_range_goes_without_sound_and_without_a_range_the_front_page_opens(song: Song):
    song.studio.select(song.project, 40.0, 44.0)
    asked = open_panel(song)
    assert (asked.source, asked.span) == (None, Span(40 * RATE, 44 * RATE, RATE))
    song.desk.ok(asked.id)
    song.studio.select(song.project, 0.0, 0.0)
    assert replace(open_panel(song), id="1") == Panel(id="1")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://127.0.0.1:1/`reboot`", "javascript:1"])
def test_what_is_no_page_is_not_opened(song: Song, url: str):
    asked = open_panel(song)
    song.desk.say(PanelLink(id=asked.id, url=url))
    song.studio.wait(1)
    assert listed(song.studio.world.executed) == []
    assert "could not be opened from here" in song.studio.text


def test_what_would_have_to_be_listened_to_goes_without_sound_by_its_place_on_the_timeline(make_song: MakeSong):
    asked = open_panel(make_song(D_PITCH=1))
    assert (asked.source, asked.span) == (None, Span(4 * RATE, 8 * RATE, RATE))
