"""`dawbridge server`: what is written down, for whom, and what has to be agreed to."""

from __future__ import annotations

import io
import json
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bridge_server.protocol.errors import BadRequest
from bridge_server.protocol.servers import Server, check_address
from tests.cli.conftest import Said
from tests.fakes.acestep_server import BASE, TURBO, FakeAceStep, serving

Dawbridge = Callable[..., Said]


@pytest.fixture
def fake() -> Iterator[FakeAceStep]:
    with serving(FakeAceStep()) as there:
        yield there


def written(home: Path) -> dict[str, object]:
    return json.loads((home / "acestep-api.json").read_text("utf-8"))  # type: ignore[no-any-return]


def test_add_check_remove(dawbridge: Dawbridge, fake: FakeAceStep, home: Path) -> None:
    said = dawbridge("server", "add", fake.address + "/")
    assert said.code == 0, said.err
    assert fake.address in said.out and TURBO in said.out and "repaint" in said.out
    assert written(home)["address"] == fake.address
    fake.models[BASE] = True
    said = dawbridge("server", "check", "--json")
    assert {"layer", "accompany", "separate"} <= set(said.last["requests"])
    assert "lego" in str(written(home)["offer"])
    assert dawbridge("server", "remove").code == 0
    assert not (home / "acestep-api.json").exists()
    for words in (("server", "check", "--json"), ("server", "remove", "--json")):
        said = dawbridge(*words)
        assert (said.code, said.last["error"]["code"]) == (1, "not_found")
        assert "server add" in said.last["error"]["hint"]


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
def test_the_key_is_read_from_the_input_and_kept_for_its_owner(
    dawbridge: Dawbridge, fake: FakeAceStep, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.key = "sesame"
    assert dawbridge("server", "add", fake.address, "--json").last["error"]["code"] == "server_refused"
    assert not (home / "acestep-api.json").exists()
    monkeypatch.setattr("sys.stdin", io.StringIO("sesame\n"))
    said = dawbridge("server", "add", fake.address, "--key")
    assert said.code == 0, said.err
    assert "sesame" not in said.out + said.err
    assert written(home)["key"] == "sesame"
    assert stat.S_IMODE((home / "acestep-api.json").stat().st_mode) == 0o600


def test_leaving_this_computer_has_to_be_agreed_to(dawbridge: Dawbridge, home: Path) -> None:
    said = dawbridge("server", "add", "http://studio.invalid:8001", "--json")
    assert (said.code, said.last["error"]["code"]) == (2, "bad_request")
    assert "--yes" in said.last["error"]["hint"]
    said = dawbridge("server", "add", "http://studio.invalid:8001", "--yes")
    assert "sent to studio.invalid:8001" in said.err and "not encrypted" in said.err
    assert said.code == 1, "nobody is there"
    assert not (home / "acestep-api.json").exists()


@pytest.mark.parametrize(("age", "fault"), [("late", "health: html"), ("early", "models: status-404")])
def test_what_is_no_ace_step_server_is_not_taken(
    dawbridge: Dawbridge, fake: FakeAceStep, home: Path, age: str, fault: str
) -> None:
    fake.age, fake.faults, fake.for_ever = age, [fault], True
    said = dawbridge("server", "add", fake.address, "--json")
    assert (said.code, said.last["error"]["code"]) == (1, "bad_answer")
    assert not (home / "acestep-api.json").exists()


@pytest.mark.parametrize(
    "address",
    [
        "", "studio", "studio:8001", "ftp://studio", "file:///etc/passwd", "http://", "http://a b", "http://a:0",
        "http://a:99999", "http://user:word@a", "http://a/?b=c", "http://a/#b", "http://a/../b", "http://a\r\nX: y",
        "http://a/b\nc", "http://[::1", "http://ä.de",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(dawbridge: Dawbridge, home: Path, address: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        check_address(address)
    assert refusal.value.hint
    assert dawbridge("server", "add", "--json", "--", address).code == 2


@pytest.mark.parametrize(
    ("address", "same", "is_here"),
    [
        ("HTTP://127.0.0.1:8001", "http://127.0.0.1:8001", True),
        ("http://[::1]:8001/", "http://[::1]:8001", True),
        ("http://localhost:8001", "http://localhost:8001", True),
        ("https://Studio.Example/ace/", "https://studio.example/ace", False),
        ("http://192.168.1.20:8001", "http://192.168.1.20:8001", False),
        ("http://localhost.example:1", "http://localhost.example:1", False),
    ],
)
def test_addresses(address: str, same: str, is_here: bool) -> None:
    assert check_address(address) == same
    assert Server(address=same).is_here is is_here


def test_a_damaged_file_says_what_to_do(dawbridge: Dawbridge, home: Path) -> None:
    for text in ("{", '{"address": "ftp://a"}', '{"address": "http://a", "key": "a\\nb"}'):
        (home / "acestep-api.json").write_text(text, "utf-8")
        said = dawbridge("server", "check", "--json")
        assert (said.code, said.last["error"]["code"]) == (1, "bridge_fault")
        assert "server add" in said.last["error"]["hint"]


def test_help_shows_examples_that_are_understood(dawbridge: Dawbridge, home: Path) -> None:
    for name in ("add", "check", "remove"):
        assert f"Example: dawbridge server {name}" in " ".join(dawbridge("server", name, "--help").out.split())
    assert "check" in dawbridge("server").out
