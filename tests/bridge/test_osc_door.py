"""What only the OSC door can be sent: types, bundles, garbage, files by path; and that nothing gets lost."""

import json
import os
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder

from bridge_server.client import new_job_id
from bridge_server.doors.osc import LONGEST_TEXT
from tests.bridge.problems import check_problem
from tests.fakes.bridge import RunningBridge
from tests.fakes.knocks import OscKnock, answer, answer_to

HELLO = "/dawbridge/1/hello"
SPAN = {"start": 0, "end": 12_000, "rate": 48_000}


@pytest.fixture
def knock(bridge: RunningBridge) -> Iterator[OscKnock]:
    knock = OscKnock(bridge.connection)
    yield knock
    knock.close()


def message(*typed: tuple[object, str], address: str = HELLO) -> bytes:
    builder = OscMessageBuilder(address=address)
    for value, kind in typed:
        builder.add_arg(value, kind)
    dgram: bytes = builder.build().dgram
    return dgram


def refusal(knock: OscKnock, code: str) -> dict[str, str]:
    event = knock.receive()
    assert event["event"] == "refused"
    check_problem(event["error"], code)
    error: dict[str, str] = event["error"]
    return error


@pytest.mark.parametrize(
    "typed",
    [
        [],
        [("key", "s")],
        [("key", "s"), ("client", "s")],
        [("key", "s"), ("client", "s"), (0.5, "f")],
        [("key", "s"), ("client", "s"), (7, "i")],
        [("key", "s"), ("client", "s"), (b"\x00\x01", "b")],
        [("key", "s"), ("client", "s"), ("{}", "s"), ("more", "s")],
        [(1.0, "f"), (2, "i"), (b"3", "b")],
        [(True, "T"), (False, "F"), (None, "N")],
        [([1, 2], "i"), ("client", "s"), ("{}", "s")],
    ],
    ids=["none", "one", "two", "float", "int", "blob", "four", "numbers", "truths", "array"],
)
def test_wrong_types_are_named(knock: OscKnock, typed: list[tuple[object, str]]) -> None:
    builder = OscMessageBuilder(address=HELLO)
    for value, kind in typed:
        if isinstance(value, list):
            builder.add_arg(value)
        else:
            builder.add_arg(value, kind)
    knock.bytes(builder.build().dgram)
    assert "three strings" in refusal(knock, "bad_request")["message"]


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"\0",
        b"hello",
        b"/dawbridge/1/hello",
        b"\xff\xfe\xfd\xfc",
        b"/dawbridge/1/hello\0\0,sss\0\0\0\0key\0",
        b"/dawbridge/1/hello\0\0,b\0\0\x7f\xff\xff\xff",
        b"/dawbridge/1/hello\0\0,[[[",
        b"/dawbridge/1/hello\0\0nope",
        b"/dawbridge/1/hello\0\0,s\0\0\xff\xfe\xfd\0",
        b"#bundle\0" + bytes(8) + struct.pack(">i", 1 << 30),
        bytes(1_400),
    ],
)
def test_garbage_is_refused_or_ignored_but_never_hurts(knock: OscKnock, garbage: bytes) -> None:
    knock.bytes(garbage)
    if garbage:
        event = knock.receive()
        assert event["event"] == "refused"
        check_problem(event["error"])
    assert answer_to(knock, {"request": "hello", "id": "after"})["event"] == "welcome"


def test_a_bundle_is_refused(knock: OscKnock) -> None:
    bundle = OscBundleBuilder(IMMEDIATELY)
    builder = OscMessageBuilder(address=HELLO)
    builder.add_arg("key")
    bundle.add_content(builder.build())
    knock.bytes(bundle.build().dgram)
    refusal(knock, "bad_message")


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("/dawbridge/2/hello", "wrong_version"),
        ("/dawbridge/hello", "wrong_version"),
        ("/dawbridge/1/", "bad_request"),
        ("/dawbridge/1/sing", "bad_request"),
        ("/dawbridge/1/hello/more", "bad_request"),
        ("/reaper/play", "bad_message"),
        ("/", "bad_message"),
    ],
)
def test_a_wrong_address_is_said_to_be(knock: OscKnock, address: str, code: str) -> None:
    knock.message(address, knock.key, knock.name, '{"id": "1"}')
    refusal(knock, code)


