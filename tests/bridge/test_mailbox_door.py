"""What only the mailbox can hold: half files, huge files, odd names, and answers named as the page says."""

import json
import os
import re
import stat
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bridge_server.client import new_job_id
from bridge_server.doors.mailbox import SECOND_LOOK_SECONDS, MailboxRoute, file_name, place
from bridge_server.protocol.errors import BadMessage
from bridge_server.protocol.events import Cancelled, EngineChanged, Ok, Progress, Refused, Welcome
from tests.bridge.problems import check_problem
from tests.fakes.bridge import RunningBridge
from tests.fakes.knocks import MailboxKnock, answer, answer_to
from tests.fakes.waiting import until

SPAN = {"start": 0, "end": 12_000, "rate": 48_000}
PROBLEM = BadMessage("No.").problem


@pytest.fixture
def knock(bridge: RunningBridge) -> Iterator[MailboxKnock]:
    knock = MailboxKnock(bridge.connection)
    yield knock
    knock.close()


def letter(knock: MailboxKnock, client: str = "", **message: object) -> bytes:
    whole = {"version": 1, "key": knock.key, "client": client or knock.name, "message": message}
    return json.dumps(whole).encode()


def is_gone(path: Path) -> None:
    until(lambda: not path.exists(), 3, f"{path.name} is taken out of the mailbox")


# names


@pytest.mark.parametrize(
    ("event", "name"),
    [
        (Cancelled(job="12345678", seq=42), "000000000042-cancelled.json"),
        (Progress(job="12345678", fraction=0.5), "progress-12345678.json"),
        (Ok(id="A.b-1_c"), "answer-A.b-1_c.json"),
        (Welcome(id="1", version=1, release="0", engine="ready"), "answer-1.json"),
        (Refused(id="q1", job="12345678", error=PROBLEM), "refused-12345678.json"),
        (Refused(id="q1", error=PROBLEM), "refused-q1.json"),
        (Refused(error=PROBLEM), "refused-letter.json"),
        (Refused(id="../../etc/passwd", error=PROBLEM), "refused-_._.._etc_passwd.json"),
        (Refused(id="𝔸" * 64, error=PROBLEM), f"refused-{'_' * 64}.json"),
        (Refused(id="con/\\:*?\0\n", error=PROBLEM), "refused-con_______.json"),
        (EngineChanged(state="down"), "engine.json"),
    ],
)
def test_every_event_has_a_file_name(event: object, name: str) -> None:
    assert file_name(event) == name  # type: ignore[arg-type]
    assert re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", name)


def test_a_file_is_placed_whole_and_over_the_old_one(tmp_path: Path) -> None:
    place(tmp_path / "a.json", b"old")
    place(tmp_path / "a.json", b"new")
    assert (tmp_path / "a.json").read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_what_waits_is_named_in_a_file_for_hosts_that_cannot_list_a_folder(tmp_path: Path) -> None:
    route = MailboxRoute(tmp_path / "ardour-1")
    names = tmp_path / "ardour-1.txt"
    for event in (Progress(job="12345678"), Cancelled(job="87654321", seq=2), Ok(id="q1")):
        route.send(event)
    assert names.read_text().splitlines() == ["000000000002-cancelled.json", "answer-q1.json", "progress-12345678.json"]
    for path in route.folder.iterdir():
        path.unlink()
    route.send(Progress(job="12345678", fraction=0.5))
    assert names.read_text() == "progress-12345678.json\n"


def test_a_route_to_a_place_that_cannot_be_written_is_no_crash(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "out").write_text("a file where the folder should be")
    MailboxRoute(tmp_path / "out" / "client").send(Ok(id="1"))
    assert "mailbox.unwritable" in caplog.text


# letters


def test_kept_events_lie_in_order_and_progress_leaves_with_its_job(knock: MailboxKnock, tmp_path: Path) -> None:
    job = new_job_id()
    tags = "steps=3 pause=0.05"
    path = knock.file(
        letter(knock, request="generate", job=job, span=SPAN, variants=2, project=str(tmp_path), tags=tags)
    )
    folder = knock.folder / "out" / knock.name
    until((folder / f"progress-{job}.json").exists, 5, "progress")
    until(lambda: list(folder.glob("*-done.json")), 15, "done")
    until(lambda: not (folder / f"progress-{job}.json").exists(), 1, "progress leaves with its job")
    names = sorted(file.name for file in folder.glob("*.json"))
    assert [name.split("-", 1)[1] for name in names] == [
        "accepted.json",
        "started.json",
        "take.json",
        "take.json",
        "done.json",
    ]
    assert not path.exists()
    assert not list(folder.glob(".*"))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no mode bits")
