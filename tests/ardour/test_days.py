"""Bad days in the real Ardour: no bridge, a dead engine, a closed session, a track that is gone. 44.1 kHz."""

import os
import signal
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from bridge_server.connection import read_connection
from bridge_server.home import Home
from bridge_server.protocol.requests import List
from tests.ardour.studio import Studio
from tests.end_to_end.process import FAKE, BridgeProcess
from tests.fakes.waiting import until

pytestmark = pytest.mark.timeout(400)

RATE = 44_100
VARIANTS = "Voice – variants"
ARM = """local control = Session:route_by_name("Bass"):to_track():rec_enable_control()
control:set_value({value}, PBD.GroupControlDisposition.NoGroup)"""


@pytest.fixture(scope="module")
def song(make_studio: Callable[[int], Studio]) -> Iterator[Studio]:
    """Ten seconds of voice, recorded at 96 kHz, brought into a session at 44.1 kHz. No bridge runs yet."""
    studio = make_studio(RATE)
    studio.open()
    studio.bring(studio.sound("voice.wav", 10, 96_000, channels=1), "Voice", RATE)
    yield studio
    assert "fault" not in studio.script_log()


def press_repaint(song: Studio, start: int, end: int, **answers: str) -> None:
    song.ardour.select("Voice", start, end)
    song.ask_for("repaint", "Repaint", **answers)


def end_bridge(home: Path) -> None:
    bridge = psutil.Process(read_connection(Home(home)).pid)
    family = [bridge, *bridge.children(recursive=True)]
    for process in family:
        process.kill()
    psutil.wait_procs(family, timeout=5)


def test_without_a_bridge_it_says_so_then_starts_one_and_the_job_goes_on(song: Studio):
    song.ardour.select("Voice", 2 * RATE, 3 * RATE)
    start, aside = song.dawbridge / "start.json", song.dawbridge / "aside.json"
    start.rename(aside)
    song.ardour.press("repaint")
    assert "Start it with `dawbridge up` in a terminal" in song.told("Dawbridge: Repaint")
    aside.rename(start)
    before = song.regions()
    song.remember(variants="1", tags="lofi", lyrics="", key="", replace="no")
    song.ardour.press("repaint")
    assert "Start it now?" in song.told_and("Dawbridge: Repaint", "alt+y")
    song.ardour.close(song.ardour.dialog("Dawbridge: Repaint"), "alt+o")
    try:
        (take,) = song.new_regions(before)
        assert (take.track, take.position, take.length) == (VARIANTS, 2 * RATE, RATE)
    finally:
        end_bridge(song.dawbridge)
    song.undo()


def test_an_engine_that_dies_is_started_again_and_the_take_still_comes(song: Studio):
    before = song.regions()
    with BridgeProcess(song.dawbridge) as bridge:
        engine = bridge.wait_for_engine()
        engine.suspend()  # or it might be done before it dies
        press_repaint(song, 2 * RATE, 8 * RATE, variants="2")
        until(lambda: any(job["state"] == "running" for job in song.jobs().values()), 30, "the engine has the job")
        engine.kill()
        takes = song.new_regions(before, 2)
        bridge.engine()
    assert {(take.position, take.length) for take in takes} == {(2 * RATE, 6 * RATE)}
    song.undo()


def test_what_no_backend_serves_is_refused_and_the_form_stays_closed(song: Studio):
    with BridgeProcess(song.dawbridge, program=FAKE) as bridge:
        bridge.wait_for_engine()
        until(lambda: song.offered() and "edit" not in song.offered(), 30, "the watcher knows this bridge")
        song.ardour.select("Voice", 2 * RATE, 3 * RATE)
        song.ardour.press("edit")
        assert "No backend that is installed can do this." in song.told("Dawbridge: Edit lyrics")
        assert song.waiting() == {}


@pytest.fixture(scope="module")
def started(song: Studio, bridge: BridgeProcess) -> BridgeProcess:
    """The bridge, after the days without one."""
    return bridge


