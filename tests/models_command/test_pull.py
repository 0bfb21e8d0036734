"""`dawbridge models pull`: what is asked first, what is fetched, what is told to the engine, and how it ends badly."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge_server.home import Home
from bridge_server.models.catalogue import CATALOGUE
from bridge_server.models.disk import only_one
from bridge_server.models.manifest import read_manifest
from bridge_server.models.web import check_base
from bridge_server.protocol.errors import BadRequest
from tests.bridge.problems import check_problem
from tests.fakes.small_disk import MEBIBYTE, fill, small_disk
from tests.models_command import faults
from tests.models_command.conftest import VOCABULARY, WANTED, Said, files_in, small_model
from tests.models_command.hub import REVISION, Hub, sha256

Models = Callable[..., Said]
BIG = "ace_step_transformer/diffusion_pytorch_model.safetensors"


def expected() -> dict[str, bytes]:
    return {name: data for name, data in small_model().items() if name in WANTED}


def problem_of(said: Said) -> str:
    """The code; fails unless it is told with a sentence and a hint, and with exit code 1."""
    assert said.code == 1, said.out + said.err
    error = said.last["error"]
    assert error["message"].endswith(".") and error["hint"], error
    return str(error["code"])


def big_blob() -> str:
    """End of the address at which the second server has the largest file."""
    return sha256(small_model()[BIG])


def test_everything_arrives_and_the_engine_knows(models: Models, hub: Hub, place: Path, home: Path) -> None:
    said = models("pull", "--yes", "--json")
    assert (said.code, said.err) == (0, "")
    assert files_in(place) == expected()
    assert files_in(home / "models" / "lyric-vocabulary") == {"vocab.json": VOCABULARY}
    assert json.loads((home / "models.json").read_text("utf-8")) == {
        "ace-step-v1": {"folder": str(place), "kind": "pulled", "complete": True},
        "lyric-vocabulary": {"folder": str(place.parent / "lyric-vocabulary"), "kind": "pulled", "complete": True},
    }
    manifest = read_manifest(place)
    assert manifest is not None
    assert (manifest.revision, manifest.source) == (REVISION, hub.base)
    assert {file.path: file.size for file in manifest.files} == {name: len(data) for name, data in expected().items()}
    events = [line["event"] for line in said.lines]
    assert events[:2] == ["plan", "plan"]
    assert events[-2:] == ["pulled", "pulled"]
    plan = said.lines[1]
    assert (plan["licence"], plan["folder"]) == ("Apache-2.0", str(place))
    assert plan["to_fetch"] == plan["size"] == sum(len(data) for data in expected().values())
    assert plan["free"] > 0
    assert {line["file"] for line in said.lines if line["event"] == "fetched"} == {*WANTED, "vocab.json"}


def test_pickles_are_not_even_asked_for(models: Models, hub: Hub, place: Path) -> None:
    assert models("pull", "--yes").code == 0
    assert not [address for _, address, _ in hub.asked if address.endswith((".pt", ".bin"))]
    assert not [path for path in place.rglob("*") if path.suffix in (".pt", ".bin", ".part")]


def test_a_second_pull_asks_nobody(models: Models, hub: Hub) -> None:
    models("pull", "--yes")
    hub.asked.clear()
    said = models("pull", "--offline", "--json")
    assert (said.code, [line["event"] for line in said.lines]) == (0, ["pulled", "pulled"])
    assert not hub.asked


def test_people_are_told_and_asked_first(
    models: Models, hub: Hub, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    for answer, code in ((False, 1), (True, 0)):
        monkeypatch.setattr("typer.confirm", lambda *_, answer=answer, **__: answer)
        said = models("pull")
        assert said.code == code
        for words in ("ace-step-v1", "songs with vocals", "Apache-2.0", "3.1 MB", str(place), "free", hub.base):
            assert words in said.err
        assert place.exists() is answer


def test_without_a_terminal_nothing_is_fetched_unasked(models: Models, hub: Hub, place: Path) -> None:
    said = models("pull", "--json")
    assert (said.code, said.last["error"]["code"]) == (2, "bad_request")
    assert "--yes" in said.last["error"]["hint"]
    assert models("pull").code == 2
    assert not place.exists()


@pytest.mark.parametrize("by", ["--offline", "1", "true"])
def test_offline_asks_nobody(models: Models, hub: Hub, place: Path, by: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if not by.startswith("-"):
        monkeypatch.setenv("HF_HUB_OFFLINE", by)
    said = models("pull", "--yes", "--json", *((by,) if by.startswith("-") else ()))
    assert problem_of(said) == "offline"
    assert not hub.asked
    assert not place.exists()


def test_a_pull_that_broke_goes_on(models: Models, hub: Hub, place: Path, home: Path) -> None:
    hub.misbehave(big_blob(), *[faults.breaks_off(0.25)] * 3, faults.status(404))
    assert problem_of(models("pull", "--yes", "--json")) == "not_found"
    registered = json.loads((home / "models.json").read_text("utf-8"))["ace-step-v1"]
    assert registered["complete"] is False
    done = set(files_in(place)) - {path for path in files_in(place) if path.endswith(".part")}
    assert done < set(WANTED)
    [line] = [line for line in models("list", "--json").lines if line["name"] == "ace-step-v1"]
    assert line["state"] == "partly"
    assert 0 < line["here"] < line["size"]
    hub.asked.clear()
    said = models("pull", "--yes", "--json")
    assert said.code == 0
    assert files_in(place) == expected()
    assert said.lines[0]["to_fetch"] < 0.5 * said.lines[0]["size"]
    assert {address.rpartition("/")[2] for _, address, _ in hub.asked if "/resolve/" in address}.isdisjoint(
        name for name in done if name.count("/") == 0
    )


def test_a_newer_revision_replaces_what_changed(models: Models, hub: Hub, place: Path) -> None:
    hub.misbehave(big_blob(), faults.status(404))
    models("pull", "--yes")
    hub.revision = "f" * 40
    hub.files["README.md"] = b"# A nodel"
    hub.faults.clear()
    assert models("pull", "--yes").code == 0
    assert files_in(place) == expected() | {"README.md": b"# A nodel"}


def test_a_changed_file_is_not_believed_when_the_next_pull_breaks_too(models: Models, hub: Hub, place: Path) -> None:
    hub.misbehave(big_blob(), faults.status(404))
    models("pull", "--yes")
    hub.revision, hub.files["README.md"] = "f" * 40, b"# A nodel"
    hub.misbehave("README.md", faults.status(404))
    assert problem_of(models("pull", "--yes", "--json")) == "not_found"
    assert models("pull", "--yes").code == 0
    assert (place / "README.md").read_bytes() == b"# A nodel"


def test_a_foreign_file_is_never_overwritten(models: Models, hub: Hub, place: Path) -> None:
    place.mkdir(parents=True)
    (place / "README.md").write_bytes(b"mine")
    said = models("pull", "--yes", "--json")
    assert problem_of(said) == "read_only"
    assert "README.md" in said.last["error"]["message"]
    assert (place / "README.md").read_bytes() == b"mine"


def test_a_right_file_that_somebody_put_there_is_used_and_kept(models: Models, hub: Hub, place: Path) -> None:
    target = place / BIG
    target.parent.mkdir(parents=True)
    target.write_bytes(hub.files[BIG])
    assert models("pull", "--yes").code == 0
    assert hub.count(big_blob()) == 0
    assert models("remove", "ace-step-v1", "--yes").code == 0
    assert files_in(place) == {BIG: hub.files[BIG]}


def test_a_folder_elsewhere_is_remembered(models: Models, hub: Hub, tmp_path: Path) -> None:
    hub.misbehave(big_blob(), faults.status(404))
    disk = tmp_path / "disk"
    models("pull", "--yes", "--to", disk)
    assert problem_of(models("pull", "--yes", "--to", tmp_path / "third", "--json")) == "bad_request"
    assert models("pull", "--yes").code == 0
    assert files_in(disk) == expected()
    assert models("path", "ace-step-v1").out.strip() == str(disk)


def test_a_mirror_takes_the_place_of_all_servers(
    models: Models, hub: Hub, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge_server.models.pull.HUB", "http://127.0.0.1:9")
    assert models("pull", "--yes", "--from", f"{hub.base}/").code == 0
    assert files_in(place) == expected()


def test_a_mirror_without_the_vocabulary_says_so_before_the_gigabytes(models: Models, hub: Hub, place: Path) -> None:
    hub.others.clear()
    said = models("pull", "--yes", "--from", hub.base, "--json")
    assert problem_of(said) == "not_found"
    assert "models pull lyric-vocabulary" in said.last["error"]["hint"]
    assert not place.exists()


def test_the_usual_mirror_variable_counts_for_the_hub_alone(
    models: Models, hub: Hub, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge_server.models.pull.HUB", "http://127.0.0.1:9")
    monkeypatch.setenv("HF_ENDPOINT", hub.base)
    assert models("pull", "--yes").code == 0
    assert files_in(place) == expected()


@pytest.mark.parametrize(
    "address", ["huggingface.co", "ftp://x", "file:///etc", "http://", "https://[", "javascript:1"]
)
def test_a_mirror_has_to_be_a_web_address(models: Models, address: str) -> None:
    said = models("pull", "--yes", "--from", address, "--json")
    assert (said.code, said.last["error"]["code"]) == (2, "bad_request")
    with pytest.raises(BadRequest):
        check_base(address)


def test_no_network_is_a_sentence(models: Models, home: Path) -> None:
    said = models("pull", "--yes", "--from", "http://127.0.0.1:9", "--json")
    assert problem_of(said) == "unreachable"
    assert "127.0.0.1:9" in said.last["error"]["message"]


def test_a_gated_model_needs_a_token(models: Models, hub: Hub, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.takes_token = "hf_secret"
    models("pull", "lyric-vocabulary", "--yes")
    hub.others.clear()
    said = models("pull", "--yes", "--json")
    assert problem_of(said) == "access_denied"
    assert "HF_TOKEN" in said.last["error"]["hint"]
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    said = models("pull", "--yes", "--json")
    assert problem_of(said) == "access_denied"
    assert "this account" in said.last["error"]["message"]


def test_the_token_goes_to_the_hub_and_no_further(
    models: Models, hub: Hub, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    assert models("pull", "ace-step-v1-chinese-rap", "--yes").code == 1
    assert models("pull", "--yes").code == 0
    for _, address, headers in hub.asked:
        is_hub = address.startswith("/api/") or "/resolve/" in address
        assert headers.get("Authorization") == ("Bearer hf_secret" if is_hub else None), address
    assert hub.count(big_blob()) == 1


def test_a_disk_that_is_too_small_is_seen_before_the_first_byte(
    models: Models, hub: Hub, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge_server.models.disk.free_bytes", lambda _: 101_000_000)
    said = models("pull", "--yes", "--json")
    assert problem_of(said) == "disk_full"
    assert hub.count("README.md") == 0
    assert not place.exists()


def test_a_disk_that_fills_up_meanwhile_costs_nothing(
    models: Models, hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge_server.models.disk.SPARE_BYTES", 0)
    monkeypatch.setattr("bridge_server.models.disk.free_bytes", lambda _: 10**12)
    with small_disk(tmp_path / "disk", 8 * MEBIBYTE) as disk:
        ballast = fill(disk, leave=1_500_000)
        said = models("pull", "--yes", "--to", disk / "ace", "--json")
        assert problem_of(said) == "disk_full"
        check_problem(said.last["error"], "disk_full")
        assert BIG not in files_in(disk / "ace")
        ballast.unlink()
        assert models("pull", "--yes").code == 0
        assert files_in(disk / "ace") == expected()


def test_a_folder_that_cannot_be_written_is_told(models: Models, hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", "utf-8")
    assert problem_of(models("pull", "--yes", "--to", tmp_path / "file" / "ace", "--json")) == "read_only"


def test_two_pulls_at_once_do_not_meet(models: Models, hub: Hub, its_home: Home) -> None:
    with only_one(its_home):
        assert problem_of(models("pull", "--yes", "--json")) == "already_running"
    assert models("pull", "--yes").code == 0


def test_ctrl_c_leaves_what_came_in(models: Models, hub: Hub, place: Path) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bridge_server.models.fetch.has_checksum", interrupted)
        said = models("pull", "ace-step-v1", "--yes")
    assert said.code == 130
    assert "goes on from there" in said.err
    assert models("pull", "--yes").code == 0
    assert files_in(place) == expected()


def test_the_hugging_face_cache_is_used_as_it_is(models: Models, hub: Hub, home: Path, tmp_path: Path) -> None:
    snapshot = tmp_path / "huggingface/hub/models--ACE-Step--ACE-Step-v1-3.5B/snapshots/abc"
    for name, data in expected().items():
        path = snapshot / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    hub.misbehave("main?blobs=true", *[faults.status(500)] * 9)
    said = models("pull", "--yes", "--json")
    assert said.code == 0
    assert said.last == {"event": "pulled", "model": "ace-step-v1", "folder": str(snapshot), "kind": "hub cache"}
    assert not hub.count(f"{REVISION}/README.md")
    assert json.loads((home / "models.json").read_text("utf-8"))["ace-step-v1"]["folder"] == str(snapshot)
    assert models("remove", "ace-step-v1", "--yes").code == 1
    assert files_in(snapshot) == expected()


def test_a_folder_of_the_users_own_is_not_pulled_into(models: Models, hub: Hub, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    for name, data in expected().items():
        (mine / name).parent.mkdir(parents=True, exist_ok=True)
        (mine / name).write_bytes(data)
    models("pull", "lyric-vocabulary", "--yes")
    assert models("path", "ace-step-v1", mine).code == 0
    hub.asked.clear()
    assert models("pull", "--yes", "--json").last["kind"] == "own"
    (mine / BIG).unlink()
    said = models("pull", "--yes", "--json")
    assert problem_of(said) == "damaged_model"
    assert "--forget" in said.last["error"]["hint"]
    assert not hub.asked


def test_the_real_vocabulary_has_the_published_checksum() -> None:
    real = Path(__file__).parents[2].parent / "shared/data/acestep-v1/vocab.json"
    if not real.is_file():
        pytest.skip("the published vocab.json is not ours to ship, and no copy lies beside the project")
    source = CATALOGUE["lyric-vocabulary"].source
    data = real.read_bytes()
    assert (len(data), sha256(data)) == (source.size, source.sha256)  # type: ignore[union-attr]


def test_names_of_the_environment_are_as_documented() -> None:
    page = (Path(__file__).parents[2] / "docs/MODELS.md").read_text("utf-8")
    for model in CATALOGUE.values():
        assert f"`{model.variable}`" in page
        assert f"`{model.name}`" in page
        assert os.fsencode(model.name).isascii()