@pytest.mark.parametrize("text", ["", "hello", "[]", "5", '{"id"', '{"id": NaN}', "[" * 1_200, '{"id":"\ud83c"}'])
def test_text_that_is_no_object_is_refused(knock: OscKnock, text: str) -> None:
    datagram = OscMessageBuilder(address=HELLO)
    for value in (knock.key, knock.name):
        datagram.add_arg(value)
    raw = text.encode("utf-8", "surrogatepass") + b"\0"
    dgram = datagram.build().dgram.replace(b",ss\0", b",sss\0\0\0\0") + raw.ljust(-(-len(raw) // 4) * 4, b"\0")
    knock.bytes(dgram)
    event = knock.receive()
    check_problem(event["error"])


def test_the_address_says_which_request_it_is(knock: OscKnock) -> None:
    knock.message(HELLO, knock.key, knock.name, '{"id": "by-address"}')
    assert answer(knock, lambda event: event.get("id") == "by-address")["event"] == "welcome"


@pytest.mark.parametrize("client", ["", "../../x", "a b", "x" * 65])
def test_a_client_name_that_is_no_file_name_is_refused(knock: OscKnock, client: str) -> None:
    knock.message(HELLO, knock.key, client, '{"id": "1"}')
    assert "client" in refusal(knock, "bad_request")["message"]


def test_long_requests_come_by_file(knock: OscKnock, tmp_path: Path) -> None:
    job = {"request": "generate", "job": new_job_id(), "span": SPAN, "project": str(tmp_path), "tags": "x" * 1_900}
    path = tmp_path / "request.json"
    path.write_text(json.dumps(job), "utf-8")
    knock.message("/dawbridge/1/file", knock.key, knock.name, str(path))
    assert answer(knock, lambda event: event.get("job") == job["job"])["event"] == "accepted"


def test_a_file_that_is_no_file_is_not_found(knock: OscKnock, tmp_path: Path) -> None:
    for path in ("/no/such/file.json", str(tmp_path), "", "x" * 900, "/dev/null", "a\u0000b"):
        knock.message("/dawbridge/1/file", knock.key, knock.name, path)
        refusal(knock, "not_found")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_does_not_hold_up_the_bridge(knock: OscKnock, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    knock.message("/dawbridge/1/file", knock.key, knock.name, str(tmp_path / "pipe.json"))
    refusal(knock, "not_found")


def test_a_file_may_be_too_large_or_no_json(knock: OscKnock, tmp_path: Path) -> None:
    for content, code in ((b" " * (1 << 20) + b"{}", "too_large"), (b"\xff\xfe", "bad_message"), (b"{", "bad_message")):
        path = tmp_path / f"{code}.json"
        path.write_bytes(content)
        knock.message("/dawbridge/1/file", knock.key, knock.name, str(path))
        refusal(knock, code)


def test_without_the_key_no_file_is_opened_and_no_port_set(knock: OscKnock, tmp_path: Path) -> None:
    there = tmp_path / "there.json"
    there.write_text('{"request": "hello", "id": "1"}')
    for path in (there, tmp_path / "not there.json"):
        knock.message("/dawbridge/1/file", "wrong", knock.name, str(path))
        refusal(knock, "wrong_key")
    knock.message("/dawbridge/1/port", "wrong", knock.name, 9)
    refusal(knock, "wrong_key")
    knock.letter({"request": "ack", "id": "1", "seq": 1}, key="wrong")
    refusal(knock, "wrong_key")
    assert answer_to(knock, {"request": "hello", "id": "here"})["event"] == "welcome"


@pytest.mark.parametrize("arguments", [(0,), (65_536,), (-1,), ("9000",), (1.5,), ()])
def test_a_port_is_a_port(knock: OscKnock, arguments: tuple[object, ...]) -> None:
    knock.message("/dawbridge/1/port", knock.key, knock.name, *arguments)
    refusal(knock, "bad_request")


def test_answers_go_to_the_port_that_was_named(bridge: RunningBridge, knock: OscKnock) -> None:
    ear = OscKnock(bridge.connection)
    try:
        knock.message("/dawbridge/1/port", knock.key, knock.name, ear.udp.getsockname()[1])
        knock.letter({"request": "hello", "id": "elsewhere"})
        assert answer(ear, lambda event: event.get("id") == "elsewhere")["event"] == "welcome"
    finally:
        ear.close()


def test_long_events_come_by_file(knock: OscKnock, bridge: RunningBridge) -> None:
    for number in range(6):
        answer_to(knock, {"request": "generate", "job": f"filler-{number}-{new_job_id()}", "span": SPAN})
    listing = answer_to(knock, {"request": "list", "id": "many"})
    assert len(json.dumps(listing)) > LONGEST_TEXT
    assert list(bridge.home.outbox.glob("*.json"))


def lead(knock: OscKnock, ignore: Callable[[dict[str, object]], bool], job: str) -> list[dict[str, object]]:
    """Hear a job to its end over a line on which events are lost that `ignore` names."""
    told: list[dict[str, object]] = []
    while not told or told[-1]["event"] not in ("done", "failed"):
        told.append(answer(knock, lambda event: event.get("job") == job and not ignore(event), 10))
    return told


class DeafKnock(OscKnock):
    """Loses every kept event the first time, as if the datagram had never arrived."""

    def __init__(self, bridge: RunningBridge) -> None:
        super().__init__(bridge.connection)
        self.lost: set[int] = set()

    def letter(self, message: object, key: str | None = None, version: int = 1) -> None:
        seq = message.get("seq", 0) if isinstance(message, dict) else 0
        if seq and seq not in self.lost:
            return
        super().letter(message, key, version)


def test_a_lost_event_comes_again_until_it_is_acknowledged(bridge: RunningBridge, tmp_path: Path) -> None:
    knock = DeafKnock(bridge)
    try:
        job = new_job_id()

        def is_lost(event: dict[str, object]) -> bool:
            seq = event.get("seq")
            if not isinstance(seq, int) or seq in knock.lost:
                return False
            knock.lost.add(seq)
            return True

        knock.letter({"request": "generate", "job": job, "span": SPAN, "project": str(tmp_path)})
        words = [event["event"] for event in lead(knock, is_lost, job)]
        assert set(words) >= {"accepted", "started", "take", "done"}
        seen = len(knock.lost)
        assert seen == 4
        with pytest.raises(AssertionError, match="nobody answers"):
            answer(knock, lambda event: event.get("job") == job and event["event"] != "progress", 1.2)
    finally:
        knock.close()


def test_a_request_that_is_repeated_is_one_job(knock: OscKnock, bridge: RunningBridge, tmp_path: Path) -> None:
    job = {"request": "generate", "job": new_job_id(), "span": SPAN, "project": str(tmp_path)}
    for _ in range(5):
        knock.letter(job)
    end = answer(knock, lambda event: event.get("job") == job["job"] and event["event"] == "done")
    assert len(end["takes"]) == 1
    listing = answer_to(knock, {"request": "list", "id": "once", "limit": 1_000})
    assert sum(line["job"] == job["job"] for line in listing["jobs"]) == 1


def test_a_client_whose_port_has_gone_does_no_harm(bridge: RunningBridge, knock: OscKnock, tmp_path: Path) -> None:
    gone = OscKnock(bridge.connection)
    job = {"request": "generate", "job": new_job_id(), "span": SPAN, "project": str(tmp_path)}
    gone.letter(job)
    gone.close()
    knock.letter({"request": "hello", "id": "all", "after": 0, "watch": "all"})
    end = answer(knock, lambda event: event.get("job") == job["job"] and event["event"] == "done", 10)
    assert end["takes"]
    knock.letter({"request": "hello", "id": "mine"})


def test_many_clients_at_once_are_kept_apart(bridge: RunningBridge) -> None:
    welcomes: dict[str, str] = {}

    def ask(name: str) -> None:
        knock = OscKnock(bridge.connection, name)
        try:
            welcomes[name] = answer_to(knock, {"request": "hello", "id": f"id-{name}"})["id"]
        finally:
            knock.close()

    askers = [threading.Thread(target=ask, args=(f"osc-many-{number}",)) for number in range(10)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert welcomes == {name: f"id-{name}" for name in welcomes}
    assert len(welcomes) == 10
