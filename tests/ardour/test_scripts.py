"""Ardour's scripts over a small fake: from the key to the take, and what comes between."""

from pathlib import Path
from typing import Any

import pytest

from bridge_server.protocol.events import Place
from bridge_server.protocol.requests import Edit, Layer, Repaint
from tests.ardour.lua import RATE, module, plain
from tests.ardour.world import World, ask, land
from tests.daw.desk import Desk


def test_a_letter_leaves_when_the_form_is_accepted_and_the_watcher_lays_the_takes_in(world: World, desk: Desk):
    request = ask(world, desk, tags="lofi 🎵, “dusty”", lyrics="שלום | 夜明け")
    assert request.lyrics == "שלום\n夜明け"
    assert request.span.start == 2 * RATE
    land(world, desk, request)
    first, second = world.regions(2)
    assert (second["position"], second["is_muted"], first["is_muted"]) == (2 * RATE, False, True)
    assert list(world.host.steps.values()) == ["Dawbridge: Repaint 0:02.000–0:04.000"]
    assert len(world.regions(1)) == 1
    assert "watcher" in world.told[0], "it was not at work yet when the key was pressed"


def test_a_reply_that_comes_twice_or_after_a_cancel_lays_nothing_in(world: World, desk: Desk):
    request = ask(world, desk)
    land(world, desk, request)
    desk.done(request)
    world.tick(5)
    assert len(world.regions(2)) == 2
    other = ask(world, desk)
    world.tick()
    desk.accept(other.job)
    world.tick(2)
    world.act.run("cancel")
    desk.done(other)
    world.tick(12)
    assert len(world.regions(2)) == 2
    assert "was finished before it could be stopped" in world.told[-1]


def test_a_take_that_is_chosen_elsewhere_is_heard(world: World, desk: Desk):
    request = ask(world, desk)
    world.tick()
    desk.accept(request.job)
    _, second = desk.done(request)
    world.tick(12)
    desk.say(Place(job=request.job, seq=desk.next_seq(), take=second))
    world.tick(2)
    assert {found["name"]: found["is_muted"] for found in world.regions(2)} == {"Repaint 1": True, "Repaint 2": False}
    assert list(world.host.steps.values())[1:] == ["Dawbridge: choose variant 2"]
    desk.say(Place(job=request.job, seq=desk.next_seq(), take=second))
    world.tick(2)
    assert len(world.host.steps) == 2, "what is kept already needs no step"


def test_a_region_that_was_moved_takes_its_result_along(world: World, desk: Desk):
    request = ask(world, desk)
    world.host.tracks[1].regions[1].position = RATE
    land(world, desk, request)
    assert {found["position"] for found in world.regions(2)} == {3 * RATE}


def test_a_track_that_is_gone_parks_its_result_with_the_path(world: World, desk: Desk):
    request = ask(world, desk)
    world.host.tracks[1] = None
    land(world, desk, request)
    assert "is gone. The take is kept: " in world.told[-1]
    assert request.job in world.told[-1]
    assert len(world.host.tracks) == 0


def test_the_variants_of_a_track_with_a_longer_number_are_another_s(world: World, desk: Desk, tmp_path: Path):
    comment = "Dawbridge: variants of track Voice2"
    world.track("Voice2 – variants", tmp_path / "voice.wav", order=2, comment=comment, regions=[])
    land(world, desk, ask(world, desk))
    assert len(world.regions(2)) + len(world.regions(3)) == 2
    (taken,) = [number for number in (2, 3) if world.regions(number)]
    assert world.host.tracks[taken].comment != comment


def test_a_layer_does_not_hear_what_a_solo_silences(world: World, desk: Desk, tmp_path: Path):
    world.track("Drums", tmp_path / "voice.wav", order=2)
    for number, is_soloed in ((2, False), (1, True)):
        world.host.tracks[1].is_soloed = is_soloed
        world.answer(variants="1")
        world.act.run("layer")
        (letter,) = [letter for letter in desk.read() if isinstance(letter, Layer)][-1:]
        assert len(letter.sources) == number


def test_a_recording_holds_the_landing_up(world: World, desk: Desk):
    request = ask(world, desk)
    world.host.is_recording = True
    land(world, desk, request)
    assert len(world.host.tracks) == 1
    world.host.is_recording = False
    world.tick(12)
    assert len(world.regions(2)) == 2


def test_a_file_that_ardour_cannot_read_is_parked_with_its_path(world: World, desk: Desk):
    request = ask(world, desk)
    world.host.refuses_imports = True
    land(world, desk, request)
    assert "cannot be read: " in world.told[-1]
    assert request.job in world.told[-1]


