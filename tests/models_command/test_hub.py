"""What a server says it has: believed only where it cannot do harm."""

from __future__ import annotations

from email.message import Message
from io import BytesIO
from urllib.error import HTTPError

import pytest

from bridge_server.models.catalogue import ACE_STEP_V1
from bridge_server.models.hub import list_model
from bridge_server.models.names import check_name, check_names, is_fetched
from bridge_server.models.patience import Patience
from bridge_server.models.refusal import retry_after
from bridge_server.models.trouble import BadServer, Interrupted
from bridge_server.models.web import Web
from tests.models_command import faults
from tests.models_command.conftest import IMPATIENT, WANTED
from tests.models_command.hub import REVISION, Behaviour, Hub, git_id, sha256

LISTING = "/revision/main"
EVIL = (
    "../evil.json", "a/../../evil.json", "/etc/evil.json", "..\\evil.json", "C:evil.json", "C:\\evil.json",
    "\\\\host\\evil.json", "a//evil.json", "a/./evil.json", "./evil.json", "evil\0.json", "evil\n.json",
    "con.json", "a/NUL.json", "a./evil.json", "a /evil.json", "~/evil.json", "e\u0301.json", "$HOME/evil.json",
    "%2e%2e/evil.json", "a/b/c/d/e/f/g/h.json", "x" * 200 + ".json", "evil.json:stream.json", "-/evil.json",
)  # fmt: skip


@pytest.mark.parametrize("name", EVIL)
def test_a_name_that_leaves_the_folder_ends_everything(hub: Hub, name: str) -> None:
    with pytest.raises(BadServer):
        check_name(name)
    hub.listing = {"sha": REVISION, "siblings": [*hub.siblings(), {"rfilename": f"umt5-base/{name}"}]}
    with pytest.raises(BadServer) as caught:
        list_model(Web(hub.base), ACE_STEP_V1, IMPATIENT)
    assert caught.value.hint


def test_two_names_for_one_file_are_refused() -> None:
    for names in (["a.json", "A.json"], ["a.json", "a.json/b.json"], ["x/y.json/z.txt", "x/y.json"]):
        with pytest.raises(BadServer):
            check_names(names)
    check_names(["a.json", "b/a.json", "b/c.json"])


def test_what_is_fetched() -> None:
    for name in ("a.safetensors", "a/b.JSON", "spiece.model", "notes.txt", "README.md"):
        assert is_fetched(name)
    for name in (
        "a.bin",
        "a.pt",
        "a.pth",
        "a.ckpt",
        "a.pkl",
        "a.py",
        "a.json.gz",
        ".a.json",
        ".cache/a.json",
        "LICENSE",
    ):
        assert not is_fetched(name)


def test_sizes_and_checksums_come_from_the_listing(hub: Hub) -> None:
    manifest = list_model(Web(hub.base), ACE_STEP_V1, IMPATIENT)
    assert sorted(file.path for file in manifest.files) == WANTED
    for file in manifest.files:
        data = hub.files[file.path]
        assert file.size == len(data)
        assert file.checksum.digits == (sha256(data) if len(data) >= 4096 else git_id(data))
    assert [method for method, _, _ in hub.asked] == ["GET"]


def test_or_from_the_headers_where_it_says_nothing(hub: Hub) -> None:
    known = list_model(Web(hub.base), ACE_STEP_V1, IMPATIENT)
    hub.has_blobs = False
    hub.asked.clear()
    assert list_model(Web(hub.base), ACE_STEP_V1, IMPATIENT) == known
    assert not [address for _, address, _ in hub.asked if address.startswith("cdn")]
    assert len([method for method, _, _ in hub.asked if method == "HEAD"]) == len(WANTED)


def test_a_server_without_checksums_is_not_used(hub: Hub) -> None:
    hub.has_blobs = False
    hub.misbehave("README.md", faults.status(200))
    with pytest.raises(BadServer, match="no checksum"):
        list_model(Web(hub.base), ACE_STEP_V1, IMPATIENT)


NONSENSE = (
    "no listing", 7, [], {"sha": REVISION}, {"siblings": []},
    {"sha": "main/../x", "siblings": [{"rfilename": "a.json"}]},
    {"sha": REVISION, "siblings": []}, {"sha": REVISION, "siblings": [{"rfilename": 3}]},
    {"sha": REVISION, "siblings": [{"rfilename": "weights.bin"}]},
    {"sha": REVISION, "siblings": [{"rfilename": f"{number}.json"} for number in range(1001)]},
)  # fmt: skip