def test_while_recording_a_take_waits(song: Studio, started: BridgeProcess):
    before = song.regions()
    song.ardour.ask(ARM.format(value=1) + " Session:maybe_enable_record(false)")
    song.ardour.send("/transport_play")
    until(lambda: song.ardour.ask("tell(Session:actively_recording())") == [["true"]], 30, "it is recording")
    press_repaint(song, 2 * RATE, 3 * RATE)
    until(lambda: any(job["state"] == "done" for job in song.waiting().values()), 60, "the take is made")
    assert VARIANTS not in {region.track for region in song.regions() if region not in before}
    song.ardour.send("/transport_stop")
    until(lambda: any(region.track == VARIANTS for region in song.regions() if region not in before), 60, "it lands")
    song.ardour.ask(ARM.format(value=0))


def test_a_track_that_was_renamed_is_found(song: Studio, started: BridgeProcess):
    before = song.regions()
    press_repaint(song, 3 * RATE, 4 * RATE)
    song.ardour.ask('Session:route_by_name("Voice"):set_name("Gesang")')
    (take,) = song.new_regions(before)
    assert (take.track, take.position) == (VARIANTS, 3 * RATE)
    song.ardour.ask('Session:route_by_name("Gesang"):set_name("Voice")')


def test_a_folder_that_takes_no_files_is_said_and_the_take_is_kept(song: Studio, started: BridgeProcess):
    # A folder in the place of the file: also root cannot write there.
    walls = [song.session / name for name in ("dawbridge-jobs.json.tmp", "dawbridge-jobs.json.probe.tmp")]
    for wall in walls:
        wall.mkdir()
    try:
        song.ardour.select("Voice", 4 * RATE, 5 * RATE)
        song.remember(variants="1")
        song.ardour.press("repaint")
        assert "cannot be written" in song.told_and("Dawbridge: Repaint")
        song.ardour.close(song.ardour.dialog("Dawbridge: Repaint"), "alt+o")
        sentence = song.told("Dawbridge")
        assert "The project cannot be changed" in sentence
        assert str(song.dawbridge / "takes") in sentence
    finally:
        for wall in walls:
            wall.rmdir()


def remove_track(session: Path, name: str) -> None:
    """As if its user had removed the track and saved."""
    path = session / f"{session.name}.ardour"
    tree = ET.parse(path)
    routes = tree.getroot().find("Routes")
    assert routes is not None
    (route,) = [route for route in routes if route.get("name") == name]
    routes.remove(route)
    tree.write(path, encoding="UTF-8", xml_declaration=True)


def test_jobs_that_end_while_ardour_is_closed_land_when_it_is_open_again(song: Studio, started: BridgeProcess):
    song.bring(song.sound("lost.wav", 4, RATE), "Bass", 0)
    song.save()
    before = song.regions()
    engine = started.engine()
    os.kill(engine.pid, signal.SIGSTOP)
    press_repaint(song, 5 * RATE, 6 * RATE)
    song.ardour.select("Bass", RATE, 2 * RATE)
    song.ask_for("repaint", "Repaint")
    until(lambda: len(song.waiting()) == 2, 30, "both jobs are written down")
    song.close()
    os.kill(engine.pid, signal.SIGCONT)
    with started.client("onlooker") as client:
        until(lambda: {job.state for job in client.list(List(id="1")).jobs} == {"done"}, 60, "the takes are made")
    remove_track(song.session, "Bass")
    song.open()
    sentence = song.told("Dawbridge")
    assert "is gone. The take is kept: " in sentence, "its place is gone, and the other one is found"
    assert Path(sentence.split("kept: ")[1].strip()).is_file()
    before = [region for region in before if region.track != "Bass"]
    (take,) = song.new_regions(before)
    assert (take.track, take.position, take.length) == (VARIANTS, 5 * RATE, RATE)
    # Ardour dies before it has saved: the take must come again.
    song.kill()
    song.open()
    (again,) = song.new_regions(before)
    assert (again.track, again.position, again.length) == (VARIANTS, 5 * RATE, RATE)
    song.save()
    until(lambda: song.jobs() == {}, 30, "what is saved is safe")
    song.close()
