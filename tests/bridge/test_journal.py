"""Journal: what was said is kept, in order, through crashes and full disks."""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from bridge_server.jobs.job import Job
from bridge_server.jobs.journal import Journal, fingerprint
from bridge_server.protocol.errors import BridgeFault, DiskFull, EngineLost
from bridge_server.protocol.events import Accepted, Cancelled, Done, Started
from bridge_server.protocol.requests import Generate
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Capabilities, Part, Take
from tests.fakes.small_disk import MEBIBYTE, fill, small_disk

SPAN = Span(0, 48_000, 48_000)
BACKEND = Capabilities(backend="b", model="b 1", about="A fake; no AI.", tasks=("generate",), sample_rate=48_000)


def job(job_id: str, client: str = "reaper", **fields: object) -> Job:
    return Job(request=Generate(job=job_id, span=SPAN, seed=1, tags="ü🎵"), client=client, door="zmq", **fields)  # type: ignore[arg-type]


def take(job_id: str, number: int = 1) -> Take:
    path = f"/takes/{job_id}-{number}.wav"
    part = Part(path=path, samples=48_000, span=SPAN, timeline=0)
    return Take(
        job=job_id,
        number=number,
        path=path,
        seed=number,
        sample_rate=48_000,
        samples=48_000,
        channels=2,
        span=SPAN,
        backend="b",
        parts=(part,),
    )


def keep(journal: Journal, *jobs: Job) -> None:
    for one in jobs:
        with journal.transaction():
            journal.add(one, fingerprint(one.request))
            journal.append(Accepted(job=one.id), one.client)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite3"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    journal = Journal(path)
    yield journal
    journal.close()


def test_a_job_comes_back_as_it_was(journal: Journal) -> None:
    ended = job("12345678", state="failed", attempts=2, error=EngineLost("It died.").problem)
    keep(journal, ended)
    journal.save(ended)
    assert journal.job("12345678") == ended
    assert journal.job("unknown1") is None
    assert journal.mark("12345678") == fingerprint(ended.request)
    assert journal.mark("unknown1") == ""


def test_a_second_opening_finds_everything(path: Path) -> None:
    first = Journal(path)
    keep(first, job("job-1234"))
    first.keep_take(take("job-1234"), "/song")
    first.remember_backends((BACKEND,))
    second = Journal(path)
    first.close()
    try:
        assert second.job("job-1234") == job("job-1234", created=second.latest(1)[0].created)
        assert [event.seq for event in second.events_after(0, None)] == [1]  # type: ignore[union-attr]
        assert second.takes(project="/song") == [take("job-1234")]
        assert second.known_backends() == (BACKEND,)
    finally:
        second.close()


def test_events_count_up_and_are_found_by_client(journal: Journal) -> None:
    keep(journal, job("job-1234", "reaper"), job("job-5678", "ardour"))
    started = journal.append(Started(job="job-1234", attempt=1), "reaper")
    assert started.seq == 3
    assert journal.newest_seq() == 3
    assert journal.events_after(0, "reaper") == [Accepted(job="job-1234", seq=1), started]
    assert journal.events_after(1, "reaper") == [started]
    assert journal.events_after(3, None) == []
    assert [event.seq for event in journal.events_after(0, None)] == [1, 2, 3]  # type: ignore[union-attr]
    assert journal.events_of("job-5678") == [Accepted(job="job-5678", seq=2)]


def test_a_number_is_never_given_twice(path: Path) -> None:
    journal = Journal(path)
    keep(journal, job("job-1234", state="done", created=1.0))
    journal.forget_before(2.0)
    assert journal.events_of("job-1234") == []
    journal.close()
    journal = Journal(path)
    assert journal.append(Cancelled(job="job-5678"), "reaper").seq == 2
    journal.close()


def test_only_old_jobs_that_ended_are_forgotten(journal: Journal) -> None:
    keep(journal, job("old-done", state="done", created=1.0), job("old-wait", created=1.0), job("new-done"))
    journal.save(job("new-done", state="done"))
    journal.keep_take(take("old-done"), "/song")
    journal.forget_before(10.0)
    assert {event.job for event in journal.events_after(0, None)} == {"old-wait", "new-done"}  # type: ignore[union-attr]
    assert journal.takes() == [take("old-done")]


def test_unfinished_jobs_come_oldest_first(journal: Journal) -> None:
    keep(
        journal,
        job("waiting1", created=3.0),
        job("running1", created=1.0, state="running", attempts=1),
        job("finished", created=2.0, state="done"),
    )
    assert [one.id for one in journal.unfinished()] == ["running1", "waiting1"]
    assert [one.id for one in journal.latest(2)] == ["waiting1", "finished"]


