"""All pages: they open without complaint, are readable by eye, by ear, at any size, and are left without a trace."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.end_to_end.process import BridgeProcess
from tests.panel.browser import Tab, playwright_api
from tests.panel.songs import generate, run

SCREENS = ("audition", "studio", "lyrics", "queue", "history", "engine")
LOOKS = {
    "light": {"scheme": "light"},
    "dark, 200 %": {"scheme": "dark", "zoom": 2.0},
    "tablet": {"width": 834, "height": 1112},
}
expect = playwright_api.expect

CUT_OFF = """
() => {
  const scrolls = (e) => e && e !== document.body
    && (["auto", "scroll"].includes(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
  return [...document.querySelectorAll("main button, main a, main select, main input, main textarea, h1, h2")]
    .filter(e => e.checkVisibility() && !e.closest(".unseen") && !scrolls(e.parentElement))
    .map(e => [e, e.getBoundingClientRect()])
    .filter(([e, box]) => box.width > 1 && (box.left < -1 || box.right > innerWidth + 1))
    .map(([e]) => e.outerHTML.slice(0, 120));
}
"""
"""Controls and headings that stick out of the window, where nothing can be scrolled to reach them."""


@pytest.fixture(scope="module", autouse=True)
def something_to_show(bridge: BridgeProcess) -> None:
    run(bridge, generate(1.0, variants=2, lyrics="[verse]\nla la la"))


def opened(tab: Tab, screen: str) -> Tab:
    tab.go(f"#/{screen}")
    expect(tab.page.locator(f"[data-screen={screen}]")).to_have_attribute("aria-current", "page")
    expect(tab.page.locator("main h1")).to_have_count(1)
    tab.page.wait_for_load_state("networkidle")
    return tab


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_is_readable(open_tab: Callable[..., Tab], axe: Callable[[Tab], None], look: str) -> None:
    tab = open_tab(page="queue", **LOOKS[look])
    wide, cut = {}, {}
    for screen in SCREENS:
        opened(tab, screen)
        wide[screen] = tab.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        cut[screen] = tab.page.evaluate(CUT_OFF)
        axe(tab)
    assert not {screen: pixels for screen, pixels in wide.items() if pixels > 0}
    assert not {screen: what for screen, what in cut.items() if what}


def test_pages_are_changed_by_keyboard_and_by_the_browsers_arrows(tab: Tab) -> None:
    for screen in SCREENS[1:]:
        tab.find("navigation").get_by_role("link", name=screen.capitalize()).focus()
        tab.page.keyboard.press("Enter")
        expect(tab.page.locator(f".{screen}-page h1")).to_have_count(1)
        # So that a screen reader goes on with the new page.
        expect(tab.page.locator("main")).to_be_focused()
        expect(tab.page).to_have_title(re.compile("Dawbridge"))
    tab.page.go_back()
    expect(tab.page.locator("[data-screen=history]")).to_have_attribute("aria-current", "page")


def test_light_and_dark_are_chosen_and_kept(tab: Tab) -> None:
    def desk() -> str:
        return str(tab.page.evaluate("getComputedStyle(document.body).backgroundColor"))

    light = desk()
    tab.find("button", "Colours: as the system has it. Change").click()
    tab.find("button", "Colours: light. Change").click()
    dark = desk()
    assert dark != light
    tab.page.reload()
    assert desk() == dark


def test_a_page_that_was_left_hears_no_more(tab: Tab) -> None:
    """Keys of a page end with it, or space would play what is no longer there."""
    opened(tab, "audition")
    opened(tab, "queue")
    tab.page.keyboard.press("?")
    dialog = tab.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog).not_to_contain_text("Hear the original")


def test_without_a_login_there_is_nothing_to_see(tab: Tab) -> None:
    tab.forgiven += ["401", "WebSocket"]
    tab.page.context.clear_cookies()
    tab.page.goto(tab.page.url.split("/#")[0] + "/")
    expect(tab.page.locator("body")).to_contain_text("dawbridge panel")
    assert tab.page.locator("nav.screens").count() == 0
