"""Which folder is used, what `verify` finds in it, what `list` says about it, and what `remove` leaves alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bridge_server.home import Home
from bridge_server.models.catalogue import ACE_STEP_V1, CATALOGUE, LYRIC_VOCABULARY
from bridge_server.models.manifest import NAME
from bridge_server.models.places import find_place, hub_cache
from tests.models_command.conftest import WANTED, Said, files_in, small_model
from tests.models_command.hub import Hub, git_id, sha256
from tests.models_command.test_pull import BIG, expected, problem_of

Models = Callable[..., Said]
DCAE = "music_dcae_f8c8/diffusion_pytorch_model.safetensors"


def write_model(folder: Path) -> Path:
    for name, data in expected().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def line_of(models: Models, name: str = "ace-step-v1") -> dict[str, Any]:
    [line] = [line for line in models("list", "--json").lines if line["name"] == name]
    return line


def state(models: Models, name: str = "ace-step-v1") -> tuple[str, str]:
    line = line_of(models, name)
    return line["state"], line["kind"]


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A snapshot as the Hugging Face library keeps it: links to files that their checksums name."""
    repo = tmp_path / "huggingface/hub/models--ACE-Step--ACE-Step-v1-3.5B"
    snapshot = repo / "snapshots" / "abc"
    for name, data in expected().items():
        blob = repo / "blobs" / (sha256(data) if len(data) >= 4096 else git_id(data))
        blob.parent.mkdir(parents=True, exist_ok=True)
        blob.write_bytes(data)
        (snapshot / name).parent.mkdir(parents=True, exist_ok=True)
        (snapshot / name).symlink_to(blob)
    (repo / "refs").mkdir()
    (repo / "refs/main").write_text("abc", "utf-8")
    return snapshot


