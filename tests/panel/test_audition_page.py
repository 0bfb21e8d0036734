"""The audition page: blind rounds, loops of one's own, how it looks, and what it does while nobody does anything."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge_server.protocol.values import Take
from tests.end_to_end.process import BridgeProcess
from tests.panel.auditions import HOST, heard, settled
from tests.panel.browser import Tab, playwright_api
from tests.panel.conftest import KEEP_PICTURES
from tests.panel.songs import generate, repaint, run

expect = playwright_api.expect


def test_blind_tells_nothing_until_a_preference_is_given(board: Tab) -> None:
    page = board.page
    page.keyboard.press("b")
    assert page.locator(".lane-name").all_inner_texts() == list("ABCD")
    text = page.locator(".stage").inner_text()
    assert "seed" not in text
    assert "LUFS" not in text
    assert page.locator(".about").count() == 0
    blank = page.locator(".lane-wave").evaluate_all("all => new Set(all.map(one => one.toDataURL())).size")
    assert blank == 1, "the waveforms would tell who is who"
    page.keyboard.press("2")
    assert heard(board) == "B"
    page.keyboard.press("p")
    expect(page.locator(".lane-name").nth(1)).to_contain_text(re.compile("B was (take|original)"))
    expect(page.locator(".lane").nth(1)).to_contain_text("preferred 1 of 1")
    board.find("button", "Another round").click()
    assert page.locator(".lane-name").all_inner_texts() == list("ABCD")
    page.keyboard.press("b")
    assert page.locator(".lane-name").first.inner_text() == "Original"


def test_lots_are_drawn_fairly(tab: Tab) -> None:
    """Each of three stands first in about a third of 3,000 rounds, and each order comes up."""
    orders = tab.page.evaluate(
        """async () => {
          const { Blind } = await import("/js/audition/blind.js");
          const blind = new Blind(["a", "b", "c"]);
          return Array.from({ length: 3000 }, () => { blind.deal(); return blind.order.join(""); });
        }"""
    )
    assert len(set(orders)) == 6
    assert all(420 < orders.count(order) < 580 for order in set(orders))


def test_dragging_over_the_ruler_loops_that_part(board: Tab) -> None:
    ruler = board.page.locator(".ruler").bounding_box()
    assert ruler is not None
    y = ruler["y"] + ruler["height"] / 2
    board.page.mouse.move(ruler["x"] + ruler["width"] * 0.5, y)
    board.page.mouse.down()
    board.page.mouse.move(ruler["x"] + ruler["width"] * 0.75, y, steps=4)
    board.page.mouse.up()
    expect(board.find("button", "Selection")).to_have_attribute("aria-pressed", "true")
    own = board.page.locator(".ruler-own").evaluate("e => [e.offsetLeft / e.parentNode.offsetWidth, e.offsetWidth]")
    assert own[0] == pytest.approx(0.5, abs=0.01)
    board.page.keyboard.press("l")
    expect(board.find("button", "Selection")).to_have_attribute("aria-pressed", "false")


def test_a_computer_without_sound_says_so(open_tab: Callable[..., Tab], takes: tuple[Take, ...]) -> None:
    def without_sound(tab: Tab) -> None:
        tab.page.add_init_script("window.AudioContext = class { constructor() { throw new Error('no device'); } }")

    tab = settled(open_tab(prepare=without_sound, page="audition", job=takes[0].job))
    tab.page.keyboard.press(" ")
    expect(tab.page.get_by_role("alert")).to_contain_text("The browser cannot play any sound.")
    expect(tab.find("button", "Play")).to_be_visible()


def test_an_idle_tab_does_nothing(open_tab: Callable[..., Tab], takes: tuple[Take, ...]) -> None:
    """No frame is drawn, no timer set, nothing is asked for, once the sound is there and nobody plays it."""

    def count(tab: Tab) -> None:
        tab.page.add_init_script(
            """window.counted = [];
            for (const name of ["requestAnimationFrame", "setTimeout", "setInterval", "fetch"]) {
              const real = window[name];
              window[name] = (...given) => { window.counted.push(name); return real(...given); };
            }
            const send = WebSocket.prototype.send;
            WebSocket.prototype.send = function (text) {
              window.counted.push("send");
              return send.call(this, text);
            };"""
        )

    tab = settled(open_tab(prepare=count, page="audition", job=takes[0].job))
    tab.page.keyboard.press(" ")
    tab.page.wait_for_timeout(300)
    tab.page.keyboard.press(" ")
    tab.page.wait_for_timeout(300)
    assert "requestAnimationFrame" in tab.page.evaluate("window.counted"), "nothing was counted"
    tab.page.evaluate("window.counted.length = 0")
    tab.page.wait_for_timeout(2000)
    assert tab.page.evaluate("window.counted") == []


def test_axe_finds_nothing_serious(board: Tab, axe: Callable[[Tab], None]) -> None:
    """With stems laid open and a star, in a blind round and after it, in both colour schemes."""
    board.page.keyboard.press("t")
    board.page.keyboard.press("s")
    for scheme in ("light", "dark"):
        board.page.emulate_media(color_scheme=scheme)
        axe(board)
    board.page.keyboard.press("b")
    axe(board)
    board.page.keyboard.press("p")
    axe(board)


@pytest.mark.parametrize(("width", "zoom"), [(1280, 2.0), (834, 1.0), (390, 1.0)])
def test_nothing_is_cut_off_at_200_percent_or_on_a_tablet(
    open_tab: Callable[..., Tab], takes: tuple[Take, ...], width: int, zoom: float
) -> None:
    tab = settled(open_tab(width=width, zoom=zoom, page="audition", job=takes[0].job))
    assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    cut = tab.page.evaluate(
        """() => [...document.querySelectorAll("button, a, select, input")].filter(e => e.checkVisibility())
          .map(e => [e, e.getBoundingClientRect()])
          .filter(([e, box]) => box.width && (box.left < -1 || box.right > innerWidth + 1)).map(([e]) => e)
          .filter(e => !e.closest(".screens") && !e.matches(".skip")).map(e => e.outerHTML.slice(0, 80))"""
    )
    assert cut == []


@pytest.mark.skipif(
    KEEP_PICTURES not in os.environ, reason=f"draws the pictures of the docs where {KEEP_PICTURES} is set"
)
def test_pictures_for_the_docs(
    open_tab: Callable[..., Tab], picture: Callable[[Tab, str], Path], bridge: BridgeProcess, tmp_path: Path
) -> None:
    project = tmp_path / "Night Song"
    project.mkdir()
    (song,) = run(bridge, generate(20.0, variants=1, project=project, tags="dub techno, deep chords"))
    asked = repaint(Path(song.path), 6.0, 12.0, variants=4, project=str(project))
    run(bridge, asked, HOST)
    for name, given in {
        "audition": {},
        "audition-dark": {"scheme": "dark"},
        "audition-tablet": {"width": 834, "height": 1112},
    }.items():
        tab = settled(open_tab(page="audition", job=asked.job, **{"height": 900, **given}))
        tab.page.keyboard.press("t")
        tab.page.keyboard.press("r")
        tab.page.wait_for_load_state("networkidle")
        kept = picture(tab, name)
        assert 10_000 < kept.stat().st_size < 300_000


def test_long_takes_are_kept_only_as_far_as_there_is_room(board: Tab, takes: tuple[Take, ...]) -> None:
    """With room for three tracks, the one that was heard longest ago goes, and comes back when it is asked for."""
    loaded = board.page.evaluate(
        """async (job) => {
          const { Hearing } = await import("/js/audition/hearing.js");
          const audition = await (await fetch(`/api/audition?job=${job}&around=4`)).json();
          const hearing = new Hearing(audition, undefined, 3 * 8 * audition.frames);
          const ids = ["bed", ...hearing.tracks.map(track => track.id)];
          const now = () => ids.filter(id => hearing.player.has(id)).map(id => id.split("/").pop());
          const heard = [];
          const hear = (id) => new Promise(done => {
            hearing.on("loaded", (which) => which === id && done());
            hearing.hear(id);
          });
          await hear(`${job}/1`);
          await hearing.load();
          heard.push(now());
          await hear(`${job}/2`);
          await hear(`${job}/3`);
          heard.push(now());
          return heard;
        }""",
        takes[0].job,
    )
    assert all("bed" in ids and len(ids) == 3 for ids in loaded), loaded
    assert loaded[1] == ["bed", "2", "3"]
