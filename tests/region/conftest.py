"""Sound files, requests and a backend's answers, small enough to try hundreds of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Capabilities, Source
from bridge_server.region.deliver import Rendered
from bridge_server.region.prepared import Prepared

Samples = NDArray[np.float32]


def capabilities(**changes: object) -> Capabilities:
    known = {
        "backend": "test",
        "model": "test 1",
        "about": "A backend of the tests.",
        "tasks": ("repaint",),
        "sample_rate": 44_100,
        "context_seconds": 0.1,
        "min_seconds": 0.0,
    }
    return Capabilities(**{**known, **changes})  # type: ignore[arg-type]


def ask(kind: Callable[..., Any], path: Path, span: Span, **changes: object) -> Any:
    """A request about a file."""
    return kind(job="job-0001", source=Source(path=str(path)), span=span, **changes)


def noise(channels: int, samples: int, seed: int = 0, peak: float = 0.2) -> Samples:
    """Smooth noise: without steps, so that a click would stand out."""
    white = np.random.default_rng(seed).standard_normal((channels, samples + 64))
    smooth = np.cumsum(white, axis=1)
    smooth = smooth[:, 64:] - smooth[:, :-64]
    return np.asarray(smooth * (peak / max(np.abs(smooth).max(), 1e-9)), np.float32)


def rendered(
    prepared: Prepared, *, number: int = 1, seed: int = 7, roles: tuple[str, ...] = ("mix",), latents: bool = False
) -> Rendered:
    """What a backend might answer: noise of its own for every role."""
    shape = prepared.capabilities.channels, prepared.hull.length
    stems = {role: noise(*shape, seed=n + 1) for n, role in enumerate(roles)}
    for audio in stems.values():
        audio.setflags(write=False)  # as arrays that are mapped from the engine's files are
    kept = {"frames": np.arange(6, dtype=np.float32).reshape(2, 3)} if latents else {}
    return Rendered(number=number, seed=seed, stems=stems, latents=kept)


def exact(path: Path, dtype: str = "int32") -> NDArray[np.generic]:
    """(T, C) samples as they stand in the file."""
    return soundfile.read(path, dtype=dtype, always_2d=True)[0]


@pytest.fixture
def sound(tmp_path: Path) -> Callable[..., Path]:
    """`write(name, audio, rate, subtype)`: a sound file; `audio` is (C, T)."""

    def write(name: str, audio: Samples, rate: int = 48_000, subtype: str | None = None) -> Path:
        path = tmp_path / name
        soundfile.write(path, audio.T, rate, subtype=subtype)
        return path

    return write
