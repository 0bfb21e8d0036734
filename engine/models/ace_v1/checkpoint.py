"""Checkpoint folders: finding them, and knowing what is wrong with their files before a tensor is read.

Only safetensors are read. Nothing is unpickled, for a pickle can run programs, and nothing is downloaded.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HUB_NAME = "ACE-Step/ACE-Step-v1-3.5B"
TRANSFORMER, DCAE, VOCODER, TEXT_ENCODER = "ace_step_transformer", "music_dcae_f8c8", "music_vocoder", "umt5-base"
PARTS = (TRANSFORMER, DCAE, VOCODER, TEXT_ENCODER)
"""Folders of a whole checkpoint."""
STEMS = ("diffusion_pytorch_model", "model")
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
LORA_FILE = "pytorch_lora_weights.safetensors"
LONGEST_HEADER = 100_000_000


class CheckpointError(ValueError):
    """Files of a model that cannot be used; the message is a sentence that names file and reason.

    hint  what to do about it, where that is not simply to fetch the files again
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class Stored:
    """One tensor in a file: its dtype as safetensors spells it, its shape, and where it lies."""

    file: Path
    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class TensorFiles:
    """All tensors of one model, whether they lie in one file or in several."""

    tensors: Mapping[str, Stored]
    metadata: Mapping[str, str]

    @property
    def size_bytes(self) -> int:
        """Size of the files."""
        return sum(file.stat().st_size for file in {stored.file for stored in self.tensors.values()})


def find_checkpoint(place: str | Path) -> Path:
    """The folder that holds all four parts.

    place  such a folder, a folder that the Hugging Face library uses as its cache, or a name on the hub that its
           usual cache holds already
    Raises CheckpointError saying which parts are missing.
    """
    folder = Path(place).expanduser()
    if not folder.is_dir():
        return _complete(_cached(str(place), None) or folder)
    if any((folder / part).is_dir() for part in PARTS):
        return _complete(folder)
    if any((folder / f"{stem}{end}").exists() for stem in STEMS for end in (".safetensors", ".safetensors.index.json")):
        raise CheckpointError(f"{folder} is one part of a model; name the folder that holds it and {listed(PARTS)}.")
    return _complete(_cached(HUB_NAME, folder) or folder)


def find_lora(place: str | Path) -> Path:
    """The file of a LoRA.

    place  that file, a folder with it, or a name on the hub that its usual cache holds already
    Raises CheckpointError.
    """
    path = Path(place).expanduser()
    if not path.exists():
        path = _cached(str(place), None) or path
    if path.is_dir():
        path = path / LORA_FILE
    if not path.exists():
        raise CheckpointError(
            f"There is no LoRA {path}, and none was downloaded under that name.",
            f"Name a .safetensors file, or the folder that holds {LORA_FILE}.",
        )
    return path


def _complete(folder: Path) -> Path:
    if not folder.is_dir():
        raise CheckpointError(f"There is no folder {folder}, and no downloaded model of that name.")
    missing = [part for part in PARTS if not (folder / part).is_dir()]
    if missing:
        raise CheckpointError(f"{folder} is not a whole ACE-Step v1 model: it has no folder {listed(missing)}.")
    return folder


