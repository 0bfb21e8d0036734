"""The Python ReaScript: real ZeroMQ to a real bridge, a REAPER of the tests' own, the same words as the Lua scripts."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import soundfile

from bridge_server.home import Home
from bridge_server.start_file import write_start_file
from daw_scripts.reaper.python import verbs
from tests.conftest import make_tone
from tests.daw.fake_reaper_python import World
from tests.daw.python_things import Thing
from tests.fakes.bridge import RunningBridge
from tests.fakes.waiting import until

SCRIPT = Path(verbs.__file__).with_name("Dawbridge.py")
RATE = 48_000


@pytest.fixture
def bridge(tmp_path: Path) -> Iterator[RunningBridge]:
    with RunningBridge(tmp_path / "home") as running:
        running.wait_for_engine()
        yield running


class Run:
    """One start of the action, in a namespace of its own as REAPER does it."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world = world
        write_start_file(Home(Path(os.environ["DAWBRIDGE_HOME"])))
        monkeypatch.setitem(sys.modules, "reaper_python", world.module)
        self.space: dict[str, Any] = {"__name__": "__main__"}
        exec(compile(SCRIPT.read_text(encoding="utf-8"), str(SCRIPT), "exec"), self.space)
        self.at_exit, world.at_exit = world.at_exit, []

    def tick(self) -> bool:
        return self.world.tick(lambda code: exec(code, self.space))

    def until(self, is_so: Callable[[], Any]) -> None:
        def look() -> bool:
            self.tick()
            return bool(is_so())

        until(look, 15, "it comes to that")

    def finish(self) -> None:
        self.until(lambda: not self.world.deferred)
        self.close()

    def close(self) -> None:
        for code in self.at_exit:
            exec(code, self.space)
        self.at_exit = []

    @property
    def jobs(self) -> list[Any]:
        return list(self.space["SESSION"].talk.jobs.values())


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("DAWBRIDGE_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir(exist_ok=True)
    (tmp_path / "Media").mkdir()
    return World(tmp_path)


@pytest.fixture
def voice(world: World, tmp_path: Path) -> Thing:
    """A track with an item of eight seconds at second 1, selected; seconds 2.5 to 4.25 are marked."""
    path = tmp_path / "söng.wav"
    soundfile.write(path, make_tone(8.0, RATE).T, RATE, subtype="PCM_16")
    track = world.track("Voice")
    world.item(track, path, 1.0).is_selected = True
    world.selection = (2.5, 4.25)
    return track


@pytest.fixture
def run(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Run]]:
    runs = []

    def start(verb: str, *answers: str) -> Run:
        world.answers += [[verb], list(answers)]
        runs.append(Run(world, monkeypatch))
        world.answers.clear()
        return runs[-1]

    yield start
    for one in runs:
        one.close()


@pytest.mark.usefixtures("bridge", "voice")
def test_a_repaint_lands_at_its_sample(world: World, run: Callable[..., Run], tmp_path: Path):
    run("repaint", "steps=2", "", "1", "2", "7").finish()
    assert (world.messages, world.console) == ([], [])
    _, track = world.project.children
    assert track.texts["P_NAME"] == "Voice – variants"
    assert [item.values["I_FIXEDLANE"] for item in track.children] == [0, 1]
    assert track.lanes == {0: 1}
    for number, item in enumerate(track.children, 1):
        assert item.values["D_POSITION"] == 2.5
        mark = json.loads(item.children[0].texts["P_EXT:dawbridge_take"])
        assert mark["number"] == number
        assert soundfile.info(mark["path"]).frames == round(1.75 * RATE)
        assert Path(mark["path"]).is_relative_to(tmp_path / "Media")
    assert world.undo == ["Dawbridge: Repaint 0:02.500"]
    assert world.unguarded == []


@pytest.mark.usefixtures("bridge", "voice")
def test_on_reaper_6_variants_are_items_of_which_one_sounds(world: World, run: Callable[..., Run]):
    world.version = "6.80"
    run("repaint", "steps=1", "", "1", "2", "").finish()
    assert [item.values["B_MUTE"] for item in world.project.children[1].children] == [0, 1]


