"""Files are there completely or not at all."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge_server.protocol.errors import BridgeError, DiskFull, NotFound, ReadOnly, TooLong
from bridge_server.protocol.requests import Generate
from bridge_server.protocol.span import Span
from bridge_server.region.deliver import deliver
from bridge_server.region.prepare import prepare
from bridge_server.region.storage import make_folder, replacing, write_file
from tests.region.conftest import capabilities, rendered


def test_a_file_appears_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "take.wav"
    path.write_bytes(b"old")
    with replacing(path) as file:
        file.write(b"new and longer")
        file.flush()
        assert path.read_bytes() == b"old"
        assert [entry.name for entry in tmp_path.iterdir() if entry != path] == [".take.wav.part"]
    assert path.read_bytes() == b"new and longer"
    assert list(tmp_path.iterdir()) == [path]


def test_an_exception_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "take.wav"
    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt), replacing(path) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ENOSPC, DiskFull),
        (errno.EDQUOT, DiskFull),
        (errno.EACCES, ReadOnly),
        (errno.EPERM, ReadOnly),
        (errno.EROFS, ReadOnly),
        (errno.EFBIG, TooLong),
        (errno.ENOENT, NotFound),
    ],
)
@pytest.mark.parametrize("call", ["fsync", "replace", "open"])
def test_every_refusal_of_the_disk_has_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, expected: type[BridgeError], call: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    owner = os if call == "fsync" else Path
    with monkeypatch.context() as patch:
        patch.setattr(owner, call, refuse)
        with pytest.raises(expected, match="take") as caught:
            write_file(tmp_path / "take.wav", b"audio")
    assert caught.value.hint
    assert not list(tmp_path.iterdir())


def test_other_errors_pass_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: int) -> None:
        raise OSError(errno.EIO, "broken disk")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="broken disk"):
        write_file(tmp_path / "take.wav", b"audio")
    assert not list(tmp_path.iterdir())


def test_folders(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ReadOnly):
        make_folder(tmp_path / "file")
    with pytest.raises(ReadOnly):
        make_folder(tmp_path / "file" / "below")
    with pytest.raises(NotFound):
        write_file(tmp_path / "gone" / "take.wav", b"")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 KiB, where the system lets us have one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = os.name == "posix" and hasattr(os, "geteuid") and os.geteuid() == 0
    mounted = mounted and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk]).returncode == 0
    if not mounted:
        pytest.skip("only root can mount a small disk; the test with a patched disk runs everywhere")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_full_disk_leaves_nothing_behind(small_disk: Path) -> None:
    """The stems still fit, the take itself does not: even the stems go."""
    prepared = prepare(Generate(job="job-0001", span=Span(0, 15_000, 48_000)), capabilities())
    with pytest.raises(DiskFull, match="take-1"):
        deliver(prepared, rendered(prepared, roles=("drums", "bass", "keys")), small_disk)
    assert not list(small_disk.iterdir())
    tiny = prepare(Generate(job="job-0001", span=Span(0, 1_500, 48_000)), capabilities())
    assert Path(deliver(tiny, rendered(tiny, roles=("drums", "bass")), small_disk).path).is_file()


@pytest.mark.parametrize("refused", range(4))
def test_whichever_file_fails_nothing_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: int) -> None:
    prepared = prepare(Generate(job="job-0001", span=Span(0, 1_500, 48_000)), capabilities())
    (tmp_path / "request.json").write_text("{}")
    calls = iter(range(100))
    fsync = os.fsync

    def sometimes(number: int) -> None:
        if next(calls) == refused:
            raise OSError(errno.ENOSPC, "no room")
        fsync(number)

    monkeypatch.setattr(os, "fsync", sometimes)
    made = rendered(prepared, roles=("drums", "bass"), latents=True)
    with pytest.raises(DiskFull):
        deliver(prepared, made, tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["request.json"]
