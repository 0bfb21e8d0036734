"""The installed panel in the fake REAPER: from a press of a button to takes on the timeline."""

import itertools
import json
from collections.abc import Callable

import pytest

from bridge_server.protocol.errors import OutOfMemory
from bridge_server.protocol.events import EngineChanged
from bridge_server.protocol.values import Capabilities
from tests.daw.conftest import Song
from tests.daw.panel import IMGUI
from tests.daw.panel_stage import PANEL, Stage
from tests.daw.studio import items_of, landed, listed


@pytest.fixture(params=["5.3", "5.4"])
def stage(request: pytest.FixtureRequest, make_song: Callable[..., Song]) -> Stage:
    return Stage(make_song(lua=request.param, extensions={"imgui": IMGUI}))


def test_a_repaint_from_the_form_to_the_timeline(stage: Stage):
    stage.panel.type("Style", "lofi, rhodes")
    stage.panel.type("Variants", 3)
    stage.panel.type("Seed", "11")
    request = stage.go()
    assert (request.tags, request.variants, request.seed, request.strength) == ("lofi, rhodes", 3, 11, 1.0)
    stage.desk.accept(request.job, position=2)
    stage.studio.until(lambda: "in the queue, 2 before it" in stage.panel.text)
    stage.desk.start(request.job)
    stage.desk.progress(request.job, 0.5, "rendering 2 of 3")
    stage.studio.until(lambda: "rendering 2 of 3" in stage.panel.text)
    assert stage.panel.thing("50 %").value == 0.5
    stage.desk.done(request)
    stage.studio.until(lambda: landed(stage.song.project) == 3)
    stage.studio.wait(1)
    assert "Jobs" not in stage.panel.text.split("\n")
    assert stage.panel.thing("Seed").value == "", "the next one is by chance again"
    assert listed(stage.studio.world.unguarded) == []


def test_settings_and_loras_are_sent(stage: Stage):
    stage.panel.press("Advanced")
    stage.studio.tick()
    stage.panel.type("Guidance scale", "7.5")
    stage.panel.press("+ LoRA")
    stage.studio.tick()
    stage.panel.type("File", "/models/rap", at="lora1")
    request = stage.go()
    assert request.sampling.guidance_scale == 7.5
    assert [(lora.path, lora.weight) for lora in request.loras] == [("/models/rap", 1.0)]
    stage.panel.type("Guidance scale", "much")
    stage.panel.press("Repaint", at="Dawbridge")
    stage.studio.tick()
    assert "“Guidance scale” must be a number" in stage.panel.text


def test_versions_of_lyrics_become_a_job_each(stage: Stage):
    stage.panel.press("Edit lyrics", at="verbs")
    stage.studio.tick()
    stage.panel.press("+ Version")
    stage.studio.tick()
    fields = [thing for thing in stage.panel.things if thing.kind == "Area" and thing.path.endswith("versions")]
    assert len(fields) == 2
    stage.panel.type("", "first words", at="versions")
    stage.panel.press("Edit lyrics", at="Dawbridge")
    stage.studio.tick()
    assert stage.studio.until(stage.desk.next_job).lyrics == "first words"


def test_it_says_what_is_selected(stage: Stage):
    assert "0:04.000–0:08.000 (time selection)" in stage.panel.text
    stage.studio.select(stage.song.project, 0.0, 0.0)
    stage.song.item.is_selected = True
    stage.studio.wait(0.5)
    assert "0:02.000–0:12.000 (selected items)" in stage.panel.text
    stage.song.item.is_selected = False
    stage.studio.wait(0.5)
    assert "Nothing is selected" in stage.panel.text
    stage.panel.press("Retake", at="verbs")
    stage.studio.tick()
    assert "Nothing is selected" not in stage.panel.text


def test_the_notes_of_an_item_are_its_lyrics(stage: Stage):
    stage.song.item.text.P_NOTES = "old words\r\nsecond line"
    stage.panel.press("Key and lyrics from the selection")
    stage.studio.tick()
    assert stage.panel.thing("", "Area").value == "old words\nsecond line"
    stage.panel.press("Edit lyrics", at="verbs")
    stage.studio.tick()
    stage.panel.press("Key and lyrics from the selection")
    stage.studio.tick()
    stage.panel.type("", "new words", at="versions")
    request = stage.go("Edit lyrics")
    assert (request.source_lyrics, request.lyrics) == ("old words\nsecond line", "new words")


def test_what_cannot_be_asked_is_said_below_the_form(stage: Stage):
    stage.song.item.is_selected = False
    stage.studio.select(stage.song.project, 0.0, 0.0)
    stage.studio.wait(0.5)
    assert stage.panel.text.count("Nothing is selected") == 1
    stage.panel.press("Repaint", at="Dawbridge")
    stage.studio.tick()
    assert stage.panel.text.count("Nothing is selected") == 2
    assert stage.studio.messages == []


