"""Reading a whole model again, to find what is missing or damaged."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from bridge_server.models.catalogue import Model, WebFile
from bridge_server.models.checksum import Checksum, has_checksum
from bridge_server.models.contents import cut_files, missing_files, pickles
from bridge_server.models.manifest import Manifest, is_there, read_manifest
from bridge_server.models.notices import Checking, Seldom, Watch
from bridge_server.models.places import Place

NOT_TOLD = "no checksum is known"


class FileState(Struct, frozen=True, tag="file", tag_field="event"):
    """What was found about one file. 'unchecked': it is there, but nobody has told which bytes it should have."""

    model: str
    file: str
    state: Literal["ok", "missing", "damaged", "unchecked"]
    reason: str = ""

    @property
    def is_bad(self) -> bool:
        return self.state in ("missing", "damaged")


def verify(model: Model, place: Place, watch: Watch) -> list[FileState]:
    """Every file of the model, hashed where a checksum is known; what `pull` fetched is marked where it is damaged.

    Raises DamagedModel for a manifest that cannot be read, OSError for a file that cannot be.
    """
    watch = Seldom(watch)
    manifest = read_manifest(place.folder)
    if manifest is not None:
        return _by_manifest(model, place, manifest, watch)
    gone = [FileState(model.name, name, "missing") for name in missing_files(model, place.folder)]
    pickled = [
        FileState(model.name, name, "unchecked", "a pickle: it is never read") for name in pickles(model, place.folder)
    ]
    cut = set(cut_files(model, place.folder))
    return gone + _by_contents(model, place, cut, watch) + pickled


def _by_manifest(model: Model, place: Place, manifest: Manifest, watch: Watch) -> list[FileState]:
    states, files, folder = [], [], place.folder
    for file in manifest.files:
        path = folder / file.path
        if not path.is_file():
            state = FileState(model.name, file.path, "missing")
        elif not is_there(folder, file):
            size = path.stat().st_size
            state = FileState(model.name, file.path, "damaged", f"{size:,} bytes, should be {file.size:,}")
        elif not _hashes(model, path, file.path, file.checksum, watch):
            state = FileState(model.name, file.path, "damaged", "the checksum differs")
        else:
            state = FileState(model.name, file.path, "ok")
        states.append(state)
        files.append(replace(file, damaged=state.state == "damaged"))
    marked = replace(manifest, files=tuple(files))
    if marked != manifest and not place.is_the_users:
        marked.write(folder)
    return states


def _by_contents(model: Model, place: Place, cut: set[str], watch: Watch) -> list[FileState]:
    """For folders without a manifest. A file in the hub's cache is a link to one that its checksum names."""
    states = []
    for path in sorted(path for part in model.parts for path in (place.folder / part.folder).glob("*")):
        if not path.is_file() or path.suffix not in (".safetensors", ".json", ".model", ".txt"):
            continue
        name, stored = path.relative_to(place.folder).as_posix(), path.resolve().name
        if place.kind == "hub cache" and re.fullmatch(r"[0-9a-f]{64}|[0-9a-f]{40}", stored):
            is_right = _hashes(model, path, name, Checksum(stored), watch)
            states.append(FileState(model.name, name, "ok" if is_right else "damaged", ""))
        elif isinstance(model.source, WebFile) and name == model.source.name:
            is_right = _hashes(model, path, name, Checksum(model.source.sha256), watch)
            states.append(FileState(model.name, name, "ok" if is_right else "damaged", ""))
        elif name in cut:
            states.append(FileState(model.name, name, "damaged", "it ends before its last tensor"))
        else:
            states.append(FileState(model.name, name, "unchecked", NOT_TOLD))
    return states


def _hashes(model: Model, path: Path, name: str, checksum: Checksum, watch: Watch) -> bool:
    size = path.stat().st_size
    return has_checksum(path, checksum, lambda done: watch(Checking(model=model.name, file=name, done=done, size=size)))
