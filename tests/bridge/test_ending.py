"""A bridge that is told to stop while it writes: it is not killed as long as it gets on, and is when it is stuck."""

import asyncio
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bridge_server import ending, launch
from bridge_server.lock import take_lock
from bridge_server.protocol.requests import Generate
from bridge_server.region import deliver as delivery
from bridge_server.region.loudness import load_meter
from tests.fakes.bridge import RunningBridge
from tests.fakes.waiting import until


def test_a_long_delivery_is_waited_for(
    tmp_path: Path, new_job: Callable[..., Generate], monkeypatch: pytest.MonkeyPatch
) -> None:
    load_meter()
    began, waited = threading.Event(), []
    deliver = delivery.deliver

    def laborious(*arguments: Any) -> Any:
        began.set()
        until_then = time.monotonic() + 3.0
        while time.monotonic() < until_then:
            sum(range(100_000))
            time.sleep(0.005)
        return deliver(*arguments)

    def no_force(pid: int, signal: int) -> None:
        raise AssertionError("the bridge was ended by force")

    monkeypatch.setattr(delivery, "deliver", laborious)
    monkeypatch.setattr(os, "kill", no_force)
    with RunningBridge(tmp_path / "home") as bridge, bridge.client() as client:
        bridge.wait_for_engine()
        job = new_job()
        client.submit(job)
        assert began.wait(10)
        lock = take_lock(bridge.home.lock)  # which the program holds, and a bridge in a thread of a test does not
        threading.Thread(target=lambda: (until(lambda: bridge.has_ended, 20), lock.close())).start()
        assert launch.stop_bridge(bridge.home, 0.7, lambda: waited.append(1)) == "stopped"
        assert waited == [1]
        assert not bridge.home.at_work.exists()
        assert not list(tmp_path.rglob("*.part")), "nothing is half written"
        assert (tmp_path / "Dawbridge" / job.job / "take-1.wav").is_file()


def test_what_does_not_get_on_gives_no_sign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "STUCK_SECONDS", 0.3)
    monkeypatch.setattr(ending, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(ending, "FRESH_SECONDS", 0.3)
    sign = tmp_path / "at-work"

    async def wait_for(happened: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not happened():
                await asyncio.sleep(0.05)

    async def end_without_getting_on() -> None:
        async with ending.shown_at(sign):
            await wait_for(sign.exists)
            await wait_for(lambda: not ending.is_at_work(sign))

    asyncio.run(end_without_getting_on())
    assert not sign.exists()


def test_an_old_sign_means_nothing(tmp_path: Path) -> None:
    sign = tmp_path / "at-work"
    assert not ending.is_at_work(sign)
    sign.touch()
    assert ending.is_at_work(sign)
    os.utime(sign, (time.time() - 60, time.time() - 60))
    assert not ending.is_at_work(sign)
