"""The panel in a real browser: how soon it is there, how soon 500 takes are on it, and what an idle tab costs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.panel.archive import fill
from benchmarks.stage import Stage
from benchmarks.table import Row, milliseconds, percentile
from bridge_server.protocol.requests import Panel

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge", "microsoft-edge")
TAKES = 500
ROUNDS = 7
IDLE_SECONDS = 10

PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"

HISTORY = """
async (takes) => {
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const rows = () => document.querySelectorAll("li.take").length;
  location.hash = "#/engine";
  while (rows() > 0) await painted();
  await painted();
  const started = performance.now();
  location.hash = "#/history";
  while (rows() < takes) await painted();
  await painted();
  return performance.now() - started;
}
"""


def rows(running: Stage) -> list[Row]:
    """None where this machine has no Chromium, Chrome or Edge."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        return []
    fill(running.home, TAKES)
    with _browser(program) as browser:
        page = browser.new_page()
        page.goto(_link(running))
        page.wait_for_selector("main *")
        loaded = [_loaded(page) for _ in range(ROUNDS)]
        listed = [page.evaluate(HISTORY, TAKES) / 1_000 for _ in range(ROUNDS)]
        said = _said_while_idle(page)
    return [
        Row("the page loaded and painted", milliseconds(percentile(loaded, 50)), "< 1000 ms"),
        Row(
            f"{TAKES} takes listed: from the key to the painted page", milliseconds(percentile(listed, 50)), "< 300 ms"
        ),
        Row(f"requests and messages of a tab in {IDLE_SECONDS} idle seconds", str(said), "0"),
    ]


@contextmanager
def _browser(program: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        try:
            yield browser
        finally:
            browser.close()


def _link(running: Stage) -> str:
    with running.client("bench") as client:
        return str(client.ask(Panel(id="link")).url)  # type: ignore[union-attr]


def _loaded(page: Page) -> float:
    """Seconds from the navigation to the first paint with something on it."""
    page.reload()
    page.wait_for_selector("main *")
    page.wait_for_function(f"() => {PAINTED} > 0")
    return float(page.evaluate(PAINTED)) / 1_000


def _said_while_idle(page: Page) -> int:
    said: list[str] = []
    page.on("request", lambda request: said.append(request.url))
    page.on("websocket", lambda socket: said.append(socket.url))
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.webSocketFrameSent", lambda _: said.append("sent"))
    session.on("Network.webSocketFrameReceived", lambda _: said.append("received"))
    page.wait_for_timeout(1_000)
    said.clear()
    page.wait_for_timeout(IDLE_SECONDS * 1_000)
    return len(said)
