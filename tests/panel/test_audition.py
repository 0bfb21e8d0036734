"""The audition page: what it shows, and what its keys and buttons do."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge_server.client import new_job_id
from bridge_server.protocol.events import Place
from bridge_server.protocol.requests import Extend
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Source, Take
from tests.end_to_end.process import BridgeProcess
from tests.fakes.waiting import until
from tests.panel.auditions import HOST, heard, settled
from tests.panel.browser import Tab, panel_link, playwright_api
from tests.panel.songs import generate, repaint, run, song_file

expect = playwright_api.expect


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


def test_keep_is_written_down_and_places_nothing(
    board: Tab, open_tab: Callable[..., Tab], bridge: BridgeProcess, takes: tuple[Take, ...]
) -> None:
    other = settled(open_tab(page="audition", job=takes[0].job))
    with bridge.client(HOST) as host:
        host.hello()
        board.page.keyboard.press("2")
        board.page.keyboard.press("k")
        until(lambda: marks(board, takes[1])["chosen"])
        for tab in (board, other):
            expect(tab.page.locator(".lane[data-track$='/2'] [data-tool=keep]")).to_have_text("Kept")
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
    link = board.find("link", "Save or drag the file of take 1", exact=True)
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


def test_both_sides_of_an_extension_and_each_stem_can_be_taken_out(
    open_tab: Callable[..., Tab], bridge: BridgeProcess, tmp_path: Path, takes: tuple[Take, ...]
) -> None:
    song = song_file(tmp_path / "Short Song", seconds=2.0)
    asked = Extend(
        job=new_job_id(), source=Source(path=str(song)), span=Span(0, 96_000, 48_000), left=48_000, right=48_000
    )
    (take,) = run(bridge, asked)
    tab = settled(open_tab(page="audition", job=asked.job))
    for part in take.parts:
        link = tab.find("link", f"Save or drag the file of the {part.side} side of take 1")
        assert fetched(tab, link) == Path(part.path).read_bytes()
    settled(tab.go(f"#/audition?job={takes[0].job}"))
    expect(tab.page.locator(".lane-name").first).to_have_text("Original")
    tab.page.keyboard.press("1")
    tab.page.keyboard.press("t")
    for stem in takes[0].parts[0].stems:
        link = tab.find("link", f"Save or drag the file of {stem.role} of take 1")
        assert fetched(tab, link) == Path(stem.path).read_bytes()


def fetched(tab: Tab, link: playwright_api.Locator) -> bytes:
    """What is saved with a click on it."""
    href = link.get_attribute("href")
    return bytes(tab.page.request.get(tab.page.url.split("/#")[0] + href).body())


def test_what_the_keys_make_heard_is_said(board: Tab) -> None:
    board.page.keyboard.press("2")
    expect(board.page.locator(".board [role=status]")).to_have_text("Take 2")
