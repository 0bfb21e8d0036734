"""A headless Chromium that is found on this machine, and a page of it that does not forgive."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bridge_server.protocol.requests import Panel as AskPanel
from tests.end_to_end.process import BridgeProcess

try:
    from playwright import sync_api as playwright_api
except ImportError:

    class Absent:
        """Stands for Playwright where it is not installed: whatever would need it is skipped, the other tests run."""

        def __getattr__(self, name: str) -> Callable[..., object]:
            return lambda *_, **__: pytest.skip("playwright is not installed")

    playwright_api = Absent()  # type: ignore[assignment]

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge", "microsoft-edge")
OPTIONS = ["--autoplay-policy=no-user-gesture-required", "--disable-gpu", "--force-color-profile=srgb"]
PATIENCE_MS = 20_000


@contextmanager
def chromium() -> Iterator[playwright_api.Browser]:
    """The machine's own Chromium, Chrome or Edge, else the one of Playwright; skips the test where there is none."""
    with playwright_api.sync_playwright() as playwright:
        playwright_api.expect.set_options(timeout=PATIENCE_MS)
        program = next(filter(None, map(shutil.which, PROGRAMS)), None)
        if program is None and not Path(playwright.chromium.executable_path).exists():
            pytest.skip("no Chromium, Chrome or Edge on this machine")
        browser = playwright.chromium.launch(executable_path=program, args=[*OPTIONS, *box_options()])
        try:
            yield browser
        finally:
            browser.close()


def box_options() -> list[str]:
    """Chromium refuses to build its sandbox for the superuser, whom containers run as."""
    return ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []


@dataclass
class Tab:
    """One tab of the panel, logged in. Whatever its console complains of is in `faults`.

    forgiven  patterns of complaints that a test brings about itself, e.g. a connection that it breaks
    """

    page: playwright_api.Page
    bridge: BridgeProcess
    faults: list[str] = field(default_factory=list)
    forgiven: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("console", lambda said: said.type in ("error", "warning") and self._fault(said.text))
        self.page.on("pageerror", lambda error: self._fault(str(error)))

    def enter(self, **where: object) -> Tab:
        """Log in by the link that the bridge mints; `where` is what the protocol's `panel` takes: page, job, span, …"""
        self.page.goto(panel_link(self.bridge, **where))
        self.page.wait_for_selector("main *")
        return self

    def go(self, place: str) -> Tab:
        """`go("#/queue")`, as the address bar would."""
        self.page.evaluate("place => { location.hash = place }", place)
        return self

    def find(self, role: str, name: str | re.Pattern[str] = "", **more: object) -> playwright_api.Locator:
        """By what a screen reader hears: `find("button", "Keep")`."""
        return self.page.get_by_role(role, name=name or None, **more)  # type: ignore[arg-type]

    def see(self, text: str) -> None:
        """Wait until that text is on the page."""
        playwright_api.expect(self.page.get_by_text(text).first).to_be_visible(timeout=PATIENCE_MS)

    def check(self) -> None:
        """Fail if the console complained of anything that is not forgiven."""
        left = [fault for fault in self.faults if not any(re.search(pattern, fault) for pattern in self.forgiven)]
        assert not left, left

    def _fault(self, text: str) -> None:
        self.faults.append(text)


def panel_link(bridge: BridgeProcess, **where: object) -> str:
    """A fresh link into the panel, good for one login."""
    with bridge.client("tests") as client:
        link = client.ask(AskPanel(id="link", **where))  # type: ignore[arg-type]
    return link.url  # type: ignore[union-attr]


def watch_reports(page: playwright_api.Page) -> None:
    """Have every broken rule of the content security policy told to the console."""
    page.add_init_script(
        "addEventListener('securitypolicyviolation',"
        " e => console.error(`policy: ${e.violatedDirective} ${e.blockedURI}`))"
    )
