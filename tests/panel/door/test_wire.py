"""The wire: the protocol for a page, for two tabs at once, for whoever sends rubbish."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from bridge_server.client import new_job_id
from bridge_server.panel import tabs
from bridge_server.panel.tabs import Tab
from bridge_server.protocol.codec import LARGEST
from bridge_server.protocol.events import Ok
from bridge_server.protocol.requests import Generate
from bridge_server.protocol.span import Span
from tests.bridge.problems import check_problem
from tests.fakes.bridge import RunningBridge
from tests.fakes.waiting import until
from tests.panel.caller import Caller, Wire

SPAN = {"start": 0, "end": 12_000, "rate": 48_000}


def run_job(wire: Wire, **fields: object) -> str:
    """A job from its request to `done`; returns its id."""
    job = new_job_id()
    wire.say(request="generate", job=job, span=SPAN, **fields)
    wire.until(lambda event: event.get("event") == "done" and event["job"] == job)
    return job


def test_a_job_from_a_page(caller: Caller) -> None:
    with caller.wire() as wire:
        job = run_job(wire)
        listed = wire.ask(request="list", id="l")["jobs"]
        assert listed[0]["job"] == job
        assert listed[0]["client"] == f"panel-{caller.http.get('/api/session').json()['id']}"


def test_two_tabs_hear_the_same_but_only_one_its_answers(caller: Caller) -> None:
    with caller.wire() as first, caller.wire() as second:
        job = run_job(first)
        second.until(lambda event: event.get("event") == "done" and event["job"] == job)
        first.say(request="list", id="mine")
        assert first.until(lambda event: event.get("id") == "mine")["event"] == "listing"
        assert second.ask(request="list", id="yours")["id"] == "yours"


def test_a_tab_that_comes_back_gets_what_it_missed_and_the_other_nothing_twice(caller: Caller) -> None:
    with caller.wire() as stays:
        with caller.wire() as goes:
            seq = goes.ask(request="hello", id="2", watch="all").get("seq", 0)
        job = run_job(stays)
        with caller.wire(hello=False) as back:
            back.say(request="hello", id="3", watch="all", after=seq)
            assert back.hear()["event"] == "welcome"
            missed = [back.hear() for _ in range(4)]
            assert [event["event"] for event in missed] == ["accepted", "started", "take", "done"]
            assert {event["job"] for event in missed} == {job}
        assert stays.ask(request="list", id="quiet")["event"] == "listing"


def test_events_of_other_clients_are_heard(caller: Caller, bridge: RunningBridge) -> None:
    with caller.wire() as wire, bridge.client("reaper") as host:
        job = new_job_id()
        host.submit(Generate(job=job, span=Span(0, 12_000, 48_000)))
        wire.until(lambda event: event.get("event") == "done" and event["job"] == job)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "1",
        '"hello"',
        "[" * 100_000,
        '{"request": "hello"',
        '{"request": 7, "id": "1"}',
        '{"request": "nothing", "id": "1"}',
        '{"request": "hello", "id": "../1"}',
        '{"request": "hello", "id": "1", "after": 1.5}',
        '{"request": "hello", "id": "1", "more": 1}',
        '{"request": "generate", "job": "abcdefgh", "span": []}',
        '{"request": "repaint", "job": "abcdefgh", "source": "x"}',
        '{"request": "layer", "job": "abcdefgh", "sources": {"path": 1}}',
        '{"request": "layer", "job": "abcdefgh", "sources": [null]}',
        '{"request": "generate", "job": "abcdefgh", "loras": [1]}',
        '{"request": "generate", "job": {"a": 1}, "span": {"start": NaN}}',
        '{"request": "choose", "id": "1", "job": ["x"], "number": 1}',
        '{"version": 1, "key": "x", "client": "y", "message": {"request": "stop", "id": "1"}}',
        "\x00\x01\x02",
    ],
)
def test_rubbish_is_refused_in_words_and_the_wire_goes_on(caller: Caller, text: str) -> None:
    with caller.wire() as wire:
        wire.connection.send(text)
        refused = wire.until(lambda event: event.get("event") == "refused")
        check_problem(refused["error"])
        assert refused["error"]["code"] in ("bad_message", "bad_request", "bad_span")
        assert wire.ask(request="list", id="still")["event"] == "listing"


@pytest.mark.parametrize("word", ["stop", "ack", "panel"])
def test_a_page_cannot_ask_for_everything(caller: Caller, word: str) -> None:
    with caller.wire() as wire:
        assert wire.ask(request=word, id="1", seq=1)["error"]["code"] == "bad_request"
        assert not caller.bridge.has_ended


def test_bytes_are_no_text(caller: Caller) -> None:
    with caller.wire() as wire:
        wire.connection.send(b'{"request": "list", "id": "1"}')
        assert wire.until(lambda event: event.get("event") == "refused")["error"]["code"] == "bad_message"


def test_a_frame_above_the_limit_ends_the_wire_and_nothing_else(caller: Caller) -> None:
    with caller.wire() as wire, caller.wire() as other:
        with pytest.raises(ConnectionClosed) as closed:
            wire.connection.send(" " * (LARGEST + 1))
            wire.connection.recv(10)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009
        assert other.ask(request="list", id="1")["event"] == "listing"


def test_a_tab_that_does_not_read_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabs, "MOST_WAITING", 3)
    tab = Tab("session")
    for _ in range(3):
        tab.send(Ok(id="1"))
        assert not tab.close_code
    tab.send(Ok(id="1"))
    assert tab.close_code == 1013


def test_an_open_tab_keeps_the_bridge_awake(tmp_path: Path) -> None:
    with RunningBridge(tmp_path, idle_exit=1.0) as running:
        with Caller(running) as caller, caller.wire() as wire:
            time.sleep(2.5)
            assert not running.has_ended
            assert wire.ask(request="list", id="1")["event"] == "listing"
        until(lambda: running.has_ended, 10, "the bridge goes when nobody is there")


def test_a_bridge_that_stops_says_so_to_its_tabs(tmp_path: Path) -> None:
    with RunningBridge(tmp_path) as running, Caller(running) as caller, caller.wire() as wire:
        began = time.monotonic()
        running.stop()
        assert time.monotonic() - began < 5
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                wire.connection.recv(5)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012


def test_one_session_has_one_name_and_another_its_own(bridge: RunningBridge) -> None:
    with Caller(bridge) as one, Caller(bridge) as other:
        names = set()
        for caller in (one, one, other):
            with caller.wire() as wire:
                job = run_job(wire)
                lines = wire.ask(request="list", id="l")["jobs"]
                names.add(next(line["client"] for line in lines if line["job"] == job))
        assert len(names) == 2


def test_what_is_sent_is_json_text(caller: Caller) -> None:
    with caller.wire(hello=False) as wire:
        wire.say(request="hello", id="1")
        text = wire.connection.recv(5)
        assert isinstance(text, str)
        assert json.loads(text)["event"] == "welcome"


def test_of_tabs_that_are_gone_nothing_is_left(caller: Caller, bridge: RunningBridge) -> None:
    """Closed properly, or torn off like a laptop's network."""
    for number in range(20):
        with caller.wire() as wire:
            if number % 2:
                wire.connection.socket.shutdown(socket.SHUT_RDWR)
    door = bridge.bridge.panel_link.__self__  # type: ignore[attr-defined]
    until(lambda: not door.has_tabs, 10, "all tabs are gone")
    assert not [name for name in bridge.bridge.clients if name.startswith("panel-")]


def test_a_hundred_jobs_are_heard_by_a_tab_in_their_order(caller: Caller) -> None:
    with caller.wire() as wire:
        jobs = [new_job_id() for _ in range(100)]
        for job in jobs:
            wire.say(request="generate", job=job, span=SPAN, tags="quick")
        accepted, seqs = [], []
        while len(accepted) < len(jobs):
            event = wire.hear()
            seqs += [event["seq"]] if event.get("seq") else []
            if event.get("event") == "accepted":
                accepted.append(event["job"])
        assert accepted == jobs
        assert seqs == sorted(seqs)
        for job in jobs:
            wire.say(request="cancel", id=f"c{job}", job=job)
        wire.until(lambda event: event.get("id") == f"c{jobs[-1]}")