def _cached(name: str, cache: Path | None) -> Path | None:
    """The snapshot that an earlier download left behind, if there is one."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, cache_dir=cache, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError):
        return None


def read_config(folder: Path) -> dict[str, Any]:
    """The `config.json` of one part. Raises CheckpointError."""
    return _json(folder / "config.json")


def tensor_files(folder: Path) -> TensorFiles:
    """Look through the weights of one part: a single file, or shards with their index.

    Reads headers only. Raises CheckpointError for files that are missing, cut short, pickles, or disagree.
    """
    for stem in STEMS:
        index = folder / f"{stem}.safetensors.index.json"
        single = folder / f"{stem}.safetensors"
        if single.exists():
            return tensor_file(single)
        if index.exists():
            return _sharded(index)
    pickles = sorted(path.name for path in folder.glob("*") if path.suffix in PICKLES)
    if pickles:
        raise CheckpointError(
            f"{folder} holds {listed(pickles)}, a pickle, which can run programs when it is read and is therefore "
            "refused. Use the model's .safetensors files."
        )
    raise CheckpointError(f"{folder} holds no {STEMS[0]}.safetensors or {STEMS[1]}.safetensors, whole or in shards.")


def tensor_file(path: Path) -> TensorFiles:
    """What one safetensors file holds, from its header. Raises CheckpointError."""
    header = _header(path)
    metadata = header.pop("__metadata__", {})
    try:
        tensors = {name: Stored(path, entry["dtype"], tuple(entry["shape"])) for name, entry in header.items()}
    except (TypeError, KeyError) as error:
        raise CheckpointError(f"{path} is damaged: its header does not describe tensors.") from error
    return TensorFiles(tensors, metadata)


def _sharded(index: Path) -> TensorFiles:
    weight_map = _json(index).get("weight_map")
    if not isinstance(weight_map, dict) or not all(isinstance(name, str) for name in weight_map.values()):
        raise CheckpointError(f"{index} is no index of shards: it has no weight_map.")
    names = sorted(set(weight_map.values()))
    outside = [name for name in names if Path(name).name != name]
    if outside:
        raise CheckpointError(f"{index} names files outside its own folder: {listed(outside)}.")
    absent = [name for name in names if not (index.parent / name).exists()]
    if absent:
        raise CheckpointError(f"{index.parent} lacks {len(absent)} of its {len(names)} shards: {listed(absent)}.")
    shards = {name: tensor_file(index.parent / name) for name in names}
    lost = [tensor for tensor, name in weight_map.items() if tensor not in shards[name].tensors]
    if lost:
        raise CheckpointError(f"{index} promises tensors that its shards do not hold: {listed(lost)}.")
    return TensorFiles({tensor: shards[name].tensors[tensor] for tensor, name in weight_map.items()}, {})


def _header(path: Path) -> dict[str, Any]:
    """The JSON at the start of a safetensors file, after a check that the file is as long as it says."""
    try:
        with path.open("rb") as file:
            start = file.read(8)
            length = int.from_bytes(start, "little")
            text = file.read(length) if length <= LONGEST_HEADER else b""
            size = file.seek(0, 2)
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror or error}.") from error
    if start[:2] in (b"PK", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"):
        raise CheckpointError(f"{path} is a pickle under another name; it could run programs and is refused.")
    if start == b"version ":
        raise CheckpointError(f"{path} is a Git LFS pointer; the weights themselves were not downloaded.")
    if len(start) < 8 or (length <= LONGEST_HEADER and len(text) < length):
        raise CheckpointError(f"{path} is cut short: {size:,} bytes are not even its header. Download it again.")
    try:
        header = json.loads(text)
        end = (
            8
            + length
            + max((entry["data_offsets"][1] for n, entry in header.items() if n != "__metadata__"), default=0)
        )
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise CheckpointError(f"{path} is no safetensors file, or it is damaged.") from error
    if size < end:
        raise CheckpointError(f"{path} is cut short: it has {size:,} of {end:,} bytes. Download it again.")
    if size > end:
        raise CheckpointError(f"{path} is damaged: it has {size:,} bytes and should have {end:,}. Download it again.")
    return header


def _json(path: Path) -> dict[str, Any]:
    if not path.exists():
        raise CheckpointError(f"{path.parent} has no {path.name}.")
    try:
        values = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path} cannot be read as JSON: {error}.") from error
    if not isinstance(values, dict):
        raise CheckpointError(f"{path} should hold a JSON object.")
    return values


def listed(names: Sequence[str], most: int = 6) -> str:
    """The first few of many names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
