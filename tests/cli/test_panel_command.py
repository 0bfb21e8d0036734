"""dawbridge panel, and the link in dawbridge up."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from bridge_server.home import Home
from bridge_server.lock import take_lock
from bridge_server.panel import door
from tests.cli.conftest import Said
from tests.fakes.bridge import RunningBridge
from tests.fakes.waiting import until


@pytest.fixture
def bridge(home: Path) -> Iterator[RunningBridge]:
    with take_lock(Home(home).lock), RunningBridge(home, share_lan="127.0.0.1:0") as running:
        running.wait_for_engine()
        yield running


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Links that a browser was asked to open, and that none was."""
    links: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda link: links.append(link) or True)
    return links


def test_it_opens_the_browser(bridge: RunningBridge, dawbridge: Callable[..., Said], opened: list[str]) -> None:
    said = dawbridge("panel", "--page", "queue")
    assert (said.code, said.out) == (0, "")
    assert httpx.get(opened[0]).headers["location"] == "/#/queue"


def test_without_a_browser_the_link_is_printed(
    bridge: RunningBridge, dawbridge: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    said = dawbridge("panel")
    assert "No browser" in said.err
    assert httpx.get(said.out.strip()).status_code == 303


def test_a_link_is_printed_for_people_and_programs(
    bridge: RunningBridge, dawbridge: Callable[..., Said], opened: list[str]
) -> None:
    for link in (dawbridge("panel", "--print").out.strip(), dawbridge("panel", "--json").last["url"]):
        assert httpx.get(link).status_code == 303
    assert not opened


def test_up_tells_the_link(bridge: RunningBridge, dawbridge: Callable[..., Said], opened: list[str]) -> None:
    said = dawbridge("up")
    (line,) = [line for line in said.out.splitlines() if line.startswith("Panel: ")]
    assert httpx.get(line.removeprefix("Panel: ")).status_code == 303
    assert httpx.get(dawbridge("up", "--json").last["panel"]).status_code == 303
    assert "down" in dawbridge("up", "--share-lan").err
    assert not opened


def test_devices_are_paired_listed_and_forgotten(bridge: RunningBridge, dawbridge: Callable[..., Said]) -> None:
    until(lambda: dawbridge("panel", "--devices", "--json").last["address"], 10, "the panel is shared")
    code = dawbridge("panel", "--pair", "--json").last
    with httpx.Client(base_url=code["address"], headers={"Origin": code["address"]}, verify=False) as device:
        assert device.post("/pair", data={"code": code["code"]}).status_code == 303
        (known,) = dawbridge("panel", "--devices", "--json").last["devices"]
        assert known["id"] in dawbridge("panel", "--devices").out
        assert device.get("/api/session").status_code == 200
        assert dawbridge("panel", "--forget", known["id"]).code == 0
        assert device.get("/api/session").status_code == 401
    again = dawbridge("panel", "--forget", known["id"], "--json")
    assert (again.code, again.last["error"]["code"]) == (1, "not_found")
    people = dawbridge("panel", "--pair").out
    assert code["address"] in people
    assert code["fingerprint"] in people


def test_who_visits_from_the_command_line_leaves_no_trace(
    bridge: RunningBridge, dawbridge: Callable[..., Said]
) -> None:
    for _ in range(3):
        assert dawbridge("panel", "--devices", "--json").last["devices"] == []


def test_without_the_libraries_the_bridge_runs_and_says_what_is_missing(
    home: Path, dawbridge: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "LIBRARIES", ("starlette", "nobody_has_this"))
    with take_lock(Home(home).lock), RunningBridge(home) as running:
        running.wait_for_engine()
        said = dawbridge("panel")
        assert said.code == 1
        assert "nobody_has_this" in said.err
        assert "-m pip install nobody_has_this" in said.err
        up = dawbridge("up")
        assert (up.code, "Panel: not here" in up.out) == (0, True)
        assert dawbridge("up", "--json").last["panel"] == ""


def panel_finding(dawbridge: Callable[..., Said]) -> dict[str, str]:
    lines = dawbridge("doctor", "--json").lines
    return next(line for line in lines if line["event"] == "check" and line["what"] == "panel")


def test_doctor_says_how_the_panel_is(bridge: RunningBridge, dawbridge: Callable[..., Said]) -> None:
    found = panel_finding(dawbridge)
    assert found["state"] == "ok"
    assert "answers at 127.0.0.1:" in found["found"]


def test_doctor_says_what_the_panel_lacks(
    home: Path, dawbridge: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "LIBRARIES", ("nobody_has_this",))
    with take_lock(Home(home).lock), RunningBridge(home) as running:
        running.wait_for_engine()
        found = panel_finding(dawbridge)
        assert (found["state"], "nobody_has_this" in found["found"]) == ("note", True)


def test_doctor_notices_a_panel_that_broke(
    home: Path, dawbridge: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its libraries are there, and yet cannot be loaded."""
    monkeypatch.setitem(sys.modules, "bridge_server.panel.server", None)
    with take_lock(Home(home).lock), RunningBridge(home) as running:
        running.wait_for_engine()
        until(running.faults.take, 10, "the log says why")
        found = panel_finding(dawbridge)
        assert (found["state"], "could not be started" in found["found"]) == ("problem", True)
        assert "could not be started" in dawbridge("panel").err
