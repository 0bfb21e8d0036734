"""Every route of the panel, asked for nonsense: it answers in words, and the log has nothing to tell."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.routing import Route

from bridge_server.panel.app import make_routes
from tests.bridge.problems import check_problem
from tests.fakes.bridge import RunningBridge
from tests.panel.caller import Caller

NAMES = [
    "text",
    "tags",
    "seed",
    "starred",
    "discarded",
    "backend",
    "project",
    "since",
    "until",
    "limit",
    "before",
    "of",
    "job",
    "region",
    "upload",
    "around",
    "takes",
    "points",
    "name",
    "token",
    "start",
    "end",
]
ODD = (
    "",
    "x",
    "-1",
    "0",
    "1e99",
    "nan",
    "inf",
    "9" * 400,
    "é\u0000",
    "../../etc/passwd",
    "abcdefgh/1",
    "%",
    "'\"; --",
    "١٢",
)


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    with RunningBridge(tmp_path_factory.mktemp("home")) as running, Caller(running) as caller:
        running.wait_for_engine()
        yield caller


def routes_of(caller: Caller, method: str) -> list[Route]:
    """All but those that would log the caller out, or stand for the wire."""
    context = caller.bridge.bridge.panel_link.__self__.context  # type: ignore[attr-defined]
    found = [route for route in make_routes(context) if isinstance(route, Route) and method in (route.methods or ())]
    return [route for route in found if route.path not in ("/api/leave", "/api/doctor")]


def filled(path: str, value: str) -> str:
    """The path with a value for each name in braces."""
    pieces = path.split("{")
    return pieces[0] + "".join(value + piece.split("}", 1)[1] for piece in pieces[1:])


def check(caller: Caller, method: str, path: str, **more: object) -> None:
    answer = caller.http.request(method, path, **more)  # type: ignore[arg-type]
    assert answer.status_code < 500, (method, path, more, answer.text)
    if answer.status_code >= 400 and answer.headers.get("content-type") == "application/json":
        check_problem(answer.json()["error"])


def test_there_are_routes_to_ask(caller: Caller) -> None:
    paths = {route.path for route in routes_of(caller, "GET")}
    assert {"/api/takes", "/api/session", "/api/models", "/api/audition"} <= paths


@pytest.mark.parametrize("value", ODD)
def test_odd_words_after_the_question_mark(caller: Caller, value: str) -> None:
    for route in routes_of(caller, "GET"):
        path = filled(route.path, "abcdefgh" if "job" in route.path else "1")
        check(caller, "GET", path, params=dict.fromkeys(NAMES, value))
        for name in NAMES:
            if route.path in ("/api/takes", "/api/audition", "/api/provenance.csv"):
                check(caller, "GET", path, params={name: value})


@pytest.mark.parametrize("value", ["x", "-1", "0", "9" * 400, "é", "..", "%2e%2e%2f", "%00", "a" * 5_000, "١"])
def test_odd_words_in_the_path(caller: Caller, value: str) -> None:
    for method in ("GET", "POST"):
        for route in routes_of(caller, method):
            if "{" in route.path:
                check(caller, method, filled(route.path, value))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b'{"starred": 7}', b'{"x": [1]}', b"[" * 10_000])
def test_odd_bodies(caller: Caller, body: bytes) -> None:
    for route in routes_of(caller, "POST"):
        check(caller, "POST", filled(route.path, "abcdefgh"), content=body)
        check(caller, "POST", filled(route.path, "1"), content=body, params={"name": "x.wav"})