def test_a_verb_without_a_backend_is_grey(stage: Stage):
    sketch = Capabilities(
        backend="sketch",
        model="s",
        about="",
        sample_rate=48_000,
        tasks=("repaint", "generate", "again"),
        settings=("guidance_scale",),
    )
    stage.desk.abilities = {"backends": (sketch,)}

    def is_grey() -> bool:
        stage.desk.read()
        return stage.panel.thing("Edit lyrics").is_disabled

    stage.studio.until(is_grey)
    assert stage.panel.tooltip("Edit lyrics") == "No backend that is installed can do this."
    stage.panel.press("Advanced")
    stage.studio.tick()
    assert "Guidance scale" in {thing.label for thing in stage.panel.things}
    assert "Infer step" not in {thing.label for thing in stage.panel.things}
    stage.panel.press("Backend")
    stage.panel.press("sketch")
    stage.studio.tick()
    assert stage.panel.thing("Backend").value == "sketch"
    assert not stage.panel.thing("Repaint").is_disabled
    assert "The engine is ready." in stage.panel.text


def test_a_job_is_cancelled(stage: Stage):
    request = stage.go()
    stage.desk.accept(request.job)
    stage.desk.start(request.job)
    stage.studio.wait(0.5)
    stage.panel.press("Cancel")
    stage.studio.until(lambda: any(getattr(letter, "job", "") == request.job for letter in stage.desk.read()))
    stage.desk.cancelled(request.job)
    stage.studio.until(lambda: "Cancel" not in {thing.label for thing in stage.panel.things})


def test_a_job_that_failed_is_tried_again_as_a_new_one(stage: Stage):
    first = stage.go()
    stage.desk.accept(first.job)
    stage.desk.fail(first.job, OutOfMemory("The take does not fit into memory."))
    stage.studio.until(lambda: "does not fit" in stage.panel.text)
    stage.panel.press("Retry")
    second = stage.studio.until(stage.desk.next_job)
    assert second.job != first.job
    assert second.span == first.span
    assert "does not fit" not in stage.panel.text
    stage.land(second)


def test_variants_are_heard_one_after_the_other_and_one_is_kept(stage: Stage):
    stage.panel.type("Variants", 2)
    stage.land(stage.go())
    track = stage.song.project.tracks[2]
    for item in items_of(track):
        item.is_selected = item == items_of(track)[0]
    stage.song.item.is_selected = False
    stage.studio.wait(0.5)
    assert stage.panel.thing("Variant 1").value is True
    stage.panel.press("Variant 2")
    stage.studio.wait(0.5)
    assert track.lane_plays[1] > 0
    assert track.lane_plays[0] == 0
    assert stage.panel.thing("Variant 2").value is True
    stage.panel.press("Keep")
    stage.studio.wait(1)
    assert "Variant 2 (kept)" in {thing.label for thing in stage.panel.things}
    assert [letter.number for letter in stage.desk.read() if letter.__class__.__name__ == "Choose"] == [2]
    stage.panel.press("Discard")
    stage.studio.wait(0.5)
    assert len(items_of(track)) == 1
    assert listed(stage.studio.world.unguarded) == []


def test_a_result_is_varied_and_made_again(stage: Stage):
    stage.land(stage.go())
    stage.song.item.is_selected = False
    items_of(stage.song.project.tracks[2])[0].is_selected = True
    stage.studio.wait(0.5)
    again = None
    stage.panel.press("Make again", at="result")
    again = stage.studio.until(stage.desk.next_job)
    assert again.take.endswith("take-1.wav")
    stage.panel.press("Retake …")
    stage.studio.tick()
    stage.panel.type("Variance", 0.75)
    retake = stage.go("Retake")
    assert (retake.variance, retake.take) == (0.75, again.take)


def test_a_layer_looks_at_the_other_tracks_little_by_little(stage: Stage):
    band = [stage.studio.track(stage.song.project, P_NAME=f"Band {number}") for number in range(3)]
    for track in band:
        stage.studio.item(track, stage.song.path, D_POSITION=2.0, B_LOOPSRC=0)
    stage.panel.press("Add a layer", at="verbs")
    stage.studio.tick()
    assert len(stage.go("Add a layer").sources) == 4
    stage.studio.select(stage.song.project, 900.0, 904.0)
    stage.panel.press("Add a layer", at="Dawbridge")
    stage.studio.until(lambda: "nothing to fit a layer to" in stage.panel.text)


def test_several_tracks_are_asked_about(stage: Stage):
    other = stage.studio.track(stage.song.project, P_NAME="Bass", is_selected=True)
    stage.studio.item(other, stage.song.path, D_POSITION=2.0, B_LOOPSRC=0)
    stage.panel.press("Repaint", at="Dawbridge")
    stage.studio.tick()
    assert "2 tracks sound" in stage.panel.text
    stage.panel.press("Never mind")
    stage.studio.tick()
    assert "2 tracks sound" not in stage.panel.text
    stage.panel.press("Repaint", at="Dawbridge")
    stage.studio.tick()
    stage.panel.press("Each track")
    jobs = [stage.studio.until(stage.desk.next_job), stage.studio.until(stage.desk.next_job)]
    assert len({job.job for job in jobs}) == 2


