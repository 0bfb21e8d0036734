"""kill -9 of bridge or engine at any moment: every accepted job ends done, and nothing is half written (P3)."""

import random
import sys
import time
from pathlib import Path

import psutil
import pytest
import soundfile

from bridge_server.client import Client, new_job_id
from bridge_server.protocol.events import AnyEvent, Done, Failed, Progress, Started, TakeReady
from bridge_server.protocol.requests import Hello, List, Repaint
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Source, Take
from bridge_server.region.wav import read_recipe
from tests.end_to_end.process import FAKE, BridgeProcess, has_ended
from tests.fakes.waiting import until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
SPAN = Span(44_100, 132_300, 44_100)
ROUNDS = 7


def repaint(song: Path, variants: int = 2) -> Repaint:
    return Repaint(
        job=new_job_id(),
        project=str(song.parent),
        source=Source(path=str(song)),
        span=SPAN,
        tags="rock, 120 bpm",
        seed=3,
        variants=variants,
        form="whole",
    )


def check_take(take: Take, song: Path) -> None:
    audio = soundfile.info(take.path)
    assert audio.frames == take.samples == soundfile.info(song).frames
    recipe = read_recipe(Path(take.path))
    assert (recipe.seed, recipe.request.job) == (take.seed, take.job)


def check_folder(project: Path) -> None:
    """Whatever has its final name is whole, at any moment."""
    for path in project.rglob("*.wav"):
        if not path.name.startswith("."):
            audio, _ = soundfile.read(path)
            assert len(audio) == soundfile.info(path).frames > 0


def check_all_done(client: Client, jobs: list[Repaint], song: Path) -> None:
    client.ask(Hello(id="back", after=0))
    waiting, takes = {job.job for job in jobs}, 0
    for event in client.events():
        assert not isinstance(event, Failed), event
        if isinstance(event, Done) and event.job in waiting:
            waiting.remove(event.job)
            assert [take.number for take in event.takes] == [1, 2]
            for take in event.takes:
                check_take(take, song)
                takes += 1
        if not waiting:
            break
    assert takes == 2 * len(jobs)
    states = {line.job: line.state for line in client.list(List(id="end", limit=1_000)).jobs}
    assert {states[job.job] for job in jobs} == {"done"}
    check_folder(song.parent)
    assert not list(song.parent.rglob("*.part")), "a half file was left behind"


def rendering(event: AnyEvent) -> bool:
    return isinstance(event, Progress) and event.fraction > 0.2


def started(event: AnyEvent) -> bool:
    return isinstance(event, Started)


def first_take(event: AnyEvent) -> bool:
    return isinstance(event, TakeReady)


def done(event: AnyEvent) -> bool:
    return isinstance(event, Done)


def test_a_bridge_that_is_killed_at_a_chosen_moment_loses_nothing(tmp_path: Path, song: Path) -> None:
    """Each bridge takes over what the one before it left."""
    jobs: list[Repaint] = []
    for moment in (rendering, first_take, done):
        with BridgeProcess(tmp_path / "home") as bridge, bridge.client("reaper") as client:
            jobs.append(repaint(song))
            client.submit(jobs[-1])
            next(event for event in client.events() if moment(event))
            bridge.kill()
            bridge.wait_until_engines_are_gone()
            check_folder(song.parent)
    with BridgeProcess(tmp_path / "home") as bridge, bridge.client("reaper") as client:
        check_all_done(client, jobs, song)


def test_a_bridge_that_is_killed_at_random_moments_loses_nothing(tmp_path: Path, song: Path) -> None:
    """Many rounds, with the fake engine, as it is up at once; most of them hit the reading and writing of files."""
    chance = random.Random(20260101)
    jobs: list[Repaint] = []
    for number in range(ROUNDS):
        with (
            BridgeProcess(tmp_path / "home", program=FAKE) as bridge,
            bridge.client("reaper") as client,
        ):
            bridge.engine()
            jobs.append(repaint(song))
            client.submit(jobs[-1])
            if number:  # the first bridge is killed when it has just said "accepted"
                next(event for event in client.events() if started(event))
                time.sleep(chance.uniform(0.0, 0.25))
            bridge.kill()
            bridge.wait_until_engines_are_gone()
            check_folder(song.parent)
    with BridgeProcess(tmp_path / "home", program=FAKE) as bridge, bridge.client("reaper") as client:
        check_all_done(client, jobs, song)


def test_an_engine_that_is_killed_loses_nothing(tmp_path: Path, song: Path) -> None:
    chance = random.Random(20260102)
    with BridgeProcess(tmp_path / "home") as bridge, bridge.client("reaper") as client:
        jobs = [repaint(song) for _ in range(3)]
        for job in jobs:
            client.submit(job)
            next(event for event in client.follow(job.job) if started(event))
            time.sleep(chance.uniform(0.0, 0.3))
            kill(bridge.engine())
            check_folder(song.parent)
            assert isinstance(list(client.follow(job.job))[-1], Done)
        check_all_done(client, jobs, song)


def kill(process: psutil.Process) -> None:
    process.kill()
    until(lambda: has_ended(process), 3, "the engine is dead")
