"""What a backend keeps of a take, in a safetensors file beside it, so that edits of edits do not wear out (P10)."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bridge_server.protocol.errors import NoRecipe
from bridge_server.region.read import AudioFile
from bridge_server.region.storage import write_file
from bridge_server.region.wav import read_recipe

log = logging.getLogger(__name__)

Latents = dict[str, NDArray[np.generic]]

HULL_START = "hull_start"
"""Added to what a backend kept: where the first sample that it rendered then lies in the context that it is given now,
in samples at its rate (float64, may be negative or lie between two samples)."""

_SIDE = re.compile(r"\.(left|right)$")


@dataclass(frozen=True)
class Kept:
    """Latents of a take, and the take's file's sample at which the audio that they stand for begins."""

    arrays: Latents
    hull_start: int


def latents_path(take: Path) -> Path:
    """`take-1.latents.safetensors` for take-1.wav, take-1.left.wav and take-1.right.wav."""
    return take.with_name(f"{_SIDE.sub('', take.stem)}.latents.safetensors")


def write_latents(path: Path, arrays: Mapping[str, NDArray[np.generic]], hull_starts: Mapping[str, int]) -> None:
    """Keep a backend's arrays beside a take.

    hull_starts  for each file of the take, by side ('', 'left', 'right'): its sample at which the rendered audio begins
    Raises DiskFull, ReadOnly.
    """
    from safetensors.numpy import save

    whole = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    write_file(path, save(whole, {"hull_starts": json.dumps(dict(hull_starts))}))


def read_latents(take: Path, backend: str) -> Latents:
    """What `backend` kept of a take; empty if another one made it or nothing was kept.

    Raises NotFound, UnreadableAudio or NoRecipe for what is no take.
    """
    if read_recipe(take).backend != backend:
        return {}
    kept = _load(take)
    return kept.arrays if kept else {}


def kept_of(source: AudioFile, backend: str) -> Kept | None:
    """What `backend` kept of a source file, if the file is a take that it made."""
    if source.container not in ("WAV", "WAVEX", "RF64") or not latents_path(source.path).is_file():
        return None
    try:
        recipe = read_recipe(source.path)
    except NoRecipe:
        return None
    return _load(source.path) if recipe.backend == backend else None


def _load(take: Path) -> Kept | None:
    from safetensors import SafetensorError, safe_open

    path = latents_path(take)
    try:
        with safe_open(path, framework="numpy") as file:
            metadata: dict[str, str] = file.metadata() or {}
            arrays: Latents = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        starts: dict[str, Any] = json.loads(metadata.get("hull_starts", "{}"))
        side = _SIDE.search(take.stem)
        return Kept(arrays, int(starts[side[1] if side else ""]))
    except FileNotFoundError:
        return None
    except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
        log.warning("latents.unreadable path=%s error=%r", path, error)
        return None
