"""The panel and Ardour: a range is opened there, and takes that were asked for there are laid in here."""

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from bridge_server.protocol.events import PanelLink, Place
from bridge_server.protocol.requests import Panel, Repaint
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Music, Source
from tests.ardour.lua import RATE, plain
from tests.ardour.world import World, ask, land
from tests.daw.desk import Desk

LINK = "http://127.0.0.1:40123/enter?token=aB3-_x"


def guest(desk: Desk, job: str = "repaint-of-the-panel", rate: int = RATE, **more: Any) -> tuple[Any, ...]:
    """Two takes that the panel has asked for, at second 3, with the request beside them."""
    span = Span(3 * rate, 5 * rate, rate)
    request = Repaint(job=job, source=Source(path="/x.wav"), span=span, tags="lofi", variants=2, **more)
    takes = desk.takes(request)
    beside = Path(takes[0].path).parent / "request.json"
    beside.write_text(json.dumps({"request": "repaint", "job": job, "tags": "lofi", "draft": request.draft}))
    return takes


def open_panel(world: World, desk: Desk) -> Panel:
    world.tick()
    desk.read()
    world.act.run("open_panel")
    (found,) = [letter for letter in desk.read() if isinstance(letter, Panel)]
    return found


def heard(world: World, track: int) -> dict[str, bool]:
    return {one["name"]: not one["is_muted"] for one in world.regions(track)}


def test_a_take_of_the_panel_lies_at_its_place_on_a_track_of_its_own(world: World, desk: Desk):
    ask(world, desk)
    first, second = guest(desk)
    desk.say(Place(job=first.job, seq=desk.next_seq(), take=first))
    world.tick(8)
    tracks = plain(world.host.tracks)
    assert [track["name"] for track in tracks] == ["Voice", "Repaint – from the panel"]
    assert [(one["name"], one["position"]) for one in world.regions(2)] == [("Repaint 1 · lofi", 3 * RATE)]
    assert list(world.host.steps.values()) == ["Dawbridge: Repaint 0:03.000–0:05.000"]
    desk.say(Place(job=first.job, seq=desk.next_seq(), take=second))
    world.tick(8)
    assert heard(world, 2) == {"Repaint 1 · lofi": False, "Repaint 2 · lofi": True}
    desk.say(Place(job=first.job, seq=desk.next_seq(), take=first))
    world.tick(8)
    assert len(world.regions(2)) == 2, "what lies there is not laid in again"


def test_a_take_that_was_made_at_another_rate_lies_at_the_same_time(world: World, desk: Desk):
    ask(world, desk)
    first, _ = guest(desk, rate=44_100)
    desk.say(Place(job=first.job, seq=desk.next_seq(), take=first))
    world.tick(8)
    assert [one["position"] for one in world.regions(2)] == [3 * RATE]


def test_a_draft_of_the_panel_is_called_one(world: World, desk: Desk):
    ask(world, desk)
    first, _ = guest(desk, draft=True)
    desk.say(Place(job=first.job, seq=desk.next_seq(), take=first))
    world.tick(8)
    assert list(heard(world, 2)) == ["Repaint 1 · lofi (draft)"]


def test_it_waits_while_something_is_recorded_and_until_the_session_is_open(world: World, desk: Desk):
    ask(world, desk)
    first, _ = guest(desk)
    world.host.is_recording = True
    desk.say(Place(job=first.job, seq=desk.next_seq(), take=first))
    world.tick(8)
    assert len(world.host.tracks) == 1
    session, world.host.session = world.host.session, None
    world.host.is_recording = False
    world.tick(8)
    assert len(world.host.tracks) == 1
    world.host.session = session
    world.tick(12)
    assert list(heard(world, 2)) == ["Repaint 1 · lofi"]


def test_its_file_is_named_where_it_cannot_be_read(world: World, desk: Desk):
    ask(world, desk)
    first, _ = guest(desk)
    Path(first.path).unlink()
    desk.say(Place(job=first.job, seq=desk.next_seq(), take=first))
    world.tick(8)
    assert first.path in world.told[-1]
    assert len(world.host.tracks) == 1


def test_a_take_of_our_own_that_waits_is_no_guest(world: World, desk: Desk):
    request = ask(world, desk)
    world.tick()
    desk.accept(request.job)
    world.tick()
    _, second = desk.takes(request)
    desk.say(Place(job=request.job, seq=desk.next_seq(), take=second))
    world.tick(3)
    assert len(world.host.tracks) == 1
    land(world, desk, request)
    assert [track["name"] for track in plain(world.host.tracks)] == ["Voice", "Voice – variants"]


def test_the_range_goes_to_the_panel_and_its_link_is_opened(world: World, desk: Desk):
    world.host.tracks[1].comment = "Lyrics: la la"
    asked = open_panel(world, desk)
    assert asked.span == Span(2 * RATE, 4 * RATE, RATE)
    assert asked.source is not None
    assert [clip.path for clip in asked.source.clips] == [str(Path(world.host.tracks[1].regions[1].sources[1].path))]
    assert (asked.lyrics, asked.music) == ("la la", Music(bpm=120.0, since_bar=0))
    assert asked.project == world.host.session.path
    desk.say(PanelLink(id=asked.id, url=LINK))
    world.tick(2)
    assert plain(world.host.started) == ["/usr/bin/env", "xdg-open", LINK]


def test_an_empty_range_goes_without_sound_and_no_range_opens_the_front_page(world: World, desk: Desk):
    world.select(20 * RATE, 22 * RATE, "Voice")
    asked = open_panel(world, desk)
    assert (asked.source, asked.span) == (None, Span(20 * RATE, 22 * RATE, RATE))
    world.select(0, 0)
    world.host.selection["from"] = None
    assert replace(open_panel(world, desk), id="1") == Panel(id="1")


def test_the_session_keeps_the_name_by_which_the_panel_knows_it(world: World, desk: Desk):
    asked = open_panel(world, desk)
    known = desk.client
    desk.say(PanelLink(id=asked.id, url=LINK))
    world.tick(2)
    assert world.host.started is not None, "the watcher listens by that name"
    world.tick(2)
    ask(world, desk)
    assert desk.client == known
    first, _ = guest(desk)
    desk.say(Place(job=first.job, seq=desk.next_seq(), take=first))
    world.tick(8)
    assert list(heard(world, 2)) == ["Repaint 1 · lofi"]


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://127.0.0.1:1/x`reboot`", "javascript:1", "x", ""])
def test_what_is_no_page_is_not_opened(world: World, desk: Desk, url: str):
    asked = open_panel(world, desk)
    desk.say(PanelLink(id=asked.id, url=url))
    world.tick(2)
    assert world.host.started is None
    assert "could not be opened" in world.told[-1]


def test_without_the_watcher_nobody_would_open_it(world: World, desk: Desk):
    world.act.run("open_panel")
    assert "The watcher, which opens the panel, is not at work" in world.told[-1]
    assert desk.unread == []
