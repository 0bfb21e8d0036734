"""Whatever a server does: the file is whole and right under its name, or there is a .part and an error with a hint."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge_server.models.checksum import Checksum
from bridge_server.models.fetch import Fetcher, part_of
from bridge_server.models.manifest import ModelFile
from bridge_server.models.notices import Fetching, Notice, Waiting, unwatched
from bridge_server.models.patience import Patience
from bridge_server.models.trouble import BadServer
from bridge_server.models.web import Web
from bridge_server.protocol.errors import BridgeError
from tests.models_command import faults
from tests.models_command.conftest import IMPATIENT
from tests.models_command.hub import REVISION, Behaviour, Hub, Request, git_id, running, sha256

BIG = bytes(range(256)) * 1_500
SMALL = b'{"key": 1}' * 30


@pytest.fixture(scope="module")
def server() -> Iterator[Hub]:
    with running(Hub("a/b", {"w/big.safetensors": BIG, "small.json": SMALL})) as there:
        yield there


def wanted(name: str) -> ModelFile:
    data, checksum = (BIG, sha256(BIG)) if name.endswith("big.safetensors") else (SMALL, git_id(SMALL))
    return ModelFile(path=name, size=len(data), checksum=Checksum(checksum))


def fetch(
    server: Hub, folder: Path, name: str, *behaviours: Behaviour, patience: Patience = IMPATIENT
) -> tuple[BridgeError | None, list[Notice]]:
    """The error it ended with, if any, and what it told. Faults lie with whichever server has the file."""
    server.asked.clear()
    server.faults.clear()
    server.misbehave(sha256(BIG) if name.startswith("w/") else name, *behaviours)
    told: list[Notice] = []
    fetcher = Fetcher(Web(server.base, timeout_seconds=patience.stall_seconds), "m", told.append, patience)
    try:
        fetcher.fetch(f"{server.base}/a/b/resolve/{REVISION}/{name}", wanted(name), folder)
    except BridgeError as error:
        return error, told
    return None, told


def check(folder: Path, name: str, error: BridgeError | None) -> None:
    """The promise itself."""
    file = wanted(name)
    target = folder / name
    left = {path for path in folder.rglob("*") if path.is_file()}
    if error is None:
        assert target.read_bytes() == (BIG if name.startswith("w/") else SMALL)
        assert left == {target}
    else:
        assert error.code and error.message.endswith(".") and error.hint, repr(error)
        assert left <= {part_of(target, file)}


def begin(folder: Path, name: str, data: bytes) -> Path:
    """A part that an earlier process has left."""
    part = part_of(folder / name, wanted(name))
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(data)
    return part


NAMES = ("w/big.safetensors", "small.json")
STARTS = (None, 0.3, 1.0, "wrong", "wrong and whole", "too long")


def begun(folder: Path, name: str, start: float | str | None) -> None:
    data = BIG if name.startswith("w/") else SMALL
    if isinstance(start, float):
        begin(folder, name, data[: int(len(data) * start)])
    elif start is not None:
        begin(folder, name, {"wrong": b"x" * 100, "wrong and whole": b"x" * len(data)}.get(start, data + b"x"))


@given(
    name=st.sampled_from(NAMES),
    start=st.sampled_from(STARTS),
    behaviours=st.lists(st.sampled_from((*faults.PASSING, *faults.FINAL)), max_size=7),
)
@settings(max_examples=100, deadline=None)
def test_whole_and_right_or_not_there(
    server: Hub, name: str, start: float | str | None, behaviours: list[Behaviour]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        begun(Path(folder), name, start)
        error, _ = fetch(server, Path(folder), name, *behaviours)
        check(Path(folder), name, error)
        again, _ = fetch(server, Path(folder), name)
        check(Path(folder), name, again)
        assert again is None


@pytest.mark.parametrize("number", range(len(faults.PASSING)))
def test_one_fault_is_survived(server: Hub, tmp_path: Path, number: int) -> None:
    for start, name in ((None, NAMES[0]), (0.3, NAMES[0]), (None, NAMES[1]), (0.3, NAMES[1])):
        folder = tmp_path / f"{start} {name[:1]}"
        begun(folder, name, start)
        error, _ = fetch(server, folder, name, faults.PASSING[number])
        assert error is None
        check(folder, name, error)


@pytest.mark.parametrize("number", range(len(faults.PASSING)))
def test_a_fault_that_stays_ends_it(server: Hub, tmp_path: Path, number: int) -> None:
    begun(tmp_path, "small.json", "wrong")
    error, told = fetch(server, tmp_path, "small.json", *[faults.PASSING[number]] * 100)
    if faults.PASSING[number] is faults.ignores_ranges:
        assert error is None
    else:
        assert error is not None
        tries = 1 + sum(isinstance(notice, Waiting) for notice in told)
        # What a cut transfer has brought counts for the next, so a server that always cuts may still get there.
        assert tries in (IMPATIENT.tries, IMPATIENT.lies)
    check(tmp_path, "small.json", error)


@pytest.mark.parametrize("behaviour", faults.FINAL)
def test_a_refusal_is_final(server: Hub, tmp_path: Path, behaviour: Behaviour) -> None:
    error, told = fetch(server, tmp_path, "small.json", *[behaviour] * 5)
    assert error is not None
    assert not [notice for notice in told if isinstance(notice, Waiting)]
    assert server.count("small.json") == 1
    check(tmp_path, "small.json", error)


@pytest.mark.parametrize("behaviour", faults.SLOW)
def test_silence_is_not_waited_out(server: Hub, tmp_path: Path, behaviour: Behaviour) -> None:
    error, told = fetch(server, tmp_path, "w/big.safetensors", behaviour)
    assert error is None
    [waited] = [notice for notice in told if isinstance(notice, Waiting)]
    assert "silent" in waited.reason or "stopped sending" in waited.reason
    check(tmp_path, "w/big.safetensors", error)


def test_only_what_is_missing_is_fetched(server: Hub, tmp_path: Path) -> None:
    begun(tmp_path, "w/big.safetensors", 0.3)
    error, told = fetch(server, tmp_path, "w/big.safetensors", faults.breaks_off(0.5))
    assert error is None
    ranges = [headers.get("Range") for _, address, headers in server.asked if address.startswith("cdn")]
    start = int(len(BIG) * 0.3)
    assert ranges[0] == f"bytes={start}-"
    [first, second] = [int(asked.removeprefix("bytes=").removesuffix("-")) for asked in ranges if asked]
    assert second == first + (len(BIG) - first) // 2
    [_, again] = [headers for _, address, headers in server.asked if address.startswith("cdn")]
    assert again["If-Range"] == f'"{git_id(BIG)}"'
    assert min(notice.done for notice in told if isinstance(notice, Fetching)) > start


def test_a_file_that_changed_meanwhile_begins_anew(server: Hub, tmp_path: Path) -> None:
    error, told = fetch(server, tmp_path, "w/big.safetensors", faults.breaks_off(0.5), faults.continues_another_file)
    assert error is None
    reasons = [notice.reason for notice in told if isinstance(notice, Waiting)]
    assert ["broke off" in reasons[0], "elsewhere" in reasons[1]] == [True, True]
    check(tmp_path, "w/big.safetensors", error)


REASONS = (
    (faults.continues_elsewhere, "elsewhere"), (faults.sends_more, "more"), (faults.announces_less, "announces"),
    (faults.announces_more, "announces"), (faults.web_page, "web page"), (faults.packed, "packed"),
    (faults.page_in_disguise, "checksum"), (faults.part_unasked, "elsewhere"), (faults.cut_without_length, "broke off"),
    (faults.status(416), "as much"), (faults.sends_to("file:///etc/x"), "no web address"),
)  # fmt: skip


@pytest.mark.parametrize(("behaviour", "reason"), REASONS)
def test_what_was_wrong_is_said(server: Hub, tmp_path: Path, behaviour: Behaviour, reason: str) -> None:
    begun(tmp_path, "w/big.safetensors", 0.3)
    _, told = fetch(server, tmp_path, "w/big.safetensors", behaviour)
    [waited] = [notice for notice in told if isinstance(notice, Waiting)]
    assert reason in waited.reason


def test_what_an_older_part_has_left_is_not_counted(server: Hub, tmp_path: Path) -> None:
    """The whole comes in place of the rest, and breaks off before the place up to which the part had got."""
    begun(tmp_path, "w/big.safetensors", 0.5)
    cut = len(BIG) // 5

    def whole_and_cut(request: Request) -> None:
        request.send(200, request.data[:cut], {"ETag": request.etag}, len(request.data))

    assert fetch(server, tmp_path, "w/big.safetensors", whole_and_cut)[0] is None
    ranges = [headers.get("Range") for _, address, headers in server.asked if address.startswith("cdn")]
    assert ranges == [f"bytes={len(BIG) // 2}-", f"bytes={cut}-"]


@pytest.mark.parametrize(("enough", "is_there"), [(50_000, True), (200_000, False)])
def test_progress_buys_more_tries(
    server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, enough: int, is_there: bool
) -> None:
    """A line that breaks every megabyte is a bad line, not a hopeless one."""
    monkeypatch.setattr("bridge_server.models.fetch.ENOUGH_BYTES", enough)
    few = Patience(tries=2, wait_seconds=0, sleep=lambda _: None)
    error, _ = fetch(server, tmp_path, "w/big.safetensors", *[faults.breaks_off(0.3)] * 2, patience=few)
    assert (error is None) is is_there
    check(tmp_path, "w/big.safetensors", error)


def test_parts_of_older_versions_go(server: Hub, tmp_path: Path) -> None:
    (tmp_path / "small.json.aaaaaaaaaaaa.part").write_bytes(b"old")
    (tmp_path / "small.json.notes.part").write_bytes(b"somebody's")
    error, _ = fetch(server, tmp_path, "small.json")
    assert error is None
    assert {path.name for path in tmp_path.iterdir()} == {"small.json", "small.json.notes.part"}


def test_a_busy_server_is_left_alone_as_long_as_it_asks(server: Hub, tmp_path: Path) -> None:
    slept: list[float] = []
    patience = Patience(wait_seconds=0.5, sleep=slept.append)
    busy = (faults.status(503), faults.status(429, Retry_After="7"), faults.status(502), faults.resets)
    error, _ = fetch(server, tmp_path, "small.json", *busy, patience=patience)
    assert (error, slept) == (None, [0.5, 7.0, 2.0, 4.0])


def test_a_server_that_lies_twice_is_believed_the_third_time(server: Hub, tmp_path: Path) -> None:
    lie = faults.continues_with_other_bytes
    assert fetch(server, tmp_path, "small.json", lie, lie)[0] is None
    (tmp_path / "small.json").unlink()
    error, _ = fetch(server, tmp_path, "small.json", lie, lie, lie)
    assert isinstance(error, BadServer)
    assert "checksum" in error.message
    assert not list(tmp_path.iterdir())


def test_what_had_the_name_stays_until_the_new_is_right(server: Hub, tmp_path: Path) -> None:
    (tmp_path / "small.json").write_bytes(b"damaged")
    error, _ = fetch(server, tmp_path, "small.json", faults.status(404))
    assert error is not None
    assert (tmp_path / "small.json").read_bytes() == b"damaged"
    assert fetch(server, tmp_path, "small.json")[0] is None
    assert (tmp_path / "small.json").read_bytes() == SMALL


def test_an_empty_file_is_a_file(server: Hub, tmp_path: Path) -> None:
    server.faults.clear()
    file = ModelFile(path="a/empty.txt", size=0, checksum=Checksum(git_id(b"")))
    Fetcher(Web(server.base), "m", unwatched).fetch(f"{server.base}/nowhere", file, tmp_path)
    assert (tmp_path / "a/empty.txt").read_bytes() == b""
    assert len(list((tmp_path / "a").iterdir())) == 1


def test_nobody_has_to_watch(server: Hub, tmp_path: Path) -> None:
    server.faults.clear()
    fetcher = Fetcher(Web(server.base), "m", unwatched)
    fetcher.fetch(f"{server.base}/a/b/resolve/{REVISION}/small.json", wanted("small.json"), tmp_path)
    check(tmp_path, "small.json", None)