def test_what_was_laid_down_is_remembered_until_the_session_is_saved(world: World, desk: Desk, tmp_path: Path):
    request = ask(world, desk)
    land(world, desk, request)
    book = Path(world.host.session.path) / "dawbridge-jobs.json"
    assert request.job in book.read_text()
    again = World(world.lua, Path(world.host.session.path), desk.home)
    again.track("Voice", tmp_path / "voice.wav")
    world.lua.execute(
        "for name in pairs(package.loaded) do if name:find('^ardour%.') then package.loaded[name] = nil end end"
    )
    fresh = World(world.lua, Path(world.host.session.path), desk.home)
    fresh.track("Voice", tmp_path / "voice.wav")
    fresh.tick(12)
    assert len(fresh.regions(2)) == 2, "the session was never saved, so the takes come again"
    fresh.watch.saved(fresh.watch)
    assert request.job not in book.read_text()


def test_a_moved_session_keeps_its_jobs_and_a_copy_has_none(world: World, desk: Desk, tmp_path: Path):
    ask(world, desk)
    book = module(world.lua, "ardour.book")
    program = module(world.lua, "ardour.host.program")
    parts = world.lua.table_from({"files": program.files, "home": str(desk.home), "exists": program.exists})
    here = Path(world.host.session.path)
    name = book.open(parts, str(here)).state.client
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "dawbridge-jobs.json").write_bytes((here / "dawbridge-jobs.json").read_bytes())
    assert book.open(parts, str(copy)).state.client != name
    moved = tmp_path / "moved"
    here.rename(moved)
    assert book.open(parts, str(moved)).state.client == name


@pytest.mark.parametrize(
    ("selection", "sentence"),
    [
        ((2 * RATE, 4 * RATE), "on no track"),
        ((2 * RATE, 2 * RATE + 100, "Voice"), "shorter than a tenth"),
        ((20 * RATE, 22 * RATE, "Voice"), "Nothing sounds"),
        ((2 * RATE, 4 * RATE, "Voice", "Drums"), "2 tracks are selected"),
        ((2 * RATE, 4 * RATE, "MIDI"), "no audio track"),
    ],
)
def test_a_selection_that_does_not_do(world: World, desk: Desk, tmp_path: Path, selection: Any, sentence: str):
    world.track("Drums", tmp_path / "voice.wav")
    world.select(*selection)
    world.act.run("repaint")
    assert sentence in world.told[0]
    assert desk.unread == []


def test_a_file_that_is_offline_a_sandbox_and_no_session_are_said(world: World, tmp_path: Path):
    (tmp_path / "voice.wav").unlink()
    world.act.run("repaint")
    assert "is not there" in world.told[-1]
    world.host.is_sandboxed = True
    world.act.run("repaint")
    assert "Sandbox all Lua Scripts" in world.told[-1]
    world.host.is_sandboxed, world.host.session = False, None
    world.act.run("status")
    assert world.told[-1] == "No session is open."


def test_without_a_bridge_the_command_of_start_json_is_run(world: World, desk: Desk):
    desk.close()
    (desk.home / "start.json").write_text('{"version": 1, "command": ["/opt/pÿ thon", "up"], "home": "/h"}')
    world.host.agrees = True
    world.answer(variants="1")
    world.act.run("repaint")
    assert plain(world.host.started) == ["/opt/pÿ thon", "up"]
    assert "Start it now?" in world.told[0]
    desk.open(key="another")
    world.tick(40)
    assert any(isinstance(letter, Repaint) for letter in desk.read()), "it goes on as soon as there is a bridge"


def test_several_versions_of_the_words_are_several_jobs(world: World, desk: Desk):
    world.answer(lyrics="eins | zwei | --- | drei", variants="1")
    world.act.run("edit")
    first, second = [letter for letter in desk.read() if isinstance(letter, Edit)]
    assert {first.lyrics, second.lyrics} == {"eins\nzwei", "drei"}
    assert first.seed == second.seed is not None


@pytest.mark.parametrize(
    ("comment", "words"),
    [
        ("Lyrics: la la\nlo", "la la\nlo"),
        ("[verse]\nla", "[verse]\nla"),
        ("Neumann U87, 12 dB pad", ""),
        ("take [3]", ""),
    ],
)
def test_words_are_found_in_a_tracks_comments(world: World, comment: str, words: str):
    assert module(world.lua, "ardour.form").lyrics_in(comment) == words
