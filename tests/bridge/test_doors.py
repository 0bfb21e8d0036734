"""The same request through each door has the same answer, and whatever is wrong is refused in the same words."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bridge_server.client import new_job_id
from tests.bridge.problems import check_problem
from tests.fakes.bridge import RunningBridge
from tests.fakes.knocks import KNOCKS, Knock, answer, answer_to

SPAN = {"start": 0, "end": 12_000, "rate": 48_000}
ENDS = ("done", "failed", "cancelled")


@pytest.fixture(params=list(KNOCKS))
def knock(request: pytest.FixtureRequest, bridge: RunningBridge) -> Iterator[Knock]:
    knock = KNOCKS[request.param](bridge.connection)
    yield knock
    knock.close()


@pytest.fixture
def generate(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    def make(**fields: Any) -> dict[str, Any]:
        return {"request": "generate", "job": new_job_id(), "span": SPAN, "project": str(tmp_path), **fields}

    return make


def test_hello_is_answered_with_what_there_is(knock: Knock) -> None:
    welcome = answer_to(knock, {"request": "hello", "id": "1"})
    assert (welcome["event"], welcome["version"], welcome["engine"]) == ("welcome", 1, "ready")
    assert [backend["backend"] for backend in welcome["backends"]] == ["fake"]
    assert welcome["default_backend"] == "fake"


def test_a_job_is_led_from_accepted_to_done(knock: Knock, generate: Callable[..., dict[str, Any]]) -> None:
    job = generate(variants=2, seed=5, tags="steps=4 pause=0.03")
    knock.letter(job)
    told = [answer(knock, lambda event: event.get("job") == job["job"])]
    while told[-1]["event"] not in ENDS:
        told.append(answer(knock, lambda event: event.get("job") == job["job"], 20))
    words = [event["event"] for event in told if event["event"] != "progress"]
    assert words == ["accepted", "started", "take", "take", "done"]
    assert [take["seed"] for take in told[-1]["takes"]] == [5, 6]
    assert all(Path(take["path"]).is_file() for take in told[-1]["takes"])
    sequence = [event["seq"] for event in told if event.get("seq")]
    assert sequence == sorted(set(sequence))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"request": "repaint", "source": {"path": "/no/such.wav"}, "span": SPAN}, "not_found"),
        ({"request": "extend", "source": {"path": "/no/such.wav"}, "span": SPAN, "right": 9_600}, "not_found"),
        ({"request": "layer", "sources": [{"path": "/no/such.wav"}], "span": SPAN}, "not_found"),
        ({"request": "accompany", "sources": [{"path": "/no/such.wav"}], "span": SPAN}, "not_found"),
        ({"request": "retake", "take": "/no/such.wav"}, "not_found"),
        ({"request": "again", "take": "/no/such.wav"}, "not_found"),
    ],
    ids=lambda value: value["request"] if isinstance(value, dict) else "",
)
def test_a_job_without_its_file_is_accepted_and_fails(
    knock: Knock, fields: dict[str, Any], code: str, tmp_path: Path
) -> None:
    job = {"job": new_job_id(), "project": str(tmp_path), **fields}
    assert answer_to(knock, job)["event"] == "accepted"
    end = answer(knock, lambda event: event.get("job") == job["job"] and event["event"] in ENDS)
    assert end["event"] == "failed"
    check_problem(end["error"], code)


@pytest.mark.parametrize(
    "fields",
    [
        {"request": "edit", "source": {"path": "/a.wav"}, "span": SPAN},
        {"request": "separate", "source": {"path": "/a.wav"}, "span": SPAN, "role": "vocals"},
        {"request": "generate", "span": SPAN, "lyrics": "la la"},
    ],
    ids=["edit", "separate", "lyrics"],
)
def test_what_the_backend_cannot_do_is_refused_at_once(knock: Knock, fields: dict[str, Any]) -> None:
    refused = answer_to(knock, {"job": new_job_id(), **fields})
    assert refused["event"] == "refused"
    check_problem(refused["error"], "unsupported")
    assert "ace-step" in refused["error"]["hint"]


@pytest.mark.parametrize(
    ("question", "event"),
    [
        ({"request": "list"}, "listing"),
        ({"request": "list", "what": "takes", "project": "/song", "limit": 1}, "listing"),
        ({"request": "ack", "seq": 1}, "ok"),
        ({"request": "hello", "after": 0, "watch": "mine"}, "welcome"),
    ],
    ids=["jobs", "takes", "ack", "hello"],
)
def test_questions_are_answered_under_their_id(knock: Knock, question: dict[str, Any], event: str) -> None:
    assert answer_to(knock, {"id": "A.b-1_c", **question})["event"] == event


@pytest.mark.parametrize("request_", ["cancel", "retry", "choose"])
def test_a_job_that_nobody_knows_is_said_to_be_unknown(knock: Knock, request_: str) -> None:
    question = {"request": request_, "id": "q1", "job": "never-seen"}
    refused = answer_to(knock, {**question, **({"number": 1} if request_ == "choose" else {})})
    assert (refused["event"], refused["job"]) == ("refused", "never-seen")
    check_problem(refused["error"], "unknown_job")


@pytest.mark.parametrize("key", ["", "wrong", "0" * 64, "ключ🔑"])
def test_without_the_key_nothing_is_done(knock: Knock, key: str, generate: Callable[..., dict[str, Any]]) -> None:
    job = generate()
    refused = answer_to(knock, job, key=key)
    assert refused["event"] == "refused"
    check_problem(refused["error"], "wrong_key")
    listing = answer_to(knock, {"request": "list", "id": "l1", "limit": 1_000})
    assert job["job"] not in {line["job"] for line in listing["jobs"]}


@pytest.mark.parametrize("version", [0, 2, 999])
def test_another_version_is_refused(knock: Knock, version: int, generate: Callable[..., dict[str, Any]]) -> None:
    knock.letter(generate(), version=version)
    refused = answer(knock, lambda event: event["event"] == "refused")
    check_problem(refused["error"], "wrong_version")


BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "unknown task": ({"request": "sing"}, "sing"),
    "unknown field": ({"strenght": 0.5}, "strenght"),
    "unknown field inside": ({"span": {**SPAN, "stop": 9}}, "stop"),
    "missing span": ({"span": None}, "span"),
    "float position": ({"span": {"start": 0.5, "end": 5, "rate": 48_000}}, "span.start"),
    "nine variants": ({"variants": 9}, "variants"),
    "negative seed": ({"seed": -1}, "seed"),
    "text for a number": ({"seed": "7"}, "seed"),
    "too much text": ({"tags": "x" * 2_001, "project": ""}, "tags"),
    "odd key": ({"music": {"key": "H dur"}}, "key"),
    "odd meter": ({"music": {"meter": "4/5"}}, "meter"),
    "relative project": ({"project": "Song"}, "project"),
    "NUL in a path": ({"project": "/a\0b"}, "project"),
    "folder outside": ({"folder": "/elsewhere"}, "outside"),
    "backend of nobody": ({"backend": "hal"}, "hal"),
}


CODES = {"outside": "outside_project", "hal": "unknown_backend"}
"""Of what is named; everything else is a `bad_request`."""

BAD_SPANS: dict[str, tuple[dict[str, int], str]] = {
    "empty": ({"start": 5, "end": 5, "rate": 48_000}, "after its start"),
    "backward": ({"start": 9, "end": 5, "rate": 48_000}, "after its start"),
    "negative start": ({"start": -1, "end": 5, "rate": 48_000}, "span.start"),
    "no rate": ({"start": 0, "end": 5, "rate": 0}, "span.rate"),
    "beyond 2^40": ({"start": 0, "end": 2**41, "rate": 48_000}, "span.end"),
    "beyond 2^63": ({"start": 0, "end": 2**64 - 1, "rate": 48_000}, "span.end"),
}


@pytest.mark.parametrize(("span", "names"), BAD_SPANS.values(), ids=BAD_SPANS.keys())
def test_a_span_that_is_none_is_refused(
    knock: Knock, span: dict[str, int], names: str, generate: Callable[..., dict[str, Any]]
) -> None:
    refused = answer_to(knock, generate(span=span))
    check_problem(refused["error"], "bad_span")
    assert names in refused["error"]["message"]


@pytest.mark.parametrize(("fields", "names"), BROKEN.values(), ids=BROKEN.keys())
def test_a_bad_field_is_named(
    knock: Knock, fields: dict[str, Any], names: str, generate: Callable[..., dict[str, Any]]
) -> None:
    job = {field: value for field, value in generate(**fields).items() if value is not None}
    refused = answer_to(knock, job)
    assert (refused["event"], refused["job"]) == ("refused", job["job"])
    check_problem(refused["error"])
    assert refused["error"]["code"] == CODES.get(names, "bad_request")
    assert names in refused["error"]["message"]


@pytest.mark.parametrize(
    "job", ["short", "Capital-1", "../../etc", "dots.dots", "x" * 65, "newline1\n", "ümlaut-1", ""]
)
def test_an_id_that_is_no_folder_name_is_refused(knock: Knock, job: str) -> None:
    knock.letter({"request": "generate", "job": job, "span": SPAN})
    refused = answer(knock, lambda event: event["event"] == "refused")
    check_problem(refused["error"], "bad_request")


@pytest.mark.parametrize("message", [None, 1, "hello", [], {}, {"request": 5}, {"id": "1"}, [{"request": "hello"}]])
def test_what_is_no_request_is_refused(knock: Knock, message: Any) -> None:
    knock.letter(message)
    refused = answer(knock, lambda event: event["event"] == "refused")
    check_problem(refused["error"])
    assert refused["error"]["code"] in ("bad_message", "bad_request")


def test_the_bridge_is_none_the_worse(knock: Knock, bridge: RunningBridge) -> None:
    assert answer_to(knock, {"request": "hello", "id": "last"})["event"] == "welcome"
    assert not bridge.faults.lines
