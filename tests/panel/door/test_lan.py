"""Other devices: nothing but TLS, nobody without a code, and whoever is in can be shut out again."""

from __future__ import annotations

import hashlib
import json
import ssl
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

from bridge_server.panel import certificate as making
from bridge_server.panel import lan, pairing
from bridge_server.panel.certificate import certificate_for
from bridge_server.panel.guard import Place
from bridge_server.panel.pairing import Pairing
from bridge_server.panel.shared import own_addresses, own_names
from tests.bridge.problems import check_problem
from tests.fakes.bridge import RunningBridge
from tests.fakes.waiting import until
from tests.panel.caller import Caller, link_into


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBridge]:
    """Its panel is shared at an address of loopback, so that no test opens this machine to its network."""
    with RunningBridge(tmp_path_factory.mktemp("home"), share_lan="127.0.0.1:0") as running:
        running.wait_for_engine()
        yield running


@pytest.fixture
def caller(bridge: RunningBridge) -> Iterator[Caller]:
    with Caller(bridge) as caller:
        until(lambda: caller.http.get("/api/devices").json()["address"], 10, "the panel is shared")
        yield caller


@pytest.fixture
def trust(bridge: RunningBridge) -> ssl.SSLContext:
    """What a device believes on which our authority was installed."""
    der = (bridge.home.panel / "lan" / "authority.der").read_bytes()
    context = ssl.create_default_context(cadata=der)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


@pytest.fixture
def device(caller: Caller, trust: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """A tablet that has not been paired."""
    monkeypatch.setattr(lan, "WRONG_SECONDS", 0.0)
    base = shared(caller)
    with httpx.Client(base_url=base, headers={"Origin": base, "User-Agent": "iPad Safari/17"}, verify=trust) as http:
        yield http


def shared(caller: Caller) -> str:
    return str(caller.http.get("/api/devices").json()["address"])


def new_code(caller: Caller) -> str:
    return str(caller.http.post("/api/devices/pair").json()["code"])


def devices(caller: Caller) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller.http.get("/api/devices").json()["devices"]
    return [each for each in found if not each["is_local"]]


def paired(caller: Caller, device: httpx.Client) -> httpx.Client:
    assert device.post("/pair", data={"code": new_code(caller)}).status_code == 303
    return device


def test_a_device_is_paired_with_a_code_and_shut_out_again(caller: Caller, device: httpx.Client) -> None:
    assert device.get("/api/session").status_code == 401
    assert "/pair" in device.get("/", headers={"Accept": "text/html"}).text
    assert "<form" in device.get("/pair").text
    entered = paired(caller, device)
    session = entered.get("/api/session").json()
    assert (session["is_local"], session["name"], session["home"]) == (False, "Safari on iPad", "")
    assert entered.get("/").status_code == 200

    (known,) = [each for each in devices(caller) if each["id"] == session["id"]]
    assert caller.http.post(f"/api/devices/{known['id']}/revoke").status_code == 204
    assert device.get("/api/session").status_code == 401
    assert caller.http.post(f"/api/devices/{known['id']}/revoke").status_code == 404


def test_its_cookie_goes_by_tls_alone(caller: Caller, device: httpx.Client) -> None:
    entered = device.post("/pair", data={"code": new_code(caller)})
    cookie = entered.headers["set-cookie"].lower()
    assert "secure" in cookie
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_a_paired_device_has_the_wire_and_loses_it_when_it_is_shut_out(
    caller: Caller, device: httpx.Client, trust: ssl.SSLContext
) -> None:
    paired(caller, device)
    base = shared(caller)
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in device.cookies.items()), "Origin": base}
    with connect(f"wss{base[5:]}/wire", additional_headers=headers, ssl=trust) as wire:
        wire.send('{"request": "hello", "id": "1"}')
        assert json.loads(wire.recv(10))["event"] == "welcome"
        session = device.get("/api/session").json()["id"]
        assert caller.http.post(f"/api/devices/{session}/revoke").status_code == 204
        until(lambda: _is_closed(wire), 10, "the wire is cut")
        assert wire.close_code == 1008


def _is_closed(wire: Any) -> bool:
    try:
        wire.recv(0.1)
    except TimeoutError:
        return False
    except Exception as closed:  # noqa: BLE001 - the library has several words for it
        return "1008" in str(closed)
    return False


def test_a_code_works_once(caller: Caller, device: httpx.Client) -> None:
    code = new_code(caller)
    assert device.post("/pair", data={"code": code.replace(" ", "-")}).status_code == 303
    device.cookies.clear()
    assert device.post("/pair", data={"code": code}).status_code == 403


def test_after_five_wrong_tries_the_right_one_is_wrong_too(caller: Caller, device: httpx.Client) -> None:
    code = new_code(caller)
    wrong = f"{(int(code.replace(' ', '')) + 1) % 10**8:08d}"
    for _ in range(pairing.MOST_TRIES):
        refused = device.post("/pair", data={"code": wrong})
        assert refused.status_code == 403
        assert "not the code" in refused.text
    assert device.post("/pair", data={"code": code}).status_code == 403
    assert not device.cookies
    assert device.post("/pair", data={"code": new_code(caller)}).status_code == 303


