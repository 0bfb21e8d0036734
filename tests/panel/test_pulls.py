"""A pull on its way: told as it goes, stopped and gone on with, refused while another runs, honest when it fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge_server.home import Home
from bridge_server.models.catalogue import CATALOGUE
from bridge_server.models.disk import only_one
from bridge_server.panel.pulls import Progress, Pulls
from bridge_server.protocol.errors import AlreadyRunning
from tests.fakes.waiting import until
from tests.models_command.conftest import hub, its_home, no_settings, small_model
from tests.models_command.hub import Hub, Request, sha256

__all__ = ["hub", "its_home", "no_settings"]

MODEL = CATALOGUE["ace-step-v1"]
WEIGHTS = "ace_step_transformer/diffusion_pytorch_model.safetensors"
ENDED = ("done", "stopped", "failed")


class Story:
    """Everything that a pull tells, and its end."""

    def __init__(self) -> None:
        self.heard: list[Progress] = []

    def __call__(self, progress: Progress) -> None:
        self.heard.append(progress)

    @property
    def states(self) -> list[str]:
        return list(dict.fromkeys(progress.state for progress in self.heard))

    def end(self) -> Progress:
        until(lambda: self.heard and self.heard[-1].state in ENDED, 20, "the pull ends")
        return self.heard[-1]


@pytest.fixture
def story() -> Story:
    return Story()


@pytest.fixture
def pulls(its_home: Home, story: Story) -> Pulls:
    its_home.make()
    return Pulls(its_home, story)


def test_it_comes_whole_and_says_how_far_it_is(hub: Hub, pulls: Pulls, story: Story, its_home: Home) -> None:
    plans = pulls.plans(MODEL)
    assert {plan.model.name for plan in plans} == {"ace-step-v1", "lyric-vocabulary"}
    pulls.start(MODEL)
    assert story.end().state == "done"
    assert story.states == ["looking", "fetching", "done"]
    wanted = sum(plan.to_fetch for plan in plans)
    assert story.heard[-1].done == story.heard[-1].total == wanted
    assert [told.done for told in story.heard] == sorted(told.done for told in story.heard)
    assert pulls.plans(MODEL) == []


def held(gate: threading.Event) -> Callable[[Request], None]:
    """Sends half of a file, and the rest bit by bit once the gate is open."""

    def send(request: Request) -> None:
        half = len(request.data) // 2
        request.send(200, request.data[: half // 2], {"ETag": request.etag}, length=len(request.data))
        time.sleep(0.6)
        request.write(request.data[half // 2 : half])
        gate.wait(20)
        for start in range(half, len(request.data), half // 8):
            request.write(request.data[start : start + half // 8])
            time.sleep(0.15)

    return send


def test_it_is_stopped_and_goes_on_where_it_was(hub: Hub, pulls: Pulls, story: Story) -> None:
    gate = threading.Event()
    address = sha256(small_model()[WEIGHTS])
    hub.misbehave(address, held(gate))
    pulls.start(MODEL)
    until(lambda: any(told.file == WEIGHTS for told in story.heard), 20, "the weights come in")
    with pytest.raises(AlreadyRunning, match="ace-step-v1 is being fetched already"):
        pulls.start(MODEL)
    pulls.stop()
    gate.set()
    assert story.end().state == "stopped"
    until(lambda: not pulls.is_running, 5, "its thread ends")
    left = sum(plan.to_fetch for plan in pulls.plans(MODEL))
    assert left < sum(len(data) for data in small_model().values()) * 0.7
    pulls.start(MODEL)
    until(lambda: story.heard[-1].state == "done", 20, "it comes whole")
    asked = [headers.get("Range", "") for _, where, headers in hub.asked if where.endswith(address)]
    assert asked[-1].startswith("bytes=")


def test_a_failure_is_told_with_what_to_do(hub: Hub, pulls: Pulls, story: Story) -> None:
    hub.takes_token = "somebody's"
    pulls.start(MODEL)
    end = story.end()
    assert end.state == "failed"
    assert end.problem is not None
    assert end.problem.code == "access_denied"
    assert "HF_TOKEN" in end.problem.hint


def test_the_command_line_and_the_panel_do_not_fetch_at_once(
    hub: Hub, pulls: Pulls, story: Story, its_home: Home
) -> None:
    with only_one(its_home):
        pulls.start(MODEL)
        end = story.end()
    assert end.problem is not None
    assert end.problem.code == "already_running"


def test_nothing_is_asked_where_downloads_are_forbidden(
    hub: Hub, pulls: Pulls, story: Story, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    pulls.start(MODEL)
    end = story.end()
    assert end.problem is not None
    assert end.problem.code == "offline"
    assert hub.asked == []
