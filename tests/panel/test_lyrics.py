"""The lyrics page in a real browser: words on the melody of a take that sketch sang, rendered and heard in turn."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from bridge_server.client import Client
from bridge_server.protocol.events import Place
from bridge_server.protocol.requests import Panel as AskPanel
from bridge_server.protocol.values import Music, Source, Take
from engine.backends.guide_vocal import is_ready
from tests.conftest import make_tone
from tests.end_to_end.process import BridgeProcess
from tests.panel.browser import Tab
from tests.panel.songs import generate, run

api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = api.expect

LYRICS = """[verse]
The moon is high tonight
I walk alone along the shore
[chorus]
Over the silver sea
"""
OTHERS = "[verse]\nThe sun is low today\nI run with you along the street\n[chorus]\nUnder the golden trees\n"
RENDERED_MS = 60_000
SAME = 1e-3
"""Files of 24 bits that were turned up by different gains differ by their last bits."""

pytestmark = [
    pytest.mark.skipif(not is_ready(), reason="espeak-ng or pyworld is not installed"),
    pytest.mark.timeout(180),
]


@pytest.fixture(scope="module")
def sung(bridge: BridgeProcess, tmp_path_factory: pytest.TempPathFactory) -> Take:
    """A take with words that REAPER asked for."""
    project: Path = tmp_path_factory.mktemp("Song")
    asked = generate(
        6.0, 1, project=project, tags="pop ballad, female vocals, piano", lyrics=LYRICS, language="en", timeline=96_000
    )
    return run(bridge, asked, "reaper")[0]


@pytest.fixture
def on_take(tab: Tab, sung: Take) -> Tab:
    tab.go(f"#/lyrics?take={sung.job}/{sung.number}")
    tab.page.wait_for_selector(".lyric-column[data-version=A]")
    return tab


def words(tab: Tab, name: str = "A") -> api.Locator:
    return tab.find("textbox", f"Lyrics of version {name}")


def counts(tab: Tab, name: str = "A") -> list[str]:
    found: list[str] = tab.page.locator(f"[data-version={name}] .lyric-paper .lyric-count").all_inner_texts()
    return found


def render(tab: Tab, *takes: str) -> None:
    tab.page.locator(".lyric-go .main").click()
    for name in takes:
        expect(tab.find("button", f"Hear {name}")).to_be_visible(timeout=RENDERED_MS)


def ask(tab: Tab, route: str) -> dict[str, Any]:
    answer: dict[str, Any] = tab.page.request.get(tab.page.url.split("/#")[0] + route).json()
    return answer


def shown_takes(tab: Tab) -> dict[str, str]:
    """'A1' → 'JOB/1'."""
    chips = tab.page.locator(".lyric-takes [data-take]").all()
    return {chip.inner_text().strip(): str(chip.get_attribute("data-take")) for chip in chips}


def test_each_line_has_its_syllables_beside_the_originals(on_take: Tab) -> None:
    expect(words(on_take)).to_have_value(LYRICS)
    assert counts(on_take) == ["6/6", "8/8", "6/6"]
    words(on_take).fill("[verse]\nThe beautiful moon is high tonight\nI walk\n[chorus]\nOver the silver seas\nAnd on")
    assert counts(on_take) == ["9/6", "2/8", "6/6", "2"]
    on_take.see("2 off")
    on_take.see("1 too many")
    on_take.page.keyboard.press("Control+Home")
    on_take.page.keyboard.press("ArrowDown")
    on_take.see("Line 2: 9 syllables, 3 more than the original: “The moon is high tonight”")


def test_headings_languages_and_the_originals_line_from_the_toolbar(on_take: Tab) -> None:
    words(on_take).fill("[verse]\nMorgen bin ich wieder da\n")
    on_take.page.keyboard.press("ArrowUp")
    on_take.page.get_by_label("Language of this line").select_option("de")
    expect(words(on_take)).to_have_value("[verse]\n[de] Morgen bin ich wieder da\n")
    assert counts(on_take) == ["7/6"]
    on_take.page.keyboard.press("Control+End")
    on_take.find("button", "Chorus", exact=True).click()
    expect(words(on_take)).to_have_value("[verse]\n[de] Morgen bin ich wieder da\n[chorus]")
    on_take.find("button", "Next misfit").click()
    on_take.find("button", "Original line").click()
    expect(words(on_take)).to_have_value("[verse]\nThe moon is high tonight\n[chorus]")
    on_take.page.keyboard.press("Control+z")
    expect(words(on_take)).to_have_value("[verse]\n[de] Morgen bin ich wieder da\n[chorus]")


def test_versions_are_copied_removed_brought_back_and_outlive_a_reload(on_take: Tab) -> None:
    words(on_take).fill(OTHERS)
    on_take.find("button", "Copy version A").click()
    expect(words(on_take, "B")).to_have_value(OTHERS)
    on_take.find("button", "Another version").click()
    expect(words(on_take, "C")).to_have_value(LYRICS)
    on_take.find("button", "Remove version B").click()
    expect(words(on_take, "B")).to_have_count(0)
    on_take.find("button", "Bring it back").click()
    expect(words(on_take, "B")).to_have_value(OTHERS)
    on_take.page.reload()
    expect(words(on_take, "C")).to_have_value(LYRICS)
    expect(words(on_take, "B")).to_have_value(OTHERS)
    on_take.page.locator(".lyric-compare summary").click()
    row = on_take.page.locator(".lyric-table tbody tr", has_text="I walk alone along the shore")
    assert row.locator("td").all_inner_texts()[1].split("\n")[0].strip() == "I run with you along the street"
    assert row.locator("mark").all_inner_texts() == ["run", "with", "you", "street"] * 2
    on_take.find("button", "Start over").click()
    expect(words(on_take, "B")).to_have_count(0)
    on_take.find("button", "Bring it back").click()
    expect(words(on_take, "B")).to_have_value(OTHERS)
    on_take.go("#/lyrics")
    expect(on_take.page.get_by_role("region", name="Go on writing").get_by_role("link")).to_have_count(1)


def test_versions_are_rendered_with_the_same_seeds_and_heard_over_the_same_band(on_take: Tab, sung: Take) -> None:
    words(on_take).fill(OTHERS)
    on_take.find("button", "Another version").click()
    words(on_take, "B").fill(OTHERS.replace("sun", "day"))
    on_take.page.get_by_label("Takes of each").fill("1")
    on_take.page.keyboard.press("Tab")
    render(on_take, "A1", "B1")
    takes = shown_takes(on_take)
    asked = {name: ask(on_take, f"/api/takes/{id_}")["request"] for name, id_ in takes.items()}
    assert {request.get("mode", "only_lyrics") for request in asked.values()} == {"only_lyrics"}
    assert len({request["seed"] for request in asked.values()}) == 1
    assert asked["A1"]["lyrics"] == OTHERS
    assert asked["B1"]["lyrics"] == OTHERS.replace("sun", "day")
    assert asked["A1"]["source_lyrics"] == LYRICS
    assert asked["A1"]["span"] == {"start": 0, "end": sung.samples, "rate": sung.sample_rate}
    assert asked["A1"]["timeline"] == 96_000
    told = ask(on_take, f"/api/audition?of={','.join(takes.values())}")
    first, second = ({stem["role"]: stem["url"] for stem in take["stems"]} for take in told["takes"])
    left = {role: remainder(sound(on_take, first[role]), sound(on_take, second[role])) for role in first}
    assert left.pop("vocals") > 0.1, "other words sound otherwise"
    assert left, "there is a band"
    assert max(left.values()) < SAME, "and it plays the same, but for the loudness that the bridge matches"


def sound(tab: Tab, url: str) -> NDArray[np.float64]:
    body = tab.page.request.get(tab.page.url.split("/#")[0] + url).body()
    samples: NDArray[np.float64] = soundfile.read(io.BytesIO(body), always_2d=True)[0]
    return samples


def remainder(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """What no gain can take away between two sounds, as a share of the first: 0 for the same, 1 for strangers."""
    if not one.any() and not other.any():
        return 0.0
    gain = float((one * other).sum() / (other * other).sum())
    return float(np.linalg.norm(one - gain * other) / np.linalg.norm(one))


def test_heard_one_after_the_other_by_keys_alone_and_kept(on_take: Tab) -> None:
    page = on_take.page
    words(on_take).fill(OTHERS)
    page.get_by_label("Takes of each").fill("2")
    words(on_take).focus()
    page.keyboard.press("Control+Enter")
    expect(on_take.find("button", "Hear A2")).to_be_visible(timeout=RENDERED_MS)
    words(on_take).focus()
    page.keyboard.type("123")
    assert words(on_take).input_value().endswith("123"), "figures in the text are text"
    page.keyboard.press("Escape")
    heard = page.locator(".lane.heard .lane-name")
    page.keyboard.press("2")
    expect(heard).to_have_text("Take A2")
    expect(page.locator(".lyric-column.heard h2")).to_have_text("Version A")
    on_take.see("older words")
    page.keyboard.press("0")
    expect(heard).to_have_text("Original")
    page.keyboard.press("n")
    expect(heard).to_have_text("Take A1", timeout=15_000)
    expect(heard).to_have_text("Take A2", timeout=15_000)
    expect(heard).to_have_text("Original", timeout=15_000)
    page.keyboard.press(" ")
    page.keyboard.press("1")
    page.keyboard.press("k")
    expect(on_take.find("button", "Hear A1, kept")).to_be_visible()


def test_a_render_outlives_a_reload_and_a_second_tab_shows_what_is_written(
    on_take: Tab, open_tab: Callable[..., Tab], sung: Take
) -> None:
    second = open_tab()
    second.go(f"#/lyrics?take={sung.job}/{sung.number}")
    expect(words(second)).to_have_value(LYRICS)
    words(on_take).fill(OTHERS)
    expect(words(second)).to_have_value(OTHERS)
    on_take.page.get_by_label("Takes of each").fill("1")
    words(on_take).focus()
    on_take.page.locator(".lyric-go .main").click()
    expect(on_take.find("button", "Cancel")).to_be_visible()
    on_take.page.reload()
    for tab in (on_take, second):
        expect(tab.find("button", "Hear A1")).to_be_visible(timeout=RENDERED_MS)
        assert words(tab).input_value() == OTHERS


def test_pictures_for_the_docs(open_tab: Callable[..., Tab], sung: Take, picture: Callable[[Tab, str], Path]) -> None:
    tab = open_tab(height=1000)
    tab.go(f"#/lyrics?take={sung.job}/{sung.number}")
    words(tab).fill(OTHERS)
    tab.find("button", "Another version").click()
    words(tab, "B").fill(
        "[verse]\nThe city never sleeps at night\n[de] Ich geh allein am Ufer lang\n[chorus]\nUnder the neon sea\n"
    )
    tab.page.get_by_label("Takes of each").fill("1")
    words(tab, "B").focus()
    render(tab, "A1", "B1")
    tab.page.wait_for_selector(".board[aria-busy=false]")
    tab.page.evaluate("() => scrollTo(0, 0)")
    for scheme, name in (("light", "lyrics"), ("dark", "lyrics-dark")):
        tab.page.emulate_media(color_scheme=scheme)
        path = picture(tab, name)
        assert 20_000 < path.stat().st_size < 300_000


@pytest.fixture
def from_reaper(tab: Tab, bridge: BridgeProcess, sung: Take) -> Tab:
    """What REAPER's menu does: a link into the panel with the selected region."""
    asked = AskPanel(
        id="words",
        page="lyrics",
        source=Source(path=sung.path),
        span=sung.span,
        timeline=96_000,
        music=Music(bpm=120.0),
        lyrics=LYRICS,
        language="en",
        tags="pop ballad, female vocals, piano",
    )
    with bridge.client("reaper") as reaper:
        tab.page.goto(reaper.ask(asked).url)  # type: ignore[union-attr]
    tab.page.wait_for_selector(".lyric-column[data-version=A]")
    return tab


