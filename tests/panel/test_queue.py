"""The queue page: progress, order, cancel, retry; through a reload, a restart of the bridge, in two tabs, by keys."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bridge_server.client import new_job_id
from bridge_server.protocol.requests import Generate, List, Retry
from bridge_server.protocol.span import Span
from tests.end_to_end.process import FAKE, BridgeProcess
from tests.fakes.waiting import until
from tests.panel.browser import Tab

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

SLOW = "steps=600 pause=0.05"
PATIENCE_MS = 15_000


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BridgeProcess]:
    """A real bridge around an engine that does what tags say."""
    with BridgeProcess(tmp_path_factory.mktemp("home"), program=FAKE) as running:
        running.wait_for_engine()
        yield running


@pytest.fixture
def submit(bridge: BridgeProcess, tmp_path: Path) -> Iterator[Callable[..., str]]:
    """`submit(tags, variants=2)`: a job of a DAW's, which ends with the test at the latest."""
    jobs: list[str] = []
    with bridge.client("reaper") as client:

        def hand_in(tags: str = SLOW, **fields: object) -> str:
            given = {"span": Span(0, 96_000, 48_000), "project": str(tmp_path), "job": new_job_id(), **fields}
            request = Generate(tags=tags, **given)  # type: ignore[arg-type]
            client.submit(request)
            jobs.append(request.job)
            return request.job

        yield hand_in
        for job in reversed(jobs):
            client.cancel(job)
        until(lambda: not unfinished(client), 10, "nothing is left over")


def unfinished(client) -> list[str]:
    return [line.job for line in client.list(List(id="l", limit=1_000)).jobs if line.state in ("queued", "running")]


def waiting(tab: Tab) -> list[str]:
    return tab.page.locator(".waiting > li").evaluate_all("rows => rows.map(row => row.dataset.job)")


def see_waiting(tab: Tab, jobs: list[str]) -> None:
    until(lambda: waiting(tab) == jobs, 10, f"the order {jobs}")


@pytest.fixture
def queue(open_tab: Callable[..., Tab]) -> Tab:
    return open_tab().go("#/queue")


def test_what_runs_and_what_waits(queue: Tab, submit: Callable[..., str]) -> None:
    running = submit(f"lofi {SLOW}")
    first, second = submit("funk"), submit("waltz")
    queue.see(f"New music: lofi {SLOW}")
    see_waiting(queue, [first, second])
    expect(queue.page.locator(".running progress")).to_have_attribute(
        "value", re.compile(r"0\.0[1-9]"), timeout=PATIENCE_MS
    )
    expect(queue.page.locator(".running")).to_contain_text("from REAPER")
    expect(queue.page.locator(".running")).to_contain_text(re.compile(r"about \d+ s left"), timeout=PATIENCE_MS)
    expect(queue.find("status").first).to_have_text("1 runs, 2 wait")
    assert running


def test_cancel_and_retry(queue: Tab, submit: Callable[..., str]) -> None:
    submit(f"polka {SLOW}")
    queue.find("region", "Running").get_by_role("button", name="Cancel").click()
    row = queue.page.locator(".ended > li").filter(has_text="polka").first
    expect(row).to_contain_text("Cancelled")
    row.get_by_role("button", name="Retry").click()
    expect(queue.page.locator(".running")).to_contain_text("polka")


def test_what_failed_says_why_and_what_to_do(queue: Tab, submit: Callable[..., str]) -> None:
    submit("steps=2 do=refuse tango")
    row = queue.page.locator(".ended > li").filter(has_text="tango").first
    expect(row).to_contain_text("This is too long for the fake.")
    expect(row).to_contain_text("Select a shorter range.")


def test_the_order_is_changed_by_buttons_in_one_tab_and_seen_in_the_other(
    open_tab: Callable[..., Tab], submit: Callable[..., str]
) -> None:
    one, other = open_tab().go("#/queue"), open_tab().go("#/queue")
    submit()
    jobs = [submit(f"song{number}") for number in range(3)]
    see_waiting(one, jobs)
    one.find("button", "Let it come next: New music: song2").click()
    for tab in (one, other):
        see_waiting(tab, [jobs[2], jobs[0], jobs[1]])
    other.find("button", "Later: New music: song2").click()
    for tab in (one, other):
        see_waiting(tab, [jobs[0], jobs[2], jobs[1]])


def test_the_order_is_changed_by_dragging(queue: Tab, submit: Callable[..., str]) -> None:
    submit()
    jobs = [submit(f"song{number}") for number in range(3)]
    see_waiting(queue, jobs)
    rows = queue.page.locator(".waiting > li")
    rows.nth(2).drag_to(rows.nth(0))
    see_waiting(queue, [jobs[2], jobs[0], jobs[1]])


