"""The history: 500 takes at once, found by words and marks, compared, made again, their provenance; by keys alone."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from bridge_server.client import new_job_id
from bridge_server.home import Home
from bridge_server.jobs.job import Job
from bridge_server.jobs.journal import Journal, fingerprint
from bridge_server.protocol.events import Done
from bridge_server.protocol.requests import Generate
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Music, Part, Take
from tests.end_to_end.process import BridgeProcess
from tests.fakes.waiting import until
from tests.panel.browser import Tab

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

MANY = 500
RATE = 48_000
SPAN = Span(0, RATE, RATE)
LINES = (
    "Morning comes in grey and gold",
    "We drove until the road ran out",
    "Under the bridge the river sings",
    "Leave a light on in the hall",
    "Every window knows your name",
    "Salt on the glass and rain on the wire",
    "Nobody told the moon to wait",
)
WORDS = ("lofi, rhodes", "funk, slap bass", "waltz, strings", "bossa nova", "dub techno")


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BridgeProcess]:
    """A bridge with 500 old takes in its journal, and three that sketch has really made."""
    home = tmp_path_factory.mktemp("home")
    remember_old_takes(home, MANY)
    with BridgeProcess(home) as running:
        running.wait_for_engine()
        project = tmp_path_factory.mktemp("Ballad")
        with running.client("reaper") as client:
            make(client, project, tags="ballad, piano", music=Music(bpm=72.0), seed=5, variants=2)
            make(client, project, tags="ballad, organ", music=Music(bpm=84.0), seed=9)
        yield running


def make(client, project: Path, **fields: object) -> None:
    request = Generate(job=new_job_id(), span=SPAN, project=str(project), **fields)  # type: ignore[arg-type]
    assert isinstance(list(client.run(request))[-1], Done)


def remember_old_takes(home: Path, count: int) -> None:
    """As a year of work leaves them, their files on a disk that is not connected."""
    journal = Journal(Home(home).journal)
    now = time.time()
    with journal.transaction():
        for number in range(count):
            tags = WORDS[number % len(WORDS)]
            request = Generate(
                job=f"old{number:05d}",
                span=SPAN,
                tags=tags,
                lyrics=f"[verse]\n{LINES[number % 7]}\n[chorus]\nverse number {number}",
            )
            job = Job(request=request, client="reaper", door="mailbox", state="done")
            job.created = now - 3_600 * (number + 1)
            journal.add(job, fingerprint(request))
            span = Span(0, RATE * (4 + number % 13), RATE)
            part = Part(path=f"/gone/{number}.wav", samples=span.length, span=span, timeline=0)
            take = Take(
                job=request.job, number=1, path=part.path, seed=number, sample_rate=RATE, samples=part.samples,
                channels=2, span=span, backend="sketch", parts=(part,), chosen=number % 50 == 0,
            )  # fmt: skip
            journal.keep_take(take, "/gone/Song")
    journal.close()
    base = sqlite3.connect(Home(home).journal)
    with base:
        base.execute("UPDATE takes SET created = (SELECT jobs.created FROM jobs WHERE jobs.id = takes.job)")
    base.close()


@pytest.fixture
def history(open_tab: Callable[..., Tab]) -> Tab:
    tab = open_tab().go("#/history")
    expect(tab.page.locator("li.take").first).to_be_visible()
    return tab


def rows(tab: Tab) -> list[str]:
    return tab.page.locator("li.take").evaluate_all("rows => rows.map(row => row.dataset.take)")


def see_rows(tab: Tab, count: int) -> None:
    expect(tab.page.locator("li.take")).to_have_count(count, timeout=10_000)


def real(tab: Tab) -> list[str]:
    """Ids of the three takes that sketch has made first: organ, then piano 1 and 2; all that it made are listed."""
    tab.go("#/history?text=ballad")
    until(lambda: 3 <= len(rows(tab)) < MANY, 10, "the takes of sketch")
    return rows(tab)[-3:]


def test_500_takes_are_there_at_once(history: Tab) -> None:
    """How fast, `benchmarks/panel` measures."""
    see_rows(history, MANY)
    history.find("button", "Show more").click()
    see_rows(history, MANY + 3)


def test_words_seed_star_and_date(history: Tab) -> None:
    search = history.find("searchbox", "Search")
    search.fill("slap bass")
    see_rows(history, MANY // len(WORDS))
    expect(history.find("status").first).to_have_text("100 takes")
    search.fill("the moon number 41")
    until(lambda: all("41" in row for row in rows(history)) and 0 < len(rows(history)) < 20, 10, "words of lyrics")
    search.fill("number 42")
    history.page.get_by_label("Seed", exact=True).fill("42")
    until(lambda: rows(history) == ["old00042/1"], 10, "one seed")
    assert "seed=42" in history.page.url
    history.page.reload()
    see_rows(history, 1)
    history.find("button", "Clear").click()
    see_rows(history, MANY)
    history.find("button", "Kept", exact=True).click()
    see_rows(history, MANY // 50)
    history.find("button", "All", exact=True).click()
    history.page.get_by_label("From", exact=True).fill("2020-01-01")
    history.page.get_by_label("To", exact=True).fill("2020-02-01")
    history.see("No take is like that")


def test_a_star_is_seen_in_every_tab_and_found_again(open_tab: Callable[..., Tab]) -> None:
    one, other = (open_tab().go("#/history?seed=7") for _ in range(2))
    see_rows(one, 1)
    see_rows(other, 1)
    one.page.locator(".take .star").first.click()
    expect(other.page.locator(".take .star").first).to_have_attribute("aria-pressed", "true")
    other.go("#/history?marks=starred")
    see_rows(other, 1)
    one.page.locator(".take .star").first.click()
    expect(other.page.locator(".take .star").first).to_have_attribute("aria-pressed", "false")


def test_what_is_discarded_is_out_of_sight_and_comes_back(history: Tab) -> None:
    history.go("#/history?seed=11")
    see_rows(history, 1)
    history.page.locator("li.take").focus()
    history.page.keyboard.press("x")
    history.see("Discarded")
    history.go("#/history?seed=11&marks=away")
    see_rows(history, 1)
    history.page.locator("li.take").focus()
    history.page.keyboard.press("s")
    history.go("#/history?seed=11&marks=starred")
    see_rows(history, 1)


def test_two_recipes_are_compared(history: Tab) -> None:
    organ, piano, _ = real(history)
    for take in (piano, organ):
        history.page.locator(f"[data-take='{take}'] input").check()
    history.find("button", "Compare").click()
    table = history.find("region", "What differs")
    expect(table).to_contain_text("ballad, piano")
    row = table.get_by_role("row").filter(has_text="Tempo")
    expect(row.get_by_role("cell").nth(0)).to_have_text("72 bpm")
    expect(row.get_by_role("cell").nth(1)).to_have_text("84 bpm")
    expect(table.get_by_role("rowheader", name="Seed")).to_be_visible()
    expect(table.get_by_role("columnheader").nth(1)).to_contain_text("ballad, organ")
    expect(table.get_by_role("row").filter(has_text="Meter")).to_have_count(0)
    history.page.locator("summary").click()
    expect(history.page.get_by_role("row").filter(has_text="Made by")).to_contain_text("sketch")
    expect(history.find("link", "Hear both")).to_have_attribute("href", f"#/audition?of={piano},{organ}")


def test_the_recipe_of_a_take_and_again(history: Tab) -> None:
    organ, *_ = real(history)
    history.page.locator(f"[data-take='{organ}'] .title").click()
    facts = history.page.locator(".facts")
    expect(facts).to_contain_text("84 bpm")
    expect(history.find("heading", "ballad, organ")).to_be_visible()
    expect(history.find("link", "Again with changes")).to_have_attribute("href", f"#/studio?take={organ}")
    history.find("button", "Again", exact=True).click()
    history.see("It is being made again.")
    history.find("link", "All takes").click()
    see_rows(history, 4)
    same = msgspec.json.decode(
        history.page.evaluate("async () => (await fetch('/api/takes?text=organ')).text()").encode()
    )["takes"]
    assert [(take["seed"], take["task"]) for take in same] == [(9, "again"), (9, "generate")]


def test_again_with_changes_opens_the_studio_on_the_settings(history: Tab) -> None:
    organ, *_ = real(history)
    history.page.locator(f"[data-take='{organ}']").focus()
    history.page.keyboard.press("a")
    tags = history.page.get_by_label("Tags").first
    expect(tags).to_have_value("ballad, organ", timeout=10_000)


def test_a_take_whose_file_is_gone_says_so(history: Tab) -> None:
    history.forgiven.append("Failed to load resource")
    history.go("#/history?take=old00003/1")
    expect(history.find("alert")).to_be_visible()
    expect(history.find("heading", "bossa nova")).to_be_visible()


def test_a_take_is_heard_where_it_is_listed(history: Tab) -> None:
    organ, *_ = real(history)
    row = history.page.locator(f"[data-take='{organ}']")
    listen = row.locator(".listen")
    listen.click()
    expect(listen).to_have_attribute("aria-pressed", "true")
    expect(listen).to_have_attribute("aria-pressed", "false", timeout=10_000)


def test_the_provenance_sheet_is_printed_and_saved(history: Tab, tmp_path: Path) -> None:
    takes = real(history)
    for take in takes:
        history.page.locator(f"[data-take='{take}'] input").check()
    history.find("button", "Provenance").click()
    sheet = history.find("region", "Provenance")
    expect(sheet.get_by_role("row")).to_have_count(len(takes) + 1)
    expect(sheet).to_contain_text("0:00:01.000")
    expect(history.find("columnheader", "Licence")).to_be_visible()
    with history.page.expect_download() as saved:
        history.find("link", "Save as CSV").click()
    saved.value.save_as(tmp_path / "sheet.csv")
    assert (tmp_path / "sheet.csv").read_text("utf-8-sig").startswith("project,start,end,seconds")
    history.page.emulate_media(media="print")
    expect(history.page.locator("header.top")).to_be_hidden()
    expect(history.find("button", "Print")).to_be_hidden()
    expect(sheet).to_be_visible()
    history.page.emulate_media(media="screen")


def test_keys_alone_are_enough(history: Tab) -> None:
    keyboard = history.page.keyboard
    real(history)
    keyboard.press("?")
    expect(history.find("dialog")).to_contain_text("Select, to compare")
    keyboard.press("Escape")
    keyboard.press("/")
    assert history.page.evaluate("document.activeElement.type") == "search"
    for _ in range(40):
        keyboard.press("Tab")
        if history.page.evaluate("document.activeElement.matches('li.take')"):
            break
    else:
        pytest.fail("Tab does not reach the list")
    keyboard.press("ArrowDown")
    keyboard.press("c")
    keyboard.press("ArrowDown")
    keyboard.press("c")
    expect(history.find("region", "Selected takes")).to_contain_text("2 selected")
    keyboard.press("Enter")
    expect(history.find("heading", "How it was made")).to_be_visible()
    history.page.go_back()
    expect(history.page.locator("li.take").first).to_be_visible()


def test_a_new_take_appears_by_itself(history: Tab, bridge: BridgeProcess, tmp_path: Path) -> None:
    history.go("#/history?text=zydeco")
    history.see("No take is like that")
    with bridge.client("ardour") as client:
        make(client, tmp_path, tags="zydeco", seed=3)
    see_rows(history, 1)
    expect(history.page.locator("li.take")).to_contain_text("from Ardour")


def test_accessible_light_and_dark_small_and_large(
    open_tab: Callable[..., Tab], axe: Callable[[Tab], None], picture: Callable[..., Path]
) -> None:
    looks = {
        "history": {},
        "history-dark": {"scheme": "dark"},
        "history-tablet": {"width": 834, "height": 1112},
        "history-zoom": {"zoom": 2.0},
    }
    for name, options in looks.items():
        tab = open_tab(**options)
        tab.go("#/history?text=number")
        see_rows(tab, MANY)
        tab.page.locator("li.take").nth(1).locator("input").check()
        tab.page.locator("li.take").nth(3).locator("input").check()
        tab.page.locator("li.take").nth(2).locator(".star").click()
        tab.page.mouse.move(0, 0)
        picture(tab, name)
        tab.go("#/history?text=funk+moon")
        expect(tab.page.locator("li.take").first).to_contain_text("funk")
        axe(tab)
        assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def test_the_other_views_are_accessible(history: Tab, axe: Callable[[Tab], None], picture: Callable[..., Path]) -> None:
    organ, piano, _ = real(history)
    for name, place in {
        "history-recipe": f"take={organ}",
        "history-compare": f"compare={piano},{organ}",
        "history-provenance": f"sheet={piano},{organ}",
    }.items():
        history.go(f"#/history?{place}")
        expect(history.page.locator(".history-page h1").last).to_be_visible()
        expect(history.page.locator("text=Reading the recipes")).to_have_count(0)
        axe(history)
        picture(history, name)
