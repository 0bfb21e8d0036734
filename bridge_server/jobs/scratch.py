"""Scratch: the folder in which the arrays of one attempt lie, as `.npy` files that the engine maps."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bridge_server.protocol.engine import Halfway, Variant
from bridge_server.protocol.errors import DiskFull


class Scratch:
    """Made for one attempt, emptied by `clear`; whatever a crash leaves behind goes at the next start."""

    def __init__(self, root: Path, job: str, attempt: int) -> None:
        self.folder = root / f"{job}.{attempt}"

    def lay_out(self, context: NDArray[np.float32], latents: Mapping[str, NDArray[np.generic]]) -> None:
        """Write what the engine reads. Raises DiskFull, or another OSError."""
        shutil.rmtree(self.folder, ignore_errors=True)
        try:
            self.folder.mkdir(mode=0o700, parents=True)
            np.save(self.folder / "context.npy", context, allow_pickle=False)
            for number, array in enumerate(latents.values()):
                np.save(self.folder / f"latents-{number}.npy", array, allow_pickle=False)
        except OSError as error:
            if error.errno in (None, errno.ENOSPC, errno.EDQUOT):  # numpy tells of a short write without a number
                raise DiskFull(f"The disk is full: {self.folder} has no room for the audio.") from error
            raise

    def stems(self, variant: Variant) -> dict[str, NDArray[np.float32]]:
        """role → (C, T) float32, mapped from disk."""
        return {role: self._map(name) for role, name in variant.stems}

    def preview(self, word: Halfway) -> NDArray[np.float32]:
        """(C, T) float32, mapped from disk."""
        return self._map(word.file)

    def latents(self, variant: Variant) -> dict[str, NDArray[np.generic]]:
        return {key: self._map(name) for key, name in variant.latents}

    def midi(self, variant: Variant) -> dict[str, tuple[bytes, ...]]:
        """role → a Standard MIDI File for each target."""
        return {
            role: tuple((self.folder / Path(name).name).read_bytes() for name in names) for role, names in variant.midi
        }

    def clear(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def _map(self, name: str) -> NDArray[Any]:
        array: NDArray[Any] = np.load(self.folder / Path(name).name, mmap_mode="r", allow_pickle=False)
        return array