@pytest.mark.parametrize("listing", NONSENSE)
def test_nonsense_for_a_listing(hub: Hub, listing: object) -> None:
    hub.listing = listing
    with pytest.raises(BadServer) as caught:
        list_model(Web(hub.base), ACE_STEP_V1, IMPATIENT)
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize("behaviour", [faults.web_page, faults.noise, faults.sends_to_itself, faults.empty])
def test_no_listing_at_all(hub: Hub, behaviour: Behaviour) -> None:
    hub.misbehave(LISTING, *[behaviour] * 50)
    with pytest.raises((BadServer, Interrupted)):
        list_model(Web(hub.base, timeout_seconds=0.3), ACE_STEP_V1, IMPATIENT)


def test_a_list_that_comes_byte_by_byte(hub: Hub) -> None:
    hub.others["/api/models/ACE-Step/ACE-Step-v1-3.5B/revision/main"] = b" " * 100
    hub.misbehave(LISTING, *[faults.drips] * 5)
    patience = Patience(tries=1, stall_seconds=0.1)
    with pytest.raises(Interrupted, match="stopped sending"):
        list_model(Web(hub.base), ACE_STEP_V1, patience)


@pytest.mark.parametrize(
    "name", ["umt5-base/tokenizer.json", "music_vocoder/config.json", "umt5-base/model.safetensors"]
)
def test_a_server_with_half_a_model(hub: Hub, name: str) -> None:
    del hub.files[name]
    with pytest.raises(BadServer, match=r"lacks (umt5-base|music_vocoder)"):
        list_model(Web(hub.base), ACE_STEP_V1, IMPATIENT)


def test_a_pointer_of_git_is_not_taken_for_the_weights(hub: Hub) -> None:
    lines = hub.siblings()
    for line in lines:
        line.pop("lfs", None)
    hub.listing = {"sha": REVISION, "siblings": lines}
    for file in list_model(Web(hub.base), ACE_STEP_V1, IMPATIENT).files:
        data = hub.files[file.path]
        assert file.checksum.digits == (sha256(data) if file.path.endswith(".safetensors") else git_id(data))


def test_a_network_that_wakes_up(hub: Hub) -> None:
    hub.misbehave(LISTING, faults.resets, faults.status(503))
    assert len(list_model(Web(hub.base), ACE_STEP_V1, IMPATIENT).files) == len(WANTED)


def test_a_bad_checksum_is_not_taken_for_one(hub: Hub) -> None:
    lines = hub.siblings()
    for line in lines:
        line["blobId"] = "not a checksum"
    hub.listing = {"sha": REVISION, "siblings": lines}
    assert len(list_model(Web(hub.base), ACE_STEP_V1, IMPATIENT).files) == len(WANTED)
    assert hub.count("README.md", "HEAD") == 1


def test_tokens_stay_off_unencrypted_lines(hub: Hub) -> None:
    asked: list[str | None] = []

    class Listening(Web):
        def _send(self, method: str, url: str, headers: dict[str, str]) -> None:  # type: ignore[override]
            asked.append(self._token or None)
            raise Interrupted("Enough is known.")

    for base, is_safe in (("http://mirror.example", False), ("https://mirror.example", True), (hub.base, True)):
        with pytest.raises(Interrupted):
            Listening(base, "hf_secret").get(f"{base}/x")
        assert asked.pop() == ("hf_secret" if is_safe else None)


class Sending(Web):
    """Every server sends to the next address."""

    def __init__(self, *addresses: str) -> None:
        super().__init__(addresses[0])
        self.addresses, self.asked = list(addresses[1:]), list[str]()

    def _send(self, method: str, url: str, headers: dict[str, str]) -> HTTPError:  # type: ignore[override]
        self.asked.append(url)
        sent = Message()
        sent["Location"] = self.addresses.pop(0)
        return HTTPError(url, 302, "Found", sent, BytesIO())


@pytest.mark.parametrize("address", ["http://b.example/x", "ftp://b.example/x", "file:///x", "data:,x", "http:"])
def test_no_redirect_leads_out_of_encryption(address: str) -> None:
    web = Sending("https://a.example", "https://b.example/y", "/z", address)
    with pytest.raises(BadServer):
        web.get("https://a.example/x")
    assert web.asked == ["https://a.example/x", "https://b.example/y", "https://b.example/z"]


def test_how_long_a_busy_server_asks_for() -> None:
    assert [retry_after(text) for text in ("12", " 0 ", "", "soon", "-5", "1e9", "٣")] == [12, 0, 0, 0, 0, 0, 0]
    assert retry_after("Fri, 31 Dec 1999 23:59:59 GMT") == 0
    assert retry_after("Fri, 31 Dec 2199 23:59:59 GMT") > 1e9
