"""The guard against real pages of strangers, in a real browser that is logged in."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.panel.browser import Tab, panel_link

ATTACK = """
async ([base, socket]) => {
  const tried = {};
  const request = async (name, path, more) => {
    try { const answer = await fetch(base + path, more); tried[name] = `${answer.type} ${answer.status}`; }
    catch (error) { tried[name] = "failed"; }
  };
  await request("read", "/api/session", {credentials: "include"});
  await request("read blindly", "/api/session", {credentials: "include", mode: "no-cors"});
  await request("post", "/api/leave", {credentials: "include", mode: "no-cors", method: "POST"});
  await request("post json", "/api/leave", {
    credentials: "include", method: "POST", headers: {"Content-Type": "application/json"}, body: "{}"});
  tried.wire = await new Promise(done => {
    const wire = new WebSocket(socket + "/wire");
    wire.onopen = () => { wire.send('{"request": "list", "id": "1"}'); };
    wire.onmessage = () => done("heard");
    wire.onclose = () => done("closed");
  });
  tried.script = await new Promise(done => {
    const script = document.createElement("script");
    script.onload = () => done("ran"); script.onerror = () => done("failed");
    script.src = base + "/js/theme.js"; document.body.append(script);
  });
  tried.image = await new Promise(done => {
    const image = new Image();
    image.onload = () => done("seen"); image.onerror = () => done("failed");
    image.src = base + "/icon.svg";
  });
  return tried;
}
"""


class Stranger(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>A stranger</title><body>")

    def log_message(self, *_: object) -> None:
        """Not on our terminal."""


@pytest.fixture(scope="module")
def stranger() -> Iterator[int]:
    """The port of another web server on this machine."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def base_of(tab: Tab) -> str:
    return str(tab.page.evaluate("() => location.origin"))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_strangers_page_gets_nothing_and_does_nothing(tab: Tab, stranger: int, host: str) -> None:
    """At 127.0.0.1 it is of the same *site*, so the browser does send our cookie: its `Origin` gives it away."""
    base = base_of(tab)
    page = tab.page.context.new_page()
    page.goto(f"http://{host}:{stranger}/")
    tried = page.evaluate(ATTACK, [base, base.replace("http", "ws")])
    page.close()
    assert tried["read"] == "failed"
    assert tried["post json"] == "failed"
    assert tried["wire"] == "closed"
    assert tried["script"] == "failed"
    assert tried["image"] == "failed"
    assert "200" not in str(tried)
    assert tab.page.evaluate("async () => (await fetch('/api/session')).status") == 200, "the session still lives"


def test_the_panel_cannot_be_put_into_a_frame(tab: Tab, stranger: int) -> None:
    page = tab.page.context.new_page()
    page.goto(f"http://127.0.0.1:{stranger}/")
    page.evaluate(
        """base => new Promise(done => {
          const frame = document.createElement("iframe");
          frame.onload = done; frame.src = base + "/"; document.body.append(frame);
        })""",
        base_of(tab),
    )
    assert "Dawbridge" not in page.frames[1].content()
    page.close()


def test_no_script_can_read_the_cookie_or_be_written_into_the_page(tab: Tab) -> None:
    tab.forgiven.append("policy|Trusted|Content Security Policy")
    assert tab.page.evaluate("() => document.cookie") == ""
    assert tab.page.evaluate(
        """() => { try { document.body.innerHTML = "<img src=x onerror=alert(1)>"; return "written"; }
                   catch (error) { return error.name; } }"""
    ) in ("TypeError",)
    assert tab.page.evaluate(
        """() => { const script = document.createElement("script");
                   try { script.textContent = "window.hacked = 1"; document.body.append(script); } catch (error) {}
                   return window.hacked === undefined; }"""
    )


def test_a_link_in_a_strangers_page_leads_in(open_tab: Callable[..., Tab], stranger: int) -> None:
    """A browser sends no strict cookie along a redirect that began elsewhere; the way in knows that."""
    tab = open_tab(width=900)
    tab.page.context.clear_cookies()
    tab.page.goto(f"http://localhost:{stranger}/")
    tab.page.evaluate("link => { location.href = link }", panel_link(tab.bridge))
    tab.page.wait_for_selector("nav a")
    assert tab.page.evaluate("async () => (await fetch('/api/session')).status") == 200
