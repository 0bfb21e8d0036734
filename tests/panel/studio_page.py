"""What a hand does on the studio page: fill in, choose, press a button and wait for the takes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.panel.browser import Tab, playwright_api

expect = playwright_api.expect
RENDERED_MS = 60_000


def open_studio(tab: Tab) -> Tab:
    """The page with its lists there."""
    tab.go("#/studio")
    tab.page.wait_for_selector(".studio-go:not(:disabled)")
    expect(tab.page.get_by_label("Preset").locator("option")).to_have_count(11)
    return tab


def set_(tab: Tab, label: str, value: str) -> None:
    tab.page.get_by_label(label, exact=True).first.fill(value)


def choose(tab: Tab, label: str, value: str) -> None:
    tab.page.get_by_label(label, exact=True).select_option(value)


def seconds(tab: Tab, value: str) -> None:
    tab.page.get_by_label("Audio Duration (s)").fill(value)


def made(tab: Tab, press: str, count: int = 1) -> list[dict[str, Any]]:
    """Press a button, wait for its takes, and return what the bridge was asked for each of them."""
    heading = tab.page.locator(".studio-results")
    before = set(ids(tab))
    tab.find("button", press, exact=True).click()
    fresh = heading.locator(".lane[data-track*='/']")
    for _ in range(RENDERED_MS // 200):
        if len(set(ids(tab)) - before) == count:
            break
        if heading.locator(".problem").count():
            pytest.fail(heading.locator(".problem").inner_text())
        tab.page.wait_for_timeout(200)
    expect(fresh).to_have_count(count)
    return [ask(tab, f"/api/takes/{id_}") for id_ in ids(tab)]


def ids(tab: Tab) -> list[str]:
    lanes = tab.page.locator(".studio-results .lane")
    names: list[str] = lanes.evaluate_all("lanes => lanes.map((lane) => lane.dataset.track)")
    return [name for name in names if "/" in name]


def ask(tab: Tab, route: str) -> dict[str, Any]:
    answer: dict[str, Any] = tab.page.request.get(tab.page.url.split("/#")[0] + route).json()
    return answer


def shown(tab: Tab, *labels: str) -> list[bool]:
    return [tab.page.get_by_label(label, exact=True).first.is_visible() for label in labels]


def open_all(tab: Tab) -> None:
    closed = tab.page.locator(".studio-more:not([open]) > summary:visible")
    while closed.count():
        closed.first.click()
