"""Whether a folder holds a whole model, judged by what lies in it: for folders that `pull` has not written."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path

from bridge_server.models.catalogue import Model, Part

PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
LONGEST_HEADER = 100_000_000


def missing_files(model: Model, folder: Path) -> list[str]:
    """What a whole model has and the folder has not, by names relative to it. Files count as there by name alone."""
    return [name for part in model.parts for name in _missing(part, folder)]


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


def _missing(part: Part, folder: Path) -> Iterator[str]:
    start = f"{part.folder}/" if part.folder else ""
    for name in part.files:
        if not (folder / part.folder / name).is_file():
            yield start + name
    if part.one_of and not any((folder / part.folder / name).is_file() for name in part.one_of):
        yield start + " or ".join(part.one_of)
    if part.weights:
        for name in _missing_weights(folder / part.folder, part.weights):
            yield start + name


def _missing_weights(folder: Path, stem: str) -> list[str]:
    """Nothing for one whole file, or an index all of whose shards are there."""
    if (folder / f"{stem}.safetensors").is_file():
        return []
    try:
        shards = json.loads((folder / f"{stem}.safetensors.index.json").read_bytes())["weight_map"].values()
        names = sorted({str(name) for name in shards})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return [f"{stem}.safetensors"]
    return [name for name in names if not (folder / name).is_file()]


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
