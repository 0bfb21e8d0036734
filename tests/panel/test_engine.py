"""The engine page: a model is fetched, loaded, unloaded and removed; what is wrong is said in the words of doctor."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bridge_server.doctor.findings import findings
from bridge_server.models.catalogue import CATALOGUE
from tests.end_to_end.process import FAKE, BridgeProcess
from tests.fakes.engine import HEAVY_SCRIPT
from tests.fakes.tiny_ace_15 import write_tiny_pipeline
from tests.models_command.hub import Hub, Request, running, sha256
from tests.panel.browser import Tab

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

MODEL = "ace-step-1.5-turbo"
REPO = "Runware/acestep-v15-turbo-diffusers"
WEIGHTS = "transformer/diffusion_pytorch_model.safetensors"
PATIENCE_MS = 20_000


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """Has ACE-Step 1.5 at a tiny width, with random weights."""
    folder = write_tiny_pipeline(tmp_path_factory.mktemp("noise"), "turbo")
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with running(Hub(REPO, files)) as there:
        yield there


@pytest.fixture(scope="module")
def bridge(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BridgeProcess]:
    """A bridge with its real engine, which knows no other hub than ours."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_HUB_OFFLINE", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
            patch.delenv(name, raising=False)
        for model in CATALOGUE.values():
            patch.delenv(model.variable, raising=False)
        patch.setenv("HF_ENDPOINT", hub.base)
        patch.setenv("HF_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("DAWBRIDGE_DEVICE", "cpu")
        patch.setenv("OMP_NUM_THREADS", "1")
        with BridgeProcess(tmp_path_factory.mktemp("home")) as there:
            there.wait_for_engine()
            yield there


def trickle(request: Request) -> None:
    """Sends the file in a few seconds, as a slow line would."""
    data = request.data
    request.send(200, b"", {"Content-Type": "application/octet-stream", "ETag": request.etag}, length=len(data))
    piece = max(1, len(data) // 60)
    for start in range(0, len(data), piece):
        request.write(data[start : start + piece])
        time.sleep(0.1)


def model_row(tab: Tab, name: str = MODEL) -> object:
    return tab.page.locator(f"[data-model='{name}']")


def backend_row(tab: Tab, name: str = MODEL) -> object:
    return tab.page.locator(f"[data-backend='{name}']")


def test_a_model_is_fetched_stopped_loaded_unloaded_and_removed(
    open_tab: Callable[..., Tab], hub: Hub, picture: Callable[..., Path]
) -> None:
    one, other = open_tab().go("#/engine"), open_tab().go("#/engine")
    expect(model_row(one)).to_contain_text("not here")
    expect(backend_row(one, "sketch")).to_contain_text("needs no loading")
    expect(one.find("button", "Load sketch")).to_have_count(0)

    one.find("button", f"Fetch {MODEL}").click()
    dialog = one.find("dialog")
    expect(dialog).to_contain_text("MIT")
    expect(dialog).to_contain_text(hub.base)
    dialog.get_by_role("button", name="No").click()
    assert hub.count(sha256(hub.files[WEIGHTS])) == 0

    hub.misbehave(sha256(hub.files[WEIGHTS]), trickle)
    one.find("button", f"Fetch {MODEL}").click()
    one.find("button", "Fetch it").click()
    for tab in (one, other):
        expect(tab.find("progressbar", f"Fetching {MODEL}")).to_be_visible(timeout=PATIENCE_MS)
    expect(model_row(other)).to_contain_text(re.compile(r"[kM]B of .*[kM]B"), timeout=PATIENCE_MS)
    picture(one, "engine-fetching")
    other.find("button", f"Stop fetching {MODEL}").click()
    for tab in (one, other):
        expect(model_row(tab)).to_contain_text("partly here", timeout=PATIENCE_MS)

    one.find("button", f"Fetch {MODEL}").click()
    expect(one.find("dialog")).to_contain_text("are here already", timeout=PATIENCE_MS)
    one.find("button", "Fetch it").click()
    one.see(f"{MODEL} is here. It can be used at once.")

    expect(one.find("button", f"Load {MODEL}")).to_be_enabled(timeout=PATIENCE_MS)
    one.find("button", f"Load {MODEL}").click()
    for tab in (one, other):
        expect(backend_row(tab)).to_contain_text("in memory: on cpu", timeout=PATIENCE_MS)
    one.page.reload()
    expect(backend_row(one)).to_contain_text("in memory: on cpu")
    one.find("button", f"Unload {MODEL}").click()
    expect(other.find("button", f"Load {MODEL}")).to_be_visible(timeout=PATIENCE_MS)

    one.find("button", f"Remove {MODEL}").click()
    one.find("button", "Delete the files").click()
    expect(model_row(one)).to_contain_text("not here", timeout=PATIENCE_MS)
    expect(backend_row(one)).to_have_count(0, timeout=PATIENCE_MS)


def test_a_hub_that_wants_to_know_who_asks_is_told_of(open_tab: Callable[..., Tab], hub: Hub) -> None:
    tab = open_tab().go("#/engine")
    tab.forgiven.append("Failed to load resource")
    hub.takes_token = "somebody's"
    try:
        tab.find("button", f"Fetch {MODEL}").click()
        expect(tab.find("dialog").get_by_role("alert")).to_contain_text("HF_TOKEN", timeout=PATIENCE_MS)
        expect(tab.find("button", "Fetch it")).to_be_disabled()
    finally:
        hub.takes_token = ""


def test_what_is_wrong_is_said_in_the_words_of_doctor(open_tab: Callable[..., Tab], bridge: BridgeProcess) -> None:
    tab = open_tab().go("#/engine")
    pane = tab.find("region", "What is wrong")
    expect(pane.get_by_role("status")).to_have_text(re.compile("in order|problem"), timeout=PATIENCE_MS)
    said = {finding.what for finding in findings(bridge.home)}
    shown = set(tab.page.locator(".finding dt").evaluate_all("terms => terms.map(term => term.lastChild.textContent)"))
    assert said == shown
    assert {"bridge", "ZeroMQ", "OSC", "mailbox", "engine", "backend"} <= shown
    tab.find("button", "Look again").click()
    expect(pane.get_by_role("status")).to_have_text(re.compile("in order|problem"), timeout=PATIENCE_MS)


def test_accessible_light_and_dark_small_and_large(
    open_tab: Callable[..., Tab], axe: Callable[[Tab], None], picture: Callable[..., Path]
) -> None:
    looks = {
        "engine": {},
        "engine-dark": {"scheme": "dark"},
        "engine-tablet": {"width": 834, "height": 1112},
        "engine-zoom": {"zoom": 2.0},
    }
    for name, options in looks.items():
        tab = open_tab(**options).go("#/engine")
        expect(tab.page.locator(".finding").first).to_be_visible(timeout=PATIENCE_MS)
        expect(tab.page.locator(".model").first).to_be_visible(timeout=PATIENCE_MS)
        axe(tab)
        picture(tab, name)
        assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def heavy_tab(browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Iterator[Tab]:
    monkeypatch.setenv(HEAVY_SCRIPT, script)
    with BridgeProcess(tmp_path / "home", program=FAKE) as there:
        there.wait_for_engine()
        tab = Tab(browser.new_context().new_page(), there)
        yield tab.enter(page="engine")
        tab.page.context.close()
        tab.check()


@pytest.fixture
def slow(browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tab]:
    yield from heavy_tab(browser, tmp_path, monkeypatch, "steps=200 pause=0.05")


@pytest.fixture
def broken(browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tab]:
    yield from heavy_tab(browser, tmp_path, monkeypatch, "do=memory")


def test_a_slow_load_shows_how_far_it_is_and_can_be_stopped(slow: Tab) -> None:
    slow.find("button", "Load heavy").click()
    slow.go("#/queue").go("#/engine")
    row = backend_row(slow, "heavy")
    expect(row).to_contain_text(re.compile(r"loading [1-9]\d? %"), timeout=PATIENCE_MS)
    slow.page.reload()
    expect(row).to_contain_text(re.compile(r"part \d+"), timeout=PATIENCE_MS)
    slow.find("button", "Stop loading heavy").focus()
    slow.page.keyboard.press("Enter")
    expect(slow.find("button", "Load heavy")).to_be_visible(timeout=PATIENCE_MS)


def test_what_cannot_be_loaded_says_why(broken: Tab) -> None:
    broken.find("button", "Load heavy").click()
    row = backend_row(broken, "heavy")
    expect(row).to_contain_text("There is not enough memory", timeout=PATIENCE_MS)
    expect(row).to_contain_text("close other programs that use the GPU")