def test_keys_alone_are_enough(queue: Tab, submit: Callable[..., str]) -> None:
    submit()
    jobs = [submit(f"song{number}") for number in range(3)]
    see_waiting(queue, jobs)
    keyboard = queue.page.keyboard
    for _ in range(40):
        keyboard.press("Tab")
        if queue.page.evaluate("document.activeElement.closest('.waiting > li') === document.activeElement"):
            break
    else:
        pytest.fail("Tab does not reach the list")
    keyboard.press("ArrowDown")
    keyboard.press("ArrowDown")
    keyboard.press("Shift+ArrowUp")
    see_waiting(queue, [jobs[0], jobs[2], jobs[1]])
    assert queue.page.evaluate("document.activeElement.dataset.job") == jobs[2]
    keyboard.press("Shift+Home")
    see_waiting(queue, [jobs[2], jobs[0], jobs[1]])
    expect(queue.page.locator(".unseen[role=status]")).to_have_text("generate is next now.")
    keyboard.press("Delete")
    see_waiting(queue, jobs[:2])
    assert queue.page.evaluate("document.activeElement.dataset.job") == jobs[0]


def test_a_reload_in_the_middle_of_a_job_goes_on_where_it_is(queue: Tab, submit: Callable[..., str]) -> None:
    submit(f"lofi {SLOW}")
    bar = queue.page.locator(".running progress")
    expect(bar).to_have_attribute("value", re.compile(r"0\.0[2-9]"), timeout=PATIENCE_MS)
    before = float(bar.get_attribute("value") or 0)
    queue.page.reload()
    expect(bar).to_be_visible(timeout=PATIENCE_MS)
    until(lambda: float(bar.get_attribute("value") or 0) >= before, 10, "at least as far as before")
    expect(queue.page.locator(".running")).to_contain_text("step")


def test_a_cancelled_job_that_is_retried_from_elsewhere_comes_back(
    queue: Tab, submit: Callable[..., str], bridge: BridgeProcess
) -> None:
    job = submit(f"samba {SLOW}")
    queue.find("region", "Running").get_by_role("button", name="Cancel").click()
    expect(queue.page.locator(".ended > li").first).to_contain_text("samba")
    with bridge.client() as client:
        client.ask(Retry(id="r", job=job))
    expect(queue.page.locator(".running")).to_contain_text("samba")


def test_the_bridge_is_restarted_in_the_middle_of_a_job(tmp_path: Path, open_tab: Callable[..., Tab], browser) -> None:
    """The tab stays open, finds the new bridge by itself, is still logged in, and the job goes on to its end."""
    home = tmp_path / "home"
    with BridgeProcess(home, program=FAKE) as first:
        first.wait_for_engine()
        tab = Tab(browser.new_context().new_page(), first)
        tab.forgiven += ["ERR_CONNECTION_REFUSED", "WebSocket", "Failed to load resource", "wire:"]
        tab.enter(page="queue")
        job = new_job_id()
        with first.client("reaper") as client:
            request = Generate(
                job=job, span=Span(0, 96_000, 48_000), project=str(tmp_path), tags="bossa steps=100 pause=0.05"
            )
            client.submit(request)
        expect(tab.page.locator(".running")).to_contain_text("bossa")
        expect(tab.page.locator(".running progress")).to_have_attribute(
            "value", re.compile("0.[1-9]"), timeout=PATIENCE_MS
        )
        first.kill()
        expect(tab.find("link", re.compile("No bridge|Connecting"))).to_be_visible(timeout=PATIENCE_MS)
        first.wait_until_engines_are_gone()
    with BridgeProcess(home, program=FAKE) as second:
        second.wait_for_engine()
        expect(tab.find("link", re.compile("Engine ready"))).to_be_visible(timeout=PATIENCE_MS)
        expect(tab.page.locator(".running")).to_contain_text("attempt 2", timeout=PATIENCE_MS)
        row = tab.page.locator(".ended > li").filter(has_text="bossa").first
        expect(row).to_contain_text("Done", timeout=30_000)
        tab.check()
        tab.page.context.close()


def test_an_idle_tab_asks_for_nothing(queue: Tab) -> None:
    queue.see("Nothing waits and nothing runs")
    asked: list[str] = []
    queue.page.on("request", lambda request: asked.append(request.url))
    queue.page.on("websocket", lambda socket: asked.append(socket.url))
    time.sleep(2.5)
    assert asked == []


def test_accessible_light_and_dark_small_and_large(
    open_tab: Callable[..., Tab], submit: Callable[..., str], axe: Callable[[Tab], None]
) -> None:
    submit("steps=2 do=refuse tango nuevo")
    submit(f"dream pop, reverb guitars {SLOW}", variants=3)
    for tags in ("lofi, rhodes, brushed drums", "funk, slap bass", "waltz, strings"):
        submit(tags, variants=2)
    for options in ({}, {"scheme": "dark"}, {"width": 834, "height": 1112}, {"zoom": 2.0}):
        tab = open_tab(**options).go("#/queue")
        expect(tab.page.locator(".waiting > li")).to_have_count(3, timeout=PATIENCE_MS)
        axe(tab)
        assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), options


def test_a_long_queue_is_listed_whole(
    open_tab: Callable[..., Tab], submit: Callable[..., str], bridge: BridgeProcess
) -> None:
    submit()
    jobs = [submit(f"song{number}", seed=number) for number in range(250)]
    tab = open_tab().go("#/queue")
    see_waiting(tab, jobs)
    tab.page.locator(".waiting > li").last.get_by_role("button", name="Let it come next").click()
    see_waiting(tab, [jobs[-1], *jobs[:-1]])
