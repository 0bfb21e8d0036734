"""Who is let in, how, how long; and that a restart of the bridge changes nothing of it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from bridge_server.panel import kept, peer, tokens
from bridge_server.panel.app import STATIC
from bridge_server.panel.kept import Memory
from bridge_server.panel.tokens import Tokens
from bridge_server.panel.way_in import STYLES
from bridge_server.protocol.span import Span
from tests.bridge.problems import check_problem
from tests.fakes.bridge import RunningBridge
from tests.panel.caller import Caller, link_into


def test_a_link_lets_in_and_leads_to_the_page(bridge: RunningBridge) -> None:
    with httpx.Client() as http:
        entered = http.get(link_into(bridge))
        assert (entered.status_code, entered.headers["location"]) == (303, "/")
        page = http.get(str(entered.url.join("/")))
        assert page.status_code == 200
        assert "Dawbridge" in page.text


def test_the_cookie_is_for_this_page_alone(bridge: RunningBridge) -> None:
    cookie = httpx.get(link_into(bridge)).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/" in cookie
    assert "domain" not in cookie


def test_a_link_works_once(bridge: RunningBridge) -> None:
    link = link_into(bridge)
    assert httpx.get(link).status_code == 303
    again = httpx.get(link, headers={"Accept": "text/html"})
    assert again.status_code == 401
    assert "dawbridge panel" in again.text
    assert "set-cookie" not in again.headers


def test_who_is_in_may_click_a_used_link(caller: Caller) -> None:
    link = link_into(caller.bridge, page="queue")
    for target in ("/#/queue", "/"):
        again = caller.http.get(link)
        assert (again.status_code, again.headers["location"]) == (303, target)
        assert "set-cookie" not in again.headers


def test_to_look_at_a_link_is_not_to_use_it(bridge: RunningBridge) -> None:
    link = link_into(bridge)
    assert httpx.head(link).status_code in (403, 405)
    assert httpx.get(link, headers={"Sec-Purpose": "prefetch;prerender"}).status_code == 403
    assert httpx.get(link).status_code == 303


def test_a_link_in_another_page_leads_in_by_a_page_of_ours(bridge: RunningBridge) -> None:
    """A browser would not send a strict cookie along a redirect that began elsewhere."""
    link = link_into(bridge, page="history")
    entered = httpx.get(link, headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"})
    assert entered.status_code == 200
    assert 'content="0; url=/#/history"' in entered.text
    assert "set-cookie" in entered.headers


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "\udc00", "../../x"])
def test_no_other_token_works(bridge: RunningBridge, token: str) -> None:
    with Caller(bridge, is_in=False) as stranger:
        refused = stranger.http.get("/enter", params={"token": token.encode("utf-8", "surrogatepass")})
        assert refused.status_code == 401
        assert not stranger.http.cookies


@pytest.mark.parametrize(
    ("where", "target"),
    [
        ({"page": "studio"}, "#/studio"),
        ({"job": "abcdefgh"}, "#/audition?job=abcdefgh"),
        ({"span": Span(0, 48_000, 48_000)}, "#/studio?region="),
        ({"span": Span(0, 48_000, 48_000), "lyrics": "la"}, "#/lyrics?region="),
        ({"span": Span(0, 48_000, 48_000), "page": "audition"}, "#/audition?region="),
    ],
)
def test_a_link_opens_what_was_asked_for(bridge: RunningBridge, where: dict[str, object], target: str) -> None:
    assert httpx.get(link_into(bridge, **where)).headers["location"].startswith(f"/{target}")


def test_who_leaves_is_out(caller: Caller) -> None:
    with caller.wire() as wire:
        assert caller.http.get("/api/session").status_code == 200
        assert caller.http.post("/api/leave").status_code == 204
        with pytest.raises(ConnectionClosed) as closed:
            wire.connection.recv(5)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1008
    assert caller.http.get("/api/session").status_code == 401


def test_without_a_cookie_everything_says_how_to_get_in(bridge: RunningBridge) -> None:
    with Caller(bridge, is_in=False) as stranger:
        for path in ("/", "/js/main.js", "/api/session", "/api/regions", "/wire", "/media/x", "/nothing"):
            refused = stranger.http.get(path)
            assert refused.status_code == 401, path
            check_problem(refused.json()["error"], "wrong_key")
        styles = [path.name for path in (STATIC / "css").iterdir()]
        shown = [name for name in styles if stranger.http.get(f"/css/{name}").status_code == 200]
        assert set(shown) == {f"{name}.css" for name in STYLES}, "what the page below looks like, and no more"
        page = stranger.http.get("/", headers={"Accept": "text/html,*/*"})
        assert page.status_code == 401
        assert "dawbridge panel" in page.text
        for cookie in (b"x", b"a" * 43, b"\xe9\xff", b"\\", b'"'):
            name = Memory(bridge.home.panel_file).cookie.encode()
            with_cookie = stranger.http.get("/", headers={"Cookie": name + b"=" + cookie})
            assert with_cookie.status_code == 401


def test_cookies_of_other_servers_do_not_matter(caller: Caller) -> None:
    """Cookies know no ports: whoever serves at 127.0.0.1 may set odd ones, and some by the name of ours."""
    name = caller.cookie.split("=")[0]
    for odd in ('a={"x": [1, "é"]}', "=", ";;", "a b=c d", f"{name}=tossed", f'{name}="', "a" * 3_000):
        both = f"{odd}; {caller.cookie}; {odd}".encode()
        assert httpx.get(f"{caller.base}/api/session", headers={b"Cookie": both}).status_code == 200, odd


def test_port_and_sessions_outlive_the_bridge(tmp_path: Path) -> None:
    with RunningBridge(tmp_path) as first, Caller(first) as caller:
        base, cookie = caller.base, caller.cookie
        first.stop()
    with RunningBridge(tmp_path) as second:
        assert link_into(second).startswith(base + "/")
        assert httpx.get(f"{base}/api/session", headers={"Cookie": cookie}).status_code == 200


def test_a_taken_port_is_no_reason_to_fail(tmp_path: Path) -> None:
    with RunningBridge(tmp_path / "first") as first:
        port = int(link_into(first).split(":")[2].split("/")[0])
        Memory(tmp_path / "panel.json").note_port(port)
        (tmp_path / "second").mkdir()
        (tmp_path / "panel.json").rename(tmp_path / "second" / "panel.json")
        with RunningBridge(tmp_path / "second") as second:
            assert httpx.get(link_into(second)).status_code == 303
            assert f":{port}/" not in link_into(second)


@pytest.mark.skipif(sys.platform == "win32", reason="owners and modes of POSIX")
def test_what_is_kept_is_the_owners_and_holds_no_secret(caller: Caller) -> None:
    path = caller.bridge.home.panel_file
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    secret = next(iter(caller.http.cookies.values()))
    assert secret not in path.read_text("utf-8")
    assert json.loads(path.read_text("utf-8"))["sessions"]


def test_a_damaged_file_lets_nobody_in_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "panel.json").write_text("{")
    with RunningBridge(tmp_path) as running, Caller(running) as caller:
        assert caller.http.get("/api/session").status_code == 200


def test_sessions_end_when_nobody_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Memory(tmp_path / "panel.json")
    _, local = memory.let_in("here", is_local=True)
    _, paired = memory.let_in("tablet", is_local=False)
    assert memory.find(local) and memory.find(paired)
    monkeypatch.setattr(kept, "DEVICE_SECONDS", -1.0)
    assert memory.find(local) and memory.find(paired) is None
    monkeypatch.setattr(kept, "LOCAL_SECONDS", -1.0)
    assert memory.find(local) is None
    assert not Memory(tmp_path / "panel.json").sessions


def test_there_are_only_so_many_sessions_and_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Memory(tmp_path / "panel.json")
    secrets = [memory.let_in(str(number), is_local=True)[1] for number in range(kept.MOST_SESSIONS + 1)]
    assert memory.find(secrets[0]) is None
    assert memory.find(secrets[-1]) is not None
    minted = Tokens()
    links = [minted.mint("") for _ in range(tokens.MOST_TOKENS + 1)]
    assert minted.redeem(links[0]) is None
    assert minted.redeem(links[1]) == ""
    monkeypatch.setattr(tokens, "TOKEN_SECONDS", -1.0)
    assert minted.redeem(minted.mint("")) is None


CALL = 'exec 3<>/dev/tcp/$1/$2; printf "GET %s HTTP/1.0\\r\\nHost: $1:$2\\r\\n\\r\\n" "$3" >&3; head -1 <&3'


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.geteuid() != 0 or shutil.which("bash") is None,
    reason="only root on Linux can be somebody else",
)
@pytest.mark.parametrize(("user", "status"), [(65_534, "401"), (0, "303")])
def test_the_link_of_one_user_lets_in_no_other(bridge: RunningBridge, user: int, status: str) -> None:
    """The other user has read it off the words of a process, and is quicker than the browser."""
    link = urlsplit(link_into(bridge))
    words = ["bash", "-c", CALL, "call", str(link.hostname), str(link.port), f"{link.path}?{link.query}"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=20, user=user, cwd="/")
    assert status in done.stdout, done.stderr
    assert httpx.get(link.geturl()).status_code == (303 if status == "401" else 401)


def test_the_system_says_whose_a_connection_is() -> None:
    if not sys.platform.startswith("linux"):
        assert peer.owner_of(("127.0.0.1", 1), ("127.0.0.1", 2)) is None
        return
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as end:
        assert peer.owner_of(end.getsockname(), server.getsockname()) == os.getuid()
        assert peer.owner_of(("127.0.0.1", 1), server.getsockname()) is None


def test_both_kinds_of_addresses_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.byteorder != "little":
        pytest.skip("the lines below are those of a little-endian machine")
    head = "  sl  local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode\n"
    (tmp_path / "tcp").write_text(f"{head} 0: 0100007F:9C41 0100007F:9C11 01 0:0 00:0 0 1234 0 1\n")
    mapped = "0000000000000000FFFF00000100007F"
    (tmp_path / "tcp6").write_text(f"{head} 0: {mapped}:9C42 {mapped}:9C11 01 0:0 00:0 0 4321 0 1\n")
    monkeypatch.setattr(peer, "TABLES", (tmp_path / "gone", tmp_path / "tcp", tmp_path / "tcp6"))
    here = ("127.0.0.1", 39_953)
    assert [peer.owner_of(("127.0.0.1", port), here) for port in (40_001, 40_002, 40_003)] == [1_234, 4_321, None]
