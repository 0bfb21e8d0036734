"""The manifest beside a pulled model: which files it has, how large, with which checksums, and who fetched them."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from bridge_server.models.checksum import Checksum
from bridge_server.models.names import check_names
from bridge_server.models.trouble import BadServer, DamagedModel
from bridge_server.region.storage import write_file

NAME = ".dawbridge-model.json"


class ModelFile(Struct, frozen=True, kw_only=True):
    """path     relative to the model's folder, with '/'
    fetched  True once `pull` has put it there; only such files are ever replaced or deleted
    damaged  True if `verify` found other bytes than there should be
    """

    path: str
    size: int
    checksum: Checksum
    fetched: bool = False
    damaged: bool = False


class Manifest(Struct, frozen=True, kw_only=True):
    """source    base address of the server
    revision  the commit of the hub's repository; every file is asked for at this one
    """

    version: int = 1
    model: str
    source: str
    revision: str
    files: tuple[ModelFile, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    def with_file(self, file: ModelFile) -> Manifest:
        """`file` in place of the one of the same path."""
        files = tuple(file if old.path == file.path else old for old in self.files)
        return msgspec.structs.replace(self, files=files)

    def write(self, folder: Path) -> None:
        """Raises DiskFull, ReadOnly, NotFound."""
        write_file(folder / NAME, msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n")


def read_manifest(folder: Path) -> Manifest | None:
    """None where `pull` has written nothing. Raises DamagedModel for a manifest that cannot be what `pull` wrote."""
    path = folder / NAME
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
        check_names([file.path for file in manifest.files])
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, msgspec.DecodeError, BadServer) as error:
        reason = error.message if isinstance(error, BadServer) else str(error)
        raise DamagedModel(
            f"The list of what was fetched cannot be used: {path} ({reason.rstrip('.')}).",
            "Delete that file; `dawbridge models pull` then checks what is there and writes it anew.",
        ) from error
    return manifest


def is_there(folder: Path, file: ModelFile) -> bool:
    """Whether the file is there in its full size; its bytes are not read."""
    path = folder / file.path
    return path.is_file() and path.stat().st_size == file.size
