"""Arrays between bridge and engine: `.npy` files in the job's scratch folder, mapped rather than copied."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bridge_server.protocol.engine import Halfway, Render, Variant
from bridge_server.protocol.errors import DiskFull
from engine.work import Rendering, Samples, Work


def read_work(order: Render) -> Work:
    """Map the arrays that `order` names. Raises OSError or ValueError if the bridge did not write them."""
    scratch = Path(order.scratch)
    return Work(
        request=order.request,
        context=_mapped(scratch / "context.npy"),
        targets=order.targets,
        bar_phase_seconds=order.bar_phase_seconds,
        latents={name: _mapped(scratch / f"latents-{number}.npy") for number, name in enumerate(order.latents)},
        origin=order.origin,
    )


def write_rendering(rendering: Rendering, number: int, order: Render) -> Variant:
    """Lay the arrays of a take into scratch; returns the words that name them. Raises DiskFull, or another OSError."""
    scratch = Path(order.scratch)
    stems = [(role, f"take-{number}-stem-{at}.npy", array) for at, (role, array) in enumerate(rendering.stems.items())]
    kept = [
        (name, f"take-{number}-latent-{at}.npy", array) for at, (name, array) in enumerate(rendering.latents.items())
    ]
    for _, name, array in (*stems, *kept):
        _save(scratch / name, array)
    played = [
        (role, tuple(f"take-{number}-midi-{at}-{which}.mid" for which in range(len(files))), files)
        for at, (role, files) in enumerate(rendering.midi.items())
    ]
    for _, names, files in played:
        for name, data in zip(names, files, strict=True):
            (scratch / name).write_bytes(data)
    return Variant(
        job=order.job,
        attempt=order.attempt,
        number=number,
        seed=rendering.seed,
        stems=tuple((role, name) for role, name, _ in stems),
        latents=tuple((role, name) for role, name, _ in kept),
        midi=tuple((role, names) for role, names, _ in played),
        notes=tuple(rendering.notes),
    )


def write_preview(audio: Samples, number: int, order: Render) -> Halfway:
    """Lay a preview into scratch; returns the word that names it. Raises DiskFull, or another OSError."""
    name = f"preview-{number}.npy"
    _save(Path(order.scratch) / name, audio)
    return Halfway(job=order.job, attempt=order.attempt, number=number, file=name)


def _save(path: Path, array: NDArray[Any]) -> None:
    try:
        np.save(path, array, allow_pickle=False)
    except OSError as error:
        if error.errno in (None, errno.ENOSPC, errno.EDQUOT):  # numpy tells of a short write without a number
            raise DiskFull(f"The disk is full: what was rendered does not fit into {path.parent}.") from error
        raise


def _mapped(path: Path) -> NDArray[Any]:
    array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    return array