@pytest.mark.parametrize(
    ("verb", "answers", "start", "seconds"),
    [
        ("generate", ("steps=1", "", "1", "", "D minor"), 2.5, 1.75),
        ("extend_right", ("1,5 s", "steps=1", "", "1", ""), 9.0, 1.5),
        ("extend_left", ("0.5", "steps=1", "", "1", ""), 0.5, 0.5),
    ],
)
@pytest.mark.usefixtures("bridge", "voice")
def test_other_verbs_land_where_they_belong(
    world: World, run: Callable[..., Run], verb: str, answers: tuple[str, ...], start: float, seconds: float
):
    run(verb, *answers).finish()
    assert (world.messages, world.console) == ([], [])
    (item,) = world.project.children[1].children
    assert item.values["D_POSITION"] == pytest.approx(start)
    assert item.values["D_LENGTH"] == pytest.approx(seconds)


@pytest.mark.usefixtures("bridge", "voice")
def test_a_result_is_made_again_varied_chosen_kept_and_discarded(world: World, run: Callable[..., Run]):
    run("repaint", "steps=1", "", "1", "2", "7").finish()
    for item in world.selected("MediaItem"):
        item.is_selected = False
    results = world.project.children[1]
    results.children[1].is_selected = True
    run("choose").close()
    assert results.lanes == {1: 1}
    run("keep").close()
    assert json.loads(results.children[1].children[0].texts["P_EXT:dawbridge_take"])["kept"] is True
    run("retake", "0.5", "1", "3").finish()
    assert len(world.project.children) == 3
    run("again").finish()
    assert len(world.project.children) == 4
    run("discard").close()
    assert results not in world.project.children
    assert [label.split(" ")[1] for label in world.undo] == ["Repaint", "choose", "keep", "Retake", "Make", "discard"]
    assert world.unguarded == []


@pytest.mark.usefixtures("voice")
def test_a_job_waits_for_a_bridge_and_outlives_the_script(world: World, run: Callable[..., Run], tmp_path: Path):
    first = run("repaint", "steps=1", "", "1", "1", "")
    assert first.tick()
    first.close()
    world.deferred.clear()
    second = run("status")
    assert "does not answer" in world.messages[-1]
    with RunningBridge(tmp_path / "home") as bridge:
        bridge.wait_for_engine()
        world.clock += 10
        second.finish()
    assert len(world.project.children) == 2


@pytest.mark.usefixtures("bridge", "voice")
def test_a_second_run_takes_over_and_can_cancel(world: World, run: Callable[..., Run]):
    first = run("repaint", "steps=2000 pause=0.01", "", "1", "1", "")
    first.until(lambda: first.jobs[0].state == "running")
    second = run("cancel")
    world.deferred = ["dawbridge_tick()"]
    first.tick()
    assert not world.deferred, "the first run has stepped back"
    world.deferred = ["dawbridge_tick()"]
    second.until(lambda: not second.jobs)
    assert len(world.project.children) == 1


@pytest.mark.usefixtures("bridge")
def test_a_failure_is_told_without_stopping_reaper(world: World, run: Callable[..., Run], voice: Thing):
    script = run("repaint", "steps=1", "la la", "1", "1", "")
    script.finish()
    assert "cannot sing" in world.console[0]
    assert world.messages == []
    assert voice in world.project.children


@pytest.mark.usefixtures("bridge")
def test_a_result_whose_track_is_gone_is_parked_with_its_path(world: World, run: Callable[..., Run], voice: Thing):
    script = run("repaint", "steps=1", "", "1", "1", "")
    world.project.children.remove(voice)
    script.finish()
    assert "take-1.wav" in world.console[0]
    assert world.undo == []


@pytest.mark.usefixtures("bridge")
def test_it_waits_for_recording_and_follows_an_item_that_moved(world: World, run: Callable[..., Run], voice: Thing):
    script = run("repaint", "steps=1", "", "1", "1", "")
    world.play_state = 4
    script.until(lambda: script.jobs[0].state == "done")
    script.tick()
    assert len(world.project.children) == 1
    voice.children[0].values["D_POSITION"] += 10
    world.play_state = 0
    script.finish()
    assert world.project.children[1].children[0].values["D_POSITION"] == 12.5


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"stretch_markers": 1.0}, "stretch markers"),
        ({"fx": 1.0}, "effects"),
        ({"I_CHANMODE": 2.0}, "channels"),
    ],
)
def test_an_item_that_does_not_play_its_file_is_refused(
    world: World, run: Callable[..., Run], voice: Thing, change: dict[str, float], words: str
):
    voice.children[0].children[0].values |= change
    run("repaint", "", "", "1", "1", "")
    assert words in world.messages[0]


