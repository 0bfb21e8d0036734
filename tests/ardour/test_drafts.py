"""Drafts and references in the real Ardour's forms, with a backend that says it has them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.ardour.studio import Studio
from tests.end_to_end.process import FAKE, BridgeProcess
from tests.fakes.engine import SETTINGS
from tests.fakes.waiting import until

pytestmark = pytest.mark.timeout(400)

RATE = 48_000
VARIANTS = "Voice – variants"


@pytest.fixture(scope="module")
def bridge(bridge_home: Path) -> Iterator[BridgeProcess]:
    """A real bridge with a fake engine, which has what sketch has not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SETTINGS, "draft reference timbre")
        with BridgeProcess(bridge_home, program=FAKE) as running:
            running.wait_for_engine()
            yield running


@pytest.fixture(scope="module")
def song(make_studio: Callable[[int], Studio], bridge: BridgeProcess) -> Iterator[Studio]:
    """Ten seconds of voice from second 1; the watcher has heard what the engine can do."""
    studio = make_studio(RATE)
    studio.open()
    studio.bring(studio.sound("voice.wav", 10, RATE), "Voice", RATE)
    # The watcher speaks to the bridge once the session has a job.
    studio.ardour.select("Voice", 96_000, 144_000)
    before = studio.regions()
    studio.ask_for("repaint", "Repaint")
    studio.new_regions(before)
    studio.undo()
    until(lambda: "generate" in studio.offered(), 30, "the watcher knows what the engine can do")
    yield studio
    assert "fault" not in studio.script_log()


def test_a_draft_is_asked_for_called_one_and_finished(song: Studio):
    before = song.regions()
    song.ardour.select("Voice", 192_000, 240_000)
    song.ask_for("repaint", "Repaint", draft="yes", tags="lofi")
    (draft,) = song.new_regions(before)
    assert draft.name == "Repaint 1 · lofi (draft)"
    assert [entry["number"] for entry in song.takes() if entry.get("draft")] == [1]
    song.ardour.select(VARIANTS, 192_000, 240_000)
    song.ardour.press("again")
    song.ardour.close(song.ardour.dialog("Dawbridge: Make again"), "alt+o")
    (finished,) = song.new_regions([*before, draft])
    assert (finished.name, finished.position, finished.length) == ("Make again 1", 192_000, 48_000)


def test_new_music_is_asked_for_without_a_reference_where_none_is_chosen(song: Studio):
    before = song.regions()
    song.ardour.select("Bass", 96_000, 144_000)
    song.ask_for("generate", "Generate", draft="no")
    (take,) = song.new_regions(before)
    assert take.track == "Bass"
    assert "reference" not in song.first_request("generate")
