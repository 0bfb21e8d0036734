"""The queue with sketch itself: takes are heard while the job goes on, what cannot be done says what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bridge_server.client import Client
from bridge_server.protocol.events import Started
from bridge_server.protocol.requests import Cancel
from tests.end_to_end.process import BridgeProcess
from tests.panel.browser import Tab
from tests.panel.songs import generate, repaint, song_file

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

PATIENCE_MS = 30_000


@pytest.fixture
def reaper(bridge: BridgeProcess, tmp_path: Path) -> Iterator[Client]:
    """One job that fails, one long one that runs, three that wait; all end with the test."""
    song = song_file(tmp_path / "Ballad")
    lost = repaint(song, tags="shoegaze wall, half time", variants=1)
    song_file(tmp_path / "Ballad", seconds=3.0)
    jobs = [
        generate(seconds=150, variants=8, tags="dream pop, reverb guitars", project=song.parent),
        generate(seconds=24, variants=3, tags="lofi, rhodes, brushed drums", project=song.parent),
        generate(seconds=8, variants=2, tags="funk, slap bass", project=song.parent),
        generate(seconds=16, variants=1, tags="waltz, strings", project=song.parent),
    ]
    with bridge.client("reaper") as client:
        client.submit(lost)
        client.submit(jobs[0])
        # Short jobs overtake long ones that have not begun.
        next(event for event in client.follow(jobs[0].job) if isinstance(event, Started))
        for job in jobs[1:]:
            client.submit(job)
        yield client
        for job in reversed(jobs):
            client.ask(Cancel(id="c", job=job.job))


def test_the_first_take_is_heard_while_the_others_are_made(
    open_tab: Callable[..., Tab], reaper: Client, picture: Callable[..., Path]
) -> None:
    tabs = {"queue": open_tab(), "queue-dark": open_tab(scheme="dark")}
    for name, tab in tabs.items():
        tab.go("#/queue")
        expect(tab.page.locator(".waiting > li")).to_have_count(3, timeout=PATIENCE_MS)
        expect(tab.page.locator(".ended > li").first).to_contain_text("leaves the file guitar.wav", timeout=PATIENCE_MS)
        expect(tab.find("region", "Running")).to_contain_text(re.compile("left|nearly"), timeout=PATIENCE_MS)
        expect(tab.find("link", re.compile("Hear"))).to_be_visible(timeout=PATIENCE_MS)
        picture(tab, name)
    tab = tabs["queue"]
    tab.find("link", re.compile("Hear")).click()
    expect(tab.page.locator("[data-track]").first).to_be_visible(timeout=PATIENCE_MS)
