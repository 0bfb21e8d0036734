"""What a page of a stranger, open in the same browser, tries: each way by itself has to fail."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from bridge_server.protocol.codec import LARGEST
from tests.bridge.problems import check_problem
from tests.panel.caller import Caller, link_into

STRANGE_HOSTS = ("evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.evil.example:{port}", "")
STRANGE_ORIGINS = (
    "https://evil.example",
    "null",
    "http://127.0.0.1:1",
    "https://127.0.0.1:{port}",
    "http://localhost:{port}",
)


def port_of(caller: Caller) -> str:
    return caller.base.rsplit(":", 1)[1]


@pytest.mark.parametrize("host", STRANGE_HOSTS)
def test_dns_rebinding_meets_a_closed_door(caller: Caller, host: str) -> None:
    """The stranger's name means 127.0.0.1 now; the browser still says that name."""
    name = host.format(port=port_of(caller))
    for path in ("/", "/api/session", "/enter?token=x"):
        refused = caller.http.get(path, headers={"Host": name, "Origin": f"http://{name}"})
        assert refused.status_code in (400, 403), path
        assert "Dawbridge" not in refused.text
    wire = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", "Origin": f"http://{name}"}
    refused = caller.http.get("/wire", headers={"Host": name, "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", **wire})
    assert refused.status_code in (400, 403)


def test_rebinding_does_not_use_up_a_link(caller: Caller) -> None:
    link = link_into(caller.bridge)
    assert httpx.get(link, headers={"Host": "evil.example"}).status_code == 403
    assert httpx.get(link).status_code == 303


def test_every_name_of_loopback_is_ours(caller: Caller) -> None:
    for name in ("localhost", "127.0.0.1", "LOCALHOST"):
        answer = caller.http.get("/api/session", headers={"Host": f"{name}:{port_of(caller)}", "Origin": ""})
        assert answer.status_code in (200, 403)
    assert httpx.get(f"http://localhost:{port_of(caller)}/", headers={"Cookie": caller.cookie}).status_code == 200


@pytest.mark.parametrize("origin", STRANGE_ORIGINS)
def test_a_post_from_another_page_does_nothing(caller: Caller, origin: str) -> None:
    named = origin.format(port=port_of(caller))
    for method, path in (("POST", "/api/leave"), ("DELETE", "/api/session"), ("GET", "/api/session")):
        refused = caller.http.request(method, path, headers={"Origin": named})
        assert refused.status_code == 403
        check_problem(refused.json()["error"], "bad_request")
    assert caller.http.get("/api/session").status_code == 200


def test_a_post_without_an_origin_does_nothing(caller: Caller) -> None:
    assert httpx.post(f"{caller.base}/api/leave", headers={"Cookie": caller.cookie}).status_code == 403
    assert caller.http.get("/api/session").status_code == 200


@pytest.mark.parametrize("origin", [*STRANGE_ORIGINS, ""])
def test_the_wire_from_another_page_is_cut(caller: Caller, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused, caller.wire(Origin=origin.format(port=port_of(caller))):
        pass
    assert refused.value.response.status_code == 403


def test_the_wire_without_a_cookie_is_cut(caller: Caller) -> None:
    with pytest.raises(InvalidStatus), caller.wire(Cookie=""):
        pass


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_page_embeds_is_refused(caller: Caller, site: str) -> None:
    for mode in ("no-cors", "cors"):
        headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Cookie": caller.cookie}
        assert httpx.get(f"{caller.base}/js/main.js", headers=headers).status_code == 403


def test_two_hosts_are_one_too_many(caller: Caller) -> None:
    with socket.create_connection(("127.0.0.1", int(port_of(caller)))) as raw:
        raw.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port_of(caller)}\r\nHost: evil.example\r\n\r\n".encode())
        assert raw.recv(100).split()[1] in (b"400", b"403")


def test_every_answer_carries_the_rules_for_the_browser(caller: Caller) -> None:
    for path in ("/", "/js/main.js", "/api/session", "/nothing", "/enter?token=x"):
        headers = caller.http.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-frame-options"] == "DENY"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "access-control-allow-origin" not in headers
        assert "server" not in headers
    assert caller.http.get("/api/session").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/../../../../etc/passwd",
        "/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/js/..%2f..%2f..%2fdoor.py",
        "/js/....//....//door.py",
        "/%2fetc/passwd",
        "/..\\..\\door.py",
        "/%00",
        "/js/%c0%ae%c0%ae/door.py",
        "//etc/passwd",
    ],
)
def test_no_path_leads_out_of_the_page(caller: Caller, path: str) -> None:
    with socket.create_connection(("127.0.0.1", int(port_of(caller)))) as raw:
        raw.settimeout(10)
        host = f"Host: 127.0.0.1:{port_of(caller)}"
        head = f"GET {path} HTTP/1.1\r\n{host}\r\nCookie: {caller.cookie}\r\nConnection: close\r\n\r\n"
        raw.sendall(head.encode())
        answer = b""
        while piece := raw.recv(65_536):
            answer += piece
    assert answer.split()[1] in (b"400", b"404"), answer[:200]
    assert b"root:" not in answer
    assert b"import" not in answer


def test_a_body_that_is_too_large_is_refused_before_it_is_read(caller: Caller) -> None:
    with socket.create_connection(("127.0.0.1", int(port_of(caller)))) as raw:
        raw.settimeout(10)
        host = f"Host: 127.0.0.1:{port_of(caller)}\r\nOrigin: {caller.base}\r\nCookie: {caller.cookie}"
        raw.sendall(f"POST /api/leave HTTP/1.1\r\n{host}\r\nContent-Length: {10**12}\r\n\r\nx".encode())
        assert raw.recv(1_000).split()[1] == b"413"
    assert caller.http.get("/api/session").status_code == 200


def test_a_body_that_hides_its_length_is_cut_off(caller: Caller) -> None:
    """Chunked: nobody knows its length before it is there."""

    def endless() -> Iterator[bytes]:
        for _ in range(2 * LARGEST // 65_536):
            yield b"x" * 65_536

    refused = caller.http.post("/api/takes/abcdefgh/1/mark", content=endless())
    assert refused.status_code in (404, 413)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_other_methods_are_not_allowed(caller: Caller, method: str) -> None:
    assert caller.http.request(method, "/api/session").status_code in (405, 404)
