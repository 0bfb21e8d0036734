"""Whatever a page says, it is refused in words: no message makes the door stumble."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge_server.home import Home
from bridge_server.jobs.job import Job
from bridge_server.jobs.journal import Journal, fingerprint
from bridge_server.panel.guard import Place
from bridge_server.panel.references import References, project_id
from bridge_server.panel.regions import Regions
from bridge_server.protocol import codec
from bridge_server.protocol.emit.events_shown import TAKE
from bridge_server.protocol.emit.examples import examples
from bridge_server.protocol.emit.requests_shown import BAR, CLIPS
from bridge_server.protocol.errors import BridgeError
from bridge_server.protocol.requests import Panel, Repaint

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(
        [
            f"take:{TAKE.job}/{TAKE.number}",
            f"take:{TAKE.job}/{TAKE.number}/drums",
            f"source:{TAKE.job}",
            f"source:{TAKE.job}/0",
            f"source:{TAKE.job}/999",
            f"project:{project_id('/music/Song')}",
            "region:",
            "lora:rap",
            "upload:0123abcd",
            "/etc/passwd",
        ]
    ),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["path", "clips", "span", "start", "rate", "x"]), inner, max_size=3),
    ),
    max_leaves=6,
)
MESSAGES = [json.loads(codec.to_json(each.message)) for each in examples() if each.kind == "request"]


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, inner in items for place in ((*at, key), *places(inner, (*at, key)))]


@st.composite
def spoiled(draw: st.DrawFn) -> dict[str, Any]:
    """A message of the protocol, with other values in up to three places."""
    message: dict[str, Any] = json.loads(json.dumps(draw(st.sampled_from(MESSAGES))))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(places(message)))
        inside = message
        for step in place[:-1]:
            inside = inside[step]
        inside[place[-1]] = draw(VALUES)
    return message


@pytest.fixture(scope="module")
def references(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Of a home that has a job with a take, made from clips, and a region."""
    home = Home(tmp_path_factory.mktemp("home"))
    journal = Journal(home.journal)
    request = Repaint(job=TAKE.job, source=CLIPS, span=BAR, project="/music/Song", folder="/music/Song/Takes")
    journal.add(Job(request=request, client="reaper", door="zmq", state="done"), fingerprint(request))
    journal.keep_take(TAKE, "/music/Song")
    regions = Regions(home.panel / "regions")
    regions.receive(Panel(id="1", span=BAR, source=CLIPS, project="/music/Song"), "reaper")
    yield References(home, journal, regions)
    journal.close()


@settings(max_examples=600, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(message=spoiled())
def test_a_spoiled_message_is_refused_in_words_or_read(references: References, message: dict[str, Any]) -> None:
    with suppress(BridgeError):
        filled = references.resolve(message).message
        codec.read_request(msgspec.json.encode(filled), "json")


@settings(max_examples=300)
@given(message=spoiled())
def test_no_path_of_the_message_is_left(references: References, message: dict[str, Any]) -> None:
    """What comes out holds only paths that the journal had."""
    try:
        filled = references.resolve(message).message
        request = codec.read_request(msgspec.json.encode(filled), "json")
    except BridgeError:
        return
    plain = msgspec.to_builtins(request)
    for field in ("source", "reference", "sources", "take", "loras", "folder"):
        assert "/etc/passwd" not in str(plain.get(field, "")), field


@given(host=st.text(max_size=60), arrived=st.text(max_size=40))
def test_no_other_name_is_ours(host: str, arrived: str) -> None:
    names = Place("http", 39_953, is_local=True).names(arrived)
    assert (host in names) == (host in {"127.0.0.1:39953", "localhost:39953", "[::1]:39953"})
