"""A tablet beside the desk: paired from the page, used over TLS, shut out again; all of it in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from tests.end_to_end.process import FAKE, BridgeProcess
from tests.panel.browser import Tab, playwright_api, watch_reports

expect = playwright_api.expect


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BridgeProcess]:
    """Shared at an address of loopback, so that no test opens this machine to its network."""
    with BridgeProcess(tmp_path_factory.mktemp("home"), "--share-lan", "127.0.0.1:0", program=FAKE) as running:
        running.wait_for_engine()
        yield running


@pytest.fixture
def tablet(browser: playwright_api.Browser, bridge: BridgeProcess) -> Iterator[Tab]:
    """Another browser, whose owner has looked at the fingerprint and gone on."""
    context = browser.new_context(viewport={"width": 834, "height": 1112}, has_touch=True, ignore_https_errors=True)
    page = context.new_page()
    watch_reports(page)
    tab = Tab(page, bridge, forgiven=[r"status of 40[13]"])
    yield tab
    context.close()
    tab.check()


def code_and_address(tab: Tab) -> tuple[str, str]:
    """What the page says after a press of the button."""
    tab.go("#/engine")
    tab.find("button", "Pair a device").click()
    status = tab.page.get_by_role("status").filter(has_text="On the other device")
    expect(status).to_be_visible()
    text = status.inner_text()
    code, address = re.search(r"\d{4} \d{4}", text), re.search(r"https://\S+:\d+", text)
    assert code and address
    return code[0], address[0]


def test_a_tablet_is_paired_used_and_shut_out(tab: Tab, tablet: Tab) -> None:
    code, address = code_and_address(tab)
    tablet.page.goto(address)
    tablet.find("link", "Pair it with a code").click()
    tablet.page.get_by_label("Code").fill("0000 0000" if code != "0000 0000" else "1111 1111")
    tablet.find("button", "Pair this device").click()
    expect(tablet.find("alert")).to_contain_text("not the code")

    tablet.page.get_by_label("Code").fill(code)
    tablet.find("button", "Pair this device").click()
    tablet.page.wait_for_selector("main *")
    tablet.go("#/queue")
    expect(tablet.find("heading", "Queue")).to_be_visible()
    expect(tablet.page.locator("#state")).to_contain_text(re.compile("ready", re.IGNORECASE))

    entry = tab.find("listitem").filter(has_text="paired")
    expect(entry).to_have_count(1)
    entry.get_by_role("button").click()
    expect(entry).to_have_count(0)
    tablet.page.reload()
    expect(tablet.find("link", "Pair it with a code")).to_be_visible()


def test_a_tablet_makes_no_codes(tab: Tab, tablet: Tab) -> None:
    code, address = code_and_address(tab)
    tablet.page.goto(f"{address}/pair")
    tablet.page.get_by_label("Code").fill(code)
    tablet.find("button", "Pair this device").click()
    tablet.page.wait_for_selector("main *")
    tablet.go("#/engine")
    expect(tablet.find("button", re.compile("Log out"))).to_be_visible()
    expect(tablet.find("button", "Pair a device")).to_be_hidden()
    assert tablet.find("button", re.compile("Shut out")).count() == 0
    with tablet.page.expect_navigation():
        tablet.find("button", re.compile("Log out")).click()
    expect(tablet.find("link", "Pair it with a code")).to_be_visible()


def test_the_pages_before_the_panel_are_accessible(
    tab: Tab, tablet: Tab, axe: Callable[[Tab], None], picture: Callable[[Tab, str], object]
) -> None:
    _, address = code_and_address(tab)
    axe(tab)
    picture(tab, "pairing")
    for path in ("/", "/pair"):
        tablet.page.goto(f"{address}{path}")
        axe(tablet)
    tablet.page.goto(f"{address}/nothing")