@pytest.mark.parametrize("code", ["", "0", "x" * 100, "١٢٣٤٥٦٧٨", "é"])
def test_without_a_code_that_was_shown_nothing_is_right(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = Pairing()
    assert not fresh.accepts(code)
    fresh.new_code()
    assert not fresh.accepts(code)
    monkeypatch.setattr(pairing, "CODE_SECONDS", -1.0)
    assert not fresh.accepts(fresh.new_code())


def test_only_this_machine_makes_codes_and_shuts_out_others(caller: Caller, device: httpx.Client) -> None:
    paired(caller, device)
    for path in ("/api/devices/pair", f"/api/devices/{caller.http.get('/api/session').json()['id']}/revoke"):
        refused = device.post(path)
        assert refused.status_code == 401
        check_problem(refused.json()["error"], "wrong_key")
    assert caller.http.get("/api/session").status_code == 200
    mine = device.get("/api/session").json()["id"]
    assert device.post(f"/api/devices/{mine}/revoke").status_code == 204


def test_a_link_of_this_machine_is_none_for_another(caller: Caller, device: httpx.Client) -> None:
    token = link_into(caller.bridge).split("token=")[1]
    assert device.get("/enter", params={"token": token}).status_code == 403
    assert not device.cookies


def test_a_cookie_is_good_where_it_was_made(caller: Caller, device: httpx.Client) -> None:
    paired(caller, device)
    name, secret = next(iter(device.cookies.items()))
    assert httpx.get(f"{caller.base}/api/session", headers={"Cookie": f"{name}={secret}"}).status_code == 401
    local = device.get("/api/session", headers={"Cookie": caller.cookie})
    assert local.status_code == 401


def test_strangers_meet_the_same_guard_there(caller: Caller, device: httpx.Client) -> None:
    paired(caller, device)
    assert device.get("/api/session", headers={"Host": "evil.example"}).status_code == 403
    assert device.post("/api/leave", headers={"Origin": "https://evil.example"}).status_code == 403
    for origin in ("https://evil.example", "null"):
        refused = device.post("/pair", headers={"Origin": origin}, data={"code": new_code(caller)})
        assert refused.status_code == 403
    assert device.get("/api/session").status_code == 200


def test_there_is_nothing_but_tls(caller: Caller) -> None:
    with pytest.raises(httpx.HTTPError):
        httpx.get(shared(caller).replace("https", "http"))


def test_a_form_that_is_none_is_refused(caller: Caller, device: httpx.Client) -> None:
    assert device.post("/pair", content=b"x" * 5_000).status_code == 413
    assert device.post("/pair", content=b"\xff\xfe").status_code == 403


def test_the_fingerprint_is_that_of_the_certificate(caller: Caller, bridge: RunningBridge) -> None:
    told = caller.http.get("/api/devices").json()
    host, port = told["address"].removeprefix("https://").split(":")
    pem = ssl.get_server_certificate((host, int(port)))
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest().upper()
    assert told["fingerprint"].replace(":", "") == digest


def test_the_authority_can_be_had_to_be_installed(device: httpx.Client, bridge: RunningBridge) -> None:
    had = device.get("/certificate")
    assert had.headers["content-type"] == "application/x-x509-ca-cert"
    assert had.content == (bridge.home.panel / "lan" / "authority.der").read_bytes()


@pytest.mark.skipif(sys.platform == "win32", reason="owners and modes of POSIX")
def test_the_keys_are_the_owners_and_that_of_the_authority_is_nowhere(tmp_path: Path) -> None:
    made = certificate_for(tmp_path / "lan", ["studio.local"], ["10.0.0.5"])
    assert {path.name for path in (tmp_path / "lan").iterdir()} == {"server.pem", "server-key.pem", "authority.der"}
    assert stat.S_IMODE(made.key.stat().st_mode) == 0o600


def change_names(folder: Path) -> None:
    certificate_for(folder, ["studio.local"], ["10.0.0.6"])


def lose_the_key(folder: Path) -> None:
    (folder / "server-key.pem").unlink()


def damage(folder: Path) -> None:
    (folder / "server.pem").write_text("-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n")


def test_a_certificate_is_kept_as_long_as_it_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = certificate_for(tmp_path, ["studio.local"], ["10.0.0.5"]).fingerprint
    assert certificate_for(tmp_path, ["studio.local"], ["10.0.0.5"]).fingerprint == there
    monkeypatch.setattr(making, "RENEW_DAYS", 400)
    assert certificate_for(tmp_path, ["studio.local"], ["10.0.0.5"]).fingerprint != there


@pytest.mark.parametrize("spoil", [change_names, lose_the_key, damage])
def test_a_certificate_that_does_not_fit_is_made_anew(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    there = certificate_for(tmp_path, ["studio.local"], ["10.0.0.5"]).fingerprint
    spoil(tmp_path)
    assert certificate_for(tmp_path, ["studio.local"], ["10.0.0.5"]).fingerprint != there


def test_an_address_that_cannot_be_had_leaves_the_panel_here(tmp_path: Path) -> None:
    with RunningBridge(tmp_path, share_lan="192.0.2.7:39954") as running, Caller(running) as caller:
        told = until(lambda: caller.http.get("/api/devices").json()["problem"], 10, "a reason")
        assert "could not be shared" in told
        check_problem(caller.http.post("/api/devices/pair").json()["error"], "unsupported")
        assert caller.http.get("/certificate").status_code == 404


def test_not_shared_is_the_rule(tmp_path: Path) -> None:
    with RunningBridge(tmp_path) as running, Caller(running) as caller:
        assert caller.http.get("/api/devices").json()["address"] == ""
        assert caller.http.post("/api/devices/pair").status_code == 400
        assert caller.http.get("/pair").status_code == 303


def test_names_and_addresses_of_this_machine() -> None:
    assert own_names()[-1].endswith(".local") or own_names()
    assert own_addresses("192.0.2.1") == ["192.0.2.1"]
    assert own_addresses("0.0.0.0")
    place = Place("https", 1, is_local=False)
    assert {"10.0.0.5:1", f"{own_names()[0]}:1"} <= place.names("10.0.0.5")
    assert "[fe80::1]:1" in place.names("fe80::1")
