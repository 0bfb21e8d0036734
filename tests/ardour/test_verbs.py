"""The verbs in the real Ardour: a range is selected, our action pressed, and the take lies at its sample."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.ardour.program import SELECTION
from tests.ardour.studio import Region, Studio
from tests.end_to_end.process import BridgeProcess
from tests.fakes.waiting import until

pytestmark = pytest.mark.timeout(400)

RATE = 48_000
VARIANTS = "Voice – variants"


@pytest.fixture(scope="module")
def song(make_studio: Callable[[int], Studio], bridge: BridgeProcess) -> Iterator[Studio]:
    """Ten seconds of voice from second 1, ten of drums from 0; 3/4 at 100 bpm; its path is long and not ASCII."""
    studio = make_studio(RATE)
    assert len(str(studio.session)) > 300
    studio.open()
    studio.bring(studio.sound("voice.wav", 10, RATE), "Voice", RATE)
    studio.bring(studio.sound("drums.wav", 10, RATE, seed=1), "Drums", 0)
    yield studio
    assert "fault" not in studio.script_log()


def take_audio(path: Path) -> np.ndarray:
    found, rate = soundfile.read(path, dtype="float32", always_2d=True)
    assert rate == RATE
    return found.T


def check_same_sound(song: Studio, region: Region) -> None:
    """The region plays the take, sample by sample."""
    names = {str(entry["source"]): song.session / str(entry["path"]) for entry in song.takes()}
    take = take_audio(names[region.paths[0].name])
    assert np.array_equal(region.audio(), take)


def test_a_repaint_lies_at_its_sample_beside_the_original_and_one_undo_removes_it(song: Studio):
    before = song.regions()
    song.ardour.select("Voice", 96_000, 192_000)
    song.remember(variants="2", tags="", lyrics="", key="", replace="no")
    song.ardour.press("repaint")
    window = song.ardour.dialog("Dawbridge: Repaint")
    song.ardour.type(window, "lofi, rhodes")
    song.ardour.close(window, "alt+o")
    takes = song.new_regions(before, 2)
    assert {take.track for take in takes} == {VARIANTS}
    selected = [["96000", "192000"], ["Voice"]]
    until(lambda: song.ardour.ask(SELECTION) == selected, 30, "what was selected is selected again")
    assert {(take.position, take.length) for take in takes} == {(96_000, 96_000)}
    assert {take.name: take.is_muted for take in takes} == {
        "Repaint 1 · lofi, rhodes": False,
        "Repaint 2 · lofi, rhodes": True,
    }
    for take in takes:
        assert len(take.paths) == 2
        assert all(song.session in path.parents for path in take.paths), "the sound is copied into the session"
        check_same_sound(song, take)
    song.undo()
    assert song.regions() == before, "one undo removes the drop; nothing else has changed"
    song.redo()
    assert {region.id for region in song.regions()} == {region.id for region in (*before, *takes)}


def test_the_bridge_was_told_what_sounds_and_when(song: Studio):
    request = song.first_request("repaint")
    left, right = request["source"]["clips"]
    assert left["path"].endswith("voice%L.wav")
    assert right["path"].endswith("voice%R.wav")
    assert (left["channel"], right["channel"]) == (1, 2)
    assert {(clip["start"], clip["length"], clip["offset"]) for clip in (left, right)} == {(48_000, 480_000, 0.0)}
    assert request["span"] == {"start": 96_000, "end": 192_000, "rate": RATE}
    # A bar of 3/4 at 100 bpm has 86,400 samples; the second begins there.
    assert request["music"] == {"bpm": 100.0, "meter": "3/4", "since_bar": 96_000 - 86_400}


def test_another_variant_is_chosen_kept_and_all_are_discarded(song: Studio):
    before = song.regions(VARIANTS)
    song.ardour.select(VARIANTS, 96_000, 192_000)

    def heard() -> list[str]:
        return [region.name for region in song.regions(VARIANTS) if not region.is_muted]

    song.ardour.press("choose")
    window = song.ardour.dialog("Dawbridge: Choose a variant")
    song.ardour.pick(window, 1)
    song.ardour.close(window, "alt+o")
    until(lambda: heard() == ["Repaint 2 · lofi, rhodes"], 30, "variant 2 is heard")
    song.ardour.press("keep")
    until(lambda: heard() == ["✓ Repaint 2 · lofi, rhodes"], 30, "variant 2 is marked")
    assert [entry["number"] for entry in song.takes() if entry.get("kept")] == [2]
    song.undo()
    song.undo()
    assert heard() == ["Repaint 1 · lofi, rhodes"]
    song.ardour.press("discard")
    until(lambda: not song.regions(VARIANTS), 30, "the variants are gone")
    song.undo()
    assert {region.id for region in song.regions(VARIANTS)} == {region.id for region in before}


def test_a_result_is_varied_and_made_again(song: Studio):
    before = song.regions()
    song.ardour.select(VARIANTS, 96_000, 192_000)
    song.ask_for("retake", "Retake")
    (take,) = song.new_regions(before)
    assert (take.track, take.position, take.length) == (VARIANTS, 96_000, 96_000)
    check_same_sound(song, take)
    song.undo()
    song.ardour.select(VARIANTS, 96_000, 192_000)
    song.ardour.press("again")
    (again,) = song.new_regions(before)
    assert (again.position, again.length) == (96_000, 96_000)
    original = next(region for region in before if region.name == "Repaint 1 · lofi, rhodes")
    assert np.array_equal(again.audio(), original.audio()), "the same recipe gives the same sound"
    song.undo()


def test_a_variant_is_repainted_on_its_own_track(song: Studio):
    before = song.regions()
    song.ardour.select(VARIANTS, 120_000, 168_000)
    song.ask_for("repaint", "Repaint")
    (take,) = song.new_regions(before)
    assert (take.track, take.position, take.length) == (VARIANTS, 120_000, 48_000)
    song.undo()


def test_a_layer_hears_the_other_tracks_and_gets_a_track_of_its_own(song: Studio):
    before = song.regions()
    song.ardour.select("Bass", 96_000, 192_000)
    song.ask_for("layer", "Add a layer", role="bass")
    (stem,) = song.new_regions(before)
    assert (stem.position, stem.length) == (96_000, 96_000)
    assert stem.track == "Bass 1", "the track is called as the stem; Ardour numbers names that are taken"
    check_same_sound(song, stem)
    sources = song.first_request("layer")["sources"]
    heard = [source["clips"][0]["path"].rsplit("/", 1)[1] for source in sources]
    assert heard == ["voice%L.wav", "take-1%L.wav", "drums%L.wav"]


def test_music_for_an_empty_range_lies_on_the_selected_track_itself(song: Studio):
    before = song.regions()
    song.ardour.select("Bass", 480_000, 576_000)
    song.ask_for("generate", "Generate")
    (take,) = song.new_regions(before)
    assert (take.track, take.position, take.length) == ("Bass", 480_000, 96_000)
    check_same_sound(song, take)


def test_a_region_goes_on_to_the_right(song: Studio):
    before = song.regions()
    song.ardour.select("Drums", 0, 480_000)
    song.ask_for("extend_right", "Extend to the right", length="1 bar")
    (take,) = song.new_regions(before)
    assert (take.track, take.position, take.length) == ("Drums – variants", 480_000, 86_400)


def test_a_region_is_led_into_from_the_left_as_far_as_there_is_room(song: Studio):
    before = song.regions()
    song.ardour.select("Voice", RATE, 11 * RATE)
    song.ask_for("extend_left", "Extend to the left", length="1 bar")
    assert "only 1.0 s before it" in song.told("Dawbridge: Extend to the left")
    song.ask_for("extend_left", "Extend to the left", length="0.5 s")
    (take,) = song.new_regions(before)
    assert (take.track, take.position, take.length) == (VARIANTS, RATE // 2, RATE // 2)


def test_a_repaint_may_cover_the_original(song: Studio):
    before = song.regions()
    song.ardour.select("Drums", 96_000, 144_000)
    song.remember(variants="1", replace="yes")
    song.ardour.press("repaint")
    song.ardour.close(song.ardour.dialog("Dawbridge: Repaint"), "alt+o")
    (take,) = song.new_regions(before)
    assert (take.track, take.position, take.length) == ("Drums", 96_000, 48_000)
    top = song.ardour.ask(
        'tell(Session:route_by_name("Drums"):to_track():playlist():top_region_at(Temporal.timepos_t(100000)):name())'
    )
    assert top == [[take.name]]
    song.undo()
    assert song.regions() == before


def test_a_selection_that_does_not_do_is_answered_in_a_sentence(song: Studio):
    before = song.jobs().keys()
    song.ardour.select("Bass", 96_000, 192_000)
    song.ardour.press("repaint")
    assert "Nothing sounds in the selected range" in song.told("Dawbridge: Repaint")
    song.ardour.select("Voice", 96_000, 97_000)
    song.ardour.press("repaint")
    assert "shorter than a tenth of a second" in song.told("Dawbridge: Repaint")
    song.ardour.press("retake")
    assert "Select a result of Dawbridge first" in song.told("Dawbridge: Retake")
    song.ardour.send("/access_action", "Main/Escape")
    song.ardour.press("repaint")
    assert "Nothing is selected" in song.told("Dawbridge: Repaint")
    assert song.jobs().keys() == before


def test_a_job_is_stopped(song: Studio, bridge: BridgeProcess):
    before = song.regions()
    engine = bridge.engine()
    engine.suspend()  # or it would be done before anybody can say stop
    try:
        song.ardour.select("Voice", 48_000, 528_000)
        song.ask_for("repaint", "Repaint", variants="8")
        until(lambda: {job["state"] for job in song.waiting().values()} == {"running"}, 30, "the engine has the job")
        song.ardour.press("cancel")
        until(lambda: all("cancelling" in job for job in song.waiting().values()), 30, "it is told to stop")
    finally:
        engine.resume()
    until(lambda: not song.waiting(), 30, "the job is gone")
    assert song.regions() == before


def test_the_status_shows_engine_and_jobs(song: Studio):
    song.ardour.press("status")
    song.ardour.close(song.ardour.dialog("Dawbridge: Status"), "alt+o")
    song.until_closed()


def test_the_saved_session_holds_it(song: Studio):
    before = song.regions()
    song.save()
    until(lambda: song.jobs() == {}, 30, "what is saved needs not be remembered")
    song.close()
    song.open()
    assert song.regions() == before
    song.close()
