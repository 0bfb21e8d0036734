"""Notes on MIDI tracks, remarks, drafts and references in Ardour's scripts, over the small fake."""

from pathlib import Path
from typing import Any

from msgspec.structs import replace

from bridge_server.protocol.requests import Again, Generate
from bridge_server.protocol.values import Capabilities
from tests.ardour.lua import RATE, plain
from tests.ardour.world import World, ask
from tests.daw.desk import Desk

ABLE = Capabilities(
    backend="ace-step-1.5",
    model="m",
    about="AI",
    tasks=("repaint", "generate", "again"),
    sample_rate=48_000,
    settings=("draft", "reference", "timbre"),
)


def midi_tracks(world: World) -> dict[str, list[Any]]:
    return {track["name"]: track["regions"] or [] for track in plain(world.host.tracks) if track.get("is_midi")}


def asked(world: World) -> list[str]:
    return [field["key"] for field in plain(world.host.asked)[-1]["fields"] if "key" in field]


def drop(world: World, desk: Desk, **texts: str) -> Any:
    request = ask(world, desk, midi="yes", **texts)
    world.tick()
    desk.accept(request.job)
    desk.done(request, notes=("drums", "bass"))
    world.tick(12)
    return request


def know(world: World, desk: Desk, *backends: Capabilities) -> None:
    """The watcher has heard what the bridge can do."""
    desk.abilities = {"backends": backends, "default_backend": backends[0].backend}
    world.tick()
    desk.read()
    world.tick(15)


def test_notes_lie_on_a_midi_track_for_each_instrument_in_the_same_undo_step(world: World, desk: Desk):
    world.host.selection.tracks = world.lua.table_from(["Voice"])
    drop(world, desk)
    found = midi_tracks(world)
    assert list(found) == ["drums, notes for Voice", "bass, notes for Voice"]
    for role, regions in zip(("drums", "bass"), found.values(), strict=True):
        assert {one["name"]: (one["position"], one["is_muted"]) for one in regions} == {
            f"Repaint 1 · {role}, notes": (2 * RATE, False),
            f"Repaint 2 · {role}, notes": (2 * RATE, True),
        }
    assert list(world.host.steps.values()) == ["Dawbridge: Repaint 0:02.000–0:04.000"]
    assert plain(world.host.selection.tracks) == ["Voice"], "what was selected is selected again"
    drop(world, desk)
    assert list(midi_tracks(world)) == list(found), "the next result uses the same tracks"


def test_notes_are_chosen_and_taken_back_with_their_variant(world: World, desk: Desk):
    drop(world, desk)
    world.select(2 * RATE, 4 * RATE, plain(world.host.tracks)[1]["id"])
    world.answer(number="2")
    world.act.run("choose")
    heard = [one["name"] for regions in midi_tracks(world).values() for one in regions if not one["is_muted"]]
    assert heard == ["Repaint 2 · drums, notes", "Repaint 2 · bass, notes"]
    world.act.run("discard")
    assert world.regions(2) == []
    assert not any(midi_tracks(world).values())
    assert list(world.host.steps.values())[1:] == ["Dawbridge: choose variant 2", "Dawbridge: discard results"]


def test_notes_that_ardour_cannot_read_and_those_nobody_wished_for_are_left_out(world: World, desk: Desk):
    world.host.refuses_notes = True
    drop(world, desk)
    assert len(world.regions(2)) == 2
    assert midi_tracks(world) == {}
    assert any("notes.unreadable" in line for line in world.host.log.values())
    world.host.refuses_notes = False
    request = ask(world, desk, midi="no")
    world.tick()
    desk.accept(request.job)
    desk.done(request, notes=("drums",))
    world.tick(12)
    assert midi_tracks(world) == {}


def test_remarks_of_the_engine_stand_in_the_status_of_the_selected_result(world: World, desk: Desk):
    request = ask(world, desk)
    world.tick()
    desk.accept(request.job)
    first, second = desk.takes(request)
    desk.done_with(request, (replace(first, notes=("key heard: D major",)), second))
    world.tick(12)
    world.select(2 * RATE, 4 * RATE, plain(world.host.tracks)[1]["id"])
    world.answer()
    world.act.run("status")
    lines = [field["title"] for field in plain(world.host.asked)[-1]["fields"] if field["kind"] == "note"]
    assert lines[lines.index("The selected result:") + 1] == "key heard: D major"


def test_what_the_backend_cannot_do_is_not_asked(world: World, desk: Desk):
    know(world, desk, replace(ABLE, settings=()))
    ask(world, desk)
    assert not {"draft", "reference", "timbre"} & set(asked(world))


def test_a_draft_is_called_one_and_finished_by_again(world: World, desk: Desk):
    know(world, desk, ABLE)
    request = ask(world, desk, draft="yes")
    assert request.draft
    assert "draft" in asked(world)
    world.tick()
    desk.accept(request.job)
    desk.done(request)
    world.tick(12)
    assert [one["name"] for one in world.regions(2)] == ["Repaint 2 (draft)", "Repaint 1 (draft)"]
    world.select(2 * RATE, 4 * RATE, plain(world.host.tracks)[1]["id"])
    for refines in (True, False):
        world.answer(refine="yes" if refines else "no")
        world.act.run("again")
        assert asked(world) == ["refine"]
        again = [letter for letter in desk.read() if isinstance(letter, Again)][-1]
        assert again.refine == refines
        world.tick()
        desk.accept(again.job)
        desk.done(again)
        world.tick(12)
        name = world.regions(2)[-1]["name"]
        assert name == ("Make again 1" if refines else "Make again 1 (draft)")


def test_a_result_that_is_no_draft_is_made_again_without_a_question(world: World, desk: Desk):
    know(world, desk, ABLE)
    request = ask(world, desk)
    world.tick()
    desk.accept(request.job)
    desk.done(request)
    world.tick(12)
    world.select(2 * RATE, 4 * RATE, plain(world.host.tracks)[1]["id"])
    before = len(world.host.asked)
    world.act.run("again")
    assert len(world.host.asked) == before
    (again,) = [letter for letter in desk.read() if isinstance(letter, Again)]
    assert not again.refine


def test_new_music_may_sound_like_a_reference(world: World, desk: Desk, tmp_path: Path):
    know(world, desk, ABLE)
    for answers, use in (({"timbre": "yes"}, "timbre"), ({"timbre": "no"}, "follow")):
        world.answer(reference=str(tmp_path / "voice.wav"), variants="1", **answers)
        world.act.run("generate")
        found = [letter for letter in desk.read() if isinstance(letter, Generate)][-1]
        assert (found.reference.path, found.reference_use) == (str(tmp_path / "voice.wav"), use)
    world.answer(reference="", variants="1")
    world.act.run("generate")
    assert [letter for letter in desk.read() if isinstance(letter, Generate)][-1].reference is None
