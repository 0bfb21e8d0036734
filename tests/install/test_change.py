"""All or nothing: whatever goes wrong on the way, every file is as it was before."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge_server.home import Home
from bridge_server.install import change
from bridge_server.install.change import carry_out
from bridge_server.install.place import Place
from bridge_server.install.plan import plan_installation
from bridge_server.install.record import read_record
from bridge_server.protocol.errors import AlreadyRunning, BridgeError, DiskFull, NotFound, ReadOnly
from tests.fakes.small_disk import fill
from tests.install.conftest import contents, put, read_only, tree

Install = Callable[..., None]


@pytest.fixture
def install(at: Home) -> Install:
    def run(place: Place, *more: Place, force: bool = False, **files: str) -> None:
        wanted = contents(**files)
        plans = [plan_installation(one, wanted, read_record(at, one), "1.0", force=force) for one in (place, *more)]
        carry_out(plans, at)

    return run


def test_a_folder_that_cannot_be_written(at: Home, place: Place, install: Install) -> None:
    with read_only(place.folder), pytest.raises(ReadOnly, match="cannot be written") as caught:
        install(place, a="one")
    assert "--path" in caught.value.hint and "Nothing was changed" in caught.value.hint
    assert tree(place.folder) == {"reaper.ini": b""} and tree(at.root) == {}


def test_the_second_place_fails_so_the_first_stays_as_it_was(
    at: Home, place: Place, tmp_path: Path, install: Install
) -> None:
    other = Place(host="reaper", name="REAPER, portable", folder=tmp_path / "other")
    other.folder.mkdir()
    install(place, a="one")
    before, records = tree(place.folder), tree(at.root)
    with read_only(other.folder), pytest.raises(ReadOnly):
        install(place, other, a="ONE", b="two")
    assert (tree(place.folder), tree(at.root), tree(other.folder)) == (before, records, {})


def test_a_disk_without_room(at: Home, disk: Path, install: Install) -> None:
    place = Place(host="reaper", name="REAPER", folder=disk / "REAPER")
    put(place.folder / "reaper.ini", data=b"[REAPER]")
    install(place, a="one", b="two")
    fill(disk, leave=16_384)
    before, records = tree(disk), tree(at.root)
    with pytest.raises(DiskFull, match="no room left") as caught:
        install(place, a="A" * 8_000, b="B" * 100_000)
    assert "nothing was changed" in caught.value.hint
    assert (tree(disk), tree(at.root)) == (before, records)


def test_a_disk_that_is_gone(at: Home, tmp_path: Path, install: Install) -> None:
    """Its mount point has become a file, as far as the system is concerned."""
    put(tmp_path / "stick")
    place = Place(host="reaper", name="REAPER", folder=tmp_path / "stick" / "REAPER")
    with pytest.raises((NotFound, ReadOnly)) as caught:
        install(place, a="one")
    assert "Nothing was changed" in caught.value.hint
    assert tree(at.root) == {}


@pytest.mark.parametrize("fails_at", range(1, 7))
def test_wherever_a_swap_fails_all_is_taken_back(
    at: Home, place: Place, install: Install, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    install(place, a="one", b="two", gone="three")
    put(place.folder / "Scripts/Dawbridge/b.lua", data=b"mine")
    before, records = tree(place.folder), tree(at.root)
    swaps = [0]
    replace, unlink = Path.replace, Path.unlink

    def sometimes(original: Callable[..., object]) -> Callable[..., object]:
        def call(path: Path, *words: object, **named: object) -> object:
            swaps[0] += 1
            if swaps[0] == fails_at:
                raise PermissionError(13, "Permission denied", str(path))
            return original(path, *words, **named)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", sometimes(replace))
        patch.setattr(Path, "unlink", sometimes(unlink))
        with pytest.raises(ReadOnly):
            install(place, a="ONE", b="TWO", c="new", force=True)
    assert tree(place.folder) == before
    assert tree(at.root) == records


@pytest.mark.parametrize("dies_at", range(1, 5))
def test_a_program_that_is_killed_half_way_leaves_whole_files_and_the_next_run_completes_it(
    at: Home, place: Place, install: Install, monkeypatch: pytest.MonkeyPatch, dies_at: int
) -> None:
    install(place, a="one" * 50, b="two" * 50, gone="three")
    swaps = [0]
    replace = Path.replace

    def deadly(path: Path, target: Path) -> Path:
        swaps[0] += 1
        if swaps[0] == dies_at:
            raise SystemExit
        return replace(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", deadly)
        patch.setattr(change.Change, "take_back", lambda _: None)
        with pytest.raises(SystemExit):
            install(place, a="ONE", b="TWO", c="new")
    whole = {b"one" * 50, b"two" * 50, b"three", b"ONE", b"TWO", b"new", b""}
    assert set(tree(place.folder).values()) <= whole
    install(place, a="ONE", b="TWO", c="new")
    scripts = {"a.lua": b"ONE", "b.lua": b"TWO", "c.lua": b"new"}
    assert tree(place.folder / "Scripts/Dawbridge") == scripts
    assert not list(at.root.rglob("*.part"))


def test_two_installations_do_not_get_into_each_other_s_way(at: Home, place: Place, install: Install) -> None:
    with change.only_one(at), pytest.raises(AlreadyRunning, match="Another installation"):
        install(place, a="one")
    assert tree(place.folder) == {"reaper.ini": b""}
    install(place, a="one")


def test_a_link_is_not_written_through(place: Place, tmp_path: Path, install: Install) -> None:
    """Somebody who works on the scripts links them into REAPER's folder; their sources are theirs."""
    source = put(tmp_path / "source.lua", data=b"mine")
    link = place.folder / "Scripts/Dawbridge/a.lua"
    link.parent.mkdir(parents=True)
    link.symlink_to(source)
    install(place, a="one")
    assert link.is_symlink() and source.read_bytes() == b"mine"
    install(place, a="one", force=True)
    assert (link.read_bytes(), source.read_bytes(), link.is_symlink()) == (b"one", b"mine", False)


def test_every_refusal_has_a_sentence_and_a_hint() -> None:
    import errno

    from bridge_server.install.refusal import refusal

    for number in (errno.ENOSPC, errno.EACCES, errno.EROFS, errno.ENOENT, errno.ENAMETOOLONG, errno.EISDIR, errno.EDOM):
        error = refusal(Path("/x/y"), OSError(number, os.strerror(number)))
        assert isinstance(error, BridgeError) and "/x/y" in error.message and error.hint
