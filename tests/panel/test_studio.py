"""The studio in a real browser, with sketch and with ACE-Step v1 itself (its code, on weights that make noise)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import soundfile

from tests.conftest import make_tone
from tests.end_to_end.process import BridgeProcess
from tests.panel.browser import Tab, playwright_api
from tests.panel.studio_page import choose, made, open_all, open_studio, seconds, set_, shown

pytest.importorskip("torch", reason="torch is not installed")
from tests.engine.test_ace_v1_loras import write_lora
from tests.fakes.tiny_ace_v1 import write_tiny_checkpoint

expect = playwright_api.expect
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
    return open_studio(tab)


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


def test_what_is_wrong_is_said_before_anything_is_sent(studio: Tab) -> None:
    open_all(studio)
    set_(studio, "manual seeds", "one, two")
    studio.find("button", "Generate", exact=True).click()
    studio.see("“one” is not a seed.")
    set_(studio, "manual seeds", "")


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
