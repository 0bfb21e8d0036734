"""The audition page: what it shows, what its keys and buttons do, and what it does while nobody does anything."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge_server.protocol.events import Place
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Source, Take
from tests.end_to_end.process import BridgeProcess
from tests.fakes.waiting import until
from tests.panel.browser import Tab, panel_link, playwright_api
from tests.panel.conftest import KEEP_PICTURES
from tests.panel.songs import generate, repaint, run, song_file

HOST = "reaper"
expect = playwright_api.expect


@pytest.fixture(scope="module")
def takes(bridge: BridgeProcess, tmp_path_factory: pytest.TempPathFactory) -> tuple[Take, ...]:
    """Three takes that REAPER has asked for."""
    song = song_file(tmp_path_factory.mktemp("music") / "Night Song", seconds=6.0)
    return run(bridge, repaint(song, 2.0, 4.0), HOST)


@pytest.fixture
def board(open_tab: Callable[..., Tab], takes: tuple[Take, ...]) -> Tab:
    return settled(open_tab(page="audition", job=takes[0].job))


def settled(tab: Tab) -> Tab:
    tab.page.wait_for_selector(".board[aria-busy=false]")
    return tab


def heard(tab: Tab) -> str:
    """The name of the lane that is heard."""
    return tab.page.locator(".lane-hear[aria-pressed=true] .lane-name").inner_text()


def marks(tab: Tab, take: Take) -> dict[str, object]:
    """What the server knows of it."""
    address = tab.page.url.split("/#")[0]
    listed = tab.page.request.get(f"{address}/api/takes?limit=1000").json()["takes"]
    return next(line for line in listed if (line["job"], line["number"]) == (take.job, take.number))


def test_the_page_shows_the_job_and_marks_what_was_replaced(board: Tab) -> None:
    board.see("lofi, rhodes, soft drums")
    board.see("asked for by REAPER · 2.0 s · 120 bpm, 4/4 · D minor")
    assert board.page.locator(".lane-name").all_inner_texts() == ["Original", "Take 1", "Take 2", "Take 3"]
    band = board.page.locator(".ruler-band").evaluate(
        "e => [e.offsetLeft / e.parentNode.offsetWidth, e.offsetWidth / e.parentNode.offsetWidth]"
    )
    # Two of six seconds, with all that there is before and after: the song is shorter than the context asked for.
    assert band == pytest.approx([2 / 6, 2 / 6], abs=0.01)


def test_keys_alone_play_and_choose(board: Tab) -> None:
    page = board.page
    page.keyboard.press("2")
    assert heard(board) == "Take 2"
    page.keyboard.press("0")
    assert heard(board) == "Original"
    page.keyboard.press("ArrowDown")
    assert heard(board) == "Take 1"
    page.keyboard.press("9")
    assert heard(board) == "Take 1", "there is no ninth take"
    page.keyboard.press(" ")
    expect(board.find("button", "Pause")).to_be_visible()
    before = page.locator(".where .time").inner_text()
    expect(page.locator(".where .time")).not_to_have_text(before)
    page.keyboard.press(" ")
    expect(board.find("button", "Play")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Hear the original")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_every_control_is_reached_by_tab(board: Tab) -> None:
    page = board.page
    reached: list[str] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("() => (e => e.getAttribute('aria-label') || e.innerText.trim())(document.activeElement)")
        )
    for name in (
        "Skip to the page",
        "Audition",
        "Play",
        "Blind",
        "Keep",
        "Star (S): take 3",
        "Save or drag the file of take 3",
    ):
        assert name in reached, reached


def test_space_on_a_button_that_tab_has_reached_presses_it(board: Tab) -> None:
    board.find("button", "Blind", exact=True).focus()
    board.page.keyboard.press("Tab")
    board.page.keyboard.press("Shift+Tab")
    board.page.keyboard.press(" ")
    expect(board.find("button", "Blind", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(board.find("button", "Play")).to_be_visible()


def test_star_and_discard_are_kept_and_told_to_other_tabs(
    board: Tab, open_tab: Callable[..., Tab], takes: tuple[Take, ...]
) -> None:
    other = settled(open_tab(page="audition", job=takes[0].job))
    board.page.keyboard.press("3")
    board.page.keyboard.press("s")
    expect(other.page.locator(".lane[data-track$='/3'] .starred")).to_be_visible()
    board.page.keyboard.press("2")
    board.page.keyboard.press("x")
    expect(other.page.locator(".lane[data-track$='/2']")).to_have_class(re.compile("discarded"))
    assert marks(board, takes[2])["starred"]
    assert marks(board, takes[1])["discarded"]
    board.page.keyboard.press("x")
    until(lambda: not marks(board, takes[1])["discarded"])


def test_keep_is_written_down_and_places_nothing(board: Tab, bridge: BridgeProcess, takes: tuple[Take, ...]) -> None:
    with bridge.client(HOST) as host:
        host.hello()
        board.page.keyboard.press("2")
        board.page.keyboard.press("k")
        until(lambda: marks(board, takes[1])["chosen"])
        expect(board.page.locator(".lane[data-track$='/2'] [data-tool=keep]")).to_have_text("Kept")
        host.hello()
        assert not [event for event in iter(host.poll, None) if isinstance(event, Place)]


def test_send_has_the_program_that_asked_place_the_take(
    board: Tab, bridge: BridgeProcess, takes: tuple[Take, ...]
) -> None:
    with bridge.client(HOST) as host:
        host.hello()
        board.page.locator(".lane[data-track$='/3'] [data-tool=send]").click()
        board.see("Take 3 is on its way to REAPER.")
        placed = until(lambda: next((e for e in iter(host.poll, None) if isinstance(e, Place)), None))
    assert (placed.take.job, placed.take.number) == (takes[2].job, 3)


def test_a_take_that_no_daw_asked_for_is_sent_to_the_one_that_is_picked(
    open_tab: Callable[..., Tab], bridge: BridgeProcess
) -> None:
    asked = generate(2.0, variants=1)
    run(bridge, asked)
    with bridge.client(HOST) as host, bridge.client("ardour") as another:
        host.hello()
        another.hello()
        tab = settled(open_tab(page="audition", job=asked.job))
        tab.page.keyboard.press("Enter")
        tab.find("dialog").get_by_role("button", name="REAPER").click()
        placed = until(lambda: next((e for e in iter(host.poll, None) if isinstance(e, Place)), None))
    assert placed.take.job == asked.job


def test_a_file_is_saved_and_dragged_out(board: Tab, takes: tuple[Take, ...], tmp_path: Path) -> None:
    link = board.find("link", "Save or drag the file of take 1")
    with board.page.expect_download() as download:
        link.click()
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    assert saved.suffix == ".wav"
    assert saved.read_bytes() == Path(takes[0].path).read_bytes()
    dragged = link.evaluate(
        """element => {
          const data = new DataTransfer();
          element.dispatchEvent(new DragEvent("dragstart", { dataTransfer: data, bubbles: true }));
          return data.getData("DownloadURL");
        }"""
    )
    kind, name, address = dragged.split(":", 2)
    assert (kind, name) == ("audio/wav", saved.name)
    assert board.page.request.get(address).body() == saved.read_bytes()


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


def test_takes_appear_as_they_are_written(open_tab: Callable[..., Tab], bridge: BridgeProcess, tmp_path: Path) -> None:
    song = song_file(tmp_path / "Late Song", seconds=4.0)
    asked = repaint(song, 1.0, 2.0, variants=2)
    tab = open_tab(page="queue")
    with bridge.client(HOST) as host:
        host.submit(asked)
        tab.go(f"#/audition?job={asked.job}")
        expect(tab.page.locator(".lane-name")).to_have_text(["Original", "Take 1", "Take 2"])


def test_a_job_that_is_not_there_is_told_in_words(tab: Tab) -> None:
    tab.forgiven.append("404")
    tab.go("#/audition?job=00000000-nothing")
    expect(tab.page.get_by_role("alert")).to_contain_text("There is no job 00000000-nothing.")


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


def test_takes_of_another_job_are_told_of(board: Tab, bridge: BridgeProcess) -> None:
    asked = generate(1.0, variants=2, tags="bossa nova")
    run(bridge, asked)
    board.see("2 takes are ready: bossa nova")
    board.find("button", "Listen").click()
    expect(board.page.locator("h1")).to_contain_text("bossa nova")


def test_a_region_of_a_daw_is_heard_before_anything_is_made_of_it(
    open_tab: Callable[..., Tab], bridge: BridgeProcess, tmp_path: Path
) -> None:
    song = song_file(tmp_path / "Region Song", seconds=5.0)
    region = {"source": Source(path=str(song)), "span": Span(48_000, 96_000, 48_000), "project": str(song.parent)}
    tab = settled(open_tab(page="audition", **region))
    assert tab.page.locator(".lane-name").all_inner_texts() == ["Original"]
    tab.find("link", "Other words").click()
    assert "#/lyrics?region=" in tab.page.url


def test_an_open_tab_offers_to_go_where_a_link_leads(board: Tab, bridge: BridgeProcess) -> None:
    asked = generate(2.0, variants=1)
    run(bridge, asked)
    panel_link(bridge, page="audition", job=asked.job)
    board.find("button", "Go and hear its takes").click()
    expect(board.page.locator("h1")).to_contain_text("New music")