def test_takes_are_listed_by_project_newest_first(journal: Journal) -> None:
    for job_id, number, project in (("job-aaaa", 1, "/song"), ("job-aaaa", 2, "/song"), ("job-bbbb", 1, "/other")):
        journal.keep_take(take(job_id, number), project)
    assert [one.number for one in journal.takes(job="job-aaaa")] == [1, 2]
    assert {(one.job, one.number) for one in journal.takes(project="/song")} == {("job-aaaa", 1), ("job-aaaa", 2)}
    assert journal.takes()[0].job == "job-bbbb"
    assert len(journal.takes(limit=2)) == 2
    chosen = msgspec.structs.replace(take("job-aaaa", 1), chosen=True)
    journal.keep_take(chosen, "/song")
    assert journal.takes()[-1] == chosen, "to choose a take does not make it a new one"
    assert journal.takes(project="/song/") == []


def test_a_transaction_is_all_or_nothing(journal: Journal) -> None:
    with pytest.raises(ZeroDivisionError), journal.transaction():
        journal.add(job("job-1234"), "mark")
        raise ZeroDivisionError
    assert journal.job("job-1234") is None
    keep(journal, job("job-1234"))


def test_two_jobs_of_one_id_do_not_fit(journal: Journal) -> None:
    keep(journal, job("job-1234"))
    with pytest.raises(BridgeFault), journal.transaction():
        journal.add(job("job-1234"), "another")
    assert journal.mark("job-1234") == fingerprint(job("job-1234").request)


KILLED = """
import os, signal, sys
from pathlib import Path
from bridge_server.jobs.journal import Journal, fingerprint
from tests.bridge.test_journal import job, keep
journal = Journal(Path(sys.argv[1]))
keep(journal, job("committed"))
with journal.transaction():
    journal.add(job("half-way"), "mark")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_kill_in_the_middle_leaves_the_whole_before(path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(path)], timeout=30)
    assert killed.returncode == -signal.SIGKILL
    journal = Journal(path)
    assert [one.id for one in journal.unfinished()] == ["committed"]
    assert journal.newest_seq() == 1
    keep(journal, job("half-way"))
    journal.close()


def test_a_full_disk_is_said_and_nothing_is_half_written(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 2 * MEBIBYTE) as disk:
        journal = Journal(disk / "journal.sqlite3")
        try:
            keep(journal, job("before-it"))
            ballast = fill(disk)
            refused = fill_journal(journal)
            assert isinstance(refused, DiskFull), refused
            kept = [one.id for one in journal.unfinished()]
            assert [event.job for event in journal.events_after(0, None)] == kept  # type: ignore[union-attr]
            with pytest.raises(DiskFull):
                journal.remember_backends((BACKEND,) * 500)
            ballast.unlink()
            keep(journal, job("after-it"))
            assert [one.id for one in journal.unfinished()] == [*kept, "after-it"]
        finally:
            journal.close()


def fill_journal(journal: Journal) -> BridgeFault | DiskFull | None:
    for number in range(2_000):
        try:
            keep(journal, job(f"filling-{number}"))
        except (BridgeFault, DiskFull) as error:
            return error
    return None


@pytest.mark.parametrize(
    ("code", "error"),
    [(sqlite3.SQLITE_FULL, DiskFull), (sqlite3.SQLITE_CORRUPT, BridgeFault), (sqlite3.SQLITE_IOERR, BridgeFault)],
)
def test_what_sqlite_complains_of_becomes_an_error_of_ours(
    journal: Journal, code: int, error: type[Exception], breaking: Callable[[Journal, int], None]
) -> None:
    keep(journal, job("job-1234"))
    breaking(journal, code)
    for call in (
        lambda: keep(journal, job("job-5678")),
        lambda: journal.job("job-1234"),
        journal.takes,
        lambda: journal.events_after(0, None),
        lambda: journal.remember_backends((BACKEND,)),
        journal.unfinished,
    ):
        with pytest.raises(error) as told:
            call()
        assert told.value.hint  # type: ignore[attr-defined]


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> Callable[[Journal, int], None]:
    """From now on SQLite answers with an error, as if the disk were broken."""

    def break_it(journal: Journal, code: int) -> None:
        base = journal._base

        class Broken:
            in_transaction = False

            def execute(self, *_: object) -> None:
                error = sqlite3.OperationalError("broken")
                error.sqlite_errorcode = code
                raise error

            def close(self) -> None:
                base.close()

        monkeypatch.setattr(journal, "_base", Broken())

    return break_it


@pytest.mark.parametrize("content", [b"this is no database, it is a song" * 100, b"SQLite format 3\0" + bytes(4_000)])
def test_a_damaged_journal_is_named_in_a_sentence(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(BridgeFault, match="journal"):
        Journal(path)


def test_equal_requests_have_equal_fingerprints_however_they_were_spelled() -> None:
    plain = Generate(job="12345678", span=SPAN)
    spelled = Generate(job="12345678", span=Span(0, 48_000, 48_000), variants=1, tags="")
    assert fingerprint(plain) == fingerprint(spelled)
    assert fingerprint(plain) != fingerprint(Generate(job="12345678", span=SPAN, seed=1))


def test_done_events_keep_their_takes(journal: Journal) -> None:
    done = journal.append(Done(job="job-1234", takes=(take("job-1234"),), seconds=1.5), "reaper")
    assert journal.events_of("job-1234") == [done]
    assert Path(done.takes[0].path).name == "job-1234-1.wav"
