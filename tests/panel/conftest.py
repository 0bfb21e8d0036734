"""A running bridge with its engine, a browser, and tabs of the panel that fail their test on any complaint.

`open_tab()` opens a tab that is logged in (more than one shares the browser's cookies); `tab` is the first one.
`axe(tab)` fails on serious faults of accessibility; `picture(tab, "audition-dark")` keeps a screenshot.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from bridge_server.protocol.values import Take
from tests.conftest import end_strays
from tests.end_to_end.process import BridgeProcess
from tests.panel.auditions import HOST, settled
from tests.panel.browser import Tab, chromium, watch_reports
from tests.panel.songs import repaint, run, song_file

ROOT = Path(__file__).parent.parent.parent
PICTURES = ROOT / "docs" / "images"
KEEP_PICTURES = "DAWBRIDGE_PICTURES"
"""Set it to have the screenshots written into docs/images instead of the test's own folder."""

GRAVE = ("serious", "critical")
BROWSERS = ("chrom", "msedge", "node")


@pytest.fixture(autouse=True)
def no_strays(run_mark: str) -> Iterator[None]:
    """As everywhere, but a browser that outlives the test may start and end its own helpers as it likes."""
    before = set(psutil.pids())
    yield
    end_strays(before | browser_pids(), run_mark)


def browser_pids() -> set[int]:
    """The browser that Playwright's driver started for us, and its helpers."""
    below = psutil.Process().children(recursive=True)
    return {process.pid for process in below if name_of(process).startswith(BROWSERS)}


def name_of(process: psutil.Process) -> str:
    try:
        return process.name().lower()
    except psutil.NoSuchProcess:
        return ""


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BridgeProcess]:
    """A real bridge and its engine, with a home of their own, for one file of tests."""
    with BridgeProcess(tmp_path_factory.mktemp("home")) as running:
        running.wait_for_engine()
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """One Chromium for one file of tests: Playwright keeps an event loop running as long as it is open."""
    with chromium() as running:
        yield running


@pytest.fixture
def open_tab(browser, bridge: BridgeProcess) -> Iterator[Callable[..., Tab]]:
    """`open_tab(width=834, height=1112, scheme="dark", zoom=2.0, prepare=fn, **where)`: one more tab, logged in.

    Without `with_policy` the page's content security policy does not hold, so that a test may add code of its own.
    """
    contexts: dict[tuple[object, ...], object] = {}
    tabs: list[Tab] = []

    def open_(
        width: int = 1280,
        height: int = 860,
        scheme: str = "light",
        zoom: float = 1.0,
        prepare: Callable[[Tab], None] | None = None,
        with_policy: bool = True,
        **where: object,
    ) -> Tab:
        size = {"width": round(width / zoom), "height": round(height / zoom)}
        kind = (width, height, scheme, zoom, with_policy)
        if kind not in contexts:
            contexts[kind] = browser.new_context(
                viewport=size, color_scheme=scheme, device_scale_factor=zoom, bypass_csp=not with_policy
            )
        page = contexts[kind].new_page()  # type: ignore[attr-defined]
        watch_reports(page)
        tabs.append(Tab(page, bridge))
        if prepare is not None:
            prepare(tabs[-1])
        return tabs[-1].enter(**where)

    yield open_
    for context in contexts.values():
        context.close()  # type: ignore[attr-defined]
    for tab in tabs:
        tab.check()


@pytest.fixture
def tab(open_tab: Callable[..., Tab]) -> Tab:
    return open_tab()


@pytest.fixture
def axe() -> Callable[[Tab], None]:
    """Fails on every fault of accessibility that axe calls serious or critical."""
    module = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

    def check(tab: Tab) -> None:
        source = (Path(module.__file__).parent / "axe.min.js").read_text("utf-8")
        tab.page.evaluate(source)
        found = tab.page.evaluate("() => axe.run()")
        grave = [
            (fault["id"], fault["help"], node["html"][:200], node.get("failureSummary", "")[:300])
            for fault in found["violations"]
            if fault["impact"] in GRAVE
            for node in fault["nodes"]
        ]
        assert not grave, grave

    return check


@pytest.fixture
def picture(tmp_path: Path) -> Callable[[Tab, str], Path]:
    """A screenshot `panel-<name>.png`, in docs/images where the environment asks for it."""

    def take(tab: Tab, name: str) -> Path:
        folder = PICTURES if os.environ.get(KEEP_PICTURES) else tmp_path
        path = folder / f"panel-{name}.png"
        tab.page.screenshot(path=path, animations="disabled")
        return path

    return take


@pytest.fixture(scope="module")
def takes(bridge: BridgeProcess, tmp_path_factory: pytest.TempPathFactory) -> tuple[Take, ...]:
    """Three takes that REAPER has asked for."""
    song = song_file(tmp_path_factory.mktemp("music") / "Night Song", seconds=6.0)
    return run(bridge, repaint(song, 2.0, 4.0), HOST)


@pytest.fixture
def board(open_tab: Callable[..., Tab], takes: tuple[Take, ...]) -> Tab:
    """The audition page with those takes, all sound there."""
    return settled(open_tab(page="audition", job=takes[0].job))
