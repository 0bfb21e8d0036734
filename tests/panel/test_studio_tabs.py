"""The studio's tabs in a real browser: takes are varied, repainted, edited, extended, made again with changes."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile

from bridge_server.protocol.requests import Panel as AskPanel
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Music, Source
from tests.conftest import make_tone
from tests.end_to_end.process import BridgeProcess
from tests.panel.browser import Tab, playwright_api
from tests.panel.songs import generate, repaint, run, song_file
from tests.panel.studio_page import ask, choose, made, open_all, open_studio, seconds, set_

expect = playwright_api.expect

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def studio(tab: Tab) -> Tab:
    return open_studio(tab)


def test_retake_repaint_and_extend_begin_from_what_was_made(studio: Tab) -> None:
    choose(studio, "Made by", "sketch")
    set_(studio, "Tags", "lofi, rhodes")
    set_(studio, "Lyrics", "")
    seconds(studio, "4")
    open_all(studio)
    [song] = made(studio, "Generate")
    studio.find("tab", "retake").click()
    set_(studio, "retake seeds", "3")
    [varied] = made(studio, "Retake")
    assert (varied["request"]["request"], varied["request"]["variance"], varied["line"]["seed"]) == ("retake", 0.2, 3)
    studio.find("tab", "repainting").click()
    studio.page.get_by_label("Repaint End Time (s)").fill("3")
    start = studio.page.get_by_role("slider", name="Start", exact=True)
    start.focus()
    for _ in range(10):
        studio.page.keyboard.press("ArrowRight")
    expect(studio.page.get_by_label("Repaint Start Time (s)")).to_have_value("1")
    [repainted] = made(studio, "Repaint")
    assert repainted["request"]["span"] == {"start": 48_000, "end": 144_000, "rate": 48_000}
    assert repainted["request"]["strength"] == 0.2
    assert repainted["parts"][0]["samples"] == 192_000, "the take is the whole song"
    studio.find("tab", "extend").click()
    studio.page.get_by_label("Right Extend Length (s)").fill("2")
    studio.page.get_by_role("tabpanel", name="extend").get_by_label("text2music").check()
    [longer] = made(studio, "Extend")
    assert longer["request"]["right"] == 96_000
    assert longer["parts"][0]["samples"] == 288_000
    studio.find("tab", "edit").click()
    studio.page.get_by_label("Edit Tags").fill("techno, synth bass")
    studio.find("button", "remix").click()
    [remixed] = made(studio, "Edit")
    assert remixed["request"]["mode"] == "remix"
    assert (remixed["request"]["tags"], remixed["request"]["source_tags"]) == ("techno, synth bass", "lofi, rhodes")
    assert song["line"]["task"] == "generate"


def test_the_range_is_dragged_on_the_waveform_of_an_upload(studio: Tab, tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    soundfile.write(path, make_tone(seconds=10.0, rate=44_100).T, 44_100)
    choose(studio, "Made by", "sketch")
    studio.find("tab", "repainting").click()
    pane = studio.page.get_by_role("tabpanel", name="repainting")
    pane.get_by_label("upload", exact=True).check()
    pane.get_by_label("Repaint Source: sound file").set_input_files(path)
    studio.see("song.wav")
    studio.see("of 0:10.00")
    stage = pane.locator(".span-stage")
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    assert box is not None
    for before, after in ((0.0, 0.2), (1.0, 0.5)):
        studio.page.mouse.move(box["x"] + before * box["width"], box["y"] + 10)
        studio.page.mouse.down()
        studio.page.mouse.move(box["x"] + after * box["width"], box["y"] + 10, steps=4)
        studio.page.mouse.up()
    assert abs(float(pane.get_by_label("Repaint Start Time (s)").input_value()) - 2) < 0.1
    assert abs(float(pane.get_by_label("Repaint End Time (s)").input_value()) - 5) < 0.1
    [told] = made(studio, "Repaint")
    assert told["request"]["span"]["rate"] == 44_100
    assert abs(told["request"]["span"]["start"] - 88_200) < 4_410


def test_an_earlier_takes_settings_are_loaded_and_an_example_can_be_taken_back(
    studio: Tab, bridge: BridgeProcess
) -> None:
    take = run(bridge, generate(3.0, 1, 4711, tags="bossa nova, nylon guitar", language="pt"))[0]
    studio.go(f"#/studio?take={take.job}/1")
    tags = studio.page.get_by_label("Tags", exact=True)
    expect(tags).to_have_value("bossa nova, nylon guitar")
    expect(studio.page.get_by_label("Audio Duration (s)")).to_have_value("3")
    open_all(studio)
    expect(studio.page.get_by_label("manual seeds")).to_have_value("4711")
    expect(studio.page.get_by_label("Tempo (bpm)")).to_have_value("120")
    studio.find("button", "Sample").click()
    expect(tags).not_to_have_value("bossa nova, nylon guitar")
    studio.find("button", "Undo").click()
    expect(tags).to_have_value("bossa nova, nylon guitar")
    studio.page.reload()
    expect(tags).to_have_value("bossa nova, nylon guitar")
    [again] = made(studio, "Generate")
    assert (again["line"]["seed"], again["request"]["language"]) == (4711, "pt")


def test_a_repaint_is_made_again_with_changes(tab: Tab, bridge: BridgeProcess, tmp_path: Path) -> None:
    song = song_file(tmp_path / "Song")
    take = run(bridge, repaint(song, 2.0, 4.0, variants=1, strength=0.75, timeline=240_000), "reaper")[0]
    tab.go(f"#/studio?take={take.job}/1")
    expect(tab.find("tab", "repainting")).to_have_attribute("aria-selected", "true")
    pane = tab.page.get_by_role("tabpanel", name="repainting")
    tab.see("of 0:02.00")
    expect(pane.get_by_label("repaint seeds")).to_have_value("7")
    expect(pane.get_by_label("variance", exact=True)).to_have_value("0.75")
    pane.get_by_label("Repaint Start Time (s)").fill("0.5")
    tab.page.get_by_label("Tags", exact=True).fill("techno, synth bass")
    [told] = made(tab, "Repaint")
    assert told["request"]["span"] == {"start": 120_000, "end": 192_000, "rate": 48_000}
    assert told["request"]["timeline"] == 264_000
    assert told["request"]["strength"] == 0.75
    assert (told["line"]["seed"], told["line"]["project"]) == (
        7,
        ask(tab, f"/api/takes/{take.job}/1")["line"]["project"],
    )
    assert "techno" in told["request"]["tags"]


def test_a_region_of_a_daw_is_filled(tab: Tab, bridge: BridgeProcess, tmp_path: Path) -> None:
    song = song_file(tmp_path / "Song")
    asked = AskPanel(
        id="studio",
        page="studio",
        source=Source(path=str(song)),
        span=Span(48_000, 144_000, 48_000),
        timeline=480_000,
        project=str(song.parent),
        music=Music(bpm=100.0, key="A minor"),
        tags="soul",
    )
    with bridge.client("reaper") as reaper:
        tab.page.goto(reaper.ask(asked).url)  # type: ignore[union-attr]
    tab.see("For a region of your DAW:")
    choose(tab, "Made by", "sketch")
    expect(tab.page.get_by_label("Tags", exact=True)).to_have_value("soul")
    tab.page.get_by_label("Lyrics", exact=True).fill("")
    tab.find("tab", "repainting").click()
    tab.see("of 0:02.00")
    [told] = made(tab, "Repaint")
    assert told["request"]["span"] == {"start": 48_000, "end": 144_000, "rate": 48_000}
    assert told["request"]["timeline"] == 480_000
    assert told["request"]["music"] == {"bpm": 100.0, "key": "A minor"}
    [fresh] = made(tab, "Generate")
    assert (fresh["request"]["request"], fresh["request"]["timeline"]) == ("generate", 480_000)
    assert fresh["request"]["span"] == told["request"]["span"], "new music is as long as the region"
    assert ask(tab, "/api/regions")["regions"][0]["jobs"] == [told["line"]["job"], fresh["line"]["job"]]


def test_pictures_for_the_docs(studio: Tab, picture: Callable[[Tab, str], Path]) -> None:
    choose(studio, "Made by", "sketch")
    set_(studio, "Tags", "bossa nova, nylon guitar, brushed drums, female vocals")
    seconds(studio, "8")
    made(studio, "Generate")
    studio.find("tab", "repainting").click()
    studio.page.get_by_label("Repaint Start Time (s)").fill("2")
    studio.page.get_by_label("Repaint End Time (s)").fill("6")
    studio.page.wait_for_selector(".board[aria-busy=false]")
    studio.page.evaluate("() => scrollTo(0, 0)")
    for scheme, name in (("light", "studio"), ("dark", "studio-dark")):
        studio.page.emulate_media(color_scheme=scheme)
        path = picture(studio, name)
        assert 20_000 < path.stat().st_size < 300_000


def test_a_take_is_saved_in_the_chosen_format(studio: Tab) -> None:
    choose(studio, "Made by", "sketch")
    set_(studio, "Lyrics", "")
    seconds(studio, "2")
    made(studio, "Generate")
    choose(studio, "Format", "flac")
    with studio.page.expect_download() as download:
        studio.page.get_by_role("link", name="Save as flac").click()
    assert download.value.suggested_filename.endswith(".flac")
    body = Path(download.value.path()).read_bytes()
    assert soundfile.info(io.BytesIO(body)).format == "FLAC"
