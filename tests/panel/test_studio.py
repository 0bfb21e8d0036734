"""The studio in a real browser, with sketch and with ACE-Step v1 itself (its code, on weights that make noise)."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import soundfile

from bridge_server.protocol.requests import Panel as AskPanel
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Music, Source
from tests.conftest import make_tone
from tests.end_to_end.process import BridgeProcess
from tests.panel.browser import Tab
from tests.panel.songs import generate, repaint, run, song_file

api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("torch", reason="torch is not installed")
from tests.engine.test_ace_v1_loras import write_lora  # noqa: E402  (these need torch)
from tests.fakes.tiny_ace_v1 import write_tiny_checkpoint  # noqa: E402

expect = api.expect
RENDERED_MS = 60_000
V1 = "ace-step-v1"

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BridgeProcess]:
    """As for the other pages, and with a checkpoint of ACE-Step v1 whose weights make noise."""
    home = tmp_path_factory.mktemp("home")
    folder = write_tiny_checkpoint(tmp_path_factory.mktemp("ace") / "noise")
    (home / "loras").mkdir()
    write_lora(home / "loras" / "rap.safetensors")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAWBRIDGE_ACE_STEP_V1", str(folder))
        patch.setenv("DAWBRIDGE_DEVICE", "cpu")
        with BridgeProcess(home) as running:
            running.wait_for_engine()
            yield running


@pytest.fixture
def studio(tab: Tab) -> Tab:
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
    lanes = tab.page.locator(".studio-results .lane").all()
    return [name for lane in lanes if "/" in (name := lane.get_attribute("data-track") or "")]


def ask(tab: Tab, route: str) -> dict[str, Any]:
    answer: dict[str, Any] = tab.page.request.get(tab.page.url.split("/#")[0] + route).json()
    return answer


def shown(tab: Tab, *labels: str) -> list[bool]:
    return [tab.page.get_by_label(label, exact=True).first.is_visible() for label in labels]


def open_all(tab: Tab) -> None:
    closed = tab.page.locator(".studio-more:not([open]) > summary:visible")
    while closed.count():
        closed.first.click()


def test_what_a_backend_does_not_know_is_hidden(studio: Tab) -> None:
    open_all(studio)
    model = ("Infer Steps", "Guidance Scale", "use ERG for lyric", "OSS Steps", "Lora weight", "Enable Audio2Audio")
    choose(studio, "Made by", "sketch")
    assert not any(shown(studio, *model))
    choose(studio, "Made by", V1)
    expect(studio.page.get_by_label("Made by", exact=True)).to_have_value(V1)
    open_all(studio)
    assert all(shown(studio, *model))
    assert not any(shown(studio, "Lyrics")), "without its vocabulary it does not sing"


def test_the_screen_begins_as_ace_steps_own(studio: Tab) -> None:
    choose(studio, "Made by", V1)
    open_all(studio)
    page = studio.page
    values = {label: page.get_by_label(label, exact=True).first.input_value() for label in (
        "Audio Duration (s)", "Infer Steps", "Guidance Scale", "Granularity Scale", "Guidance Interval",
        "Guidance Interval Decay", "Min Guidance Scale", "Guidance Scale Text", "Refer audio strength", "Lora weight",
    )}  # fmt: skip
    assert values == {
        "Audio Duration (s)": "-1", "Infer Steps": "60", "Guidance Scale": "15", "Granularity Scale": "10",
        "Guidance Interval": "0.5", "Guidance Interval Decay": "0", "Min Guidance Scale": "3",
        "Guidance Scale Text": "0", "Refer audio strength": "0.5", "Lora weight": "1",
    }  # fmt: skip
    ticks = [page.get_by_label(f"use ERG for {what}").is_checked() for what in ("tag", "lyric", "diffusion")]
    assert ticks == [True, False, True]
    assert page.get_by_label("Preset").locator("option").all_inner_texts()[:3] == ["Custom", "Modern Pop", "Rock"]
    choose(studio, "Preset", "Jazz")
    expect(page.get_by_label("Tags", exact=True)).to_have_value(re.compile("^jazz"))
    choose(studio, "Preset", "")
    expect(page.get_by_label("Tags", exact=True)).to_have_value("")
    assert page.get_by_label("Lora Name or Path").locator("option").all_inner_texts() == ["none", "rap"]


def test_every_setting_reaches_the_model(studio: Tab) -> None:
    choose(studio, "Made by", V1)
    open_all(studio)
    page = studio.page
    set_(studio, "Tags", "noise, 90 BPM")
    seconds(studio, "2")
    numbers = {"Infer Steps": "2", "Guidance Scale": "7.5", "Granularity Scale": "-5", "Min Guidance Scale": "2"}
    for label, value in numbers.items():
        set_(studio, label, value)
    studio.find("button", "pingpong", exact=True).click()
    studio.find("button", "cfg_star", exact=True).click()
    page.get_by_label("use ERG for tag").uncheck()
    set_(studio, "manual seeds", "7, 9")
    choose(studio, "Lora Name or Path", "rap")
    set_(studio, "Lora weight", "0.5")
    first, second = made(studio, "Generate", 2)
    assert [first["request"]["seed"], second["request"]["seed"]] == [7, 9]
    assert first["line"]["backend"] == V1
    assert first["request"]["loras"] == [{"path": "lora:rap", "weight": 0.5, "name": "rap"}]
    sampling = first["request"]["sampling"]
    assert sampling == {
        "infer_step": 2, "guidance_scale": 7.5, "guidance_scale_text": 0.0, "guidance_scale_lyric": 0.0,
        "scheduler_type": "pingpong", "cfg_type": "cfg_star", "use_erg_tag": False, "use_erg_lyric": False,
        "use_erg_diffusion": True, "omega_scale": -5.0, "guidance_interval": 0.5, "guidance_interval_decay": 0.0,
        "min_guidance_scale": 2.0,
    }  # fmt: skip
    assert first["request"]["span"] == {"start": 0, "end": 96_000, "rate": 48_000}
    studio.find("tab", "extend").click()
    studio.page.get_by_label("Right Extend Length (s)").fill("1")
    [longer] = made(studio, "Extend")
    assert longer["request"]["loras"] == first["request"]["loras"], "a take brings its LoRAs"


def test_audio2audio_follows_an_upload(studio: Tab, tmp_path: Path) -> None:
    path = tmp_path / "hum.wav"
    soundfile.write(path, make_tone(seconds=2.0, rate=44_100).T, 44_100)
    choose(studio, "Made by", V1)
    open_all(studio)
    seconds(studio, "2")
    set_(studio, "Infer Steps", "2")
    studio.page.get_by_label("Enable Audio2Audio").check()
    studio.page.get_by_label("Reference Audio (for Audio2Audio)").set_input_files(path)
    studio.see("Reference: hum.wav")
    set_(studio, "Refer audio strength", "0.25")
    [told] = made(studio, "Generate")
    assert told["request"]["reference_strength"] == 0.25
    assert told["request"]["reference"]["path"]


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


def test_what_is_wrong_is_said_before_anything_is_sent(studio: Tab) -> None:
    open_all(studio)
    set_(studio, "manual seeds", "one, two")
    studio.find("button", "Generate", exact=True).click()
    studio.see("“one” is not a seed.")
    set_(studio, "manual seeds", "")


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_hidden_from_anybody(open_tab: Callable[..., Tab], axe: Callable[[Tab], None], scheme: str) -> None:
    tab = open_tab(scheme=scheme)
    tab.go("#/studio")
    tab.page.wait_for_selector(".studio-go:not(:disabled)")
    choose(tab, "Made by", V1)
    open_all(tab)
    for name in ("repainting", "edit") if scheme == "light" else ("repainting",):
        tab.find("tab", name).click()
        axe(tab)


def test_by_keys_alone_and_at_200_percent(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab(zoom=2.0)
    tab.go("#/studio")
    tab.page.wait_for_selector(".studio-go:not(:disabled)")
    wider = tab.page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0
    tab.find("tab", "retake").focus()
    tab.page.keyboard.press("ArrowRight")
    expect(tab.find("tab", "repainting")).to_have_attribute("aria-selected", "true")
    expect(tab.find("tab", "repainting")).to_be_focused()
    tab.page.keyboard.press("ArrowLeft")
    tab.page.keyboard.press("ArrowLeft")
    expect(tab.find("tab", "extend")).to_be_focused()
