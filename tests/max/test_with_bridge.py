"""From Send to the exact beat: the device script over real UDP, a real bridge, the sketch engine, and a fake Live."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import mido
import numpy as np
import pytest
import soundfile

from bridge_server.client import new_job_id
from bridge_server.protocol.requests import Choose, Generate, List
from bridge_server.protocol.span import Span
from engine.sketch.vocabulary import ROLES
from tests.conftest import make_tone
from tests.end_to_end.process import BridgeProcess
from tests.fakes.waiting import until
from tests.max.live import evening
from tests.max.test_device_script import node

pytestmark = pytest.mark.timeout(300)

RATE = 48_000
BEAT = RATE // 2
"""Samples of a beat at 120."""


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BridgeProcess]:
    node()
    with BridgeProcess(tmp_path_factory.mktemp("home")) as running:
        running.wait_for_engine()
        yield running


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "Söng & Co Project"
    folder.mkdir()
    (folder / "Song.als").write_bytes(b"gzip")
    soundfile.write(folder / "voice, eins.wav", make_tone(10.0, RATE).T, RATE, subtype="PCM_24")
    return folder


@pytest.fixture
def live(bridge: BridgeProcess, project: Path, device_script: Path) -> Callable[..., Any]:
    """`live(step, step, …, engine="v8")`: one evening with a clip of ten seconds at beat 8."""

    def run(*steps: dict[str, Any], engine: str = "v8", **clip: Any) -> Any:
        first = {"clip": {"path": str(project / "voice, eins.wav"), "start": 8, **clip}}
        told = evening(node(), device_script, bridge.home.root, project, [first, *steps], engine)
        assert told["faults"] == []
        assert told["damage"] == 0, "no clip of the user's was touched"
        assert max(told["sizes"]) < 1_400
        assert [clip[:2] for clip in told["tracks"][0]["clips"]] == [[str(project / "voice, eins.wav"), 8]]
        return told

    return run


@pytest.mark.parametrize("engine", ["v8", "js"])
def test_a_repaint_lands_at_its_beat(live: Callable[..., Any], project: Path, engine: str):
    told = live(
        {"brace": [12.5, 17.25]}, {"press": "repaint", "fields": {"variants": 1}}, {"await": "Done"}, engine=engine
    )
    original, ours = told["tracks"]
    assert original["name"] == "3 Vocals"
    [(path, start, end)] = ours["clips"]
    assert (start, end) == (12.5, 17.25)
    assert soundfile.info(path).frames == round(4.75 * BEAT)
    assert soundfile.info(path).samplerate == RATE
    assert Path(path).is_relative_to(project / "Dawbridge")
    assert [[(s, e) for _, s, e in lane] for lane in ours["lanes"]] == [[(12.5, 17.25)], [(12.5, 17.25)]]
    first, second = (soundfile.read(lane[0][0])[0] for lane in ours["lanes"])
    assert not np.array_equal(first, second)
    assert np.abs(first).max() > 0.01


def test_every_first_datagram_is_lost(live: Callable[..., Any]):
    told = live({"lose": True}, {"brace": [12, 14]}, {"press": "repaint"}, {"await": "Done"})
    assert [(s, e) for _, s, e in told["tracks"][1]["clips"]] == [(12, 14)]
    assert len({request["job"] for request in told["requests"] if request["request"] == "repaint"}) == 1


def test_the_tempo_changes_while_the_engine_works(live: Callable[..., Any]):
    steps = [{"brace": [12, 14]}, {"press": "repaint"}, {"accepted": 1}, {"tempo": 90}, {"await": "Done"}]
    told = live(*steps)
    [(_, start, end)] = told["tracks"][1]["clips"]
    assert start == 12
    assert (end - start) * 60 / 90 == pytest.approx(1.0)


def test_an_extension_begins_where_the_clip_ends(live: Callable[..., Any]):
    told = live({"brace": [8, 20]}, {"press": "extend_right", "fields": {"bars": 1}}, {"await": "Done"})
    [(path, start, end)] = told["tracks"][1]["clips"]
    assert (start, end) == (28, 32)
    assert soundfile.info(path).frames == 4 * BEAT


def test_a_long_letter_goes_by_file_and_its_words_arrive(live: Callable[..., Any], project: Path):
    tags = "rock, " + "שלום 🎵 Äpfel „Birnen“, " * 60
    told = live({"brace": [12, 14]}, {"press": "repaint", "fields": {"tags": tags}}, {"await": "Done"})
    assert told["requests"][0]["tags"] == tags.strip()
    [request] = (project / "Dawbridge").glob("*/request.json")
    assert "Äpfel" in request.read_text(encoding="utf-8")


def test_what_the_engine_cannot_do_is_said_in_its_words(live: Callable[..., Any]):
    nobody = ", ".join(f"no {role}" for role in ROLES)
    steps = [{"press": "repaint", "fields": {"tags": nobody}}, {"await": "The tags leave nobody to play. Take some"}]
    told = live({"brace": [12, 14]}, *steps)
    assert len(told["tracks"]) == 1


def test_a_warped_loop_is_heard_as_live_plays_it(live: Callable[..., Any]):
    """The clip's file at double speed, looped: the bridge takes Live's raw values as they are."""
    markers = [{"sample_time": 0.0, "beat_time": 0.0}, {"sample_time": 10.0, "beat_time": 10.0}]
    clip = {
        "warping": 1,
        "looping": 1,
        "loop_start": 2,
        "loop_end": 6,
        "start_marker": 0,
        "length": 20,
        "markers": markers,
    }
    told = live({"brace": [12, 16]}, {"press": "repaint", "fields": {"strength": 10}}, {"await": "Done"}, **clip)
    [(path, start, end)] = told["tracks"][1]["clips"]
    assert (start, end) == (12, 16)
    assert soundfile.info(path).frames == 4 * BEAT


def test_a_layer_and_a_retake_of_it(live: Callable[..., Any]):
    told = live(
        {"brace": [12, 20]},
        {"press": "layer", "fields": {"role": 3}},
        {"await": "Done"},
        {"press": "retake", "fields": {"strength": 50}},
        {"await": "Done"},
    )
    layer, retake = sorted(told["tracks"][1:], key=lambda track: track["name"])
    assert layer["name"].startswith("Add a layer of 3 Vocals")
    assert [[(s, e) for _, s, e in track["clips"]] for track in (layer, retake)] == [[(12, 20)], [(12, 20)]]


def test_stems_lie_below_their_mix_and_are_it_together(live: Callable[..., Any]):
    told = live({"brace": [32, 40]}, {"press": "generate", "fields": {"stems": 1}}, {"await": "Done"})
    result, *stems = told["tracks"][1:]
    assert len(stems) > 1
    assert {(start, end) for track in [result, *stems] for _, start, end in track["clips"]} == {(32, 40)}
    mix, *parts = (soundfile.read(track["clips"][0][0])[0] for track in [result, *stems])
    assert np.abs(sum(parts) - mix).max() < 1e-4


def test_notes_lie_below_their_sound_and_are_those_of_the_files(live: Callable[..., Any], project: Path):
    told = live({"brace": [32, 40]}, {"press": "generate", "fields": {"notes": 1}}, {"await": "Done"})
    _, result, *scores = told["tracks"]
    assert [(start, end) for _, start, end in result["clips"]] == [(32, 40)]
    files = {path.stem: path for path in project.rglob("*.mid")}
    assert {track["name"].split(", notes")[0] for track in scores} == set(files)
    for track in scores:
        assert [(start, end) for _, start, end in track["clips"]] == [(32, 40)]
        played = [(note["pitch"], round(note["start_time"], 4)) for note in track["notes"][0]]
        assert sorted(played) == sorted(score_of(files[track["name"].split(", notes")[0]]))


def score_of(path: Path) -> list[tuple[int, float]]:
    """Pitch and beat of every note of a MIDI file."""
    file, ticks, found = mido.MidiFile(path), 0, []
    for message in mido.merge_tracks(file.tracks):
        ticks += message.time
        if message.type == "note_on" and message.velocity:
            found.append((message.note, round(ticks / file.ticks_per_beat, 4)))
    return found


def test_a_take_that_was_made_elsewhere_lies_at_its_beat(
    live: Callable[..., Any], bridge: BridgeProcess, project: Path
):
    """As the panel does it: a job of its own, and `choose` for the device."""

    def make() -> None:
        with bridge.client("panel-test") as panel:
            mine = until(lambda: [job for job in panel.list(List(id="1")).jobs if job.project == str(project)], 60)
            wish = Generate(job=new_job_id(), project=str(project), span=Span(20 * RATE, 22 * RATE, RATE), tags="lofi")
            list(panel.run(wish))
            panel.ask(Choose(id="choose", job=wish.job, number=1, client=mine[0].client))

    with ThreadPoolExecutor() as pool:
        made = pool.submit(make)
        told = live({"brace": [12, 14]}, {"press": "repaint"}, {"clips": "Generate from the panel"})
        made.result(30)
    [track] = [track for track in told["tracks"] if track["name"].startswith("Generate from the panel")]
    assert [(start, end) for _, start, end in track["clips"]] == [(40, 44)]


def test_the_range_is_opened_in_the_panel(live: Callable[..., Any]):
    told = live({"brace": [12, 14]}, {"message": "open_panel"}, {"opened": 1})
    [[program, word, address]] = told["launched"]
    assert (program, word) == ("max", "launchbrowser")
    assert address.startswith("http://127.0.0.1:")


def test_keep_is_told_to_the_bridge(live: Callable[..., Any], bridge: BridgeProcess):
    told = live(
        {"brace": [12, 14]},
        {"press": "repaint", "fields": {"variants": 1}},
        {"await": "Done"},
        {"message": "pick", "values": [1]},
        {"await": "Variant 2 plays"},
        {"message": "keep"},
        {"await": "Variant 2 is kept"},
    )
    [request] = [request for request in told["requests"] if request["request"] == "choose"]
    with bridge.client() as client:
        takes = [take for take in client.list(List(id="1", what="takes")).takes if take.job == request["job"]]
    assert {take.number: take.chosen for take in takes} == {1: False, 2: True}
