"""What lies in the engine's memory: loaded and unloaded when asked, told to those who watch."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bridge_server.client import Client
from bridge_server.protocol.errors import EngineLost, UnknownBackend
from bridge_server.protocol.events import Done, ModelsChanged, Welcome
from bridge_server.protocol.requests import Generate, Hello, Load, Unload
from bridge_server.protocol.values import HeldModel
from tests.fakes.bridge import FAKE_ENGINE, RunningBridge
from tests.fakes.engine import HEAVY_SCRIPT
from tests.fakes.waiting import until

WEIGHTS = HeldModel(backend="heavy", state="loaded", device="fake", bytes=10**9, free=3 * 10**9)


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], RunningBridge]:
    """`stage(script)`: a bridge whose engine has a backend with weights, which loads as the script says."""

    def make(script: str = "") -> RunningBridge:
        monkeypatch.setenv(HEAVY_SCRIPT, script)
        return RunningBridge(tmp_path / "home")

    return make


def watch(bridge: RunningBridge, client: Client) -> Welcome:
    bridge.wait_for_engine()
    welcome = client.ask(Hello(id="w", watch="all"))
    assert isinstance(welcome, Welcome)
    return welcome


def changes(client: Client) -> Iterator[tuple[HeldModel, ...]]:
    for event in client.events():
        if isinstance(event, ModelsChanged):
            yield event.models


def until_(client: Client, state: str) -> HeldModel:
    return next(held for models in changes(client) for held in models if held.state == state)


def test_load_and_unload(stage: Callable[..., RunningBridge]) -> None:
    with stage("steps=8 pause=0.1") as bridge, bridge.client() as client:
        assert watch(bridge, client).models == ()
        client.ask(Load(id="l", backend="heavy"))
        seen = [next(changes(client))[0]]
        while seen[-1].state == "loading":
            seen.append(next(changes(client))[0])
        assert seen[-1] == WEIGHTS
        assert any(0 < held.fraction < 1 and held.stage.startswith("part") for held in seen)
        assert watch(bridge, client).models == (WEIGHTS,)
        client.ask(Unload(id="u", backend="heavy"))
        assert next(changes(client)) == ()


def test_a_job_brings_its_model_into_memory(
    stage: Callable[..., RunningBridge], new_job: Callable[..., Generate]
) -> None:
    with stage() as bridge, bridge.client() as client:
        watch(bridge, client)
        assert isinstance(list(client.run(new_job(backend="heavy")))[-1], Done)
        assert watch(bridge, client).models == (WEIGHTS,)


def test_rules_weigh_nothing_and_are_there_when_asked(stage: Callable[..., RunningBridge]) -> None:
    with stage() as bridge, bridge.client() as client:
        watch(bridge, client)
        client.ask(Load(id="l"))
        assert until_(client, "loaded") == HeldModel(backend="fake", state="loaded", device="cpu")
        client.ask(Unload(id="u"))
        assert next(changes(client)) == ()


def test_unload_stops_a_load(stage: Callable[..., RunningBridge]) -> None:
    with stage("steps=1000 pause=0.02") as bridge, bridge.client() as client:
        watch(bridge, client)
        client.ask(Load(id="l", backend="heavy"))
        until_(client, "loading")
        client.ask(Unload(id="u"))
        assert () in changes(client)


def test_what_cannot_be_loaded_says_why_until_the_next_try(stage: Callable[..., RunningBridge]) -> None:
    with stage("do=refuse") as bridge, bridge.client() as client:
        watch(bridge, client)
        client.ask(Load(id="l", backend="heavy"))
        held = until_(client, "failed")
        assert held.problem is not None and held.problem.message == "This is too long for the fake."
        bridge.faults.take()
        client.ask(Unload(id="u", backend="heavy"))
        assert next(changes(client)) == ()


def test_after_a_fault_that_ends_the_engine_the_reason_is_still_told(stage: Callable[..., RunningBridge]) -> None:
    with stage("do=memory") as bridge, bridge.client() as client:
        watch(bridge, client)
        before = bridge.engine_pid
        client.ask(Load(id="l", backend="heavy"))
        assert until_(client, "failed").problem is not None
        until(lambda: bridge.engine_pid not in (None, before), 10, "another engine")
        (held,) = watch(bridge, client).models
        assert held.problem is not None and held.problem.code == "out_of_memory"
        client.ask(Unload(id="u"))
        assert next(changes(client)) == ()
        bridge.faults.take()


def test_an_engine_that_dies_while_it_loads_holds_nothing(stage: Callable[..., RunningBridge]) -> None:
    with stage("do=die at=2 steps=4 pause=0.3") as bridge, bridge.client() as client:
        watch(bridge, client)
        client.ask(Load(id="l", backend="heavy"))
        until_(client, "loading")
        assert () in changes(client)


def test_a_backend_that_is_not_there_is_refused(stage: Callable[..., RunningBridge]) -> None:
    with stage() as bridge, bridge.client() as client:
        watch(bridge, client)
        with pytest.raises(UnknownBackend):
            client.ask(Load(id="l", backend="nobody"))


def test_without_an_engine_there_is_nothing_to_load_into(tmp_path: Path) -> None:
    with (
        RunningBridge(tmp_path / "home", engine=(*FAKE_ENGINE, "--start", "mute")) as bridge,
        bridge.client() as client,
        pytest.raises(EngineLost),
    ):
        client.ask(Load(id="l"))
