"""Anything may come in through the doors; afterwards the bridge still says hello, and it has logged no fault."""

import json
from collections.abc import Iterator

import msgpack
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bridge.problems import check_problem
from tests.fakes.bridge import RunningBridge
from tests.fakes.knocks import MailboxKnock, OscKnock, ZmqKnock, answer, answer_to

WORDS = ["hello", "generate", "repaint", "layer", "again", "cancel", "retry", "choose", "list", "ack", "file", "port"]
FIELDS = [
    "request",
    "id",
    "job",
    "span",
    "source",
    "sources",
    "take",
    "seed",
    "number",
    "seq",
    "music",
    "after",
    "what",
]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from([*WORDS, "12345678", "/a.wav", "../..", "4/4", "D major", "\0", "x" * 3_000]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), inner),
    max_leaves=12,
)
MESSAGES = VALUES | st.fixed_dictionaries(
    {"request": st.sampled_from(WORDS)}, optional={field: VALUES for field in FIELDS if field != "request"}
)
FEW = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
def zmq_knock(bridge: RunningBridge) -> Iterator[ZmqKnock]:
    knock = ZmqKnock(bridge.connection)
    yield knock
    assert answer_to(knock, {"request": "hello", "id": "survived"})["event"] == "welcome"
    knock.close()
    assert not bridge.faults.lines


@pytest.fixture
def osc_knock(bridge: RunningBridge) -> Iterator[OscKnock]:
    knock = OscKnock(bridge.connection)
    yield knock
    assert answer_to(knock, {"request": "hello", "id": "survived"})["event"] == "welcome"
    knock.close()
    assert not bridge.faults.lines


@pytest.fixture
def mailbox_knock(bridge: RunningBridge) -> Iterator[MailboxKnock]:
    knock = MailboxKnock(bridge.connection)
    yield knock
    assert answer_to(knock, {"request": "hello", "id": "survived"})["event"] == "welcome"
    assert not list((knock.folder / "in").glob("*.json"))
    assert not bridge.faults.lines


def check_answer(event: dict[str, object]) -> None:
    if event["event"] == "refused":
        check_problem(event["error"])  # type: ignore[arg-type]


@FEW
@given(data=st.binary(max_size=300))
def test_any_bytes_at_the_zeromq_door(zmq_knock: ZmqKnock, data: bytes) -> None:
    zmq_knock.frames(data)
    event = answer(zmq_knock, lambda event: event["event"] == "refused")
    check_problem(event["error"], "bad_message")


@FEW
@given(message=MESSAGES, key=st.none() | st.text(max_size=5))
def test_any_message_at_the_zeromq_door(zmq_knock: ZmqKnock, message: object, key: str | None) -> None:
    zmq_knock.letter(message, key)
    check_answer(zmq_knock.receive())


@FEW
@given(
    damage=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=4),
    cut=st.integers(0, 400),
)
def test_damaged_letters_at_the_zeromq_door(zmq_knock: ZmqKnock, damage: list[tuple[int, int]], cut: int) -> None:
    message = {"request": "list", "id": "damaged", "what": "jobs", "limit": 3}
    whole = {"version": 1, "key": zmq_knock.key, "client": zmq_knock.name, "message": message}
    data = bytearray(msgpack.packb(whole))
    for place, value in damage:
        data[place % len(data)] = value
    zmq_knock.frames(bytes(data[: max(1, cut)]))
    check_answer(zmq_knock.receive())


@FEW
@given(data=st.binary(min_size=1, max_size=300))
def test_any_bytes_at_the_osc_door(osc_knock: OscKnock, data: bytes) -> None:
    osc_knock.bytes(data)
    event = answer(osc_knock, lambda event: event["event"] == "refused")
    check_problem(event["error"])


@FEW
@given(tags=st.text("ifsbhdtrmTFN[]I ", max_size=8), data=st.binary(max_size=80), word=st.sampled_from(WORDS))
def test_any_types_at_the_osc_door(osc_knock: OscKnock, tags: str, data: bytes, word: str) -> None:
    address = f"/dawbridge/1/{word}".encode() + b"\0"
    kinds = f",{tags}".encode() + b"\0"
    osc_knock.bytes(b"".join(part.ljust(-(-len(part) // 4) * 4, b"\0") for part in (address, kinds)) + data)
    event = answer(osc_knock, lambda event: event["event"] == "refused")
    check_problem(event["error"])


@FEW
@given(message=MESSAGES, word=st.sampled_from(WORDS))
def test_any_message_at_the_osc_door(osc_knock: OscKnock, message: object, word: str) -> None:
    text = json.dumps(message)[:1_200]
    osc_knock.message(f"/dawbridge/1/{word}", osc_knock.key, osc_knock.name, text)
    check_answer(osc_knock.receive())


@settings(FEW, max_examples=1)
@given(letters=st.lists(st.binary(max_size=200), min_size=60, max_size=60))
def test_any_bytes_in_the_mailbox(mailbox_knock: MailboxKnock, letters: list[bytes]) -> None:
    for data in letters:
        mailbox_knock.file(data)
    for _ in letters:
        check_problem(mailbox_knock.receive(5, client="unknown")["error"], "bad_message")


@settings(FEW, max_examples=60)
@given(message=MESSAGES)
def test_any_message_in_the_mailbox(mailbox_knock: MailboxKnock, message: object) -> None:
    text = json.dumps({"version": 1, "key": mailbox_knock.key, "client": mailbox_knock.name, "message": message})
    mailbox_knock.file(text.replace("Infinity", "1e999").replace("NaN", "0").encode("utf-8", "replace"))
    check_answer(mailbox_knock.receive(5))
