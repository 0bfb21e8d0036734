"""The panel and the Remote Script: a range is opened there, and takes that were asked for there are laid in here."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bridge_server.protocol.span import Span
from daw_scripts.remote_script.Dawbridge import home
from tests.remote_script.conftest import Studio
from tests.remote_script.fake_live import Song

LINK = "http://127.0.0.1:40123/enter?token=aB3-_x"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Programs that were started."""
    commands: list[list[str]] = []
    monkeypatch.setattr(home, "start_bridge", commands.append)
    return commands


def guest(studio: Studio, number: int = 1, project: str | None = None, **more: Any) -> dict[str, Any]:
    """A take that the panel has asked for, at second 3, with the request beside it."""
    asked = SimpleNamespace(job="repaint-of-the-panel", span=Span(144_000, 240_000, 48_000))
    take = studio.desk.take(asked, number)
    request = {"request": "repaint", "tags": "lofi", "project": str(studio.folder) if project is None else project}
    (Path(take["path"]).parent / "request.json").write_text(json.dumps(request | more))
    return take


def place(studio: Studio, take: dict[str, Any]) -> None:
    studio.desk.keep("place", take["job"], take=take)
    studio.tick(8)


def laid(studio: Studio) -> dict[str, list[tuple[str, float, float]]]:
    return {
        track.name: [(clip.name, clip.start_time, clip.end_time) for clip in track.arrangement_clips]
        for track in studio.song.tracks
        if "from the panel" in track.name
    }


def test_a_take_of_the_panel_lies_at_its_place_on_a_track_of_its_own_once(studio: Studio):
    place(studio, guest(studio))
    assert laid(studio) == {"Repaint – from the panel": [("Repaint 1 · lofi", 6.0, 10.0)]}
    assert len(studio.song.steps) == 1
    assert studio.song.stray == []
    place(studio, guest(studio))
    assert len(studio.song.tracks) == 4
    place(studio, guest(studio, 2))
    assert len(studio.song.tracks) == 5


def test_it_waits_for_its_set_and_is_placed_at_the_tempo_of_that(studio: Studio, tmp_path: Path):
    place(studio, guest(studio, project=str(tmp_path / "Other Project")))
    assert laid(studio) == {}
    assert studio.said[-1].endswith("finished; laid in when its project is open again")
    other = tmp_path / "Other Project"
    other.mkdir()
    studio.song = Song((12, 3), other)
    studio.song.tempo = 60.0
    studio.song.add("Voice")
    studio.live.open(studio.song)
    studio.tick(8)
    assert laid(studio) == {"Repaint – from the panel": [("Repaint 1 · lofi", 3.0, 5.0)]}


def test_it_waits_while_live_records_and_survives_a_restart(studio: Studio):
    studio.song.record_mode = True
    place(studio, guest(studio))
    assert laid(studio) == {}
    studio.restart()
    studio.song.record_mode = False
    studio.tick(12)
    assert list(laid(studio)) == ["Repaint – from the panel"]


def test_a_draft_of_the_panel_is_called_one_and_can_be_discarded(studio: Studio):
    place(studio, guest(studio, draft=True))
    assert laid(studio)["Repaint – from the panel"][0][0] == "Repaint 1 · lofi (draft)"
    studio.send("discard")
    studio.tick(3)
    assert laid(studio) == {}


def test_without_its_request_the_take_says_where_it_belongs(studio: Studio):
    take = guest(studio)
    (Path(take["path"]).parent / "request.json").unlink()
    place(studio, take)
    assert list(laid(studio)) == ["Generate – from the panel"]


def test_the_range_goes_to_the_panel_and_its_link_is_opened(studio: Studio, started: list[list[str]]):
    asked = studio.ask("open_panel")
    assert (asked.span.start, asked.project) == (asked.span.rate * 10, str(studio.folder))
    assert [Path(clip.path).name for clip in asked.source.live_clips] == ["söng, “1”.wav"]
    assert asked.music.bpm == 120.0
    studio.desk.send("panel_link", id=asked.id, url=LINK)
    studio.tick(3)
    assert [command[-1] for command in started] == [LINK]


def test_an_empty_range_goes_without_sound_and_without_a_range_the_front_page_opens(studio: Studio):
    studio.song.loop_start = 100.0
    asked = studio.ask("open_panel")
    assert (asked.source, asked.span.start) == (None, 50 * asked.span.rate)
    studio.song.loop = False
    assert studio.ask("open_panel").span is None


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://127.0.0.1:1/`x`", "javascript:1", ""])
def test_what_is_no_page_is_not_opened(studio: Studio, started: list[list[str]], url: str):
    asked = studio.ask("open_panel")
    studio.desk.send("panel_link", id=asked.id, url=url)
    studio.tick(3)
    assert started == []
    assert "could not be opened from here" in studio.said[-1]


def test_by_the_name_of_a_clip(studio: Studio):
    clip = studio.song.tracks[0].arrangement_clips[0]
    studio.tick(2)
    studio.song.view.detail_clip = clip
    studio.tick(2)
    clip.__dict__["_name"] = "db:open panel"
    studio.until(lambda: studio.desk.requests)
    assert studio.desk.raw[-1]["request"] == "panel"