def test_a_region_of_a_daw_gets_other_words_and_the_daw_places_what_is_sent(
    from_reaper: Tab, bridge: BridgeProcess
) -> None:
    words(from_reaper).fill(OTHERS)
    from_reaper.page.get_by_label("Takes of each").fill("1")
    words(from_reaper).focus()
    render(from_reaper, "A1")
    with bridge.client("reaper") as reaper:
        reaper.hello()
        from_reaper.find("button", "Send").last.click()
        from_reaper.see("on its way to REAPER")
        event = placed(reaper)
    assert event.take.number == 1
    assert event.take.parts[0].timeline == 96_000


def placed(reaper: Client) -> Place:
    for event in reaper.events(20):
        if isinstance(event, Place):
            return event
    raise AssertionError("REAPER was not told to place anything")


def test_what_cannot_be_sung_says_why_and_what_to_do(tab: Tab, tmp_path: Path) -> None:
    path = tmp_path / "foreign.wav"
    soundfile.write(path, make_tone(seconds=3.0, rate=44_100).T, 44_100)
    tab.go("#/lyrics")
    tab.page.get_by_label("Sound file to reword").set_input_files(path)
    words(tab).fill("[verse]\nNobody sang this\n")
    tab.page.locator(".lyric-go .main").click()
    expect(tab.page.locator(".lyric-notes .bad")).to_contain_text("keeps no score", timeout=RENDERED_MS)
    expect(tab.page.locator(".lyric-notes .bad")).to_contain_text("ace-step-v1")
    expect(tab.find("button", "Render A, 2 takes")).to_be_enabled()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_hidden_from_anybody(
    open_tab: Callable[..., Tab], axe: Callable[[Tab], None], sung: Take, scheme: str
) -> None:
    tab = open_tab(scheme=scheme)
    tab.go("#/lyrics")
    tab.see("Sung takes")
    axe(tab)
    tab.go(f"#/lyrics?take={sung.job}/{sung.number}")
    words(tab).fill("[verse]\nThe sun is low\n[de] Morgen\n")
    tab.page.locator(".lyric-compare summary").click()
    tab.page.wait_for_selector(".board[aria-busy=false]")
    axe(tab)


def test_at_200_percent_nothing_leaves_the_page(open_tab: Callable[..., Tab], sung: Take) -> None:
    tab = open_tab(zoom=2.0)
    tab.go(f"#/lyrics?take={sung.job}/{sung.number}")
    words(tab).fill(OTHERS)
    wider = tab.page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0
    box = words(tab).bounding_box()
    assert box is not None and box["width"] > 200
