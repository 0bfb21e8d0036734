"""Whether a folder holds a whole model, judged by what lies in it: for folders that `pull` has not written."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path

from bridge_server.models.catalogue import Model, Part

PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
LONGEST_HEADER = 100_000_000


def missing_files(model: Model, there: Path | frozenset[str]) -> list[str]:
    """What a whole model has and `there` has not, by names relative to the model's folder.

    there  the model's folder, or the names of the files that a server has. Files count as there by name alone.
    """
    names = there if isinstance(there, frozenset) else _names(model, there)
    parts = [part for part in model.parts if not part.optional]
    missing = [name for part in parts for name in _missing(part, names)]
    if isinstance(there, Path):
        missing += [name for part in parts if part.weights for name in _missing_shards(part, there, names)]
    return missing


def size_of(model: Model, folder: Path) -> int:
    """Bytes of the files in `folder` that belong to the model; others may lie beside them."""
    return sum(path.stat().st_size for part in model.parts for path in _present(part, folder / part.folder))


def cut_files(model: Model, folder: Path) -> list[str]:
    """Safetensors files that end before the tensors that their header announces, or whose header cannot be read."""
    found = []
    for part in model.parts:
        for path in sorted((folder / part.folder).glob("*.safetensors")):
            if not _is_whole(path):
                found.append(path.relative_to(folder).as_posix())
    return found


def pickles(model: Model, folder: Path) -> list[str]:
    """Weights in a form that can run programs when it is read, and that therefore is never read."""
    return [
        path.relative_to(folder).as_posix()
        for part in model.parts
        for path in sorted((folder / part.folder).glob("*"))
        if path.suffix.lower() in PICKLES
    ]


def _present(part: Part, folder: Path) -> Iterator[Path]:
    names = {*part.files, *part.one_of}
    if part.weights:
        index = f"{part.weights}.safetensors.index.json"
        names |= {f"{part.weights}.safetensors", index, *(_shards(folder / index) or ())}
    yield from (folder / name for name in sorted(names) if (folder / name).is_file())


def _names(model: Model, folder: Path) -> frozenset[str]:
    paths = (path for part in model.parts for path in (folder / part.folder).glob("*"))
    return frozenset(path.relative_to(folder).as_posix() for path in paths if path.is_file())


def _missing(part: Part, names: frozenset[str]) -> Iterator[str]:
    start = f"{part.folder}/" if part.folder else ""
    yield from (start + name for name in part.files if start + name not in names)
    if part.one_of and not any(start + name in names for name in part.one_of):
        yield start + " or ".join(part.one_of)
    weights = f"{start}{part.weights}.safetensors"
    if part.weights and weights not in names and f"{weights}.index.json" not in names:
        yield weights


def _missing_shards(part: Part, folder: Path, names: frozenset[str]) -> list[str]:
    """What the index names, where there is one and no whole file; the index itself if it cannot be read."""
    start = f"{part.folder}/" if part.folder else ""
    index = f"{start}{part.weights}.safetensors.index.json"
    if f"{start}{part.weights}.safetensors" in names or index not in names:
        return []
    shards = _shards(folder / index)
    return [index] if shards is None else sorted(start + name for name in shards if start + name not in names)


def _shards(index: Path) -> set[str] | None:
    """The files that an index names; None if it cannot be read."""
    try:
        return {str(name) for name in json.loads(index.read_bytes())["weight_map"].values()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _is_whole(path: Path) -> bool:
    """Source: the safetensors format: 8 bytes with the length of a JSON header, the header, the tensors."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(8)
        if len(start) < 8:
            return False
        (length,) = struct.unpack("<Q", start)
        if length > min(LONGEST_HEADER, size - 8):
            return False
        try:
            header = json.loads(file.read(length))
            ends = [about["data_offsets"][1] for name, about in header.items() if name != "__metadata__"]
            return bool(8 + length + max(ends, default=0) == size)
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            return False