def test_the_bridge_is_started_with_the_command_that_it_has_left(stage: Stage):
    stage.desk.close()
    command = {"version": 1, "command": ["/opt/da w/python", "-m", "x", "up"], "home": str(stage.desk.home)}
    (stage.desk.home / "start.json").write_text(json.dumps(command))
    stage.studio.until(lambda: "Start" in {thing.label for thing in stage.panel.things})
    stage.panel.press("Start")
    stage.studio.tick()
    assert "The bridge is starting" in stage.panel.text
    assert listed(stage.studio.world.executed) == ['"/opt/da w/python" "-m" "x" "up"']
    stage.desk.open(key="key-2")
    stage.studio.until(lambda: "Start" not in {thing.label for thing in stage.panel.things})


def test_jobs_wait_for_a_bridge_that_is_not_running(stage: Stage):
    stage.desk.close()
    stage.studio.wait(3)
    stage.panel.press("Repaint", at="Dawbridge")
    stage.studio.wait(3)
    assert "dawbridge up" in stage.panel.text
    stage.desk.open(key="key-2")
    # A greeting with the old key may lie there still.
    stage.land(stage.studio.until(lambda: next(iter(stage.desk.read()), None)))


def test_the_engine_s_state_is_shown(stage: Stage):
    stage.desk.client = stage.studio.kept["Dawbridge"]["client"]
    stage.desk.say(EngineChanged(state="starting"))
    stage.studio.until(lambda: "The engine is starting." in stage.panel.text)


def test_a_result_without_a_place_is_parked_with_its_path(stage: Stage):
    request = stage.go()
    tracks = stage.song.project.tracks
    for index in range(len(tracks), 0, -1):
        tracks[index] = None
    stage.desk.accept(request.job)
    takes = stage.desk.done(request)
    stage.studio.until(lambda: takes[0].path in stage.panel.text)
    stage.panel.press("Dismiss")
    stage.studio.tick(2)
    assert takes[0].path not in stage.panel.text


def test_an_unsaved_project_is_spoken_of_once(make_song: Callable[..., Song]):
    stage = Stage(make_song(extensions={"imgui": IMGUI}, project={"file": ""}))
    stage.go()
    stage.studio.tick()
    assert "not saved yet" in stage.panel.text
    stage.panel.press("Understood")
    stage.go()
    stage.studio.tick()
    assert "not saved yet" not in stage.panel.text


def test_the_space_bar_plays(stage: Stage):
    stage.panel.key("Key_Space")
    assert listed(stage.studio.world.commands) == [40044]


def test_closing_the_panel_leaves_its_jobs_at_work(stage: Stage):
    request = stage.go()
    stage.panel.gui.is_closing = True
    stage.studio.tick(5)
    stage.desk.accept(request.job)
    stage.desk.done(request)
    stage.studio.finish()
    assert landed(stage.song.project) == request.variants
    assert not stage.studio.has_window, "there was nothing to say"


def test_a_panel_that_died_is_opened_again_and_finds_its_jobs(stage: Stage):
    request = stage.go()
    stage.studio.fake.terminate()
    stage.desk.accept(request.job)
    stage.desk.done(request)
    stage.studio.run(PANEL)
    stage.studio.until(lambda: landed(stage.song.project) == request.variants)


def test_a_panel_beside_an_action_lands_its_job_once(stage: Stage):
    stage.studio.answer("tags", "", "1", "1")
    stage.studio.act("Repaint time selection")
    request = stage.studio.until(stage.desk.next_job)
    stage.land(request)
    assert len(listed(stage.song.project.undo)) == 1


def test_two_panels_share_the_jobs(stage: Stage):
    request = stage.go()
    stage.studio.run(PANEL)
    stage.studio.tick(3)
    stage.desk.accept(request.job)
    stage.desk.done(request)
    stage.studio.until(lambda: landed(stage.song.project) == request.variants)
    stage.studio.wait(1)
    assert landed(stage.song.project) == request.variants


def test_a_project_that_changes_while_it_is_looked_at_is_said(make_song: Callable[..., Song]):
    ticks = itertools.count()
    stage = Stage(make_song(extensions={"imgui": IMGUI, "stopwatch": lambda: next(ticks) * 0.001}))
    for number in range(4):
        track = stage.studio.track(stage.song.project, P_NAME=f"Band {number}")
        stage.studio.item(track, stage.song.path, D_POSITION=2.0, B_LOOPSRC=0)
    stage.panel.press("Add a layer", at="verbs")
    stage.studio.tick()
    stage.panel.press("Add a layer", at="Dawbridge", ticks=2)
    for index in range(5, 1, -1):
        stage.song.project.tracks[index] = None
    stage.studio.until(lambda: "was changed while it was looked at" in stage.panel.text)
    assert stage.desk.next_job() is None
