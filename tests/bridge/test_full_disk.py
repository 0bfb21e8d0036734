"""A full disk costs a job, never a file that was there, and never the bridge."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bridge_server.client import Client
from bridge_server.protocol.errors import DiskFull
from bridge_server.protocol.events import AnyEvent, Done, Failed
from bridge_server.protocol.requests import Generate, Retry
from bridge_server.protocol.span import Span
from tests.bridge.problems import check_problem
from tests.fakes.bridge import RunningBridge
from tests.fakes.small_disk import MEBIBYTE, fill, small_disk

NewJob = Callable[..., Generate]
TEN_SECONDS = Span(0, 480_000, 48_000)


def check_full(event: AnyEvent) -> None:
    assert isinstance(event, Failed)
    check_problem({"code": event.error.code, "message": event.error.message, "hint": event.error.hint}, "disk_full")


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")}


def test_takes_that_do_not_fit_are_not_half_there(client: Client, new_job: NewJob, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 2 * MEBIBYTE) as disk:
        job = new_job(project=str(disk), span=TEN_SECONDS, sample_format="float32")
        check_full(list(client.run(job))[-1])
        assert not {name for name in files(disk) if name.endswith(".wav") and name.startswith("take")}
        assert not list(disk.rglob("*.part"))
        small = new_job(project=str(disk))
        assert isinstance(list(client.run(small))[-1], Done)


def test_with_room_again_the_job_is_done_after_all(client: Client, new_job: NewJob, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 4 * MEBIBYTE) as disk:
        ballast = fill(disk, leave=20_000)
        job = new_job(project=str(disk), seed=1)
        check_full(list(client.run(job))[-1])
        ballast.unlink()
        client.ask(Retry(id="room", job=job.job))
        done = list(client.follow(job.job))[-1]
        assert isinstance(done, Done)
        assert Path(done.takes[0].path).is_file()


def test_a_home_without_room_refuses_jobs_and_goes_on(tmp_path: Path, new_job: NewJob) -> None:
    with (
        small_disk(tmp_path / "disk", 6 * MEBIBYTE) as disk,
        RunningBridge(disk / "home") as bridge,
        bridge.client() as client,
    ):
        bridge.wait_for_engine()
        assert isinstance(list(client.run(new_job()))[-1], Done)
        ballast = fill(disk)
        with pytest.raises(DiskFull) as refusal:
            for number in range(3_000):
                client.submit(new_job(job=f"filling-{number:05}", tags="steps=9999 pause=1"))
        assert refusal.value.hint
        assert client.hello().engine == "ready"
        ballast.unlink()
        last = new_job(job="after-the-flood")
        client.submit(last)
        client.cancel(last.job)
        bridge.faults.take()


def test_scratch_without_room_fails_the_job_alone(tmp_path: Path, new_job: NewJob) -> None:
    with (
        small_disk(tmp_path / "disk", 6 * MEBIBYTE) as disk,
        RunningBridge(disk / "home") as bridge,
        bridge.client() as client,
    ):
        bridge.wait_for_engine()
        fill(disk, leave=3 * MEBIBYTE)
        check_full(list(client.run(new_job(span=TEN_SECONDS)))[-1])
        assert isinstance(list(client.run(new_job()))[-1], Done)
        assert not list(bridge.home.scratch.glob("*"))