def test_a_layer_hears_the_other_tracks_as_far_as_they_can_be_told(world: World, run: Callable[..., Run], voice: Thing):
    path = Path(voice.children[0].children[0].source.path)
    world.item(world.track("Drums"), path, 0.0)
    world.item(world.track("MIDI"), path, 0.0).children[0].is_midi = True
    far = world.item(world.project.children[1], path, 12.0)
    far.children[0].values["fx"] = 1.0
    script = run("layer", "bass", "", "", "1", "1", "")
    assert world.messages == []
    (source,) = script.jobs[0].request.sources
    assert [clip.start for clip in source.clips] == [0]
    assert script.jobs[0].place["track"] == voice.texts["GUID"]


def test_speed_pitch_and_gain_are_told_to_the_bridge(world: World, run: Callable[..., Run], voice: Thing):
    voice.children[0].children[0].values |= {"D_PLAYRATE": 2.0, "D_PITCH": 3.0, "B_PPITCH": 1.0, "D_STARTOFFS": 1.0}
    voice.children[0].values["D_VOL"] = 0.5
    script = run("repaint", "", "", "1", "1", "")
    (clip,) = script.jobs[0].request.source.clips
    assert (clip.playrate, clip.semitones, clip.keep_pitch, clip.offset) == (2.0, 3.0, True, 1.0)
    assert clip.gain_db == pytest.approx(-6.02, abs=0.01)
    assert script.jobs[0].request.music.bpm == 90.0
    assert script.jobs[0].request.music.meter == "3/4"
    assert script.jobs[0].request.music.since_bar == RATE // 2


@pytest.mark.usefixtures("bridge", "voice")
def test_key_and_chords_go_along(run: Callable[..., Run]):
    music = run("repaint", "", "", "1", "1", "", "Dm", "Dm | Bb C").jobs[0].request.music
    assert (music.key, music.chords) == ("D minor", "Dm | Bb C")
    assert run("repaint", "", "", "1", "1", "", "", "").jobs[-1].request.music.chords == ""


@pytest.mark.parametrize(
    ("verb", "answers", "words"),
    [
        ("sing", (), "is none of"),
        ("again", (), "Select a result"),
        ("cancel", (), "nothing to stop"),
        ("status", (), "No job is running"),
        ("repaint", ("", "", "1", "1", "", "H"), "is no key"),
        ("edit", ("", "", "", "yes", "1", ""), "Nothing would change"),
        ("extend_right", ("0", "", "", "1", ""), "seconds or bars"),
    ],
)
@pytest.mark.usefixtures("bridge", "voice")
def test_what_cannot_be_done_is_said(
    world: World, run: Callable[..., Run], verb: str, answers: tuple[str, ...], words: str
):
    run(verb, *answers)
    assert words in world.messages[0]
    assert world.undo == []


def test_several_versions_become_jobs_with_one_seed(world: World, run: Callable[..., Run], voice: Thing):
    assert voice.children
    script = run("edit", "one | --- | two", "", "", "yes", "1", "")
    requests = [job.request for job in script.jobs]
    assert [request.lyrics for request in requests] == ["one", "two"]
    assert len({request.seed for request in requests}) == 1


@pytest.mark.parametrize(
    "kept", ["", "{", "{}", '[{"request": {}}]', '[{"request": {"request": "generate"}, "place": 3}]']
)
def test_damaged_notes_of_jobs_are_put_aside(world: World, run: Callable[..., Run], tmp_path: Path, kept: str):
    notes = tmp_path / "REAPER" / "Dawbridge" / "python" / "jobs.json"
    notes.parent.mkdir(parents=True)
    notes.write_text(kept)
    script = run("status")
    assert script.jobs == []
    assert notes.with_suffix(".damaged").exists() or kept == "{}"


def test_a_dialog_that_is_closed_does_nothing(world: World, monkeypatch: pytest.MonkeyPatch):
    world.answers = [None]
    script = Run(world, monkeypatch)
    assert script.jobs == []
    assert not script.tick() or not world.deferred
    script.close()


def test_the_panel_is_opened_and_where_it_cannot_be_the_address_is_told(
    world: World, run: Callable[..., Run], bridge: RunningBridge, monkeypatch: pytest.MonkeyPatch
):
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) or len(opened) == 1)
    bridge.bridge.panel_link = lambda question, client: "http://127.0.0.1:1/enter?token=x"
    run("open_panel")
    assert (opened, world.messages) == (["http://127.0.0.1:1/enter?token=x"], [])
    run("open_panel")
    assert "Type this address into your browser" in world.messages[0]


@pytest.mark.usefixtures("bridge")
def test_a_bridge_without_the_panel_says_how_to_get_it(world: World, run: Callable[..., Run]):
    run("open_panel")
    assert "panel" in world.messages[0]
