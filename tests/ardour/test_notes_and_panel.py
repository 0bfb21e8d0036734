"""Notes on MIDI tracks, and the panel, in the real Ardour."""

from collections.abc import Callable, Iterator
from pathlib import Path

import mido
import pytest

from bridge_server.client import new_job_id
from bridge_server.protocol.requests import Choose, Generate
from bridge_server.protocol.span import Span
from tests.ardour.program import SELECTION
from tests.ardour.studio import Studio
from tests.end_to_end.process import BridgeProcess
from tests.fakes.waiting import until
from tests.panel.caller import Caller

pytestmark = pytest.mark.timeout(400)

RATE = 48_000
VARIANTS = "Voice – variants"


@pytest.fixture(scope="module")
def song(make_studio: Callable[[int], Studio], bridge: BridgeProcess) -> Iterator[Studio]:
    """Ten seconds of voice from second 1; 3/4 at 100 bpm."""
    studio = make_studio(RATE)
    studio.open()
    studio.bring(studio.sound("voice.wav", 10, RATE), "Voice", RATE)
    yield studio
    assert "fault" not in studio.script_log()


def score_of(path: Path) -> list[tuple[int, int, int]]:
    """Pitch, velocity and sample of every note of a MIDI file, at 100 bpm."""
    file, ticks, found = mido.MidiFile(path), 0, []
    for message in mido.merge_tracks(file.tracks):
        ticks += message.time
        if message.type == "note_on" and message.velocity:
            found.append((message.note, message.velocity, round(ticks / file.ticks_per_beat * 0.6 * RATE)))
    return found


def test_notes_lie_with_the_sound_in_one_undo_step_and_play_what_the_file_says(song: Studio):
    before = song.regions()
    song.ardour.select("Voice", 96_000, 192_000)
    song.ask_for("repaint", "Repaint", variants="2", midi="yes", tags="lofi, no keys, no pad, no lead")
    until(lambda: song.waiting() == {} and len(song.regions()) > len(before), 90, song.story)
    new = [region for region in song.regions() if region not in before]
    notes = [region for region in new if ", notes for " in region.track]
    assert {region.track for region in new} - {region.track for region in notes} == {VARIANTS}
    assert {region.position for region in new} == {96_000}
    (folder,) = (song.session / "Dawbridge").glob("repaint-*")
    files = sorted(folder.rglob("*.mid"))
    assert len(notes) == len(files) > 0
    for role in {path.stem for path in files}:
        (region,) = [one for one in notes if one.name == f"Repaint 1 · {role}, notes"]
        assert not region.is_muted
        (path,) = [path for path in files if path.stem == role and "1" in path.parent.name]
        played, written = sorted(song.played(region)), sorted(score_of(path))
        assert [one[:2] for one in played] == [one[:2] for one in written]
        assert max(abs(one[2] - other[2]) for one, other in zip(played, written, strict=True)) <= 30
    assert all(one.is_muted for one in notes if one.name.startswith("Repaint 2"))
    until(lambda: song.ardour.ask(SELECTION)[1:] == [["Voice"]], 30, "what was selected is selected again")
    song.undo()
    assert song.regions() == before, "one undo takes sound and notes away"
    song.redo()
    assert {region.id for region in song.regions()} == {region.id for region in (*before, *new)}


def test_another_variant_is_chosen_with_its_notes(song: Studio):
    song.ardour.select(VARIANTS, 96_000, 192_000)
    song.ardour.press("choose")
    window = song.ardour.dialog("Dawbridge: Choose a variant")
    song.ardour.pick(window, 1)
    song.ardour.close(window, "alt+o")

    def heard() -> set[str]:
        return {one.name[:9] for one in song.regions() if one.name.startswith("Repaint") and not one.is_muted}

    until(lambda: heard() == {"Repaint 2"}, 30, "variant 2 is heard, and its notes")
    song.undo()
    until(lambda: heard() == {"Repaint 1"}, 30, "one undo takes that back")


def test_remarks_of_the_engine_are_in_the_session(song: Studio):
    remarks = [entry.get("remarks") for entry in song.takes() if not entry.get("role")]
    assert remarks
    assert all(remarks)


def test_a_take_that_was_made_elsewhere_is_placed_on_a_track_of_its_own(song: Studio, bridge: BridgeProcess):
    before = song.regions()
    wish = Generate(
        job=new_job_id(), project=str(song.session), span=Span(240_000, 336_000, RATE), tags="lofi", variants=2
    )
    with bridge.client("panel-test") as panel:
        for _ in panel.run(wish):
            pass
        for count, number in enumerate((2, 1), 1):
            panel.ask(Choose(id=f"choose-{number}", job=wish.job, number=number, client=song.client()))
            song.new_regions(before, count)
    new = [region for region in song.regions() if region not in before]
    assert {(region.track, region.position, region.length) for region in new} == {
        ("Generate – from the panel", 240_000, 96_000)
    }
    assert {region.name: region.is_muted for region in new} == {"Generate 1 · lofi": False, "Generate 2 · lofi": True}
    song.undo()
    left = {region.name: region.is_muted for region in song.regions() if region not in before}
    assert left == {"Generate 2 · lofi": False}, "a choice is one undo step"
    song.undo()  # Ardour's own step for the file that it brought in, which changes nothing
    song.undo()
    assert song.regions() == before


def test_a_range_is_opened_in_the_panel(song: Studio):
    song.ardour.select("Voice", 96_000, 192_000)
    song.ardour.press("open_panel")
    (address,) = until(song.opened, 30, f"a page is opened; {song.story()}")
    assert address.startswith("http://127.0.0.1:")
    song.until_closed()


def test_what_is_made_in_the_panel_of_a_range_comes_back_to_its_place(song: Studio, bridge: BridgeProcess):
    """The page's part is played by the wire itself: a repaint of the range that was opened, then “send to the DAW”."""
    before, job = song.regions(), new_job_id()
    with Caller(bridge) as caller, caller.wire() as wire:
        region = caller.http.get("/api/regions").json()["regions"][0]
        assert region["client"] == song.client()
        wish = {name: region[name] for name in ("span", "project", "music")}
        wire.say(request="repaint", job=job, source={"path": region["source"]}, tags="lofi", **wish)
        ended = wire.until(
            lambda event: event.get("job") == job and event.get("event") in ("done", "failed", "refused")
        )
        assert ended["event"] == "done", ended
        wire.ask(request="choose", id="send", job=job, number=1)
        (take,) = song.new_regions(before)
    assert (take.track, take.position, take.length) == ("Repaint – from the panel", 96_000, 96_000)
    assert take.name == "Repaint 1 · lofi"