def test_only_the_owner_can_look_into_the_mailbox(bridge: RunningBridge) -> None:
    for folder in (bridge.home.mailbox, bridge.home.mailbox / "in", bridge.home.mailbox / "out"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_half_letter_is_looked_at_again_then_mended_then_read(bridge: RunningBridge, knock: MailboxKnock) -> None:
    whole = letter(knock, request="hello", id="late")
    path = knock.file(whole[:-5])
    doors = bridge.mailbox_door
    until(lambda: path in doors._second_looks, 3, "the bridge has looked once")
    with path.open("r+b") as file:
        file.write(whole)
    assert answer(knock, lambda event: event.get("id") == "late", 2)["event"] == "welcome"
    is_gone(path)


def test_a_half_letter_that_stays_half_is_refused_and_removed(knock: MailboxKnock) -> None:
    path = knock.file(letter(knock, request="hello", id="1")[:-1])
    refused = knock.receive(SECOND_LOOK_SECONDS + 2, client="unknown")
    assert refused["id"] == path.stem
    check_problem(refused["error"], "bad_message")
    is_gone(path)


def test_a_letter_with_a_field_too_few_finds_its_client(knock: MailboxKnock) -> None:
    path = knock.file(json.dumps({"version": 1, "client": knock.name, "message": {}}).encode())
    check_problem(knock.receive(2)["error"], "bad_message")
    is_gone(path)


NO_LETTERS = {
    "empty": b"",
    "zeros": b"\0" * 100,
    "not-utf-8": b"\xff\xfe\xfd",
    "not-utf-8-inside": b'{"version": 1, "client": "\xff\xfe"}',
    "byte-order-mark": b"\xef\xbb\xbf{}",
    "deep-list": b"[" * 200_000,
    "deep-map": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "nan": b'{"version": 1, "key": NaN}',
    "null": b"null",
}


def test_what_is_no_letter_is_refused_and_removed(knock: MailboxKnock) -> None:
    paths = [knock.file(content, name) for name, content in NO_LETTERS.items()]
    refused = [knock.receive(3, client="unknown") for _ in paths]
    assert {event["id"] for event in refused} == set(NO_LETTERS)
    for event in refused:
        check_problem(event["error"], "bad_message")
    for path in paths:
        is_gone(path)


def test_a_deep_message_in_a_good_letter_is_refused(knock: MailboxKnock) -> None:
    deep = "[" * 5_000 + "]" * 5_000
    whole = f'{{"version":1,"key":"{knock.key}","client":"{knock.name}","message":{{"request":{deep}}}}}'
    path = knock.file(whole.encode())
    is_gone(path)
    names = {knock.name, "unknown"}
    folder = knock.folder / "out"
    until(lambda: any(list((folder / name).glob("refused*.json")) for name in names), 3, "refused")
    for name in names:
        for file in (folder / name).glob("*.json"):
            check_problem(json.loads(file.read_text())["error"])
            file.unlink()


def test_a_letter_above_the_limit_is_refused_and_removed(knock: MailboxKnock) -> None:
    path = knock.file(letter(knock, request="hello", id="1") + b" " * (1 << 20))
    refused = knock.receive(3, client="unknown")
    check_problem(refused["error"], "too_large")
    is_gone(path)


def test_a_client_name_never_leads_out_of_the_mailbox(knock: MailboxKnock) -> None:
    names = ["../../x", "/etc", "..", "a/b", "x" * 500, "😀", "con\0"]
    before = outside(knock)
    paths = [knock.file(letter(knock, name, request="hello", id="1")) for name in names]
    for name in names:
        check_problem(knock.receive(3, client=re.sub(r"[^A-Za-z0-9_.-]|^\.", "_", name[:64]))["error"], "bad_message")
    for path in paths:
        is_gone(path)
    assert outside(knock) == before


def outside(knock: MailboxKnock) -> set[Path]:
    """Everything in the bridge's home that is neither mailbox nor journal."""
    home = knock.folder.parent
    found = (path for path in home.rglob("*") if knock.folder not in path.parents and "journal" not in path.name)
    return set(found)


def test_a_long_file_name_is_answered_all_the_same(knock: MailboxKnock) -> None:
    path = knock.file(b"no letter", "n" * 240)
    is_gone(path)
    check_problem(knock.receive(2, client="unknown")["error"], "bad_message")


def test_what_is_no_file_or_not_complete_is_left_alone(knock: MailboxKnock, bridge: RunningBridge) -> None:
    folder = knock.folder / "in" / "folder.json"
    folder.mkdir()
    unfinished = knock.folder / "in" / "unfinished.tmp"
    unfinished.write_bytes(letter(knock, request="stop", id="no"))
    if hasattr(os, "mkfifo"):
        os.mkfifo(knock.folder / "in" / "pipe.json")
    (knock.folder / "in" / "nowhere.json").symlink_to(knock.folder / "not there")
    assert answer_to(knock, {"request": "hello", "id": "still"})["event"] == "welcome"
    assert folder.exists()
    assert unfinished.exists()
    folder.rmdir()
    for name in ("unfinished.tmp", "pipe.json", "nowhere.json"):
        (knock.folder / "in" / name).unlink(missing_ok=True)


def test_letters_are_read_in_the_order_of_their_names(knock: MailboxKnock, tmp_path: Path) -> None:
    first, second = new_job_id(), new_job_id()
    knock.file(letter(knock, request="generate", job=first, span=SPAN, project=str(tmp_path)), "0001")
    knock.file(letter(knock, request="generate", job=second, span=SPAN, project=str(tmp_path)), "0002")
    order = [answer(knock, lambda event: event["event"] == "accepted")["job"] for _ in range(2)]
    assert order == [first, second]


def test_a_hundred_letters_at_once_are_all_answered(knock: MailboxKnock) -> None:
    for number in range(100):
        knock.letter({"request": "list", "id": f"n{number}", "limit": 1})
    ids = {answer(knock, lambda event: event["event"] == "listing", 10)["id"] for _ in range(100)}
    assert ids == {f"n{number}" for number in range(100)}
    until(lambda: not list((knock.folder / "in").glob("*.json")), 2)


def test_nothing_of_this_was_a_fault(bridge: RunningBridge) -> None:
    assert not bridge.faults.lines


def test_where_the_system_watches_no_more_folders_the_bridge_looks_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_watches(*_: object, **__: object) -> AsyncIterator[object]:
        raise OSError(28, "OS file watch limit reached")
        yield

    monkeypatch.setattr("watchfiles.awatch", no_watches)
    with RunningBridge(tmp_path / "home") as bridge:
        knock = MailboxKnock(bridge.connection)
        assert answer_to(knock, {"request": "hello", "id": "1"})["event"] == "welcome"