def test_the_order_in_which_folders_win(
    models: Models, hub: Hub, place: Path, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert state(models) == ("complete", "hub cache")
    shutil.move(cache.parent.parent, tmp_path / "away")
    models("pull", "--yes")
    shutil.move(tmp_path / "away", cache.parent.parent)
    assert state(models) == ("complete", "pulled")
    (place / BIG).unlink()
    assert state(models) == ("complete", "hub cache")
    mine = write_model(tmp_path / "mine")
    assert models("path", "ace-step-v1", mine).out.strip() == str(mine)
    assert state(models) == ("complete", "own")
    monkeypatch.setenv("DAWBRIDGE_ACE_STEP_V1", str(tmp_path / "no"))
    assert state(models) == ("not here", "environment")
    monkeypatch.delenv("DAWBRIDGE_ACE_STEP_V1")
    assert models("path", "ace-step-v1", "--forget").out.strip() == str(cache)


@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        ({"HF_HUB_CACHE": "/a", "HF_HOME": "/b"}, "/a"),
        ({"HUGGINGFACE_HUB_CACHE": "/c", "HF_HOME": "/b"}, "/c"),
        ({"HF_HOME": "/b"}, "/b/hub"),
        ({"HF_HOME": "", "XDG_CACHE_HOME": "/d"}, "/d/huggingface/hub"),
    ],
)
def test_where_the_hugging_face_library_keeps_things(
    variables: dict[str, str], folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in variables.items():
        monkeypatch.setenv(name, text)
    assert hub_cache() == Path(folder)


def test_half_a_snapshot_is_no_snapshot(its_home: Home, cache: Path) -> None:
    whole = shutil.copytree(cache, cache.parent / "old", symlinks=True)
    assert getattr(find_place(ACE_STEP_V1, its_home), "folder", None) == cache
    (cache / "umt5-base/tokenizer.json").unlink()
    assert getattr(find_place(ACE_STEP_V1, its_home), "folder", None) == whole
    (whole / DCAE).unlink()
    assert find_place(ACE_STEP_V1, its_home) is None


@pytest.mark.parametrize("name", [BIG, "music_vocoder/config.json", "umt5-base/tokenizer.json"])
def test_a_folder_that_lacks_something_is_not_taken(models: Models, tmp_path: Path, home: Path, name: str) -> None:
    mine = write_model(tmp_path / "mine")
    (mine / name).unlink()
    said = models("path", "ace-step-v1", mine, "--json")
    assert problem_of(said) == "not_found"
    assert name.split("/", maxsplit=1)[0] in said.last["error"]["message"]
    assert not (home / "models.json").exists()


def test_a_pickle_is_no_substitute(models: Models, tmp_path: Path, home: Path) -> None:
    mine = write_model(tmp_path / "mine")
    (mine / "umt5-base/model.safetensors").rename(mine / "umt5-base/pytorch_model.bin")
    said = models("path", "ace-step-v1", mine, "--json")
    assert problem_of(said) == "not_found"
    assert "a pickle" in said.last["error"]["message"]


def test_shards_count_as_one_file(models: Models, tmp_path: Path, home: Path) -> None:
    mine = write_model(tmp_path / "mine")
    folder = mine / "ace_step_transformer"
    shards = [f"diffusion_pytorch_model-0000{number}-of-00002.safetensors" for number in (1, 2)]
    (mine / BIG).rename(folder / shards[0])
    index = {"weight_map": {"a": shards[0], "b": shards[1]}}
    (folder / "diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps(index), "utf-8")
    assert problem_of(models("path", "ace-step-v1", mine, "--json")) == "not_found"
    shutil.copy(folder / shards[0], folder / shards[1])
    assert models("path", "ace-step-v1", mine).code == 0


def test_a_path_that_nobody_knows(models: Models, home: Path) -> None:
    assert problem_of(models("path", "ace-step-v1", "--json", "/no/such/folder")) == "not_found"
    assert models("path", "ace-step-v1").code == 1
    assert models("path", "ace-step-v1", "--json").last == {
        "event": "path", "model": "ace-step-v1", "folder": "", "kind": "",
    }  # fmt: skip
    assert models("path", "ace-step-v1", "/x", "--forget").code == 2
    assert models("path", "no-such-model").code == 2
    assert models("path", "ace-step-v1", "--forget").code == 0


def damage(path: Path) -> None:
    """One bit, at an unchanged size."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_verify_finds_and_repairs(models: Models, hub: Hub, place: Path, home: Path) -> None:
    models("pull", "--yes")
    assert models("verify").code == 0
    damage(place / DCAE)
    (place / BIG).unlink()
    (place / "README.md").write_bytes(b"short")
    assert state(models)[0] == "damaged"
    said = models("verify", "--json")
    assert said.code == 1
    found = {line["file"]: line["state"] for line in said.lines if line["event"] == "file"}
    assert {name for name, what in found.items() if what == "damaged"} == {DCAE, "README.md"}
    assert {name for name, what in found.items() if what == "missing"} == {BIG}
    assert set(found) == set(WANTED)
    assert said.last["bad"] == 3
    assert json.loads((home / "models.json").read_text("utf-8"))["ace-step-v1"]["complete"] is False
    hub.asked.clear()
    said = models("verify", "--repair")
    assert said.code == 0, said.out + said.err
    assert files_in(place) == expected()
    asked = {address.partition(f"{hub.revision}/")[2] for _, address, _ in hub.asked if "/resolve/" in address}
    assert asked == {"README.md", BIG, DCAE}
    assert json.loads((home / "models.json").read_text("utf-8"))["ace-step-v1"]["complete"] is True


def test_damage_that_verify_found_is_remembered(models: Models, hub: Hub, place: Path) -> None:
    models("pull", "--yes")
    damage(place / DCAE)
    assert state(models)[0] == "complete"
    said = models("verify")
    assert said.code == 1
    assert DCAE in said.out and "--repair" in said.err
    assert state(models)[0] == "damaged"
    assert models("pull", "--yes").code == 0
    assert files_in(place) == expected()
    assert state(models)[0] == "complete"


def test_a_repair_may_not_ask_when_offline(models: Models, hub: Hub, place: Path) -> None:
    models("pull", "--yes")
    damage(place / DCAE)
    hub.asked.clear()
    assert problem_of(models("verify", "--repair", "--offline", "--json")) == "offline"
    assert not hub.asked


def test_the_cache_of_the_hugging_face_library_is_checked_by_its_own_names(
    models: Models, cache: Path, home: Path
) -> None:
    assert models("verify").code == 0
    damage((cache / DCAE).resolve())
    said = models("verify", "--json")
    assert [line["file"] for line in said.lines if line.get("state") == "damaged"] == [DCAE]
    assert problem_of(models("verify", "--repair", "--json")) == "bad_request"


def test_a_cut_file_in_a_folder_of_the_users_own(models: Models, tmp_path: Path, home: Path) -> None:
    mine = write_model(tmp_path / "mine")
    models("path", "ace-step-v1", mine)
    assert models("verify").code == 0
    (mine / DCAE).write_bytes((mine / DCAE).read_bytes()[:-1])
    (mine / "umt5-base/model.safetensors").write_bytes(b"version https://git-lfs.github.com/spec/v1")
    assert state(models) == ("damaged", "own")
    said = models("verify", "--json")
    bad = {line["file"] for line in said.lines if line.get("state") == "damaged"}
    assert bad == {DCAE, "umt5-base/model.safetensors"}
    assert problem_of(models("verify", "--repair", "--json")) == "bad_request"


def test_verify_of_nothing(models: Models, home: Path) -> None:
    assert problem_of(models("verify", "--json")) == "not_found"


def test_remove_leaves_everything_that_pull_has_not_written(models: Models, hub: Hub, place: Path, home: Path) -> None:
    models("pull", "--yes")
    (place / "notes.txt").write_text("mine", "utf-8")
    (place / DCAE).write_bytes(b"my own fine-tune")
    (place / "umt5-base" / "mine.safetensors").write_bytes(b"x")
    said = models("remove", "ace-step-v1", "--yes", "--json")
    assert said.code == 0
    assert said.last["left"] == [str(place / DCAE)]
    assert set(files_in(place)) == {"notes.txt", DCAE, "umt5-base/mine.safetensors"}
    assert not (place / NAME).exists()
    assert set(json.loads((home / "models.json").read_text("utf-8"))) == {"lyric-vocabulary"}
    assert problem_of(models("remove", "ace-step-v1", "--yes", "--json")) == "not_found"


def test_remove_takes_parts_and_empty_folders_too(models: Models, hub: Hub, place: Path) -> None:
    models("pull", "--yes")
    (place / f"{BIG}.0123456789ab.part").write_bytes(b"half")
    assert models("remove", "ace-step-v1").code == 2
    assert models("remove", "ace-step-v1", "--yes").code == 0
    assert not place.exists()
    assert state(models)[0] == "not here"


def test_remove_follows_no_link_and_no_forged_name(models: Models, hub: Hub, place: Path, tmp_path: Path) -> None:
    models("pull", "--yes")
    outside = tmp_path / "outside"
    shutil.move(place / "umt5-base", outside)
    (place / "umt5-base").symlink_to(outside)
    assert models("remove", "ace-step-v1", "--yes").code == 0
    assert "model.safetensors" in files_in(outside)
    precious = tmp_path / "precious.json"
    precious.write_text("{}", "utf-8")
    forged = {"path": "../../../precious.json", "size": 2, "checksum": {"digits": "0" * 64}, "fetched": True}
    manifest = {"model": "ace-step-v1", "source": "x", "revision": "y", "files": [forged]}
    (place / NAME).write_text(json.dumps(manifest), "utf-8")
    assert problem_of(models("remove", "ace-step-v1", "--yes", "--json")) == "damaged_model"
    assert precious.exists()
    assert state(models)[0] == "damaged"


def test_a_user_folder_cannot_be_removed(models: Models, tmp_path: Path, home: Path) -> None:
    mine = write_model(tmp_path / "mine")
    models("path", "ace-step-v1", mine)
    assert problem_of(models("remove", "ace-step-v1", "--yes", "--json")) == "not_found"
    assert files_in(mine) == expected()


def test_a_list_that_is_damaged_says_so(models: Models, home: Path) -> None:
    (home / "models.json").write_text("[", "utf-8")
    assert problem_of(models("list", "--json")) == "damaged_model"


def test_the_list_for_people(models: Models, hub: Hub, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    before = models("list")
    assert (before.code, before.err) == (0, "")
    for words in ("ace-step-v1", "not here", "about 8 GB", "Apache-2.0", "songs with vocals", "told at pull"):
        assert words in before.out
    models("pull", "--yes")
    after = models("list").out
    assert "complete" in after and "3.1 MB" in after and f"ace-step-v1: {place}" in after
    assert len(small_model()) > len(WANTED)


def test_every_command_shows_an_example_that_it_understands(models: Models, home: Path) -> None:
    for name in ("list", "pull", "verify", "path", "remove"):
        text = " ".join(models(name, "--help").out.split())
        assert f"Example: dawbridge models {name}" in text
    assert "pull" in models().out
    for words in (("pull", "--no-such-option"), ("no-such-command",), ("remove",)):
        said = models(*words, "--json")
        assert (said.code, said.last["error"]["code"]) == (2, "bad_request")


def test_files_without_a_known_checksum_are_counted_and_not_listed(models: Models, tmp_path: Path) -> None:
    mine = write_model(tmp_path / "mine")
    models("path", "ace-step-v1", mine)
    said = models("verify").out
    assert "nobody has told their right checksums" in said
    assert "right checksum." not in said
    cut = (mine / DCAE).read_bytes()[:-7]
    (mine / DCAE).write_bytes(cut)
    said = models("verify").out
    assert DCAE in said
    assert "0 of 1 files have the right checksum." in said


def test_only_what_belongs_to_a_model_counts(models: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The vocabulary may lie among a whole library of other files."""
    (tmp_path / "vocab.json").write_bytes(b"{}")
    (tmp_path / "song.wav").write_bytes(bytes(5_000))
    monkeypatch.setenv("DAWBRIDGE_LYRIC_VOCABULARY", str(tmp_path))
    assert line_of(models, "lyric-vocabulary")["here"] == 2
    mine = write_model(tmp_path / "mine")
    models("path", "ace-step-v1", mine)
    whole = line_of(models)["here"]
    for part in ("umt5-base", "music_vocoder"):
        (mine / part / "optimizer.safetensors").write_bytes(bytes(3_000))
    assert whole > 3_000_000
    assert line_of(models)["here"] == whole


@pytest.mark.parametrize(("is_right", "code"), [(True, 0), (False, 1)])
def test_a_vocabulary_of_ones_own_is_a_file_or_its_folder_and_is_checked(
    models: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_right: bool, code: int
) -> None:
    folder = tmp_path / "words"
    folder.mkdir()
    (folder / "vocab.json").write_bytes(b"{}")
    source = replace(LYRIC_VOCABULARY.source, sha256=sha256(b"{}" if is_right else b"another"))
    monkeypatch.setitem(CATALOGUE, "lyric-vocabulary", replace(LYRIC_VOCABULARY, source=source))
    for named in (folder, folder / "vocab.json"):
        monkeypatch.setenv("DAWBRIDGE_LYRIC_VOCABULARY", str(named))
        assert state(models, "lyric-vocabulary") == ("complete", "environment")
        found = models("verify", "lyric-vocabulary", "--json")
        [checked] = [line for line in found.lines if line.get("file") == "vocab.json" and "state" in line]
        assert (found.code, checked["state"]) == (code, "ok" if is_right else "damaged")
