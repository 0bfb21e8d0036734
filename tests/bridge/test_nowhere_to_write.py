"""A door that cannot write or remove a file of its own goes on, and what it could not say is not lost."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bridge_server.client import Client, new_job_id
from bridge_server.jobs.job import Job
from bridge_server.protocol.events import AnyEvent, Done
from bridge_server.protocol.requests import Generate
from bridge_server.switchboard import Switchboard
from tests.fakes.bridge import RunningBridge
from tests.fakes.knocks import Event, MailboxKnock, OscKnock, answer, answer_to
from tests.fakes.waiting import until

VARIANTS = 8
SPAN = {"start": 0, "end": 12_000, "rate": 48_000}


@pytest.fixture
def osc(bridge: RunningBridge) -> Iterator[OscKnock]:
    knock = OscKnock(bridge.connection)
    yield knock
    knock.close()


@pytest.fixture
def mailbox(bridge: RunningBridge) -> Iterator[MailboxKnock]:
    knock = MailboxKnock(bridge.connection)
    yield knock
    knock.close()


def until_done(bridge: RunningBridge, job: str) -> None:
    journal = bridge.journal()
    try:
        until(lambda: _known(journal.job(job)).state == "done", 20, "the job is done")
    finally:
        journal.close()


def _known(job: Job | None) -> Job:
    assert job is not None
    return job


def test_an_event_too_long_for_osc_harms_no_job_where_there_is_no_room_for_its_file(
    bridge: RunningBridge, osc: OscKnock, tmp_path: Path
) -> None:
    """`done` with eight takes goes by file; the folder for such files has gone."""
    job = new_job_id()
    shutil.rmtree(bridge.home.outbox)
    request = {"request": "generate", "job": job, "span": SPAN, "variants": VARIANTS, "project": str(tmp_path)}
    assert answer_to(osc, request)["event"] == "accepted"
    until_done(bridge, job)
    until(lambda: any("osc.unwritable" in line for line in bridge.faults.lines), 5, "the bridge notes it")
    bridge.faults.take()
    bridge.home.outbox.mkdir()

    def is_done(event: Event) -> bool:
        return event["event"] == "done" and event["job"] == job

    osc.letter({"request": "hello", "id": "back", "after": 0})
    assert len(answer(osc, is_done)["takes"]) == VARIANTS


def test_a_letter_that_cannot_be_removed_is_answered_once_and_holds_up_nobody(
    bridge: RunningBridge, mailbox: MailboxKnock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Windows a file cannot be removed while another program has it open."""
    unlink, held = Path.unlink, "held.json"

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path.name == held:
            raise PermissionError(13, "somebody holds it")
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    letter = mailbox.file(b"no letter at all", held.removesuffix(".json"))
    assert mailbox.receive(client="unknown")["id"] == "held"
    for number in range(3):
        assert answer_to(mailbox, {"request": "hello", "id": f"q{number}"})["event"] == "welcome"
    assert not list((bridge.home.mailbox / "out" / "unknown").glob("*.json"))
    monkeypatch.undo()
    letter.unlink()


def test_a_job_that_breaks_the_bridge_at_its_end_leaves_the_next_one_its_turn(
    bridge: RunningBridge, client: Client, new_job: Callable[..., Generate], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = new_job(), new_job()
    post = Switchboard.post

    def stumble(board: Switchboard, event: AnyEvent, name: str) -> None:
        if isinstance(event, Done) and event.job == first.job:
            raise RuntimeError("a route that breaks its promise")
        post(board, event, name)

    monkeypatch.setattr(Switchboard, "post", stumble)
    client.submit(first)
    assert [event for event in client.run(second) if isinstance(event, Done)]
    assert any("foreman.broke" in line for line in bridge.faults.take())
