"""The bundled actions and a real bridge: what a verb sends is read, and what comes back lies where it belongs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge_server.client import new_job_id
from bridge_server.protocol.requests import Choose, Generate
from bridge_server.protocol.span import Span
from tests.conftest import make_tone
from tests.daw.studio import Studio, items_of, listed, names
from tests.daw.test_repaint_with_bridge import finished, run_until
from tests.fakes.bridge import RunningBridge

RATE = 48_000


@pytest.fixture
def bridge(tmp_path: Path) -> Iterator[RunningBridge]:
    with RunningBridge(tmp_path / "home") as running:
        running.wait_for_engine()
        yield running


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """REAPER with three short items on a track from second 2 on, the last one at another pitch, and a second track."""
    opened = Studio(tmp_path, tmp_path / "home")
    project = opened.project(media=str(tmp_path / "Media"), notes="Key: D minor")
    voice = opened.track(project, P_NAME="Voice", is_selected=True)
    band = opened.track(project, P_NAME="Band", D_VOL=0.5)
    for number in range(3):
        path = tmp_path / f"voice {number}.wav"
        soundfile.write(path, make_tone(1.0, RATE).T, RATE, subtype="PCM_16")
        opened.item(voice, path, D_POSITION=2.0 + number, B_LOOPSRC=0, D_PITCH=number // 2)
    path = tmp_path / "band.wav"
    soundfile.write(path, make_tone(8.0, 44_100).T, 44_100, subtype="PCM_24")
    opened.item(band, path, D_POSITION=0.0, D_PLAYRATE=1.0, B_LOOPSRC=0)
    opened.select(project, 2.5, 3.5)
    markers = [{"t": 0, "bpm": 100, "num": 4, "den": 4, "ramp": True}, {"t": 5, "bpm": 120, "num": 3, "den": 4}]
    project.tempo = opened.runtime.table_from([opened.table(**one) for one in markers])
    return opened


def do(studio: Studio, title: str, *typed: str) -> Any:
    """Run an action to its end; the project."""
    if typed:
        studio.answer(*typed)
    studio.act(title)
    assert studio.messages == []
    run_until(studio, lambda: finished(studio))
    return studio.world.projects[1]


def results(project: Any, track: int) -> list[tuple[int, int]]:
    """First sample on the timeline and length in samples of every item on a track."""
    found = []
    for item in items_of(project.tracks[track]):
        frames = soundfile.info(item.takes[1].source.path).frames
        found.append((round(item.info.D_POSITION * RATE), frames))
    return found


def test_a_repaint_over_the_seam_of_two_items(studio: Studio, bridge: RunningBridge):
    project = do(studio, "Repaint time selection", "steps=1", "", "1", "2", "7")
    assert names(project) == ["Voice", "Voice – variants", "Band"]
    assert results(project, 2) == [(120_000, 48_000)] * 2


def test_a_repaint_of_what_has_to_be_listened_to(studio: Studio, bridge: RunningBridge):
    project = studio.world.projects[1]
    studio.select(project, 4.25, 4.75)
    do(studio, "Repaint time selection", "steps=1", "", "1", "1", "7")
    assert results(project, 2) == [(204_000, 24_000)]


def test_extending_to_both_sides_one_after_the_other(studio: Studio, bridge: RunningBridge):
    project = studio.world.projects[1]
    items_of(project.tracks[1])[1].is_selected = True
    do(studio, "Extend item to the left", "0.5 s", "steps=1", "", "1", "7")
    do(studio, "Extend item to the right", "1 bar", "steps=1", "", "1", "7")
    left, right = results(project, 2)
    assert left == (120_000, 24_000)
    assert right[0] == 192_000


def test_generate_layer_retake_again_and_keep(studio: Studio, bridge: RunningBridge):
    project = do(studio, "Generate into time selection", "steps=1", "", "2", "7")
    assert results(project, 2) == [(120_000, 48_000)] * 2
    do(studio, "Add layer to time selection", "bass", "steps=1", "", "1", "7")
    assert names(project) == ["Voice", "bass", "Voice – variants", "Band"]
    assert results(project, 2) == [(120_000, 48_000)]
    for item in items_of(project.tracks[1]):
        item.is_selected = False
    first = items_of(project.tracks[3])[0]
    first.is_selected = True
    do(studio, "Retake selected result", "0.4", "1", "9")
    do(studio, "Make selected result again")
    assert results(project, 3) == [(120_000, 48_000)] * 4
    made = items_of(project.tracks[3])[3].takes[1].source.path
    original, _ = soundfile.read(first.takes[1].source.path)
    again, _ = soundfile.read(made)
    np.testing.assert_array_equal(original, again)
    do(studio, "Keep variant")
    assert "✓" in first.takes[1].text.P_NAME
    assert len(listed(project.undo)) == 5


def test_what_no_backend_can_is_explained(studio: Studio, bridge: RunningBridge):
    """The first time by the bridge, which refuses it; from then on before anything is asked."""
    studio.answer("one", "", "", "yes", "1", "")
    studio.act("Edit lyrics of time selection")
    run_until(studio, lambda: "ace-step-v1 is made for that" in studio.text)
    studio.press(27)
    run_until(studio, lambda: finished(studio))
    studio.act("Edit lyrics of time selection")
    assert len(listed(studio.world.forms)) == 1
    assert len(studio.messages) == 1


def test_a_take_that_was_made_elsewhere_is_placed_for_this_reaper(studio: Studio, bridge: RunningBridge):
    """As the panel does it: a job of its own, for the project that is open here; then `choose` for this client."""
    project = do(studio, "Generate into time selection", "steps=1", "", "1", "7")
    client = studio.kept["Dawbridge"]["client"]
    wish = Generate(
        job=new_job_id(), project=project.media, span=Span(6 * RATE, 7 * RATE, RATE), tags="steps=1", variants=2
    )
    studio.act("Show status")
    with bridge.client("panel-test") as panel:
        list(panel.run(wish))
        for number in (2, 1):
            panel.ask(Choose(id=f"choose-{number}", job=wish.job, number=number, client=client))
            run_until(studio, lambda count=3 - number: len(guests(project)) == count)  # type: ignore[misc]
    assert names(project)[-1] == "Generate – from the panel"
    assert results(project, len(project.tracks)) == [(6 * RATE, RATE)] * 2
    assert [item.takes[1].text.P_NAME for item in guests(project)] == ["Generate 2 · steps=1", "Generate 1 · steps=1"]


def guests(project: Any) -> list[Any]:
    last = project.tracks[len(project.tracks)]
    return items_of(last) if last.text.P_NAME == "Generate – from the panel" else []
